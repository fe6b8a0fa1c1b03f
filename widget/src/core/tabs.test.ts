import { beforeEach, expect, test } from 'vitest';
import type { ConnectionState } from '../../../client/connection';
import type { ClientFrame, HelloFrame, SendFrame, ServerFrame } from '../../../client/frames';
import { Listeners } from '../../../client/listeners';
import { Outbox } from '../../../client/outbox';
import { MemoryStore } from '../../../client/outbox_store';
import { serveOutbox, Talk } from '../../../client/talk';
import { type Channel, type Connector, Tabs, type TabWord } from './tabs';

/** A server with one thread, and the browser's means between tabs, all at once and in order. */
class World {
  readonly log: { seq: number; text: string }[] = [];
  readonly sockets = new Set<FakeSocket>();
  readonly store = new MemoryStore();
  readonly channels = new Set<FakeChannel>();
  readonly queue: (() => void)[] = [];
  answers = true;

  elect = (_: string, lead: () => void) => {
    const turn = (): void => lead();
    this.queue.push(turn);
    if (this.queue[0] === turn) turn();
    return { leave: () => this.left(turn) };
  };

  private left(turn: () => void): void {
    const led = this.queue[0] === turn;
    this.queue.splice(this.queue.indexOf(turn), 1);
    if (led) this.queue[0]?.();
  }

  commit(frame: SendFrame): number {
    const known = this.log.find((e) => e.text === `${frame.cmid} ${frame.text}`);
    if (known) return known.seq;
    return this.log.push({ seq: this.log.length + 1, text: `${frame.cmid} ${frame.text}` });
  }
}

class FakeChannel implements Channel {
  onmessage: Channel['onmessage'] = null;
  constructor(private readonly world: World) {
    world.channels.add(this);
  }
  postMessage(word: TabWord): void {
    const copy = structuredClone(word);
    for (const other of this.world.channels)
      if (other !== this) other.onmessage?.({ data: copy } as MessageEvent<TabWord>);
  }
  close(): void {
    this.world.channels.delete(this);
  }
}

class FakeSocket implements Connector {
  state: ConnectionState = 'stopped';
  hello: HelloFrame | null = null;
  readonly frames = new Listeners<ServerFrame>();
  readonly states = new Listeners<ConnectionState>();
  constructor(private readonly world: World) {}

  start(): void {
    this.world.sockets.add(this);
    const visitor = { id: 'v', thread: 'T', level: 'anonymous' as const };
    this.hello = {
      t: 'hello',
      connection: 'c',
      node: 'n',
      time: 0,
      heartbeatMillis: 1,
      durability: 'memory',
      limits: {},
      visitor,
    };
    this.become('open');
    this.frames.tell(this.hello);
    const entries = this.world.log.map(({ seq, text }) => entry(seq, text));
    this.frames.tell({ t: 'entries', thread: 'T', entries });
    this.frames.tell({
      t: 'caught_up',
      thread: 'T',
      seq: entries.length,
      eid: entries.length ? `e${entries.length}` : '',
      markers: [],
    });
  }
  stop(): void {
    this.world.sockets.delete(this);
    this.become('stopped');
  }
  retryNow(): void {}
  send(frame: ClientFrame): boolean {
    if (this.state !== 'open') return false;
    if (frame.t === 'send') this.commit(frame);
    return true;
  }
  private commit(frame: SendFrame): void {
    const seq = this.world.commit(frame);
    if (this.world.answers) this.frames.tell({ t: 'ack', thread: 'T', cmid: frame.cmid, seq, eid: `e${seq}`, at: seq });
  }
  private become(state: ConnectionState): void {
    this.state = state;
    this.states.tell(state);
  }
}

function entry(seq: number, text: string) {
  const [cmid = '', ...words] = text.split(' ');
  const author = { kind: 'visitor' as const, id: 'v' };
  return { seq, entry: { eid: `e${seq}`, kind: 'message' as const, author, at: seq, cmid, text: words.join(' ') } };
}

let world: World;
beforeEach(() => {
  world = new World();
});

async function openTab() {
  const tabs: Tabs = new Tabs({
    name: 'x',
    identity: () => ({}),
    connect: () => new FakeSocket(world),
    snapshot: () => ({ thread: talk.state, items: talk.pending(), queue: null, call: null }),
    welcomed: ({ thread, items }) => {
      talk.restore(thread);
      for (const item of items) void outbox.take(item);
    },
    lease: () => Promise.reject(new Error('no lease')),
    elect: world.elect,
    channel: new FakeChannel(world),
  });
  const outbox = new Outbox({ store: world.store, send: (frame) => tabs.send(frame) });
  const talk: Talk = new Talk({ link: tabs, outbox, me: () => ({ kind: 'visitor', id: 'v' }) });
  tabs.words.add((word) => {
    if (word.k === 'press') void outbox.take(word.item);
    if (word.k === 'ask' && word.frame.t === 'seen') talk.noteSeen(word.frame.seq);
  });
  serveOutbox(tabs, outbox);
  talk.follow();
  await outbox.load();
  tabs.start();
  const press = async (text: string) => {
    const kept = talk.send(text);
    const item = talk.pending().at(-1);
    if (item) tabs.say({ k: 'press', item });
    await kept;
  };
  const texts = () => talk.state.entries.map((e) => e.entry.text);
  return { tabs, talk, outbox, press, texts };
}
const settled = () => new Promise((done) => setTimeout(done));

test('ten tabs hold one socket', async () => {
  const tabs = [];
  for (let i = 0; i < 10; i++) tabs.push(await openTab());
  expect(world.sockets.size).toBe(1);
  expect(tabs.map((t) => t.tabs.state)).toEqual(Array(10).fill('open'));
});

test('what a follower writes goes out through the leader and stands in every tab', async () => {
  const [a, b, c] = [await openTab(), await openTab(), await openTab()];
  await b.press('one');
  await c.press('two');
  await settled();
  for (const tab of [a, b, c]) {
    expect(tab.texts()).toEqual(['one', 'two']);
    expect(tab.talk.pending()).toEqual([]);
  }
});

test('a tab that comes later knows what the others know', async () => {
  const a = await openTab();
  await a.press('one');
  await settled();
  const b = await openTab();
  expect(b.texts()).toEqual(['one']);
  expect(b.talk.state.current).toBe(true);
});

test('when the leader closes before the answer, the next one sends it again and it is kept once', async () => {
  const [a, b, c] = [await openTab(), await openTab(), await openTab()];
  world.answers = false;
  await b.press('one');
  await a.press('two');
  await settled();
  expect(world.log).toHaveLength(1);
  world.answers = true;
  a.tabs.stop();
  await settled();
  expect(world.log.map((e) => e.text.split(' ')[1])).toEqual(['one', 'two']);
  for (const tab of [b, c]) {
    expect(tab.texts()).toEqual(['one', 'two']);
    expect(tab.talk.pending()).toEqual([]);
  }
  expect(world.sockets.size).toBe(1);
});

test.each([
  ['the leader', 0, 1],
  ['a follower', 1, 0],
])('what %s has seen is seen in the other tab', async (_, reader, other) => {
  const tabs = [await openTab(), await openTab()] as const;
  await tabs[0].press('one');
  await settled();
  tabs[reader as 0 | 1].talk.markSeen();
  expect(tabs[reader as 0 | 1].talk.seenByMe()).toBe(1);
  expect(tabs[other as 0 | 1].talk.seenByMe()).toBe(1);
});
