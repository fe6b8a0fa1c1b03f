import { type Signal, signal } from '@preact/signals';
import type { Api } from '../net/api';
import type { Contact, Fact } from '../net/types';
import { codeOf } from './faults';
import { encode, NO_FILTER } from './filter';
import { Reading } from './reading';

const SHOWN = 8;

/** One value of the contact that two become: whose it is, and what is lost of the other's. */
export interface Win {
  layer: 'basic' | 'form' | 'attributes';
  name: string;
  value: Fact;
  from: 'kept' | 'other';
  lost?: Fact;
}

/** Two contacts on their way to being one: who else it may be, what would come of it, and doing it. */
export class Merging {
  readonly query = signal('');
  readonly found: Reading<readonly Contact[]>;
  /** Who remains, and who becomes a part of it. */
  readonly kept: Signal<Contact>;
  readonly other = signal<Contact | null>(null);
  readonly outcome: Reading<Contact>;
  /** The site tells the two apart: they cannot be one. */
  readonly refused = signal(false);
  private pause: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly api: Api,
    private readonly first: Contact,
    private readonly pauseMillis = 250,
  ) {
    this.kept = signal(first);
    this.found = new Reading(async () => {
      const page = await api.contacts(encode('all', NO_FILTER, new Map(), this.query.peek()), '-lastActivityAt');
      return page.data.filter((c) => c.id !== this.first.id).slice(0, SHOWN);
    });
    this.outcome = new Reading(() => this.ask(true));
  }

  /** Looks for other people when the writing pauses. */
  search(query: string): void {
    this.query.value = query;
    clearTimeout(this.pause);
    this.pause = setTimeout(() => void this.found.load(), this.pauseMillis);
  }

  /** Looks at what would come of it. */
  async choose(other: Contact): Promise<void> {
    this.other.value = other;
    await this.preview();
  }

  /** The other one remains. */
  async swap(): Promise<void> {
    const other = this.other.peek();
    if (!other) return;
    this.other.value = this.kept.peek();
    this.kept.value = other;
    await this.preview();
  }

  /** To somebody else. */
  back(): void {
    this.kept.value = this.first;
    this.other.value = null;
    this.refused.value = false;
  }

  preview = async (): Promise<void> => {
    this.refused.value = false;
    this.outcome.state.value = 'idle';
    await this.outcome.load();
  };

  /** Throws a Problem. */
  merge = (): Promise<Contact> => this.ask(false);

  stop(): void {
    clearTimeout(this.pause);
  }

  private async ask(dryRun: boolean): Promise<Contact> {
    try {
      return await this.api.mergeContacts(this.other.peek()?.id ?? '', this.kept.peek().id, dryRun);
    } catch (error) {
      if (codeOf(error) === 'conflict') this.refused.value = true;
      throw error;
    }
  }
}

const LAYERS = ['basic', 'form', 'attributes'] as const;

/** Which values win: all that one of the two has. */
export function winsOf(kept: Contact, other: Contact, one: Contact): Win[] {
  return LAYERS.flatMap((layer) => {
    const [mine, theirs] = [kept.layers[layer], other.layers[layer]] as Record<string, Fact>[];
    return Object.entries(one.layers[layer] as Record<string, Fact>).map(([name, value]): Win => {
      const from = mine?.[name] === value ? 'kept' : 'other';
      const gone = (from === 'kept' ? theirs : mine)?.[name];
      return { layer, name, value, from, ...(gone !== undefined && gone !== value ? { lost: gone } : {}) };
    });
  });
}
