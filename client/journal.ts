import type { OutboxItem } from './outbox';
import type { OutboxStore } from './outbox_store';

/**
 * An outbox that has a message in the moment of pressing send. A database answers later, and a page that is reloaded,
 * closed or killed in between would lose what was written; so each message is first noted in the browser's
 * synchronous storage, and the note goes when the database has the message. Notes that an earlier page left are
 * taken over by `load`. Where there is no such storage the database alone decides.
 */
export class JournalStore implements OutboxStore {
  private readonly prefix: string;
  /** What was to be noted last had no room. */
  private full = false;

  constructor(
    box: string,
    private readonly inner: OutboxStore,
    private readonly notes: Storage | undefined = synchronousStorage(),
  ) {
    this.prefix = `confab.outbox.${box}.`;
  }

  get persistent(): boolean {
    return this.inner.persistent || (this.notes !== undefined && !this.full);
  }

  async load(): Promise<OutboxItem[]> {
    const noted = this.noted();
    const items = await this.inner.load();
    const known = new Set(items.map((item) => item.cmid));
    for (const item of noted) {
      if (known.has(item.cmid)) {
        this.strike(item.cmid);
        continue;
      }
      items.push(item);
      await this.settle(item);
    }
    return items;
  }

  /** Noted before it returns; resolves when the database has it. */
  async put(item: OutboxItem): Promise<void> {
    if (item.state !== 'sent') this.note(item);
    await this.settle(item);
  }

  async remove(cmids: string[]): Promise<void> {
    for (const cmid of cmids) this.strike(cmid);
    await this.inner.remove(cmids);
  }

  async clear(): Promise<void> {
    for (const { cmid } of this.noted()) this.strike(cmid);
    await this.inner.clear();
  }

  private async settle(item: OutboxItem): Promise<void> {
    await this.inner.put(item);
    if (this.inner.persistent) this.strike(item.cmid);
  }

  private note(item: OutboxItem): void {
    try {
      this.notes?.setItem(this.prefix + item.cmid, JSON.stringify(item));
      this.full = false;
    } catch {
      this.full = true; // the database is asked all the same
    }
  }

  private strike(cmid: string): void {
    this.notes?.removeItem(this.prefix + cmid);
  }

  private noted(): OutboxItem[] {
    const items: OutboxItem[] = [];
    for (let i = 0; i < (this.notes?.length ?? 0); i++) {
      const key = this.notes?.key(i);
      if (!key?.startsWith(this.prefix)) continue;
      const item = parse(this.notes?.getItem(key) ?? '');
      if (item) items.push(item);
    }
    return items;
  }
}

function parse(text: string): OutboxItem | undefined {
  try {
    const item = JSON.parse(text);
    return typeof item?.cmid === 'string' && typeof item.text === 'string' ? item : undefined;
  } catch {
    return undefined;
  }
}

function synchronousStorage(): Storage | undefined {
  try {
    return globalThis.localStorage;
  } catch {
    return undefined; // refused by the browser's settings
  }
}
