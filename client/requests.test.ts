import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ConnectionState, Link } from './connection';
import type { ClientFrame, HelloFrame, ServerFrame } from './frames';
import { Listeners } from './listeners';
import { Requests } from './requests';

class FakeLink implements Link {
  state: ConnectionState = 'open';
  hello = null;
  readonly frames = new Listeners<ServerFrame>();
  readonly states = new Listeners<ConnectionState>();
  readonly sent: ClientFrame[] = [];
  send(frame: ClientFrame): boolean {
    if (this.state === 'open') this.sent.push(frame);
    return this.state === 'open';
  }
  greets(): void {
    this.state = 'open';
    this.frames.tell({ t: 'hello' } as HelloFrame);
  }
}

const event = (name: string) => ({ t: 'event', name }) as const;
const idOf = (frame: ClientFrame | undefined) => (frame as { id: string }).id;
let link: FakeLink;
let requests: Requests;
beforeEach(() => {
  vi.useFakeTimers();
  link = new FakeLink();
  requests = new Requests(link);
});
afterEach(() => {
  vi.useRealTimers();
});

test('a request is answered under its own id', async () => {
  const [one, two] = [requests.ask(event('one')), requests.ask(event('two'))];
  const [first, second] = link.sent.map(idOf) as [string, string];
  expect(first).not.toBe(second);
  link.frames.tell({ t: 'done', id: second });
  link.frames.tell({ t: 'call', id: first, call: { id: 'c', status: 'start' } });
  await expect(two).resolves.toEqual({ t: 'done', id: second });
  await expect(one).resolves.toMatchObject({ t: 'call' });
});

test('what is not answered is sent again after each hello, in order, unchanged, and not after its answer', () => {
  link.state = 'waiting';
  void requests.ask(event('one'));
  void requests.ask(event('two'));
  expect(link.sent).toEqual([]);
  link.greets();
  const before = [...link.sent];
  expect(before).toMatchObject([{ name: 'one' }, { name: 'two' }]);
  link.frames.tell({ t: 'done', id: idOf(before[0]) });
  link.greets();
  expect(link.sent.slice(2)).toEqual([before[1]]);
});

test('a refusal for good rejects with its code and field', async () => {
  const asked = requests.ask(event('!'));
  link.frames.tell({ t: 'error', id: idOf(link.sent[0]), code: 'bad_field', message: 'no', field: 'name' });
  await expect(asked).rejects.toEqual({ code: 'bad_field', message: 'no', field: 'name' });
});

test('what may be tried again is tried again when the server says', () => {
  void requests.ask(event('one'));
  link.frames.tell({ t: 'error', id: idOf(link.sent[0]), code: 'rate_limited', message: '', afterMillis: 500 });
  vi.advanceTimersByTime(499);
  expect(link.sent).toHaveLength(1);
  vi.advanceTimersByTime(1);
  expect(link.sent).toEqual([link.sent[0], link.sent[0]]);
});

test('what is dropped is rejected and never sent again', async () => {
  const asked = requests.ask(event('one'));
  requests.drop();
  await expect(asked).rejects.toMatchObject({ code: 'ended' });
  link.greets();
  expect(link.sent).toHaveLength(1);
});
