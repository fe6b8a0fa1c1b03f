import { expect, test } from 'vitest';
import { Conversations, countsOf, isQuiet, listOf } from './conversations';
import { aConversation, said } from './testing';

const minute = 60_000;

test('each list holds what belongs to it, in its order', () => {
  const mine = aConversation({ id: 'mine', last: said(5000, 4) });
  const later = aConversation({ id: 'later', last: said(9000, 4) });
  const handed = aConversation({ id: 'handed', state: 'waiting', agents: [], assignee: 'me', startedAt: 700 });
  const waiting = aConversation({ id: 'waiting', state: 'waiting', agents: [], assignee: '', startedAt: 500 });
  const foreign = aConversation({ id: 'foreign', agents: ['anna'], assignee: 'anna', last: said(9500, 2) });
  const open = [mine, later, handed, waiting, foreign];
  const ids = (name: 'mine' | 'queue' | 'open') => listOf(name, open, [], 'me').map((c) => c.id);
  expect(ids('mine')).toEqual(['later', 'mine', 'handed']);
  expect(ids('queue')).toEqual(['waiting', 'handed']);
  expect(ids('open')).toEqual(['foreign', 'later', 'mine', 'handed', 'waiting']);
});

test('answered chats without a word for ten minutes rest and are not counted', () => {
  const rests = aConversation({ id: 'rests', lastVisitorAt: 1000, lastAgentAt: 2000, last: said(2000, 3, 'agent') });
  const owed = aConversation({ id: 'owed', lastVisitorAt: 2000, lastAgentAt: 1000, last: said(2000, 3) });
  const now = 2000 + 11 * minute;
  expect(isQuiet(rests, now)).toBe(true);
  expect(isQuiet(owed, now)).toBe(false);
  expect(countsOf([rests, owed], 'me', now).mine).toBe(1);
});

test('an answer that a frame has overtaken changes nothing', () => {
  const all = new Conversations();
  all.apply(aConversation({ top: 12, state: 'waiting' }));
  all.apply(aConversation({ top: 11, state: 'active' }));
  expect(all.get('c1')?.state).toBe('waiting');
});

test('a full load ends what is no longer open, and frames that came meanwhile win', () => {
  const all = new Conversations();
  all.apply(aConversation({ id: 'gone' }));
  all.apply(aConversation({ id: 'old', top: 3 }));
  all.beginLoad();
  all.apply(aConversation({ id: 'news', top: 5, unread: 4 }));
  all.replaceOpen([aConversation({ id: 'old', top: 4, unread: 1 }), aConversation({ id: 'news', top: 4, unread: 1 })]);
  expect([...all.byId.value.keys()].sort()).toEqual(['news', 'old']);
  expect(all.get('old')?.unread).toBe(1);
  expect(all.get('news')?.unread).toBe(4);
});

test('the wait goes on from the first message that was not answered', () => {
  const all = new Conversations();
  const wait = (c: ReturnType<typeof aConversation>) => {
    all.apply(c);
    return all.waitingSince(c);
  };
  expect(wait(aConversation({ lastVisitorAt: 100, lastAgentAt: 50, top: 1 }))).toBe(100);
  expect(wait(aConversation({ lastVisitorAt: 300, lastAgentAt: 50, top: 2 }))).toBe(100);
  expect(wait(aConversation({ lastVisitorAt: 300, lastAgentAt: 400, top: 3 }))).toBe(0);
  expect(wait(aConversation({ lastVisitorAt: 500, lastAgentAt: 400, top: 4 }))).toBe(500);
});

test('who was never answered waits since the chat began', () => {
  const all = new Conversations();
  const c = aConversation({ state: 'waiting', startedAt: 70, lastVisitorAt: 300 });
  all.apply(c);
  expect(all.waitingSince(c)).toBe(70);
});

test('what was looked at here is read, also when the server does not know yet', () => {
  const all = new Conversations();
  all.apply(aConversation({ unread: 2, top: 10, last: said(5, 10) }));
  all.see('t1', 10);
  expect(all.get('c1')?.unread).toBe(0);
  all.apply(aConversation({ unread: 2, top: 10, last: said(5, 10) }));
  expect(all.get('c1')?.unread).toBe(0);
  all.apply(aConversation({ unread: 1, top: 11, last: said(6, 11) }));
  expect(all.get('c1')?.unread).toBe(1);
});
