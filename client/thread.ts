/**
 * A reader's copy of a thread, as a value: every function here takes a state and returns the next one. The rules are
 * those of docs/protocol.md, "Reading a thread": entries are applied strictly one number after the other.
 */

import * as limits from '../chat/limits.json';
import {
  type AckFrame,
  type Actor,
  actorKey,
  type CaughtUpFrame,
  type Cursor,
  type EntriesFrame,
  type EntryFrame,
  type FileInfo,
  type Marker,
  type MarkerFrame,
  type NumberedEntry,
  type ResetFrame,
  type ServerFrame,
  type SubscribeFrame,
  type TruncatedFrame,
} from './frames';

export interface ThreadState {
  readonly thread: string;
  /** Rising numbers; without holes, except below `truncatedFrom`. */
  readonly entries: readonly NumberedEntry[];
  /** Number of the last entry applied; null until the first page has come. */
  readonly have: number | null;
  /** Came too early, by number. */
  readonly held: Readonly<Record<number, NumberedEntry>>;
  /** By actorKey. */
  readonly markers: Readonly<Record<string, Marker>>;
  /** False from a subscribe, or from a hole that was noticed, to `caught_up`. */
  readonly current: boolean;
  /** The history is not the server's any more: live entries are held until it has answered the new subscribe. */
  readonly forked: boolean;
  /** True once a `caught_up` was received: what comes later is news, not history. */
  readonly begun: boolean;
  /** The beginning of what the server keeps is loaded. */
  readonly complete: boolean;
  /** Entries before this number are no longer kept by the server; 0 if none are known to be gone. */
  readonly truncatedFrom: number;
  /** After a reset: its common number. What the author has above it may be lost. Null: nothing to repair. */
  readonly repairAbove: number | null;
}

/** What a frame brought about. */
export interface Step {
  state: ThreadState;
  /** Entries appended by this frame, in order; not history. */
  fresh: readonly NumberedEntry[];
  /** The reader must subscribe again, with `subscribeFrame(state)`. */
  resubscribe: boolean;
  /** `caught_up` after a reset: offer again what is missing above this number. Null: nothing to repair. */
  repairAbove: number | null;
}

/** Frames that `apply` reads; others leave the state as it is. */
export type ThreadFrame = EntriesFrame | EntryFrame | CaughtUpFrame | ResetFrame | TruncatedFrame | MarkerFrame;

export function emptyThread(thread: string): ThreadState {
  return {
    thread,
    entries: [],
    have: null,
    held: {},
    markers: {},
    current: false,
    forked: false,
    begun: false,
    complete: false,
    truncatedFrom: 0,
    repairAbove: null,
  };
}

const step = (state: ThreadState, more?: Partial<Step>): Step => ({
  state,
  fresh: [],
  resubscribe: false,
  repairAbove: null,
  ...more,
});

/** The position to resume from: the last entry itself, by number and identity. Undefined before the first page. */
export function cursorOf(state: ThreadState): Cursor | undefined {
  const last = state.entries.at(-1);
  if (last) return [last.seq, last.entry.eid];
  return state.have === null ? undefined : [0, ''];
}

/** Older positions at growing distances from the newest, at most `limits.knownCursors`. */
export function knownOf(state: ThreadState): Cursor[] {
  const known: Cursor[] = [];
  for (let back = 1; known.length < limits.knownCursors; back *= 2) {
    const at = state.entries[state.entries.length - 1 - back];
    if (!at) break;
    known.push([at.seq, at.entry.eid]);
  }
  return known;
}

/** Cursor and known as `subscribe` and `auth` carry them; empty for a reader that has nothing. */
export function position(state: ThreadState): { cursor?: Cursor; known?: Cursor[] } {
  const cursor = cursorOf(state);
  return cursor && cursor[0] > 0 ? { cursor, known: knownOf(state) } : {};
}

export function subscribeFrame(state: ThreadState): SubscribeFrame {
  return { t: 'subscribe', thread: state.thread, ...position(state) };
}

/** The connection is gone: what comes next comes after a new subscribe. */
export function interrupted(state: ThreadState): ThreadState {
  return { ...state, current: false, forked: false, held: {} };
}

/** Applies one frame of the server. Frames of other threads and types change nothing. */
export function apply(state: ThreadState, frame: ServerFrame): Step {
  if (!('thread' in frame) || frame.thread !== state.thread) return step(state);
  switch (frame.t) {
    case 'entries':
      return frame.history ? step(prepend(state, frame.entries)) : applyPage(state, frame.entries);
    case 'entry':
      return applyLive(state, frame);
    case 'caught_up':
      return caughtUp(state, frame);
    case 'reset':
      return reset(state, frame);
    case 'truncated':
      return step(truncated(state, frame.from));
    case 'marker':
      return step({ ...state, markers: raised(state.markers, [frame]) });
    default:
      return step(state);
  }
}

/** Applies the acknowledgement of an own message in the place of its entry. */
export function applyAck(
  state: ThreadState,
  ack: AckFrame,
  own: { author: Actor; text: string; note?: boolean; auto?: boolean; file?: FileInfo },
): Step {
  const entry = { eid: ack.eid, cmid: ack.cmid, kind: 'message' as const, at: ack.at, ...own };
  return apply(state, { t: 'entry', thread: ack.thread, seq: ack.seq, entry });
}

function applyPage(state: ThreadState, page: readonly NumberedEntry[]): Step {
  const first = page[0];
  if (!first) return step(state);
  const start = state.have === null ? { ...state, have: first.seq - 1, complete: first.seq === 1 } : state;
  return applyAll({ ...start, forked: false }, page);
}

// A live entry before the first page says nothing about where the reader stands: the page will contain it.
function applyLive(state: ThreadState, { seq, entry }: EntryFrame): Step {
  if (state.have === null || state.forked) return step(hold(state, { seq, entry }));
  return applyAll(state, [{ seq, entry }]);
}

function applyAll(state: ThreadState, list: readonly NumberedEntry[]): Step {
  let now = state;
  const fresh: NumberedEntry[] = [];
  let wrong = false;
  for (const item of list) {
    const have = now.have as number;
    wrong = item.seq <= have && contradicts(now, { seq: item.seq, eid: item.entry.eid });
    if (wrong) break;
    if (item.seq > have) now = hold(now, item);
    now = drain(now, fresh);
  }
  const hole = Object.keys(now.held).length > 0;
  const resubscribe = wrong || (hole && now.current);
  return step(resubscribe ? { ...now, current: false, forked: wrong } : now, { fresh, resubscribe });
}

const hold = (state: ThreadState, item: NumberedEntry): ThreadState => ({
  ...state,
  held: { ...state.held, [item.seq]: item },
});

/** Moves what follows `have` without a hole from held to entries, and forgets what is held and known by now. */
function drain(state: ThreadState, fresh: NumberedEntry[]): ThreadState {
  const waiting = Object.values(state.held).sort((a, b) => a.seq - b.seq);
  if (state.have === null || waiting.length === 0) return state;
  let have = state.have;
  const news = waiting.filter(({ seq }) => seq === have + 1 && ++have > 0);
  const held = Object.fromEntries(waiting.filter(({ seq }) => seq > have).map((e) => [e.seq, e]));
  fresh.push(...news);
  return { ...state, entries: news.length ? [...state.entries, ...news] : state.entries, have, held };
}

function find(entries: readonly NumberedEntry[], seq: number): NumberedEntry | undefined {
  const first = entries[0];
  if (!first) return undefined;
  const guess = entries[seq - first.seq];
  return guess?.seq === seq ? guess : entries.find((e) => e.seq === seq);
}

function caughtUp(state: ThreadState, frame: CaughtUpFrame): Step {
  const start = state.have === null && frame.seq === 0 ? { ...state, have: 0, complete: true } : state;
  const fresh: NumberedEntry[] = [];
  const next = drain({ ...start, forked: false, markers: raised({}, frame.markers) }, fresh);
  if (next.have === null || next.have < frame.seq || contradicts(next, frame) || Object.keys(next.held).length > 0)
    return step({ ...next, current: false }, { fresh, resubscribe: true });
  return step({ ...next, current: true, begun: true, repairAbove: null }, { fresh, repairAbove: state.repairAbove });
}

/** Whether another entry stands here under that number: the history has forked. */
const contradicts = (state: ThreadState, { seq, eid }: { seq: number; eid: string }): boolean => {
  const own = find(state.entries, seq);
  return own !== undefined && own.entry.eid !== eid;
};

function reset(state: ThreadState, frame: ResetFrame): Step {
  if (!frame.common) return step({ ...state, current: false, forked: true, held: {} }, { resubscribe: true });
  const [common] = frame.common;
  const entries = state.entries.filter((e) => e.seq <= common);
  const markers = Object.fromEntries(Object.entries(state.markers).map(([key, m]) => [key, lowered(m, common)]));
  const kept = entries.length > 0;
  return step({
    ...state,
    entries,
    markers,
    have: kept ? common : null,
    held: {},
    current: false,
    forked: false,
    complete: kept && state.complete,
    repairAbove: frame.anew || frame.gone ? state.repairAbove : Math.min(common, state.repairAbove ?? common),
  });
}

const lowered = (m: Marker, top: number): Marker => ({
  ...m,
  delivered: Math.min(m.delivered, top),
  seen: Math.min(m.seen, top),
});

function truncated(state: ThreadState, from: number): ThreadState {
  const next = { ...state, truncatedFrom: Math.max(from, state.truncatedFrom) };
  return state.have !== null && state.have < from - 1 ? { ...next, have: from - 1 } : next;
}

/** Puts a page of history before the oldest entry; a page that does not join it is ignored. */
function prepend(state: ThreadState, page: readonly NumberedEntry[]): ThreadState {
  const oldest = state.entries[0]?.seq;
  const older = page.filter((e) => oldest === undefined || e.seq < oldest);
  if (older.length === 0) return page.length === 0 ? { ...state, complete: true } : state;
  if (oldest === undefined || older.at(-1)?.seq !== oldest - 1) return state;
  const complete = state.complete || page.length < limits.historyPage || older[0]?.seq === 1;
  return { ...state, entries: [...older, ...state.entries], complete };
}

function raised(markers: Readonly<Record<string, Marker>>, news: readonly (Marker | MarkerFrame)[]) {
  const next = { ...markers };
  for (const { who, delivered, seen } of news) {
    const key = actorKey(who);
    const old = next[key] ?? { who, delivered: 0, seen: 0 };
    next[key] = {
      who: { ...old.who, ...who },
      delivered: Math.max(old.delivered, delivered),
      seen: Math.max(old.seen, seen),
    };
  }
  return next;
}
