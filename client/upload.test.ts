import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ConnectionState } from './connection';
import type { ClientFrame, FileInfo, HelloFrame, ServerFrame, UploadFrame } from './frames';
import { Listeners } from './listeners';
import { upload } from './upload';

const kept: FileInfo = { id: 'F', name: 'a.txt', size: 5, type: 'text/plain', url: '/confab/files/F/a.txt' };
const file = (content = 'hello', name = 'a.txt') => new File([content], name, { type: 'text/plain' });

/** The browser's request, answered by hand. */
class Request {
  static all: Request[] = [];
  upload: { onprogress?: (event: { loaded: number }) => void } = {};
  onload: (() => void) | null = null;
  onerror: (() => void) | null = null;
  onabort: (() => void) | null = null;
  status = 0;
  responseText = '';
  url = '';
  body: unknown;
  open(method: string, url: string): void {
    this.url = `${method} ${url}`;
  }
  send(body: unknown): void {
    this.body = body;
    Request.all.push(this);
  }
  abort(): void {
    this.onabort?.();
  }
  answer(status: number, body: unknown): void {
    this.status = status;
    this.responseText = typeof body === 'string' ? body : JSON.stringify(body);
    this.onload?.();
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  Request.all = [];
  vi.stubGlobal('XMLHttpRequest', Request);
});
afterEach(() => void vi.useRealTimers());

function server(limits = {}) {
  const asked: UploadFrame[] = [];
  const link = {
    state: 'open' as const,
    hello: { limits } as HelloFrame,
    frames: new Listeners<ServerFrame>(),
    states: new Listeners<ConnectionState>(),
    send(frame: ClientFrame) {
      asked.push(frame as UploadFrame);
      const { id } = frame as UploadFrame;
      queueMicrotask(() =>
        link.frames.tell({ t: 'upload', id, url: `/confab/files/upload/${asked.length}`, until: 1 }),
      );
      return true;
    },
  };
  return { link, asked };
}
const settle = (millis = 0) => vi.advanceTimersByTimeAsync(millis);

test('a file is asked for, sent once, told of as it goes, and answered', async () => {
  const { link, asked } = server();
  const told: number[] = [];
  const content = file();
  const way = upload(link, 'https://node', content, (sent, size) => told.push(sent, size), 'T');
  await settle();
  expect(asked).toMatchObject([{ t: 'upload', name: 'a.txt', size: 5, type: 'text/plain', thread: 'T' }]);
  const [xhr] = Request.all;
  expect(xhr).toMatchObject({ url: 'PUT https://node/confab/files/upload/1', body: content });
  xhr?.upload.onprogress?.({ loaded: 3 });
  xhr?.answer(201, kept);
  await expect(way.done).resolves.toEqual(kept);
  expect(told).toEqual([0, 5, 3, 5]);
});

test.each([
  ['a broken connection', (xhr: Request) => xhr.onerror?.()],
  ['a ticket that a broken try has used up', (xhr: Request) => xhr.answer(404, { code: 'not_found', message: '' })],
  ['a busy node', (xhr: Request) => xhr.answer(503, { code: 'unavailable', message: '' })],
  ['a proxy', (xhr: Request) => xhr.answer(502, '<html>')],
])('after %s everything begins anew, with another ticket', async (_, fail) => {
  const { link, asked } = server();
  const way = upload(link, '', file(), () => undefined);
  await settle();
  fail(Request.all[0] as Request);
  await settle(1000);
  expect(asked).toHaveLength(2);
  expect(asked[1]?.id).not.toBe(asked[0]?.id);
  Request.all[1]?.answer(201, kept);
  await expect(way.done).resolves.toEqual(kept);
});

test('it gives up after four tries', async () => {
  const { link } = server();
  const way = upload(link, '', file(), () => undefined);
  for (let i = 0; i < 4; i++) {
    await settle(10_000);
    Request.all[i]?.onerror?.();
  }
  await expect(way.done).rejects.toMatchObject({ code: 'network' });
  expect(Request.all).toHaveLength(4);
});

test('what the server refuses is not tried again', async () => {
  const { link } = server();
  const way = upload(link, '', file(), () => undefined);
  await settle();
  Request.all[0]?.answer(413, { code: 'too_large', message: 'No.' });
  await expect(way.done).rejects.toEqual({ code: 'too_large', message: 'No.' });
});

test('a file over the limit, or without a byte, is refused before anything is asked', async () => {
  const { link, asked } = server({ fileBytes: 4 });
  await expect(upload(link, '', file(), () => undefined).done).rejects.toMatchObject({ code: 'too_large' });
  await expect(upload(link, '', file(''), () => undefined).done).rejects.toMatchObject({ code: 'bad_field' });
  expect(asked).toEqual([]);
});

test.each(['asking', 'sending', 'waiting'])('it can be cancelled while %s', async (when) => {
  const { link } = server();
  const way = upload(link, '', file(), () => undefined);
  if (when !== 'asking') await settle();
  if (when === 'waiting') {
    Request.all[0]?.onerror?.();
    await settle();
  }
  way.cancel();
  await expect(way.done).rejects.toMatchObject({ code: 'cancelled' });
  await settle(60_000);
  expect(Request.all.length).toBe(when === 'asking' ? 0 : 1);
});
