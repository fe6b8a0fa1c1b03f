import type { Conversation } from '../net/types';
import { isMine } from './conversations';

/** What may call the agent: a new conversation in the queue, one handed over, a message in one of mine. */
export interface Call {
  kind: 'queue' | 'handed' | 'message';
  conversation: Conversation;
}

/** What a change of a conversation calls for; null for nothing. `before`: as it was known, if it was. */
export function callOf(before: Conversation | undefined, after: Conversation, me: string): Call | null {
  if (after.state === 'closed') return null;
  const handed = after.assignee === me && !after.agents.includes(me) && before?.assignee !== me;
  if (handed) return { kind: 'handed', conversation: after };
  const foreign = after.assignee !== undefined && after.assignee !== '' && after.assignee !== me;
  if (after.state === 'waiting' && before?.state !== 'waiting' && !foreign && !before?.agents.includes(me)) {
    return { kind: 'queue', conversation: after };
  }
  const spoke =
    after.last?.kind === 'message' && after.last.author.kind === 'visitor' && after.last.seq > (before?.last?.seq ?? 0);
  return spoke && before && isMine(after, me) ? { kind: 'message', conversation: after } : null;
}

/** A tab that has the focus answers for all: what it shows needs no call. */
export interface Looking {
  focused: boolean;
  conversation: string;
}

/** Whether the agent has it before his eyes already. */
export const isSeen = (call: Call, looking: Looking): boolean =>
  looking.focused && (looking.conversation === call.conversation.id || call.kind === 'queue');
