import type { ServerFrame } from './frames';

// Fields that must be there, by type of frame: s text, n number, b truth, o object, c cursor or null. A list (a) that
// is missing or null, as an encoder may write an empty one, is read as empty.
const shapes: Record<ServerFrame['t'], string> = {
  hello: 's.connection n.heartbeatMillis',
  entries: 's.thread a.entries',
  entry: 's.thread n.seq o.entry',
  caught_up: 's.thread n.seq s.eid a.markers',
  reset: 's.thread c.common',
  truncated: 's.thread n.from',
  ack: 's.thread s.cmid n.seq s.eid n.at',
  nack: 's.cmid s.code b.retryable',
  marker: 's.thread o.who n.delivered n.seen',
  typing: 's.thread b.on o.who',
  availability: 'b.online a.agents',
  conversation: 'o.conversation',
  visitor: 'o.visitor',
  agent: 'o.agent',
  error: 's.code s.message',
  reconnect: 'n.windowMillis',
  contact: 's.id a.visitors',
  stale: '',
  pong: '',
  done: 's.id',
  user: 'o.user',
  queue: 'n.position',
  upload: 's.id s.url',
  call: 'o.call',
};

const object = (v: unknown): boolean => typeof v === 'object' && v !== null && !Array.isArray(v);

const fits: Record<string, (v: unknown) => boolean> = {
  s: (v) => typeof v === 'string',
  n: (v) => typeof v === 'number',
  b: (v) => typeof v === 'boolean',
  o: object,
  a: (v) => v == null || Array.isArray(v),
  c: (v) => v === null || (Array.isArray(v) && typeof v[0] === 'number' && typeof v[1] === 'string'),
};

const isEntry = (v: unknown): boolean => {
  const e = v as Record<string, unknown>;
  return object(v) && typeof e.eid === 'string' && typeof e.kind === 'string' && object(e.author);
};

const isNumbered = (v: unknown): boolean =>
  object(v) && typeof (v as { seq: unknown }).seq === 'number' && isEntry((v as { entry: unknown }).entry);

/** Reads one frame of the server. Null for what is no frame, of an unknown type, or lacks what its type must have. */
export function parseFrame(text: string): ServerFrame | null {
  let frame: Record<string, unknown>;
  try {
    frame = JSON.parse(text);
  } catch {
    return null;
  }
  if (!object(frame) || typeof frame.t !== 'string' || !Object.hasOwn(shapes, frame.t)) return null;
  const fields = shapes[frame.t as ServerFrame['t']].split(' ').filter(Boolean);
  if (!fields.every((f) => fits[f[0] as string]?.(frame[f.slice(2)]))) return null;
  for (const f of fields) if (f[0] === 'a') frame[f.slice(2)] ??= [];
  if (frame.t === 'entry' && !isEntry(frame.entry)) return null;
  if (frame.t === 'entries' && !(frame.entries as unknown[]).every(isNumbered)) return null;
  return frame as unknown as ServerFrame;
}
