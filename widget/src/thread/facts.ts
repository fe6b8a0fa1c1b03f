import type { NumberedEntry } from '../../../client/frames';

/** Answers that wait for the visitor's choice: the last that were offered since he wrote. */
export function choicesOf(entries: readonly NumberedEntry[]): string[] {
  const last = entries.findLast(
    ({ entry: { kind, author, auto, choices } }) =>
      kind === 'message' && (choices?.length || (author.kind === 'visitor' && !auto)),
  );
  return last?.entry.choices ?? [];
}

/** How the conversation was rated: the last score, and how often one was given. */
export function ratingOf(
  entries: readonly NumberedEntry[],
  conversation: string,
): { score: number | null; times: number } {
  const all = entries.filter(({ entry: e }) => e.kind === 'conversation.rated' && e.conversation === conversation);
  return { score: all.at(-1)?.entry.score ?? null, times: all.length };
}

/** An agent has ended it: then it may be rated. */
export function endedByAgent(entries: readonly NumberedEntry[], conversation: string): boolean {
  return entries.some(
    ({ entry: e }) => e.kind === 'conversation.closed' && e.conversation === conversation && e.author.kind === 'agent',
  );
}
