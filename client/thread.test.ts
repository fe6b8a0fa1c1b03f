import { expect, test } from 'vitest';
import type { Entry, NumberedEntry, ServerFrame } from './frames';
import { apply, applyAck, cursorOf, emptyThread, interrupted, knownOf, position, type ThreadState } from './thread';

const thread = 'T';
const entry = (eid: string): Entry => ({ eid, kind: 'message', author: { kind: 'agent', id: 'a' }, at: 1, text: eid });
const numbered = (seq: number, eid = `e${seq}`): NumberedEntry => ({ seq, entry: entry(eid) });
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => numbered(from + i));
const live = (seq: number, eid?: string): ServerFrame => ({ t: 'entry', thread, ...numbered(seq, eid) });
const page = (entries: NumberedEntry[]): ServerFrame => ({ t: 'entries', thread, entries });
const caughtUp = (seq: number, eid = seq ? `e${seq}` : ''): ServerFrame => ({
  t: 'caught_up',
  thread,
  seq,
  eid,
  markers: [],
});
const run = (state: ThreadState, ...frames: ServerFrame[]) => frames.reduce((s, f) => apply(s, f).state, state);
const ids = (state: ThreadState) => state.entries.map((e) => `${e.seq}:${e.entry.eid}`);
const upTo = (n: number) => run(emptyThread(thread), page(range(1, n)), caughtUp(n));

/** Repeatable random numbers: the seed of a failure is in the test's name. */
function dice(seed: number): () => number {
  let x = seed * 2654435761 + 1;
  return () => {
    x = (Math.imul(x ^ (x >>> 15), 2246822519) + 3266489917) >>> 0;
    return x / 2 ** 32;
  };
}

/** A server's answer to the cursor of the reader. */
function answer(log: NumberedEntry[], state: ThreadState): ServerFrame[] {
  const cursor = cursorOf(state);
  const fits = ([seq, eid]: readonly [number, string]) => seq === 0 || log[seq - 1]?.entry.eid === eid;
  const top = log.at(-1);
  const end: ServerFrame = { t: 'caught_up', thread, seq: top?.seq ?? 0, eid: top?.entry.eid ?? '', markers: [] };
  if (!cursor) return [page(log), end];
  if (fits(cursor)) return [page(log.slice(cursor[0])), end];
  const common = knownOf(state).find(fits) ?? ([0, ''] as const);
  return [{ t: 'reset', thread, common }, page(log.slice(common[0])), end];
}

test.each(Array.from({ length: 300 }, (_, i) => i))(
  'any shuffle, doubling and drop ends in the same list (seed %i)',
  (seed) => {
    const random = dice(seed);
    const log = range(1, 40);
    let state = run(emptyThread(thread), ...answer(log.slice(0, 5), emptyThread(thread)));
    const wild = log.slice(5).flatMap((e) => Array.from({ length: Math.floor(random() * 3) }, () => live(e.seq)));
    wild.sort(() => random() - 0.5);
    for (const frame of wild) {
      const step = apply(state, frame);
      state = step.state;
      if (step.resubscribe && random() < 0.5) state = run(state, ...answer(log, state));
      if (random() < 0.1) state = interrupted(state);
    }
    state = run(interrupted(state), ...answer(log, state));
    expect(ids(state)).toEqual(log.map((e) => `${e.seq}:${e.entry.eid}`));
    expect(state.current).toBe(true);
  },
);

test.each(Array.from({ length: 100 }, (_, i) => i))('a forked history never ends as a mixture (seed %i)', (seed) => {
  const random = dice(seed);
  const fork = Math.floor(random() * 20);
  const log = [...range(1, fork), ...range(fork + 1, 25).map((e) => numbered(e.seq, `new${e.seq}`))];
  let state = upTo(20);
  if (random() < 0.5) state = apply(state, { t: 'reset', thread, common: null }).state;
  for (const [i, e] of log.slice(fork).entries())
    if (i === 0 || random() < 0.5) state = apply(state, live(e.seq, e.entry.eid)).state;
  state = run(interrupted(state), ...answer(log, state));
  expect(ids(state)).toEqual(log.map((e) => `${e.seq}:${e.entry.eid}`));
  expect(state.repairAbove).toBeNull();
});

test('the same number with another identity asks anew, the same entry again is ignored', () => {
  expect(apply(upTo(3), live(2))).toMatchObject({ fresh: [], resubscribe: false });
  expect(apply(upTo(3), live(2, 'other'))).toMatchObject({ fresh: [], resubscribe: true });
});

test('an entry that comes too early is held, and applied when the hole is filled', () => {
  const early = apply(upTo(3), live(5));
  expect(early).toMatchObject({ fresh: [], resubscribe: true });
  const filled = apply(early.state, live(4));
  expect(filled.fresh.map((e) => e.seq)).toEqual([4, 5]);
});

test('a lost last entry is noticed by caught_up', () => {
  expect(apply(upTo(3), caughtUp(4)).resubscribe).toBe(true);
  expect(apply(upTo(3), caughtUp(3, 'other')).resubscribe).toBe(true);
});

test('an acknowledgement stands in the place of its entry', () => {
  const ack = { t: 'ack' as const, thread, cmid: 'c'.repeat(22), seq: 4, eid: 'mine', at: 9 };
  const own = { author: { kind: 'visitor' as const, id: 'v' }, text: 'hi' };
  const step = applyAck(upTo(3), ack, own);
  expect(step.fresh).toEqual([{ seq: 4, entry: { eid: 'mine', cmid: ack.cmid, kind: 'message', at: 9, ...own } }]);
  expect(apply(step.state, live(4, 'mine')).fresh).toEqual([]);
});

test('truncated leaves a hole that is known, and reading goes on behind it', () => {
  const state = run(interrupted(upTo(3)), { t: 'truncated', thread, from: 10 }, page(range(10, 12)), caughtUp(12));
  expect(state).toMatchObject({ truncatedFrom: 10, current: true, have: 12 });
  expect(ids(state)).toHaveLength(6);
});

test('history is put before the oldest entry if it joins it, and tells when the beginning is reached', () => {
  const start = run(emptyThread(thread), page(range(60, 70)), caughtUp(70));
  expect(start.complete).toBe(false);
  const strange = apply(start, { t: 'entries', thread, history: true, entries: range(1, 9) }).state;
  expect(strange.entries).toHaveLength(11);
  const older = apply(start, { t: 'entries', thread, history: true, entries: range(10, 59) }).state;
  expect([older.entries[0]?.seq, older.complete]).toEqual([10, false]);
  expect(apply(older, { t: 'entries', thread, history: true, entries: range(1, 9) }).state.complete).toBe(true);
});

test('a reset tells above which number the author repairs, once the reader has caught up', () => {
  const state = run(upTo(9), { t: 'reset', thread, common: [5, 'e5'] }, page([numbered(6, 'x6')]));
  expect(apply(state, caughtUp(6, 'x6'))).toMatchObject({ repairAbove: 5, resubscribe: false });
});

test('positions name the newest entry, then others at growing distances', () => {
  const { cursor, known } = position(upTo(40));
  expect(cursor).toEqual([40, 'e40']);
  expect(known?.map(([seq]) => seq)).toEqual([39, 38, 36, 32, 24, 8]);
  expect(position(emptyThread(thread))).toEqual({});
});

test('markers only rise', () => {
  const who = { kind: 'agent' as const, id: 'a', name: 'Anna' };
  const mark = (delivered: number, seen: number): ServerFrame => ({ t: 'marker', thread, who, delivered, seen });
  expect(run(upTo(9), mark(7, 6), mark(5, 9), mark(6, 1)).markers['agent:a']).toEqual({ who, delivered: 7, seen: 9 });
});

test('a reset that only shows other entries drops what there was, and offers nothing again', () => {
  const state = run(upTo(3), { t: 'reset', thread, common: [0, ''], anew: true });
  expect(ids(state)).toEqual([]);
  const step = apply(run(state, page([numbered(3)])), caughtUp(3));
  expect(ids(step.state)).toEqual(['3:e3']);
  expect(step).toMatchObject({ repairAbove: null, resubscribe: false });
});
