import { MemoryStore, type OutboxStore } from '../../../client/outbox_store';
import type * as outbox from '../outbox/main';

export type LoadOutbox = () => Promise<typeof outbox>;

/**
 * The database, loaded and opened with the first message that a browser has to keep: until then there is nothing in it,
 * and most who see a launcher never write. What is asked while it opens waits for it, in order.
 */
export class LateStore implements OutboxStore {
  private opening: Promise<OutboxStore> | undefined;
  private opened: OutboxStore | undefined;

  /** Nothing is opened before `agreed`. `box` as the database's. */
  constructor(
    private readonly box: string,
    private readonly agreed: Promise<void>,
    private readonly script: LoadOutbox,
  ) {}

  private get key(): string {
    return `confab.wrote.${this.box}`;
  }

  /** Somebody begins to write: what he sends shall not have to wait. */
  prepare(): void {
    void this.agreed.then(() => this.database());
  }

  /** Believed until it turns out otherwise. */
  get persistent(): boolean {
    return this.opened?.persistent ?? true;
  }
  async load() {
    return (await this.written()).load();
  }
  async put(item: Parameters<OutboxStore['put']>[0]) {
    await this.agreed;
    this.note();
    await (await this.database()).put(item);
    this.note(); // another page may have cleared in between
  }
  async remove(cmids: string[]) {
    await (await this.written()).remove(cmids);
  }
  async clear() {
    const store = await this.written();
    this.strike();
    await store.clear();
  }

  /** The database if anything was ever put there, by whatever page. */
  private async written(): Promise<OutboxStore> {
    await this.agreed;
    return this.opening || this.noted() ? this.database() : new MemoryStore();
  }

  private database(): Promise<OutboxStore> {
    this.opening ??= this.open().then((store) => {
      this.opened = store;
      return store;
    });
    return this.opening;
  }

  /** What does not load keeps nobody from writing. */
  private async open(): Promise<OutboxStore> {
    try {
      return await (await this.script()).openOutboxStore(this.box);
    } catch {
      return new MemoryStore();
    }
  }

  private note(): void {
    try {
      localStorage.setItem(this.key, '1');
    } catch {} // then nothing says who the visitor is after a reload, either
  }

  private strike(): void {
    try {
      localStorage.removeItem(this.key);
    } catch {}
  }

  private noted(): boolean {
    try {
      return localStorage.getItem(this.key) !== null;
    } catch {
      return true;
    }
  }
}
