import type { NumberedEntry } from '../../client/frames';
import type { NewMessage } from './types';

/** A message as pages are told of it. */
export function toNewMessage({ entry }: NumberedEntry): NewMessage {
  const { author, at, text = '', eid, auto = false, file } = entry;
  const type = auto && author.kind === 'visitor' ? 'agent' : author.kind;
  const who = { id: author.id ?? '', name: author.name ?? '' };
  return { id: eid, text, type, auto, ...(file && { file }), createdAt: at, author: who };
}
