import { signal } from '@preact/signals';
import type { NumberedEntry } from '../../../client/frames';
import { type ShownMessage, timeline } from '../../../client/timeline';
import type { Api } from '../net/api';
import type { Me } from '../net/types';
import { t } from '../text/en';
import { codeOf, sentenceOf } from './faults';
import type { Toasts } from './toasts';

const AMEND_MILLIS = 24 * 3600_000;

/** A message that is being given another text. `conversation`: any of its thread. */
export interface Editing {
  thread: string;
  conversation: string;
  message: ShownMessage & { eid: string };
}

/** Changes what was written. Nothing here throws: what did not work is said in a toast. */
export class Amends {
  readonly editing = signal<Editing | null>(null);

  constructor(
    private readonly api: Api,
    private readonly toasts: Toasts,
    private readonly me: Me,
    private readonly now: () => number,
  ) {}

  /** As the server allows it: within a day one's own, and as an admin also what others wrote. */
  may(message: ShownMessage): message is ShownMessage & { eid: string } {
    const { author } = message;
    const own = author.kind === 'agent' && author.id === this.me.id;
    const young = this.now() - message.at < AMEND_MILLIS;
    return message.eid !== undefined && !message.deleted && young && (own || this.me.role === 'admin');
  }

  begin(thread: string, conversation: string, message: ShownMessage): void {
    if (this.may(message)) this.editing.value = { thread, conversation, message };
  }

  /** Takes up what this agent wrote last; false if nothing of it may be changed. */
  beginLast(thread: string, conversation: string, entries: readonly NumberedEntry[]): boolean {
    const message = lastOf(entries, this.me.id);
    if (message) this.begin(thread, conversation, message);
    return this.editing.peek()?.message === message && message !== undefined;
  }

  end(): void {
    this.editing.value = null;
  }

  /** True if the message has that text now, also if it had it before. */
  async save(text: string): Promise<boolean> {
    const editing = this.editing.peek();
    if (!editing) return false;
    const { message, conversation } = editing;
    if (text !== message.text && !(await this.run(() => this.api.edit(conversation, message.eid, text)))) return false;
    if (this.editing.peek() === editing) this.end();
    return true;
  }

  takeBack(conversation: string, message: ShownMessage): Promise<boolean> {
    const { eid = '' } = message;
    if (this.editing.peek()?.message.eid === eid) this.end();
    return this.run(() => this.api.takeBack(conversation, eid));
  }

  private async run(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      const code = codeOf(error);
      if (code === 'not_found') this.end();
      this.toasts.say(code === 'not_found' ? t.message.gone : sentenceOf(code));
      return false;
    }
  }
}

/** The last message that the agent wrote by hand and did not take back. */
function lastOf(entries: readonly NumberedEntry[], me: string): ShownMessage | undefined {
  const rows = timeline(entries, { own: (who, auto) => who.kind === 'agent' && who.id === me && !auto });
  const own = rows.flatMap((row) => (row.kind === 'group' && row.own ? row.messages : []));
  return own.findLast((m) => !m.deleted);
}
