import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { readCookie, siteOf, writeCookie } from './cookie';
import { askFrame } from './frame';
import { borrow, lend } from './main';
import { renewMillis } from './ticket';

const node = 'https://node.test';
const { happyDOM } = window as unknown as { happyDOM: { setURL(url: string): void } };
const own = `${node}/confab/share.html?account=acme`;
const helper = 'https://login.other.example/confab/share.html';

type Asked = { address: string; question: Record<string, unknown>; origin: string };
let asked: Asked[] = [];
/** What the page at an address answers; undefined: nothing. */
let answers: Record<string, (question: Record<string, unknown>) => unknown> = {};
let appended: HTMLIFrameElement[] = [];

/** Frames that load at once and answer from `answers`. */
function fakeFrames(): void {
  vi.spyOn(document.body, 'append').mockImplementation((...nodes) => {
    const frame = nodes[0] as HTMLIFrameElement;
    const address = frame.getAttribute('src') ?? '';
    const inside = {
      postMessage: (question: Record<string, unknown>, origin: string) => {
        asked.push({ address, question, origin });
        const data = answers[address]?.(question);
        if (data !== undefined) queueMicrotask(() => say(inside, new URL(address).origin, data));
      },
    };
    Object.defineProperty(frame, 'contentWindow', { value: inside });
    appended.push(frame);
    queueMicrotask(() => frame.dispatchEvent(new Event('load')));
  });
}

function say(source: unknown, origin: string, data: unknown): void {
  const event = new MessageEvent('message', { data, origin });
  Object.defineProperty(event, 'source', { value: source });
  dispatchEvent(event);
}

const ticket =
  (text: string | null) =>
  ({ id }: Record<string, unknown>) => ({ confab: 'share', id, ticket: text });

let posts: Record<string, unknown>[] = [];
/** The node: answers with the tickets in turn, then with the last; null refuses. */
function fakeNode(...tickets: (string | null)[]): void {
  vi.stubGlobal('fetch', async (address: string, init: RequestInit) => {
    expect(address).toBe(`${node}/confab/share/ticket`);
    expect(init.credentials).toBe('omit');
    posts.push(JSON.parse(String(init.body)));
    const next = tickets.length > 1 ? tickets.shift() : tickets[0];
    return { ok: next != null, json: async () => ({ ticket: next, until: Date.now() + 300_000 }) };
  });
}

beforeEach(() => {
  vi.useFakeTimers();
  [asked, answers, appended, posts] = [[], {}, [], []];
  happyDOM.setURL('https://shop.brand.example/cart');
  fakeFrames();
});
afterEach(() => {
  writeCookie('acme', null);
  localStorage.clear();
  vi.clearAllTimers();
  vi.useRealTimers();
});

const options = (renewed = (_: string) => true) => ({
  server: node,
  account: 'acme',
  domain: 'login.other.example',
  renewed,
});

test('PAV-JS-039 the domain that an owner registered is the shortest that takes cookies', () => {
  expect(siteOf('shop.brand.example')).toBe('brand.example');
  for (const host of ['localhost', '127.0.0.1', '[::1]']) expect(siteOf(host)).toBeNull();
});

test('PAV-JS-039 on the same site the login comes out of a cookie, after the node has looked at it', async () => {
  fakeNode('ticket-1', 'ticket-2');
  await lend({ server: node, account: 'acme', proof: { id: 'u1', hmac: 'ab' } });
  expect(posts).toEqual([{ account: 'acme', visitor: { id: 'u1', hmac: 'ab' } }]);
  expect(readCookie('acme')).toBe('ticket-1');
  happyDOM.setURL('https://help.brand.example/');
  asked = [];
  expect(await borrow(options())).toBe('ticket-2');
  expect(posts[1]).toEqual({ account: 'acme', visitor: { ticket: 'ticket-1' } });
  expect(asked).toEqual([]);
});

test('PAV-JS-039 elsewhere the page of the node is asked, and the helper page of the domain', async () => {
  fakeNode(null);
  answers[own] = ticket(null);
  answers[helper] = ticket('ticket-1');
  expect(await borrow(options())).toBe('ticket-1');
  expect(asked.map(({ address, origin }) => [address, origin])).toEqual([
    [own, node],
    [helper, 'https://login.other.example'],
  ]);
  expect(asked[0]?.question).toMatchObject({ confab: 'share', account: 'acme' });
  for (const frame of appended) expect(frame.hidden).toBe(true);
});

test('PAV-JS-041 whoever does not answer within three seconds has no login', async () => {
  fakeNode(null);
  const found = borrow(options());
  await vi.advanceTimersByTimeAsync(2900);
  let done = false;
  void found.then(() => {
    done = true;
  });
  await vi.advanceTimersByTimeAsync(0);
  expect(done).toBe(false);
  await vi.advanceTimersByTimeAsync(100);
  expect(await found).toBeNull();
});

test('PAV-JS-041 nobody has a login, or the domain is none', async () => {
  fakeNode(null);
  answers[own] = ticket(null);
  expect(await borrow({ ...options(), domain: 'no domain' })).toBeNull();
});

test('an answer counts only from the frame, of its origin, in its form', async () => {
  const found = askFrame(helper, { account: 'acme' });
  await vi.advanceTimersByTimeAsync(0);
  const id = asked[0]?.question.id;
  const inside = appended[0]?.contentWindow;
  const good = { confab: 'share', id, ticket: 'stolen' };
  say(window, 'https://login.other.example', good);
  say(inside, 'https://evil.example', good);
  say(inside, 'https://login.other.example', { ...good, id: 'other' });
  say(inside, 'https://login.other.example', { ...good, confab: 'chat' });
  say(inside, 'https://login.other.example', 'stolen');
  say(inside, 'https://login.other.example', { ...good, ticket: 'right' });
  expect(await found).toBe('right');
  for (const bad of [7, '', 'x'.repeat(5000), {}]) {
    answers[helper] = ticket(bad as string);
    expect(await askFrame(helper, { account: 'acme' })).toBeNull();
  }
});

test('PAV-JS-039 a borrowed login is kept fresh as long as it is of use', async () => {
  fakeNode('ticket-2', 'ticket-3');
  answers[own] = ticket('ticket-1');
  const renewed = vi.fn((text: string) => text !== 'ticket-3');
  await borrow(options(renewed));
  await vi.advanceTimersByTimeAsync(renewMillis);
  await vi.advanceTimersByTimeAsync(renewMillis);
  expect(renewed.mock.calls).toEqual([['ticket-2'], ['ticket-3']]);
  expect(posts.map(({ visitor }) => visitor)).toEqual([{ ticket: 'ticket-1' }, { ticket: 'ticket-2' }]);
  await vi.advanceTimersByTimeAsync(2 * renewMillis);
  expect(posts).toHaveLength(2);
});

test('PAV-JS-039 a login is lent by cookie, to the helper page and to the page of the node, and anew before it ends', async () => {
  fakeNode('ticket-1', 'ticket-2');
  await lend({ server: node, account: 'acme', proof: { id: 'u1', hmac: 'ab' } });
  await vi.advanceTimersByTimeAsync(0);
  expect(asked.at(-1)).toMatchObject({ address: own, question: { account: 'acme', keep: 'ticket-1' }, origin: node });
  expect(JSON.parse(localStorage.getItem('confab_share_acme') ?? '')).toMatchObject({
    server: node,
    ticket: 'ticket-1',
  });
  await vi.advanceTimersByTimeAsync(renewMillis);
  expect(readCookie('acme')).toBe('ticket-2');
  expect(posts[1]).toEqual({ account: 'acme', visitor: { id: 'u1', hmac: 'ab' } });
});

test('PAV-JS-054 after the log-out nothing is lent, not even what was on its way', async () => {
  fakeNode('ticket-1');
  await lend({ server: node, account: 'acme', proof: { id: 'u1', hmac: 'ab' } });
  const late = lend({ server: node, account: 'acme', proof: { id: 'u2', hmac: 'cd' } });
  await lend({ server: node, account: 'acme', proof: null });
  await late;
  await vi.advanceTimersByTimeAsync(renewMillis);
  expect(readCookie('acme')).toBeNull();
  expect(localStorage.getItem('confab_share_acme')).toBeNull();
  expect(asked.at(-1)?.question).toMatchObject({ account: 'acme', forget: true });
});

test('where an account has nobody to share with, nothing is left anywhere', async () => {
  fakeNode(null);
  await lend({ server: node, account: 'acme', proof: { id: 'u1', hmac: 'ab' } });
  await vi.advanceTimersByTimeAsync(3 * renewMillis);
  expect(readCookie('acme')).toBeNull();
  expect(asked).toEqual([]);
  expect(posts).toHaveLength(1);
});
