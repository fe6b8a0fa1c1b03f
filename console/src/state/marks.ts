import type { Conversation } from '../net/types';
import { isOpen } from './conversations';

/** A row's mark: what about this conversation calls for somebody. */
export type Mark =
  | { kind: 'waits'; millis: number } // the visitor is there and has waited too long
  | { kind: 'unanswered'; millis: number } // for so long that the visitor has perhaps gone
  | { kind: 'left'; millis: number } // owed an answer, but not on the site
  | { kind: 'new' }
  | { kind: 'handed' } // given to me, not yet taken
  | { kind: 'none' };

export const WAIT_MILLIS = 40_000;
export const UNANSWERED_MILLIS = 10 * 60_000;

/** since: from Conversations.waitingSince; present: the visitor is on the site. */
export function markOf(c: Conversation, since: number, present: boolean, me: string, now: number): Mark {
  if (!isOpen(c)) return { kind: 'none' };
  const millis = since > 0 ? now - since : 0;
  if (millis > UNANSWERED_MILLIS) return { kind: 'unanswered', millis };
  if (millis > WAIT_MILLIS) return present ? { kind: 'waits', millis } : { kind: 'left', millis };
  if (c.assignee === me && !c.agents.includes(me)) return { kind: 'handed' };
  if (c.state === 'waiting' && !c.acceptedAt) return { kind: 'new' };
  return { kind: 'none' };
}

export const isHot = (mark: Mark): boolean => mark.kind === 'waits' || mark.kind === 'unanswered';
