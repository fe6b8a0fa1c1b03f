import { signal } from '@preact/signals';

export type Mode = 'reply' | 'note';
interface Draft {
  reply?: string;
  note?: string;
  mode?: Mode;
  at: number;
}

const PREFIX = 'confab.console.draft.';
const KEPT = 100;

/** What was written and not sent, by thread. Survives a reload. Reply and note are kept apart, so that neither becomes the other. */
export class Drafts {
  /** Threads with an unsent reply, for the lists. */
  readonly pending = signal<ReadonlySet<string>>(new Set());
  private readonly byThread = new Map<string, Draft>();

  constructor(
    private readonly storage: Storage,
    private readonly agent: string,
    private readonly now: () => number,
  ) {
    for (let i = 0; i < storage.length; i++) this.load(storage.key(i) ?? '');
    this.publish();
  }

  text(thread: string, mode: Mode): string {
    return this.byThread.get(thread)?.[mode] ?? '';
  }

  mode(thread: string): Mode {
    return this.byThread.get(thread)?.mode ?? 'reply';
  }

  setMode(thread: string, mode: Mode): void {
    this.put(thread, { ...this.byThread.get(thread), mode, at: this.now() });
  }

  set(thread: string, mode: Mode, text: string): void {
    this.put(thread, { ...this.byThread.get(thread), mode, [mode]: text, at: this.now() });
  }

  /** At signing out: what one agent wrote is not the next one's. */
  clear(): void {
    for (const thread of this.byThread.keys()) this.storage.removeItem(this.key(thread));
    this.byThread.clear();
    this.publish();
  }

  private key = (thread: string) => `${PREFIX}${this.agent}.${thread}`;

  private put(thread: string, draft: Draft): void {
    if (!draft.reply && !draft.note) {
      this.byThread.delete(thread);
      if (draft.mode === 'note') this.byThread.set(thread, draft);
      this.storage.removeItem(this.key(thread));
    } else {
      this.byThread.set(thread, draft);
      this.keep(thread, draft);
    }
    this.publish();
  }

  private keep(thread: string, draft: Draft): void {
    try {
      this.storage.setItem(this.key(thread), JSON.stringify(draft));
    } catch {
      this.dropOldest(); // storage is full; this page still holds the text
    }
  }

  private dropOldest(): void {
    const oldest = [...this.byThread].sort((a, b) => a[1].at - b[1].at)[0];
    if (oldest) this.storage.removeItem(this.key(oldest[0]));
  }

  private load(key: string): void {
    const start = `${PREFIX}${this.agent}.`;
    if (!key.startsWith(start) || this.byThread.size >= KEPT) return;
    try {
      const draft: unknown = JSON.parse(this.storage.getItem(key) ?? '');
      if (draft && typeof draft === 'object' && 'at' in draft)
        this.byThread.set(key.slice(start.length), draft as Draft);
    } catch {
      // not ours, or damaged: as if it were not there
    }
  }

  private publish(): void {
    this.pending.value = new Set([...this.byThread].filter(([, d]) => d.reply || d.note).map(([thread]) => thread));
  }
}
