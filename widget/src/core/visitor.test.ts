import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { AuthFrame, ClientFrame, Entry, Proof, ServerFrame } from '../../../client/frames';
import type { Config, WidgetConfig } from '../config';
import * as consent from '../consent';
import * as lease from '../lease/main';
import * as outbox from '../outbox/main';
import * as signals from '../signals/main';
import type { EventName, Settings } from '../types';
import { Session } from './session';

class FakeSocket {
  static made: FakeSocket[] = [];
  readyState = 1;
  readonly sent: ClientFrame[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  constructor() {
    FakeSocket.made.push(this);
  }
  send(text: string): void {
    this.sent.push(JSON.parse(text) as ClientFrame);
  }
  close(): void {
    this.readyState = 3;
  }
  says(frame: ServerFrame): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
  asked<T extends ClientFrame['t']>(t: T): Extract<ClientFrame, { t: T }>[] {
    return this.sent.filter((f) => f.t === t) as never;
  }
}

/** The other tabs of the browser, at once and in order. */
class FakeChannel {
  static all = new Set<FakeChannel>();
  onmessage: ((event: { data: unknown }) => void) | null = null;
  constructor(readonly name: string) {
    FakeChannel.all.add(this);
  }
  postMessage(word: unknown): void {
    for (const other of FakeChannel.all)
      if (other !== this && other.name === this.name) other.onmessage?.({ data: structuredClone(word) });
  }
  close(): void {
    FakeChannel.all.delete(this);
  }
}

/** Web Locks: whoever asks first holds it until it is let go. */
function fakeLocks() {
  const queue: { take: () => Promise<void>; gone: boolean }[] = [];
  const next = (): void => {
    const first = queue[0];
    if (!first) return;
    if (first.gone) {
      queue.shift();
      return next();
    }
    void first.take().then(() => {
      queue.shift();
      next();
    });
  };
  return {
    request: (_: string, { signal }: { signal: AbortSignal }, take: () => Promise<void>) => {
      const place = { take, gone: false };
      signal.addEventListener('abort', () => {
        place.gone = true;
      });
      if (queue.push(place) === 1) next();
      return Promise.resolve();
    },
  };
}

const sessions: Session[] = [];
type Told = { [E in EventName]?: unknown[] };

function session(identity: Proof = {}, more: { widget?: WidgetConfig; askConsent?: boolean } = {}) {
  const { widget = {}, ...rest } = more;
  const settings: Settings = {
    ...{ account: 'vanity', server: 'https://chat.test', identity, group: null, hidden: false, look: {} },
    ...rest,
  };
  const config: Config = { account: { id: 'acme', name: 'Acme' }, groups: [], calls: false, widget };
  const told: Told = {};
  const onForgotten = vi.fn();
  const made = new Session(
    {
      settings,
      config,
      emit: (name, value) => {
        told[name] = [...(told[name] ?? []), value];
      },
      onAttention: () => undefined,
      onForgotten,
      newMessage: () => 'New message',
    },
    { signals: async () => signals, lease: async () => lease, outbox: async () => outbox, consent },
  ).begin();
  sessions.push(made);
  return { made, told, onForgotten };
}

/** The newest socket, once it has said `auth`. */
async function socketNo(count: number): Promise<{ socket: FakeSocket; auth: AuthFrame; token: string }> {
  await vi.waitFor(() => expect(FakeSocket.made).toHaveLength(count), { interval: 1 });
  const socket = FakeSocket.made.at(-1) as FakeSocket;
  socket.onopen?.();
  await vi.waitFor(() => expect(socket.sent.length).toBeGreaterThan(0), { interval: 1 });
  const auth = socket.sent[0] as AuthFrame;
  return { socket, auth, token: auth.visitor?.token ?? '' };
}

const hello = (
  level: 'anonymous' | 'claimed' | 'bound' | 'verified' = 'anonymous',
  id = 'maya',
  more = {},
): ServerFrame => ({
  ...{ t: 'hello', connection: 'c', node: 'n', time: 0, heartbeatMillis: 25_000, durability: 'durable', limits: {} },
  visitor: { id, thread: `thread of ${id}`, level },
  ...more,
});

/** Says hello and that the thread is empty. */
function welcome(socket: FakeSocket, level?: Parameters<typeof hello>[0], id = 'maya', more = {}): void {
  socket.says(hello(level, id, more));
  socket.says({ t: 'caught_up', thread: `thread of ${id}`, seq: 0, eid: '', markers: [] });
}

const anna = { kind: 'agent', id: 'anna', name: 'Anna' } as const;
const entry = (socket: FakeSocket, seq: number, more: Partial<Entry>): void =>
  socket.says({
    t: 'entry',
    thread: 'thread of maya',
    seq,
    entry: { eid: `e${seq}`, kind: 'message', author: anna, at: seq, ...more },
  });
const kept = () => JSON.parse(localStorage.getItem('confab:acme') ?? '{}');
const leavePage = () => {
  for (const each of sessions.splice(0)) each.stop();
};

beforeEach(() => {
  localStorage.clear();
  FakeSocket.made = [];
  FakeChannel.all.clear();
  vi.stubGlobal('WebSocket', FakeSocket);
  vi.stubGlobal('BroadcastChannel', FakeChannel);
  Object.defineProperty(navigator, 'locks', { value: fakeLocks(), configurable: true });
});
afterEach(() => {
  leavePage();
  Object.defineProperty(navigator, 'locks', { value: undefined, configurable: true });
});

test('the account is named as the page names it, and what is kept as it is called', async () => {
  session();
  const { auth } = await socketNo(1);
  expect(auth.account).toBe('vanity');
  expect(kept().token).toBe(auth.visitor?.token);
});

test('CHATRA-JS-063 a bound page joins the anonymous visitor; the page after it, unbound, is somebody new', async () => {
  session();
  const anonymous = await socketNo(1);
  welcome(anonymous.socket);
  leavePage();
  session({ clientId: 'Zk3nTq0x8VwJrL2mXb9aYg' });
  const bound = await socketNo(2);
  expect(bound.token).toBe(anonymous.token);
  welcome(bound.socket, 'bound');
  expect(JSON.stringify(localStorage)).not.toContain('Zk3nTq0x8VwJrL2mXb9aYg');
  leavePage();
  const { made } = session();
  const after = await socketNo(3);
  expect(after.token).not.toBe(bound.token);
  expect([after.auth.cursor, made.talk.state.entries]).toEqual([undefined, []]);
});

test('PAV-JS-053 PAV-JS-054 who becomes somebody else shows and sends nothing of the one before, at once', async () => {
  const { made, told } = session({ id: 'a', hmac: 'x' });
  const before = await socketNo(1);
  welcome(before.socket, 'verified');
  entry(before.socket, 1, { text: 'for a' });
  made.send('from a');
  made.draft.set('half a word');
  const patched = made.patch('basic', { name: 'A' });
  made.identify({ id: 'b', hmac: 'y' });
  expect([made.talk.state.entries, made.talk.pending(), made.visitor, made.user, made.draft.get()]).toEqual([
    [],
    [],
    null,
    null,
    '',
  ]);
  await expect(patched).resolves.toMatchObject({ code: 'cancelled' });
  const after = await socketNo(2);
  expect(after.token).not.toBe(before.token);
  expect(after.auth.visitor).toMatchObject({ id: 'b', hmac: 'y' });
  welcome(after.socket, 'verified', 'other');
  expect(after.socket.asked('send')).toEqual([]);
  made.reset();
  const fresh = await socketNo(3);
  expect(fresh.auth.visitor).toEqual({ token: fresh.token });
  expect(new Set([before.token, after.token, fresh.token]).size).toBe(3);
  expect(told.userUpdate).toHaveLength(2);
});

test('PAV-JS-055 PAV-JS-056 who is named, or gets another e-mail, stays the same visitor', async () => {
  const { made } = session();
  const anonymous = await socketNo(1);
  welcome(anonymous.socket);
  made.identify({ id: 'a', email: 'old@a.test' });
  const named = await socketNo(2);
  welcome(named.socket, 'claimed');
  made.identify({ id: 'a', email: 'new@a.test' });
  const renamed = await socketNo(3);
  expect([named.token, renamed.token]).toEqual([anonymous.token, anonymous.token]);
  expect(renamed.auth.visitor?.email).toBe('new@a.test');
});

test('a newer token of the same person needs no new session', async () => {
  const jwt = (exp: number) => `h.${btoa(JSON.stringify({ sub: 'a', exp })).replace(/=/g, '')}.s`;
  const { made } = session({ jwt: jwt(1) });
  const { socket } = await socketNo(1);
  welcome(socket, 'verified');
  made.identify({ jwt: jwt(2) });
  expect(FakeSocket.made).toHaveLength(1);
  expect(socket.readyState).toBe(1);
});

test('a reset in one tab is one in all', async () => {
  const one = session({ id: 'a', hmac: 'x' });
  const { socket, token } = await socketNo(1);
  welcome(socket, 'verified');
  const two = session({ id: 'a', hmac: 'x' });
  await vi.waitFor(() => expect(two.made.visitor?.id).toBe('maya'));
  two.made.reset();
  expect(one.made.visitor).toBeNull();
  const after = await socketNo(2);
  expect(after.auth.visitor).toEqual({ token: after.token });
  expect(after.token).not.toBe(token);
});

test('log-out in one tab reaches the others, and nothing stays', async () => {
  const one = session();
  welcome((await socketNo(1)).socket);
  const two = session();
  await vi.waitFor(() => expect(two.made.visitor?.id).toBe('maya'));
  await one.made.forget();
  expect(two.onForgotten).toHaveBeenCalledTimes(1);
  expect(localStorage.length).toBe(0);
});

test('what a tab asks goes through the one that leads, and its answer is heard there', async () => {
  const one = session();
  const { socket } = await socketNo(1);
  welcome(socket);
  const two = session();
  await vi.waitFor(() => expect(two.made.connection).toBe('open'));
  const done = two.made.event('bought', { price: 3 });
  await vi.waitFor(() => expect(socket.asked('event')).toHaveLength(1));
  const [asked] = socket.asked('event');
  expect(asked).toMatchObject({ name: 'bought', data: { price: 3 } });
  socket.says({ t: 'done', id: asked?.id ?? '' });
  await expect(done).resolves.toBeNull();
  expect([one.told.event, two.told.event]).toEqual([undefined, [{ name: 'bought', data: { price: 3 } }]]);
});

test('a tab that comes later knows who is there, and where the visitor stands in line', async () => {
  session();
  const { socket } = await socketNo(1);
  welcome(socket);
  socket.says({ t: 'availability', online: true, agents: [{ name: 'Anna' }] });
  socket.says({ t: 'queue', position: 2 });
  const { made } = session();
  await vi.waitFor(() => expect(made.availability?.online).toBe(true));
  expect(made.queue).toEqual({ position: 2 });
});

test('PAV-JS-077 PAV-JS-078 the user is told once at the beginning and after each change', async () => {
  const { told } = session();
  const { socket } = await socketNo(1);
  const user = { id: 'maya', no: 4, level: 'anonymous' as const, attributes: {} };
  welcome(socket, 'anonymous', 'maya', { user });
  socket.says({ t: 'user', user });
  socket.says({ t: 'user', user: { ...user, attributes: { plan: 'pro' } } });
  expect(told.userUpdate).toEqual([user, { ...user, attributes: { plan: 'pro' } }]);
});

test('that a visitor is blocked, or no more, is known in all tabs at once', async () => {
  const tabs = [session(), session()];
  const { socket } = await socketNo(1);
  welcome(socket);
  const blocked = () => tabs.map(({ made }) => made.user?.blocked === true);
  await vi.waitFor(() => expect(tabs.every(({ made }) => made.visitor)).toBe(true));
  const user = { id: 'maya', no: 4, level: 'anonymous' as const, attributes: {} };
  socket.says({ t: 'user', user: { ...user, blocked: true } });
  expect(blocked()).toEqual([true, true]);
  tabs.push(session());
  await vi.waitFor(() => expect(blocked()).toEqual([true, true, true]));
  socket.says({ t: 'user', user });
  expect(blocked()).toEqual([false, false, false]);
});

test('JIVO-JS-010 the first message of a thread that held none is told, on the page that sent it', async () => {
  const { made, told } = session();
  const { socket } = await socketNo(1);
  welcome(socket);
  for (const seq of [1, 2]) {
    made.send(`message ${seq}`);
    await vi.waitFor(() => expect(socket.asked('send')).toHaveLength(seq));
    const { cmid } = socket.asked('send').at(-1) ?? { cmid: '' };
    socket.says({ t: 'ack', thread: 'thread of maya', cmid, seq, eid: `e${seq}`, at: seq });
  }
  expect(told.message).toHaveLength(2);
  expect(told.firstMessage).toMatchObject([{ id: 'e1', text: 'message 1', type: 'visitor' }]);
});

test('a first message after what an agent wrote is not the first', async () => {
  const { made, told } = session();
  const { socket } = await socketNo(1);
  welcome(socket);
  entry(socket, 1, { text: 'Hello' });
  made.send('hi');
  await vi.waitFor(() => expect(socket.asked('send')).toHaveLength(1));
  const { cmid } = socket.asked('send')[0] ?? { cmid: '' };
  socket.says({ t: 'ack', thread: 'thread of maya', cmid, seq: 2, eid: 'e2', at: 2 });
  expect([told.message?.length, told.firstMessage]).toEqual([2, undefined]);
});

test('CHATRA-JS-076 only what is new is told: no history, no edit and no deletion', async () => {
  const { told, made } = session();
  const { socket } = await socketNo(1);
  socket.says(hello());
  const old = (seq: number) => ({
    seq,
    entry: { eid: `e${seq}`, kind: 'message' as const, author: anna, at: seq, text: 'before' },
  });
  socket.says({ t: 'entries', thread: 'thread of maya', entries: [old(1), old(2)] });
  socket.says({ t: 'caught_up', thread: 'thread of maya', seq: 2, eid: 'e2', markers: [] });
  expect([made.talk.state.have, told.message]).toEqual([2, undefined]);
  entry(socket, 3, { text: 'today' });
  entry(socket, 4, { kind: 'message.edited', target: 'e3', text: 'today, edited' });
  entry(socket, 5, { kind: 'message.deleted', target: 'e1' });
  expect(made.talk.state.have).toBe(5);
  expect(told.message).toMatchObject([{ id: 'e3', text: 'today' }]);
});

test('JIVO-JS-011 conversations are told: by whom, who took them, and whether he was the first', async () => {
  const { made, told } = session();
  const { socket } = await socketNo(1);
  welcome(socket);
  entry(socket, 1, { kind: 'conversation.started', conversation: 'c', no: 7, author: { kind: 'visitor', id: 'maya' } });
  expect(made.conversation).toBe('c');
  entry(socket, 2, { kind: 'conversation.accepted', conversation: 'c' });
  entry(socket, 3, { kind: 'conversation.accepted', conversation: 'c' });
  entry(socket, 4, { kind: 'conversation.closed', conversation: 'c', reason: 'agent_closed' });
  entry(socket, 5, { kind: 'conversation.rated', conversation: 'c', score: 5 });
  expect(told.conversationStarted).toEqual([{ id: 'c', no: 7, by: { kind: 'visitor', id: 'maya' } }]);
  expect(told.agentAssigned).toMatchObject([{ first: true }, { first: false }]);
  expect(told.conversationClosed).toEqual([{ id: 'c', reason: 'agent_closed' }]);
  expect(told.rating).toEqual([{ conversation: 'c', score: 5, comment: '' }]);
  expect(made.conversation).toBeNull();
});

test('JIVO-JS-015 queue and calls are told and kept', async () => {
  const { made, told } = session();
  const { socket } = await socketNo(1);
  welcome(socket);
  socket.says({ t: 'queue', position: 1, waitMillis: 5 });
  expect(made.queue).toEqual({ position: 1, waitMillis: 5 });
  socket.says({ t: 'queue', position: 0 });
  expect([made.queue, told.queue]).toEqual([null, [{ position: 1, waitMillis: 5 }, { position: 0 }]]);
  const done = made.requestCall('+14084987855');
  const call = { id: 'k', status: 'start' as const };
  socket.says({ t: 'call', id: socket.asked('call')[0]?.id ?? '', call });
  await expect(done).resolves.toBeNull();
  socket.says({ t: 'call', call: { ...call, status: 'error', reason: 'busy' } });
  expect(told.call).toEqual([call, { ...call, status: 'error', reason: 'busy' }]);
});

test('a call that goes on is known to a page that comes later, told once, and one that was over before is history', async () => {
  const first = session();
  const { socket } = await socketNo(1);
  welcome(socket);
  const call = { id: 'k', status: 'end' as const };
  socket.says({ t: 'call', call: { id: 'old', status: 'end' } });
  expect([first.made.call, first.told.call]).toEqual([null, undefined]);
  const going = { ...call, status: 'client_connected' as const };
  for (let i = 0; i < 2; i++) socket.says({ t: 'call', call: going }); // it comes with each hello
  expect([first.made.call, first.told.call]).toEqual([going, [going]]);
  const later = session();
  await vi.waitFor(() => expect(later.made.call).toEqual(going));
  socket.says({ t: 'call', call });
  expect([first.made.call, later.told.call]).toEqual([call, [call]]);
  void later.made.requestCall('+14084987855'); // its answer may come so late that the call is over
  const late = { id: 'next', status: 'error' as const, reason: 'busy' };
  await vi.waitFor(() => expect(socket.asked('call')).toHaveLength(1));
  socket.says({ t: 'call', id: socket.asked('call')[0]?.id ?? '', call: late });
  expect([later.made.call, later.told.call?.at(-1)]).toEqual([late, late]);
});

test('CHATRA-JS-130 CHATRA-JS-131 messages name the group that is set, and that of the message first', async () => {
  const { made } = session();
  const { socket } = await socketNo(1);
  welcome(socket);
  made.setGroup('sales');
  made.send('one');
  await vi.waitFor(() => expect(socket.asked('send')[0]).toMatchObject({ text: 'one', group: 'sales' }));
});

test('before the visitor agrees there is no socket and nothing is kept; afterwards all goes on', async () => {
  const { made } = session({}, { widget: { consent: { text: 'May we?' } } });
  made.draft.set('not kept');
  made.send('hello');
  await new Promise((done) => setTimeout(done, 5));
  expect([FakeSocket.made.length, localStorage.length, made.asksConsent]).toEqual([0, 0, true]);
  await expect(made.consent('terms', true)).resolves.toBeNull();
  const { socket } = await socketNo(1);
  welcome(socket);
  expect(made.asksConsent).toBe(false);
  expect(socket.asked('consent')).toMatchObject([{ kind: 'terms', value: true }]);
  await vi.waitFor(() => expect(socket.asked('send')).toMatchObject([{ text: 'hello' }]));
  leavePage();
  expect(session({}, { widget: { consent: { text: 'May we?' } } }).made.asksConsent).toBe(false);
});

test('a page that may not talk to the account is told so, in all tabs, and does not try again', async () => {
  const one = session();
  const { socket } = await socketNo(1);
  const two = session();
  socket.onclose?.({ code: 4003 });
  expect([one.told.refused, two.told.refused]).toEqual([[{ reason: 'origin' }], [{ reason: 'origin' }]]);
  expect(FakeSocket.made).toHaveLength(1);
});

const transition = (type: string) => Object.assign(new Event(type), { persisted: true });

test('a page that is put away holds no socket, and goes on where it was when it comes back', async () => {
  const { made } = session();
  const { socket } = await socketNo(1);
  welcome(socket);
  entry(socket, 1, { text: 'before' });
  dispatchEvent(transition('pagehide'));
  expect([socket.readyState, made.connection]).toEqual([3, 'connecting']);
  dispatchEvent(transition('pageshow'));
  const { auth, token } = await socketNo(2);
  expect([auth.cursor, token]).toEqual([[1, 'e1'], kept().token]);
});

test('CHATRA-JS-125 a page that is named is told, and events are refused while nothing is recorded', async () => {
  const { made } = session();
  const { socket } = await socketNo(1);
  welcome(socket);
  made.page({ url: 'https://acme.test/virtual', title: 'Virtual' });
  expect(socket.asked('page')).toMatchObject([{ url: 'https://acme.test/virtual', title: 'Virtual' }]);
  made.tracking = false;
  made.page();
  await expect(made.event('bought', {})).resolves.toMatchObject({ code: 'forbidden' });
  expect([socket.asked('page').length, socket.asked('event').length]).toEqual([1, 0]);
});
