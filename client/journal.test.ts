import { beforeEach, describe, expect, it } from 'vitest';
import { JournalStore } from './journal';
import type { OutboxItem } from './outbox';
import { MemoryStore, type OutboxStore } from './outbox_store';

const item = (cmid: string): OutboxItem => ({
  cmid,
  thread: '',
  text: `text of ${cmid}`,
  at: 1,
  order: 1,
  state: 'waiting',
});

/** A database that survives the page and answers only when it is told to. */
class SlowStore extends MemoryStore {
  override readonly persistent = true;
  private readonly held: (() => void)[] = [];
  override async put(what: OutboxItem): Promise<void> {
    await new Promise<void>((go) => this.held.push(go));
    await super.put(what);
  }
  async answer(): Promise<void> {
    for (const go of this.held.splice(0)) go();
    await new Promise((go) => setTimeout(go));
  }
}

describe('JournalStore', () => {
  beforeEach(() => localStorage.clear());

  it('has a message before the database has answered, so that a reload finds it', async () => {
    void new JournalStore('box', new SlowStore()).put(item('a'));
    const after: OutboxStore = new JournalStore('box', persistent());
    expect(await after.load()).toEqual([item('a')]);
  });

  it('leaves no note once the database has the message', async () => {
    const slow = new SlowStore();
    void new JournalStore('box', slow).put(item('a'));
    await slow.answer();
    expect(localStorage.length).toBe(0);
    expect(await slow.load()).toEqual([item('a')]);
  });

  it('does not give out a message twice that both have', async () => {
    const store = persistent();
    const sent: OutboxItem = { ...item('a'), state: 'sent', seq: 3 };
    await store.put(sent);
    localStorage.setItem('confab.outbox.box.a', JSON.stringify(item('a')));
    expect(await new JournalStore('box', store).load()).toEqual([sent]);
    expect(await store.load()).toEqual([sent]);
    expect(localStorage.length).toBe(0);
  });

  it('keeps the notes of other people apart, and forgets its own on clearing', async () => {
    void new JournalStore('one', new SlowStore()).put(item('a'));
    void new JournalStore('two', new SlowStore()).put(item('b'));
    await new JournalStore('one', persistent()).clear();
    expect(await new JournalStore('one', persistent()).load()).toEqual([]);
    expect(await new JournalStore('two', persistent()).load()).toEqual([item('b')]);
  });

  it('is persistent as long as a note or the database is, for a note alone survives a reload', async () => {
    const store = new JournalStore('box', new MemoryStore());
    expect(store.persistent).toBe(true);
    await store.put(item('a'));
    expect(await new JournalStore('box', persistent()).load()).toEqual([item('a')]);
    const full = { setItem: () => raise('full'), removeItem: () => undefined } as unknown as Storage;
    const refused = new JournalStore('box', new MemoryStore(), full);
    await refused.put(item('b'));
    expect(refused.persistent).toBe(false);
  });

  it('passes over what is no message, and lives without storage', async () => {
    localStorage.setItem('confab.outbox.box.x', '{broken');
    expect(await new JournalStore('box', persistent()).load()).toEqual([]);
    const without = new JournalStore('box', persistent(), undefined);
    await without.put(item('a'));
    expect(await without.load()).toEqual([item('a')]);
  });
});

function raise(why: string): never {
  throw new Error(why);
}

function persistent(): MemoryStore {
  return Object.assign(new MemoryStore(), { persistent: true });
}
