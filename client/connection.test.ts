import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Reconnect, reconnectAfter } from './closing';
import { Connection } from './connection';
import type { ClientFrame, ServerFrame } from './frames';

/** A socket whose other end is the test. */
class FakeSocket {
  static made: FakeSocket[] = [];
  readyState = 0;
  sent: ClientFrame[] = [];
  closedWith: number | undefined;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  constructor(readonly url: string) {
    FakeSocket.made.push(this);
  }
  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  close(code: number): void {
    this.readyState = 3;
    this.closedWith = code;
  }
  opens(): void {
    this.readyState = 1;
    this.onopen?.();
  }
  says(frame: ServerFrame): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
  ends(code: number): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }
  get pings(): number {
    return this.sent.filter((f) => f.t === 'ping').length;
  }
}

const heartbeatMillis = 25_000;
const hello: ServerFrame = {
  t: 'hello',
  connection: 'c',
  node: 'n',
  time: 0,
  heartbeatMillis,
  durability: 'durable',
  limits: {},
};
const sockets = FakeSocket.made;
const newest = (): FakeSocket => sockets.at(-1) as FakeSocket;
let connection: Connection;
let random: number;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('WebSocket', FakeSocket);
  sockets.length = 0;
  random = 0.5;
  connection = new Connection({ url: 'wss://chat.test/ws', auth: () => ({ t: 'auth' }), random: () => random });
});
afterEach(() => {
  connection.stop();
  vi.useRealTimers();
});

/** Opens the newest socket up to its hello. */
async function greet(): Promise<FakeSocket> {
  const socket = newest();
  socket.opens();
  await vi.advanceTimersByTimeAsync(0); // auth is asked for
  socket.says(hello);
  return socket;
}

async function started(): Promise<FakeSocket> {
  connection.start();
  return greet();
}

/** Milliseconds from now to the next socket. */
async function untilNext(): Promise<number> {
  const [count, from] = [sockets.length, Date.now()];
  await vi.advanceTimersToNextTimerAsync();
  expect(sockets).toHaveLength(count + 1);
  return Date.now() - from;
}

test('auth is the first frame, and nothing is sent before hello', async () => {
  connection.start();
  newest().opens();
  await vi.advanceTimersByTimeAsync(0);
  expect(newest().sent).toEqual([{ t: 'auth' }]);
  expect(connection.send({ t: 'ping' })).toBe(false);
  newest().says(hello);
  expect(connection.state).toBe('open');
  expect(connection.send({ t: 'ping' })).toBe(true);
});

test('the first ping comes after a random part of the heartbeat, the others one heartbeat apart', async () => {
  const socket = await started();
  await vi.advanceTimersByTimeAsync(random * heartbeatMillis - 1);
  expect(socket.pings).toBe(0);
  await vi.advanceTimersByTimeAsync(1);
  expect(socket.pings).toBe(1);
  socket.says({ t: 'pong' });
  await vi.advanceTimersByTimeAsync(heartbeatMillis - 1);
  expect(socket.pings).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(socket.pings).toBe(2);
});

test('two missing answers end the socket, one does not', async () => {
  const socket = await started();
  await vi.advanceTimersByTimeAsync(random * heartbeatMillis + heartbeatMillis);
  expect([socket.pings, connection.state]).toEqual([2, 'open']);
  await vi.advanceTimersByTimeAsync(heartbeatMillis);
  expect([socket.pings, connection.state, socket.closedWith]).toEqual([2, 'waiting', 1000]);
  expect(connection.closed?.code).toBe(1006);
});

test('any frame of the server answers for the pings before it', async () => {
  const socket = await started();
  for (let i = 0; i < 5; i++) {
    await vi.advanceTimersByTimeAsync(heartbeatMillis);
    socket.says({ t: 'availability', online: true, agents: [] });
  }
  expect(connection.state).toBe('open');
});

test('the window of the next try doubles from 1 to 30 s, and hello makes it small again', async () => {
  connection.start();
  const waits: number[] = [];
  for (let i = 0; i < 7; i++) {
    newest().ends(1006);
    waits.push(await untilNext());
  }
  expect(waits.map((wait) => wait / random)).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  await greet();
  newest().ends(1006);
  expect((await untilNext()) / random).toBe(1000);
});

test.each([
  [1013, 0, 5000],
  [1013, 0.999, 14_990],
  [4029, 0.5, 10_000],
])('after %i the next try comes between 5 and 15 s', async (code, part, wait) => {
  const socket = await started();
  random = part;
  socket.ends(code);
  expect(await untilNext()).toBe(wait);
});

test('a hello that does not come in time is a failed try', async () => {
  connection.start();
  newest().opens();
  await vi.advanceTimersByTimeAsync(10_000);
  expect([connection.state, newest().closedWith]).toEqual(['waiting', 1000]);
});

test('a node that stops is left within its window, before it closes', async () => {
  const socket = await started();
  socket.says({ t: 'reconnect', windowMillis: 8000 });
  await vi.advanceTimersByTimeAsync(random * 8000 - 1);
  expect([sockets.length, connection.state]).toEqual([1, 'open']);
  await vi.advanceTimersByTimeAsync(1);
  expect([sockets.length, socket.closedWith]).toEqual([2, 1000]);
});

test('a node that closes within its window is followed by a try within the window', async () => {
  const socket = await started();
  socket.says({ t: 'reconnect', windowMillis: 8000 });
  socket.ends(1012);
  expect(await untilNext()).toBe(random * 8000);
});

test('the network of the browser goes: no tries; it comes back: one soon', async () => {
  const socket = await started();
  dispatchEvent(new Event('offline'));
  expect([connection.state, socket.closedWith]).toEqual(['offline', 1000]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(sockets).toHaveLength(1);
  dispatchEvent(new Event('online'));
  expect(await untilNext()).toBe(random * 1000);
});

test('a stopped connection tries no more, and hears the browser no more', async () => {
  await started();
  connection.stop();
  dispatchEvent(new Event('offline'));
  dispatchEvent(new Event('online'));
  await vi.advanceTimersByTimeAsync(60_000);
  expect([sockets.length, connection.state]).toEqual([1, 'stopped']);
});

/** The rows of the table under "Closing": code and what it says about reconnecting. */
function table(): [number, Reconnect][] {
  const page = readFileSync(join(import.meta.dirname, '../docs/protocol.md'), 'utf8');
  const closing = page.slice(page.indexOf('\n## Closing'), page.indexOf('\nReconnecting:'));
  return [...closing.matchAll(/^\| (\d{4}) \|[^|]*\|([^|]*)\|$/gm)].map(([, code, words = '']) => [
    Number(code),
    words.includes('5 to 15 s') ? 'later' : words.trim().startsWith('yes') ? 'soon' : 'no',
  ]);
}

test('the rules after a close are those of the table in docs/protocol.md', () => {
  const written = new Map(table());
  expect(written.size).toBeGreaterThan(10);
  for (let code = 1000; code < 5000; code++)
    expect([code, reconnectAfter(code)]).toEqual([code, written.get(code) ?? 'soon']);
});

test.each(table())('after %i: %s', async (code, reconnect) => {
  const socket = await started();
  socket.ends(code);
  expect(connection.state).toBe(reconnect === 'no' ? 'stopped' : 'waiting');
  expect(connection.closed).toMatchObject({ code, reconnect });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(sockets.length > 1).toBe(reconnect !== 'no');
});

test('a code that is not in the table is tried again soon', () => {
  expect(reconnectAfter(1006)).toBe('soon');
});
