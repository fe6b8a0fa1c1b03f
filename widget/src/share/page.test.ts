import { readFileSync } from 'node:fs';
import { beforeEach, expect, test, vi } from 'vitest';

const html = readFileSync('share/share.html', 'utf8');
const script = /<script>([\s\S]*)<\/script>/.exec(html)?.[1] ?? '';
const site = 'https://shop.example';
const until = Date.now() + 300_000;

/** The page in a frame of `site`, on a host of its own. */
function frame(at: string, cookie = '', allowed: string[] = [site]) {
  const storage = new Map<string, string>();
  const listeners: ((event: unknown) => void)[] = [];
  const around = { postMessage: vi.fn() };
  const document = { cookie, requestStorageAccess: undefined as undefined | (() => Promise<void>) };
  const navigator = { permissions: undefined as undefined | { query(): Promise<{ state: string }> } };
  const fetch = vi.fn(async (_: string, init: RequestInit) => {
    const { for: page } = JSON.parse(String(init.body));
    return { ok: allowed.includes(page), json: async () => ({ ticket: 'fresh', until }) };
  });
  const localStorage = {
    getItem: (name: string) => storage.get(name) ?? null,
    setItem: (name: string, text: string) => storage.set(name, text),
    removeItem: (name: string) => storage.delete(name),
  };
  const names = ['parent', 'document', 'localStorage', 'location', 'fetch', 'addEventListener', 'window', 'navigator'];
  const values = [
    around,
    document,
    localStorage,
    new URL(at),
    fetch,
    (_: string, listener: (event: unknown) => void) => listeners.push(listener),
    {},
    navigator,
  ];
  new Function(...names, script)(...values);
  const ask = async (data: unknown, origin = site, source: unknown = around): Promise<unknown> => {
    around.postMessage.mockClear();
    await Promise.all(listeners.map((listen) => listen({ source, origin, data })));
    return around.postMessage.mock.calls[0];
  };
  return { ask, fetch, document, navigator, storage };
}

const record = (more = {}) => JSON.stringify({ server: 'https://node.test', ticket: 'kept', until, ...more });
const cookie = (text: string) => `confab_share_acme=${encodeURIComponent(text)}`;
const question = { confab: 'share', id: 'q1', account: 'acme' };
const at = 'https://login.example/confab/share.html';

beforeEach(() => expect(script).toContain('addEventListener'));

test('PAV-JS-039 a page that the account names is given a fresh ticket, by name', async () => {
  const { ask, fetch } = frame(at, cookie(record()));
  expect(await ask(question)).toEqual([{ confab: 'share', id: 'q1', ticket: 'fresh' }, site]);
  const [address, init] = fetch.mock.calls[0]!;
  expect(address).toBe('https://node.test/confab/share/ticket');
  expect(JSON.parse(String(init.body))).toEqual({ account: 'acme', visitor: { ticket: 'kept' }, for: site });
});

test('PAV-JS-039 without cookies it is found in storage', async () => {
  const { ask, storage } = frame(at);
  storage.set('confab_share_acme', record());
  expect(await ask(question)).toMatchObject([{ ticket: 'fresh' }, site]);
});

test('PAV-JS-041 a page that the account does not name is given nothing', async () => {
  const { ask } = frame(at, cookie(record()), []);
  expect(await ask(question)).toEqual([{ confab: 'share', id: 'q1', ticket: null }, site]);
});

test('PAV-JS-041 what ended, is no ticket or names no node is nothing', async () => {
  for (const text of [
    '',
    'x',
    '{}',
    record({ until: Date.now() - 1 }),
    record({ ticket: '' }),
    record({ server: 'javascript:1' }),
  ]) {
    const { ask, fetch } = frame(at, cookie(text));
    expect(await ask(question)).toMatchObject([{ ticket: null }, site]);
    expect(fetch).not.toHaveBeenCalled();
  }
});

test('a browser that keeps the storage apart is asked to let the frame in', async () => {
  const page = frame(at);
  page.document.requestStorageAccess = async () => {
    page.document.cookie = cookie(record());
  };
  expect(await page.ask(question)).toMatchObject([{ ticket: 'fresh' }, site]);
  const refused = frame(at);
  refused.document.requestStorageAccess = () => Promise.reject(new Error('no'));
  expect(await refused.ask(question)).toMatchObject([{ ticket: null }, site]);
});

test('a browser that tells who was let in before is not asked for others, and without being told it is', async () => {
  for (const [query, times] of [
    [async () => ({ state: 'granted' }), 1],
    [async () => ({ state: 'prompt' }), 0],
    [() => Promise.reject(new TypeError('what is storage-access?')), 1],
  ] as const) {
    const { ask, document, navigator } = frame(at);
    navigator.permissions = { query };
    document.requestStorageAccess = vi.fn(async () => {});
    await ask(question);
    expect(document.requestStorageAccess).toHaveBeenCalledTimes(times);
  }
});

test('PAV-JS-039 PAV-JS-054 the frame is let in before it keeps a ticket or forgets it', async () => {
  const page = frame('https://node.test/confab/share.html');
  const inside = { cookie: '' };
  page.document.requestStorageAccess = async () => {
    Object.defineProperty(page.document, 'cookie', {
      configurable: true,
      get: () => inside.cookie,
      set: (text) => {
        inside.cookie = text;
      },
    });
  };
  await page.ask({ ...question, keep: 'brought' });
  expect(inside.cookie).toContain('confab_share_acme=%7B');
  page.storage.clear();
  await page.ask({ ...question, forget: true });
  expect(inside.cookie).toContain('Max-Age=0');
});

test('only the page around the frame is heard, and only in the right form', async () => {
  const { ask, fetch } = frame(at, cookie(record()));
  expect(await ask(question, site, {})).toBeUndefined();
  expect(await ask(question, 'null')).toBeUndefined();
  for (const data of [
    null,
    'x',
    {},
    { ...question, confab: 'x' },
    { ...question, id: 7 },
    { ...question, account: 'a=b; c' },
  ])
    expect(await ask(data)).toBeUndefined();
  expect(fetch).not.toHaveBeenCalled();
});

test('PAV-JS-039 the page of the node keeps the ticket that a named page brings, and forgets it on demand', async () => {
  const { ask, storage, document } = frame('https://node.test/confab/share.html');
  await ask({ ...question, keep: 'brought' });
  expect(JSON.parse(storage.get('confab_share_acme') ?? '')).toEqual({
    server: 'https://node.test',
    ticket: 'fresh',
    until,
  });
  expect(document.cookie).toContain('SameSite=None; Secure');
  expect(document.cookie).toContain('Path=/confab/share.html');
  await ask({ ...question, forget: true });
  expect(storage.size).toBe(0);
  expect(document.cookie).toContain('Max-Age=0');
});

test('what a page brings that the account does not name is not kept', async () => {
  const { ask, storage } = frame('https://node.test/confab/share.html', '', []);
  await ask({ ...question, keep: 'planted' });
  expect(storage.size).toBe(0);
});
