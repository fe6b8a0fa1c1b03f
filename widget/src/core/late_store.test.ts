import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { OutboxItem } from '../../../client/outbox';
import { MemoryStore } from '../../../client/outbox_store';
import { LateStore } from './late_store';

const item: OutboxItem = { cmid: 'a', thread: '', text: 'hello', at: 1, order: 1, state: 'waiting' };
const agreed = Promise.resolve();

describe('LateStore', () => {
  const databases = new Map<string, MemoryStore>();
  const open = vi.fn((box: string) => {
    if (!databases.has(box)) databases.set(box, new MemoryStore());
    return Promise.resolve(databases.get(box) as MemoryStore);
  });
  const script = async () => ({ openOutboxStore: open });
  const page = (box = 'acme', agreement = agreed) => new LateStore(box, agreement, script);

  beforeEach(() => {
    localStorage.clear();
    databases.clear();
    open.mockClear();
  });

  it('opens no database for a visitor who has never written', async () => {
    const store = page();
    expect(await store.load()).toEqual([]);
    await store.remove(['a']);
    await store.clear();
    expect(open).not.toHaveBeenCalled();
  });

  it('opens it once for what one page keeps, and the next page finds that', async () => {
    const store = page();
    await Promise.all([store.put(item), store.put({ ...item, cmid: 'b' })]);
    expect(open).toHaveBeenCalledTimes(1);
    expect((await page().load()).map((kept) => kept.cmid)).toEqual(['a', 'b']);
  });

  it('leaves nothing behind when it is cleared, and keeps what is put after that', async () => {
    const store = page();
    await store.put(item);
    await store.clear();
    expect(localStorage.length).toBe(0);
    expect(await page().load()).toEqual([]);
    await store.put(item);
    expect(await page().load()).toEqual([item]);
  });

  it('finds what the database took after another page had cleared it', async () => {
    await page().put(item);
    const database = databases.get('acme') as MemoryStore;
    let take = (): void => undefined;
    const taken = new Promise<void>((resolve) => {
      take = resolve;
    });
    vi.spyOn(database, 'put').mockImplementation(async (what) => {
      await taken;
      await MemoryStore.prototype.put.call(database, what);
    });
    const put = page().put({ ...item, cmid: 'b' });
    await page().clear();
    take();
    await put;
    expect((await page().load()).map((kept) => kept.cmid)).toEqual(['b']);
  });

  it('is one for each account', async () => {
    await page('acme').put(item);
    open.mockClear();
    expect(await page('other').load()).toEqual([]);
    expect(open).not.toHaveBeenCalled();
  });

  it('opens always where the browser refuses to say', async () => {
    const refuse = (): never => {
      throw new Error('refused');
    };
    vi.stubGlobal('localStorage', { getItem: refuse, setItem: refuse });
    try {
      await page().load();
      expect(open).toHaveBeenCalledTimes(1);
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it('lets people write, and tells that it keeps nothing, where its script does not load', async () => {
    const store = new LateStore('acme', agreed, () => Promise.reject(new Error('offline')));
    await store.put(item);
    expect([await store.load(), store.persistent]).toEqual([[item], false]);
  });

  it('is ready before the first message where somebody begins to write', async () => {
    page().prepare();
    await vi.waitFor(() => expect(open).toHaveBeenCalledTimes(1));
    expect(localStorage.length).toBe(0);
  });

  it('opens nothing before the visitor agrees', async () => {
    let agree = (): void => undefined;
    const agreement = new Promise<void>((resolve) => {
      agree = resolve;
    });
    const kept = page('acme', agreement).put(item);
    await agreed;
    expect(open).not.toHaveBeenCalled();
    expect(localStorage.length).toBe(0);
    agree();
    await kept;
    expect(open).toHaveBeenCalledTimes(1);
  });
});
