import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { SendFrame } from './frames';
import { limits } from './limits';
import { Outbox } from './outbox';
import { MemoryStore } from './outbox_store';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** An outbox on a store that outlives it, and the server's side of it. */
function page(store = new MemoryStore()) {
  const sent: SendFrame[] = [];
  const line = { open: true };
  const outbox = new Outbox({ store, send: (frame) => line.open && sent.push(frame) > 0 });
  const ack = (cmid: string, seq: number) => outbox.acked({ cmid, seq, eid: `e${seq}`, at: 1 });
  return { store, sent, line, outbox, ack, texts: () => sent.map((f) => f.text) };
}
const cmidOf = (sent: SendFrame[], i: number) => sent[i]?.cmid ?? '';

test('a message is kept before it is sent', async () => {
  const store = new MemoryStore();
  const { outbox, sent } = page(store);
  let keep = (): void => undefined;
  vi.spyOn(store, 'put').mockImplementationOnce(() => new Promise((done) => (keep = done)));
  const pressed = outbox.press({ text: 'a' });
  outbox.open();
  expect(sent).toEqual([]);
  keep();
  await pressed;
  expect(sent).toHaveLength(1);
});

test('file, group and offline go out with a message, also after a reload', async () => {
  const first = page();
  const file = { id: 'F', name: 'a.png', size: 1, type: 'image/png', url: '/confab/files/F/a.png' };
  await first.outbox.press({ text: '', file, group: 'sales', offline: true });
  expect(first.sent).toMatchObject([{ t: 'send', text: '', file: 'F', group: 'sales', offline: true }]);
  const second = page(first.store);
  await second.outbox.load();
  second.outbox.open();
  expect(second.sent).toEqual(first.sent);
  expect(second.outbox.unsettled()[0]?.file).toEqual(file);
});

test('one message is in flight at a time, in the order of pressing', async () => {
  const { outbox, ack, sent, texts } = page();
  for (const text of ['a', 'b', 'c']) await outbox.press({ text });
  expect(texts()).toEqual(['a']);
  ack(cmidOf(sent, 0), 1);
  ack(cmidOf(sent, 1), 2);
  expect(texts()).toEqual(['a', 'b', 'c']);
  expect(outbox.unsettled().map((i) => i.text)).toEqual(['c']);
});

test('a reload between press and acknowledgement sends the same id again, once settled no more', async () => {
  const first = page();
  await first.outbox.press({ text: 'a' });
  await first.outbox.press({ text: 'b' });
  const second = page(first.store);
  await second.outbox.load();
  second.outbox.open();
  expect(second.sent).toEqual(first.sent);
  second.ack(cmidOf(second.sent, 0), 1);
  second.ack(cmidOf(second.sent, 1), 2);
  const third = page(first.store);
  await third.outbox.load();
  third.outbox.open();
  expect(third.sent).toEqual([]);
});

test('what is written before the outbox has loaded follows what an earlier page wrote, whatever the clock says', async () => {
  for (const step of [0, -5000]) {
    const first = page();
    for (const text of ['a', 'b']) await first.outbox.press({ text });
    vi.setSystemTime(Date.now() + step);
    const second = page(first.store);
    for (const text of ['c', 'd']) await second.outbox.press({ text });
    await second.outbox.load();
    const third = page(first.store);
    await third.outbox.load();
    for (const { outbox } of [second, third])
      expect(outbox.unsettled().map((i) => i.text)).toEqual(['a', 'b', 'c', 'd']);
  }
});

test('what was in flight when the connection broke goes out again first', async () => {
  const { outbox, line, sent, texts } = page();
  await outbox.press({ text: 'a' });
  outbox.interrupted();
  line.open = false;
  await outbox.press({ text: 'b' });
  line.open = true;
  outbox.open();
  expect(texts()).toEqual(['a', 'a']);
  expect(sent[0]).toEqual(sent[1]);
});

test('a retryable refusal holds the queue and repeats the message; another one fails it and lets the next go', async () => {
  const { outbox, sent, texts } = page();
  await outbox.press({ text: 'a' });
  await outbox.press({ text: 'b' });
  const nack = { t: 'nack' as const, cmid: cmidOf(sent, 0), message: 'no' };
  outbox.nacked({ ...nack, code: 'unavailable', retryable: true, afterMillis: 3000 });
  expect(texts()).toEqual(['a']);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(texts()).toEqual(['a', 'a']);
  outbox.nacked({ ...nack, code: 'too_long', retryable: false });
  expect(texts()).toEqual(['a', 'a', 'b']);
  expect(outbox.unsettled()[0]).toMatchObject({ state: 'failed', failure: { code: 'too_long' } });
});

test('a failed message is retried under its id, or deleted for good', async () => {
  const { outbox, sent, ack, store } = page();
  await outbox.press({ text: 'a' });
  const cmid = cmidOf(sent, 0);
  const fail = () => outbox.nacked({ t: 'nack', cmid, code: 'forbidden', retryable: false, message: '' });
  fail();
  outbox.retry(cmid);
  expect(cmidOf(sent, 1)).toBe(cmid);
  fail();
  await outbox.discard(cmid);
  expect(await store.load()).toEqual([]);
  expect(ack(cmid, 1)).toBeUndefined();
});

test('an entry with an own id settles the message like its acknowledgement', async () => {
  const { outbox, sent } = page();
  await outbox.press({ text: 'a' });
  const entry = {
    eid: 'e7',
    cmid: cmidOf(sent, 0),
    kind: 'message' as const,
    author: { kind: 'visitor' as const },
    at: 5,
  };
  outbox.seen({ seq: 7, entry });
  expect(outbox.unsettled()).toEqual([]);
});

test('repair offers again what the log has lost, under the old ids and in order', async () => {
  const { outbox, ack, sent, texts } = page();
  for (const [i, text] of ['a', 'b', 'c'].entries()) {
    await outbox.press({ text });
    ack(cmidOf(sent, i), i + 4);
  }
  const [, b, c] = sent.map((f) => f.cmid);
  outbox.repair('', 4, new Set([c ?? '']));
  expect(texts()).toEqual(['a', 'b', 'c', 'b']);
  expect(cmidOf(sent, 3)).toBe(b);
});

test('acknowledged messages are kept in number and time as the limits say', async () => {
  const { outbox, ack, sent, store } = page();
  for (let i = 0; i < limits.outboxMessages + 5; i++) {
    await outbox.press({ text: String(i) });
    ack(cmidOf(sent, i), i + 1);
  }
  await vi.runAllTimersAsync();
  expect((await store.load()).length).toBe(limits.outboxMessages);
  vi.setSystemTime(Date.now() + limits.outboxMillis + 1);
  await outbox.load();
  expect(await store.load()).toEqual([]);
});

test('log-out leaves nothing', async () => {
  const { outbox, store, sent } = page();
  await outbox.press({ text: 'a' });
  await outbox.clear();
  expect(await store.load()).toEqual([]);
  outbox.open();
  expect(sent).toHaveLength(1);
});
