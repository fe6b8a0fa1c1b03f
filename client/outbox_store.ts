import type { OutboxItem } from './outbox';

/** Where an outbox keeps its messages. No method rejects: what cannot be kept is kept in memory. */
export interface OutboxStore {
  /** False if what is kept does not survive a reload. */
  readonly persistent: boolean;
  load(): Promise<OutboxItem[]>;
  put(item: OutboxItem): Promise<void>;
  remove(cmids: string[]): Promise<void>;
  clear(): Promise<void>;
}

/** Keeps for as long as the page lives. */
export class MemoryStore implements OutboxStore {
  readonly persistent: boolean = false;
  private readonly items = new Map<string, OutboxItem>();

  load(): Promise<OutboxItem[]> {
    return Promise.resolve([...this.items.values()]);
  }
  put(item: OutboxItem): Promise<void> {
    this.items.set(item.cmid, item);
    return Promise.resolve();
  }
  remove(cmids: string[]): Promise<void> {
    for (const cmid of cmids) this.items.delete(cmid);
    return Promise.resolve();
  }
  clear(): Promise<void> {
    this.items.clear();
    return Promise.resolve();
  }
}

const database = 'confab';
const table = 'outbox';
const openMillis = 2000;

/**
 * Opens the outbox of one person (`box` names account and person) in IndexedDB, or in memory if the browser refuses.
 * Every page of the site that opens the same box sees the same messages.
 */
export async function openOutboxStore(box: string): Promise<OutboxStore> {
  try {
    return new DatabaseStore(await openDatabase(), box);
  } catch {
    return new MemoryStore();
  }
}

function openDatabase(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    setTimeout(reject, openMillis, new Error('the database does not open')); // some private modes never answer
    const request = indexedDB.open(database, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(table, { keyPath: ['box', 'cmid'] });
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = request.onblocked = () => reject(request.error);
  });
}

// One transaction at a time per store keeps the order of calls; a failing one (disk full, database deleted under the
// page) leaves the message in `spare`, so that this page at least still has it.
class DatabaseStore implements OutboxStore {
  private readonly spare = new MemoryStore();
  private failed = false;

  constructor(
    private readonly db: IDBDatabase,
    private readonly box: string,
  ) {}

  get persistent(): boolean {
    return !this.failed;
  }

  async load(): Promise<OutboxItem[]> {
    const kept = (await this.run('readonly', (t) => t.getAll(this.range()))) as
      | (OutboxItem & { box?: string })[]
      | null;
    const items = (kept ?? []).map(({ box: _, ...item }) => item);
    return [...items, ...(await this.spare.load())];
  }

  async put(item: OutboxItem): Promise<void> {
    if ((await this.run('readwrite', (t) => t.put({ ...item, box: this.box }))) === null) await this.spare.put(item);
  }

  async remove(cmids: string[]): Promise<void> {
    await this.spare.remove(cmids);
    for (const cmid of cmids) await this.run('readwrite', (t) => t.delete([this.box, cmid]));
  }

  async clear(): Promise<void> {
    await this.spare.clear();
    await this.run('readwrite', (t) => t.delete(this.range()));
  }

  private range(): IDBKeyRange {
    return IDBKeyRange.bound([this.box], [this.box, []]);
  }

  /** The request's result once the transaction is complete (undefined included); null if it failed. */
  private run(mode: IDBTransactionMode, ask: (table: IDBObjectStore) => IDBRequest): Promise<unknown> {
    return new Promise((resolve) => {
      const fail = (): void => {
        this.failed = true;
        resolve(null);
      };
      try {
        const transaction = this.db.transaction(table, mode);
        const request = ask(transaction.objectStore(table));
        transaction.oncomplete = () => resolve(request.result ?? undefined);
        transaction.onabort = transaction.onerror = fail;
      } catch {
        fail();
      }
    });
  }
}
