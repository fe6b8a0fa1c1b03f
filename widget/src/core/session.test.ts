import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { AuthFrame, ClientFrame, NumberedEntry, ServerFrame } from '../../../client/frames';
import type { Config } from '../config';
import * as consent from '../consent';
import * as lease from '../lease/main';
import * as outbox from '../outbox/main';
import * as signals from '../signals/main';
import type { Settings } from '../types';
import { Session } from './session';

const anna = { kind: 'agent', id: 'anna', name: 'Anna' } as const;
const maya = { kind: 'visitor', id: 'maya' } as const;

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
}

const settings: Settings = {
  account: 'vanity',
  server: 'https://chat.test',
  identity: {},
  group: null,
  hidden: false,
  look: {},
};
const config: Config = { account: { id: 'acme', name: 'Acme' }, groups: [], calls: false, widget: {} };
const sessions: Session[] = [];

function session(): Session {
  const made = new Session(
    {
      settings,
      config,
      emit: () => undefined,
      onAttention: () => undefined,
      onForgotten: () => undefined,
      newMessage: () => 'New message',
    },
    { signals: async () => signals, lease: async () => lease, outbox: async () => outbox, consent },
  );
  sessions.push(made);
  return made.begin();
}

/** The newest socket, once it has said `auth`. */
async function greeted(count: number): Promise<{ socket: FakeSocket; auth: AuthFrame }> {
  await vi.waitFor(() => expect(FakeSocket.made).toHaveLength(count), { interval: 1 });
  const socket = FakeSocket.made.at(-1) as FakeSocket;
  socket.onopen?.();
  await vi.waitFor(() => expect(socket.sent).toHaveLength(1), { interval: 1 });
  return { socket, auth: socket.sent[0] as AuthFrame };
}

beforeEach(() => {
  localStorage.clear();
  FakeSocket.made = [];
  vi.stubGlobal('WebSocket', FakeSocket);
  vi.stubGlobal('BroadcastChannel', undefined);
});
afterEach(() => {
  for (const each of sessions.splice(0)) each.stop();
});

test('who leaves before hello comes back under the same token', async () => {
  const before = session();
  const { auth } = await greeted(1);
  expect(auth.visitor?.token).toMatch(/^[\w-]{43}$/);
  before.stop();
  session();
  expect((await greeted(2)).auth.visitor).toEqual(auth.visitor);
});

test('a token that hello brings takes the place of the one before', async () => {
  const before = session();
  const { socket } = await greeted(1);
  socket.says(hello('maya.new'));
  before.stop();
  session();
  expect((await greeted(2)).auth.visitor?.token).toBe('maya.new');
});

test('each browser makes a token of its own', async () => {
  const tokens = new Set<string | undefined>();
  for (let i = 1; i <= 20; i++) {
    localStorage.clear();
    session();
    tokens.add((await greeted(i)).auth.visitor?.token);
  }
  expect(tokens.size).toBe(20);
});

test('the unread messages are counted although they are not all loaded', async () => {
  const { socket, made } = await reading(60);
  expect(made.unread).toBe(50);
  expect(asked(socket)).toEqual([151]);
  socket.says({ t: 'entries', thread: 'thread', history: true, entries: said(101, 150) });
  expect(made.unread).toBe(60);
  expect(asked(socket)).toEqual([151]); // what follows was seen
});

test('more unread messages than the badge tells are not asked for', async () => {
  const { socket, made } = await reading(190);
  for (const from of [101, 51])
    socket.says({ t: 'entries', thread: 'thread', history: true, entries: said(from, from + 49) });
  expect(asked(socket)).toEqual([151]);
  expect(made.unread).toBeGreaterThan(99);
});

/** A visitor of a thread of 200 messages from Anna, the last of which he has not seen; 50 are loaded. */
async function reading(unseen: number): Promise<{ socket: FakeSocket; made: Session }> {
  const made = session();
  const { socket } = await greeted(1);
  socket.says(hello());
  socket.says({ t: 'entries', thread: 'thread', entries: said(151, 200) });
  const seen = 200 - unseen;
  const markers = [{ who: maya, delivered: seen, seen }];
  socket.says({ t: 'caught_up', thread: 'thread', seq: 200, eid: 'e200', markers });
  return { socket, made };
}

function said(from: number, to: number): NumberedEntry[] {
  return Array.from({ length: to - from + 1 }, (_, i) => {
    const seq = from + i;
    return { seq, entry: { eid: `e${seq}`, kind: 'message', author: anna, at: seq, text: `text ${seq}` } };
  });
}

const asked = (socket: FakeSocket): number[] => socket.sent.flatMap((f) => (f.t === 'history' ? [f.before] : []));

function hello(token?: string): ServerFrame {
  return {
    t: 'hello',
    connection: 'c',
    node: 'n',
    time: 0,
    heartbeatMillis: 25_000,
    durability: 'durable',
    limits: {},
    visitor: { id: maya.id, thread: 'thread', level: 'anonymous', ...(token && { token }) },
  };
}
