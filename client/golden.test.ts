import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ClientFrame, ServerFrame } from './frames';
import { parseFrame } from './parse';

const folder = join(import.meta.dirname, '../wire/testdata/frames');
const files = (side: string) =>
  readdirSync(folder)
    .filter((name) => name.startsWith(`${side}.`))
    .map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const);

const serverTypes: Record<ServerFrame['t'], true> = {
  hello: true,
  entries: true,
  entry: true,
  caught_up: true,
  reset: true,
  truncated: true,
  ack: true,
  nack: true,
  marker: true,
  typing: true,
  availability: true,
  conversation: true,
  visitor: true,
  agent: true,
  error: true,
  contact: true,
  stale: true,
  reconnect: true,
  pong: true,
  done: true,
  user: true,
  queue: true,
  upload: true,
  call: true,
};

// Every field a client frame of that type may have; the Go side decodes the same files strictly.
const clientFields: { [T in ClientFrame['t']]: (keyof Extract<ClientFrame, { t: T }>)[] } = {
  auth: ['t', 'account', 'visitor', 'agent', 'inbox', 'presence', 'page', 'device', 'cursor', 'known'],
  subscribe: ['t', 'thread', 'cursor', 'known'],
  unsubscribe: ['t', 'thread'],
  send: ['t', 'thread', 'cmid', 'text', 'note', 'auto', 'group', 'offline', 'file'],
  history: ['t', 'thread', 'before', 'limit'],
  typing: ['t', 'thread', 'on', 'text', 'who'],
  seen: ['t', 'thread', 'seq'],
  delivered: ['t', 'thread', 'seq'],
  page: ['t', 'url', 'title', 'referrer'],
  ping: ['t'],
  person: ['t', 'id', 'layer', 'replace', 'data'],
  event: ['t', 'id', 'name', 'data'],
  consent: ['t', 'id', 'kind', 'value'],
  rate: ['t', 'id', 'conversation', 'score', 'comment'],
  feedback: ['t', 'id', 'text'],
  upload: ['t', 'id', 'thread', 'name', 'size', 'type'],
  call: ['t', 'id', 'phone'],
};

test.each(files('server'))('%s is read unchanged', (_, text) => {
  expect(parseFrame(text)).toEqual(JSON.parse(text));
});

test('every type of the server has its golden frame', () => {
  const seen = new Set(files('server').map(([, text]) => JSON.parse(text).t));
  expect([...seen].sort()).toEqual(Object.keys(serverTypes).sort());
});

test.each(files('client'))('%s has only fields that the types know', (_, text) => {
  const frame = JSON.parse(text) as ClientFrame;
  expect(clientFields[frame.t]).toEqual(expect.arrayContaining(Object.keys(frame)));
});

test('a server frame without what its type must have is none', () => {
  for (const [name, text] of files('server')) {
    const frame = JSON.parse(text);
    if (frame.t === 'pong') continue;
    const needed = Object.keys(frame).filter(
      (k) => parseFrame(JSON.stringify({ ...frame, [k]: 7.5e3 === frame[k] ? 'x' : { no: 1 } })) === null,
    );
    expect(needed.length, name).toBeGreaterThan(0);
  }
  for (const text of ['', 'null', '[]', '{}', '{"t":"new"}', '{"t":"toString"}']) expect(parseFrame(text)).toBeNull();
});
