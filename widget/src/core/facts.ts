import type { NumberedEntry } from '../../../client/frames';

type Entries = readonly NumberedEntry[];

/** Id of the conversation that goes on in what is loaded of a thread, or null. */
export function openConversation(entries: Entries): string | null {
  const id = entries.findLast(({ entry }) => entry.conversation)?.entry.conversation;
  const closed = ({ entry }: NumberedEntry): boolean =>
    entry.kind === 'conversation.closed' && entry.conversation === id;
  return id && !entries.some(closed) ? id : null;
}

/** No message stands before this one, in a thread whose beginning is loaded. */
export function isFirstMessage(entries: Entries, { seq }: NumberedEntry): boolean {
  return entries[0]?.seq === 1 && !entries.some((e) => e.entry.kind === 'message' && e.seq < seq);
}

/** Nobody had taken that conversation before. */
export function isFirstAccept(entries: Entries, { seq, entry }: NumberedEntry): boolean {
  const earlier = (e: NumberedEntry): boolean =>
    e.seq < seq && e.entry.kind === 'conversation.accepted' && e.entry.conversation === entry.conversation;
  return !entries.some(earlier);
}
