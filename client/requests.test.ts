import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ConnectionState } from './connection';
import type { ClientFrame, HelloFrame, ServerFrame } from './frames';
import { Listeners } from './listeners';
import { Requests } from './requests';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A way to the server that can be open or not. */
function line() {
  const sent: ClientFrame[] = [];
  const link = {
    state: 'open' as 'open' | 'waiting',
    hello: null,
    frames: new Listeners<ServerFrame>(),
    states: new Listeners<ConnectionState>(),
    send: (frame: ClientFrame) => link.state === 'open' && sent.push(frame) > 0,
  };
  const hello = () => {
    link.state = 'open';
    link.frames.tell({ t: 'hello' } as HelloFrame);
  };
  return { link, sent, hello, tell: (frame: ServerFrame) => link.frames.tell(frame) };
}
const idOf = (frame: ClientFrame | undefined) => (frame as { id: string } | undefined)?.id ?? '';
const feedback = { t: 'feedback', text: 'fine' } as const;

test('a request is answered under its id, in whatever order', async () => {
  const { link, sent, tell } = line();
  const requests = new Requests(link);
  const [a, b] = [requests.ask(feedback), requests.ask({ t: 'upload', name: 'x', size: 1 })];
  expect(new Set(sent.map(idOf)).size).toBe(2);
  expect(sent[0]).toEqual({ ...feedback, id: expect.stringMatching(/^[\w-]{22}$/) });
  tell({ t: 'upload', id: idOf(sent[1]), url: '/u', until: 1 });
  tell({ t: 'done', id: 'of somebody else' });
  tell({ t: 'done', id: idOf(sent[0]) });
  await expect(a).resolves.toMatchObject({ t: 'done' });
  await expect(b).resolves.toMatchObject({ t: 'upload', url: '/u' });
});

test('what is asked without a connection, or is not answered before one ends, is asked again as it was', async () => {
  const { link, sent, hello, tell } = line();
  const requests = new Requests(link);
  link.state = 'waiting';
  const first = requests.ask(feedback);
  expect(sent).toEqual([]);
  hello();
  hello();
  expect(sent).toHaveLength(2);
  expect(sent[1]).toEqual(sent[0]);
  tell({ t: 'done', id: idOf(sent[0]) });
  await first;
  hello();
  expect(sent).toHaveLength(2);
});

test('a refusal rejects with its reason; a store that does not answer is asked again', async () => {
  const { link, sent, tell } = line();
  const asked = new Requests(link).ask(feedback);
  tell({ t: 'error', id: idOf(sent[0]), code: 'unavailable', message: '', afterMillis: 2000 });
  await vi.advanceTimersByTimeAsync(1999);
  expect(sent).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(sent[1]).toEqual(sent[0]);
  tell({ t: 'error', id: idOf(sent[0]), code: 'bad_field', message: 'No.', field: 'text' });
  await expect(asked).rejects.toEqual({ code: 'bad_field', message: 'No.', field: 'text' });
});

test('closing rejects what is unanswered and hears nothing more', async () => {
  const { link, sent, hello } = line();
  const requests = new Requests(link);
  const asked = requests.ask(feedback);
  requests.close();
  await expect(asked).rejects.toMatchObject({ code: 'cancelled' });
  hello();
  await expect(requests.ask(feedback)).rejects.toMatchObject({ code: 'cancelled' });
  expect(sent).toHaveLength(1);
});

test('what is dropped is rejected and never asked again, and more may be asked', async () => {
  const { link, sent, hello } = line();
  const requests = new Requests(link);
  const asked = requests.ask(feedback);
  requests.drop();
  await expect(asked).rejects.toMatchObject({ code: 'cancelled' });
  void requests.ask({ t: 'event', name: 'bought' });
  hello();
  expect(sent.map(({ t }) => t)).toEqual(['feedback', 'event', 'event']);
});
