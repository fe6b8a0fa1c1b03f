import type { CallInfo, Entry, NumberedEntry } from '../../../client/frames';

const SHOWN: ReadonlySet<string> = new Set([
  'conversation.started',
  'conversation.accepted',
  'conversation.joined',
  'conversation.left',
  'conversation.assigned',
  'conversation.closed',
  'conversation.rated',
  'conversation.linked',
]);

/** Events that an agent is told. Of cards only that one was not taken. The end of an episode is told only if the visitor went: its other reasons stand beside it. */
export const isShown = (entry: Entry): boolean =>
  SHOWN.has(entry.kind) ||
  (entry.kind === 'conversation.card' && Boolean(entry.card?.error)) ||
  (entry.kind === 'episode.finished' && entry.reason === 'visitor_left');

/** A telephone call, as its last entry tells it. It is shown once, in the place of its first. */
export interface Told {
  first: string;
  last: Entry & { call: CallInfo };
}

/** The calls that entries tell of, by their ids. */
export function callsIn(entries: readonly NumberedEntry[]): ReadonlyMap<string, Told> {
  const told = new Map<string, Told>();
  for (const { entry } of entries) {
    const { call } = entry;
    if (call) told.set(call.id, { first: told.get(call.id)?.first ?? entry.eid, last: { ...entry, call } });
  }
  return told;
}
