import type {
  Actor,
  CallNewsFrame,
  HelloFrame,
  HelloVisitor,
  QueueFrame,
  ServerFrame,
  User,
} from '../../../client/frames';
import type { Core, Emit } from '../types';

/** What the server has told of the visitor, and of who is there. */
export type Known = Pick<Core, 'availability' | 'visitor' | 'user' | 'queue' | 'call'>;

/** Of a visitor who begins. */
export const nothingKnown = { visitor: null, user: null, queue: null, call: null };

/** What a frame changes of it; null: nothing. The page is told of queue and call. */
export function learn(frame: ServerFrame, call: Known['call'], emit: Emit): Partial<Known> | null {
  if (frame.t === 'hello') return greeted(frame);
  if (frame.t === 'availability') return { availability: { online: frame.online, agents: frame.agents } };
  if (frame.t === 'user') return { user: frame.user };
  if (frame.t === 'queue') return queued(frame, emit);
  if (frame.t === 'call') return called(frame, call, emit);
  return null;
}

function greeted({ visitor, availability, user }: HelloFrame): Partial<Known> | null {
  if (!visitor) return null;
  return {
    ...(availability && { availability: { online: availability.online, agents: availability.agents ?? [] } }),
    visitor,
    user: user ?? userOf(visitor),
    queue: null, // whoever waits is told anew
  };
}

/** What a server that says no more of a visitor knows of him. */
function userOf({ id, no = 0, level, name, email }: HelloVisitor): User {
  return { id, no, level, attributes: {}, ...(name && { name }), ...(email && { email }) };
}

function queued({ position, waitMillis }: QueueFrame, emit: Emit): Partial<Known> {
  const queue = { position, ...(waitMillis !== undefined && { waitMillis }) };
  emit('queue', queue);
  return { queue: position > 0 ? queue : null };
}

// It comes with each hello, and what ended before this page knew of it is history: `end` and `error` alone begin with e.
function called({ id, call }: CallNewsFrame, known: Known['call'], emit: Emit): Partial<Known> | null {
  const another = known?.id !== call.id;
  if (!id && another && /^e/.test(call.status)) return null;
  if (another || known?.status !== call.status) emit('call', call);
  return { call };
}

/** As his entries name him. */
export function authorOf(visitor: HelloVisitor | null): Actor {
  const { id, name } = visitor ?? {};
  return { kind: 'visitor', ...(id && { id }), ...(name && { name }) };
}
