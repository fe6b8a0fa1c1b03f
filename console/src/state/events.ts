import type { Entry } from '../../../client/frames';

const SHOWN: ReadonlySet<string> = new Set([
  'conversation.started',
  'conversation.accepted',
  'conversation.joined',
  'conversation.left',
  'conversation.assigned',
  'conversation.closed',
  'conversation.rated',
]);

/** Events that an agent is told. The end of an episode is told only if the visitor went: its other reasons stand beside it. */
export const isShown = (entry: Entry): boolean =>
  SHOWN.has(entry.kind) || (entry.kind === 'episode.finished' && entry.reason === 'visitor_left');
