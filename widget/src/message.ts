import type { NumberedEntry } from '../../client/frames';
import type { NewMessage } from './types';

/** A message as pages are told of it. */
export function toNewMessage({ entry }: NumberedEntry): NewMessage {
  const { author, at, text = '', eid } = entry;
  const who = { id: author.id ?? '', name: author.name ?? '' };
  return { id: eid, text, type: entry.auto ? 'bot' : author.kind, createdAt: at, author: who };
}
