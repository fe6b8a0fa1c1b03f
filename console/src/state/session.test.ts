import { beforeEach, expect, test, vi } from 'vitest';
import { type News, Session } from './session';
import { aStorage } from './testing';

const me = { id: 'a1', account: 'acme', name: 'Ann', email: 'ann@acme.test', role: 'admin' };
let now = 0;
beforeEach(() => {
  now = 1_000_000;
});

/** A server that takes each refresh token once. */
function aServer() {
  let valid = 'r1';
  let count = 1;
  const fetching = vi.fn(async (path: RequestInfo | URL, init?: RequestInit) => {
    const body = JSON.parse(String(init?.body ?? '{}'));
    if (init?.method === 'DELETE') return new Response(null, { status: 204 });
    const right = String(path).endsWith('refresh') ? body.refreshToken === valid : body.password === 'right';
    if (!right) return Response.json({ code: 'unauthorized', title: 'No' }, { status: 401 });
    valid = `r${++count}`;
    return Response.json({ token: `t${count}`, expiresAt: now + 600_000, refreshToken: valid, agent: me });
  });
  return fetching as unknown as typeof fetch & typeof fetching;
}

/** Tabs of one browser: storage, lock and news are shared. */
function aBrowser(fetching: typeof fetch, storage = aStorage()) {
  const heard: ((news: News) => void)[] = [];
  let last: Promise<unknown> = Promise.resolve();
  const tab = () => {
    let own: (news: News) => void = () => {};
    return new Session({
      fetch: fetching,
      storage,
      exclusively: (work) => {
        const next = last.then(work, work);
        last = next.catch(() => {});
        return next;
      },
      others: {
        tell: (news) => {
          for (const other of heard) if (other !== own) other(news);
        },
        hear: (listener) => {
          own = listener;
          heard.push(listener);
        },
      },
      now: () => now,
    });
  };
  return { tab, storage };
}

test('signing in outlives a reload', async () => {
  const { tab } = aBrowser(aServer());
  await tab().signIn('ann@acme.test', 'right');
  const reloaded = tab();
  await reloaded.resume();
  expect(reloaded.standing.value).toBe('in');
  expect(reloaded.me.value?.name).toBe('Ann');
});

test('a wrong password is refused and leaves nothing', async () => {
  const { tab, storage } = aBrowser(aServer());
  const session = tab();
  await expect(session.signIn('ann@acme.test', 'wrong')).rejects.toMatchObject({ code: 'unauthorized' });
  expect(storage.length).toBe(0);
});

test('tabs that refresh at once use each refresh token once', async () => {
  const fetching = aServer();
  const { tab } = aBrowser(fetching);
  const [one, two] = [tab(), tab()];
  await one.signIn('ann@acme.test', 'right');
  now += 590_000;
  const used = one.token.value;
  const tokens = await Promise.all([one.refresh(used), two.refresh(used)]);
  expect(tokens[0]).toBe(tokens[1]);
  expect(fetching.mock.calls.filter(([path]) => String(path).endsWith('refresh')).length).toBe(1);
});

test('without an answer the session is kept, with a refusal it ends', async () => {
  const storage = aStorage({ 'confab.console.refresh': 'r0' });
  const cut = aBrowser((() => Promise.reject(new TypeError('cut'))) as typeof fetch, storage).tab();
  await cut.resume();
  expect(cut.standing.value).toBe('unreachable');
  expect(storage.length).toBe(1);
  const refused = aBrowser(aServer(), storage).tab();
  await refused.resume();
  expect(refused.standing.value).toBe('out');
  expect(refused.ended.value).toBe('expired');
  expect(storage.length).toBe(0);
});

for (const [later, why] of [
  [60_000, 'revoked'],
  [700_000, 'expired'],
] as const) {
  test(`who is refused ${later / 1000} s after signing in is told: ${why}`, async () => {
    const { tab, storage } = aBrowser(aServer());
    const session = tab();
    await session.signIn('ann@acme.test', 'right');
    storage.setItem('confab.console.refresh', 'of no session');
    now += later;
    await expect(session.refresh(session.token.value)).rejects.toMatchObject({ code: 'unauthorized' });
    expect(session.ended.value).toBe(why);
  });
}

test('who was told why keeps it, whatever else finds the session ended', async () => {
  const { tab, storage } = aBrowser(aServer());
  const session = tab();
  await session.signIn('ann@acme.test', 'right');
  storage.setItem('confab.console.refresh', 'of no session');
  const used = session.token.value;
  const requests = [session.refresh(used), session.refresh(used)];
  for (const request of requests) await expect(request).rejects.toMatchObject({ code: 'unauthorized' });
  await expect(session.fresh()).rejects.toMatchObject({ code: 'unauthorized' });
  expect(session.ended.value).toBe('revoked');
});

test('who signs out is not told that somebody else did it', async () => {
  const { tab } = aBrowser(aServer());
  const session = tab();
  await session.signIn('ann@acme.test', 'right');
  await session.signOut();
  session.revoked();
  expect(session.ended.value).toBe('');
});

test('signing out in one tab signs out all', async () => {
  const { tab } = aBrowser(aServer());
  const [one, two] = [tab(), tab()];
  await one.signIn('ann@acme.test', 'right');
  expect(two.standing.value).toBe('in');
  await one.signOut();
  expect(two.standing.value).toBe('out');
});
