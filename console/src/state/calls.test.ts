import { expect, test } from 'vitest';
import { callOf, isSeen } from './attention';
import { markOf, UNANSWERED_MILLIS, WAIT_MILLIS } from './marks';
import { OFFER_MILLIS, Offers } from './offers';
import { aConversation, said } from './testing';

const waiting = (more = {}) => aConversation({ state: 'waiting', agents: [], assignee: '', acceptedAt: 0, ...more });

test('marks tell who waits, by the clock and by who is there', () => {
  const c = aConversation({ lastVisitorAt: 1, lastAgentAt: 0 });
  expect(markOf(c, 1, true, 'me', WAIT_MILLIS + 1).kind).toBe('none');
  expect(markOf(c, 1, true, 'me', WAIT_MILLIS + 2)).toEqual({ kind: 'waits', millis: WAIT_MILLIS + 1 });
  expect(markOf(c, 1, false, 'me', WAIT_MILLIS + 2).kind).toBe('left');
  expect(markOf(c, 1, true, 'me', UNANSWERED_MILLIS + 2).kind).toBe('unanswered');
  expect(markOf(waiting(), 1, true, 'me', 5).kind).toBe('new');
  expect(markOf(waiting({ assignee: 'me' }), 1, true, 'me', 5).kind).toBe('handed');
});

test('a new chat in the queue, one handed over and a message call; the rest does not', () => {
  const kind = (before: Parameters<typeof callOf>[0], after: Parameters<typeof callOf>[1]) =>
    callOf(before, after, 'me')?.kind;
  expect(kind(undefined, waiting())).toBe('queue');
  expect(kind(waiting(), waiting({ top: 11 }))).toBeUndefined();
  expect(kind(aConversation({ agents: ['anna'], assignee: 'anna' }), waiting({ assignee: 'me' }))).toBe('handed');
  expect(kind(aConversation({ agents: ['anna'] }), waiting({ assignee: 'deniz' }))).toBeUndefined();
  expect(kind(aConversation({ last: said(1, 3) }), aConversation({ last: said(2, 4) }))).toBe('message');
  expect(kind(aConversation({ last: said(1, 3) }), aConversation({ last: said(2, 4, 'agent') }))).toBeUndefined();
  expect(
    kind(
      aConversation({ agents: ['anna'], assignee: 'anna' }),
      aConversation({ agents: ['anna'], assignee: 'anna', last: said(2, 4) }),
    ),
  ).toBeUndefined();
  expect(kind(aConversation(), waiting())).toBeUndefined();
});

test('what the agent looks at does not call', () => {
  const call = { kind: 'message' as const, conversation: aConversation() };
  expect(isSeen(call, { focused: true, conversation: 'c1' })).toBe(true);
  expect(isSeen(call, { focused: true, conversation: 'c2' })).toBe(false);
  expect(isSeen(call, { focused: false, conversation: 'c1' })).toBe(false);
});

test('one chat at a time is offered, the oldest first, each for its time', () => {
  const offers = new Offers();
  const open = [waiting({ id: 'young', startedAt: 9 }), waiting({ id: 'old', startedAt: 5 })];
  const at = (now: number, list = open) => offers.next(list, 'me', 'online', now)?.conversation.id;
  expect(at(0)).toBe('old');
  expect(at(OFFER_MILLIS - 1)).toBe('old');
  expect(at(OFFER_MILLIS)).toBe('young');
  offers.skip('young');
  expect(at(OFFER_MILLIS + 1)).toBeUndefined();
  offers.forget('old');
  expect(at(OFFER_MILLIS + 2)).toBe('old');
  expect(at(OFFER_MILLIS + 3, [aConversation({ id: 'old', agents: ['anna'] })])).toBeUndefined();
});

test('nothing is offered to an agent who is not online, nor what is for another', () => {
  expect(new Offers().next([waiting()], 'me', 'busy', 0)).toBeNull();
  expect(new Offers().next([waiting({ assignee: 'anna' })], 'me', 'online', 0)).toBeNull();
});
