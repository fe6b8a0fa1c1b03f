import type { NumberedEntry } from '../../../client/frames';
import { toNewMessage } from '../message';
import type { Emit } from '../types';
import { isFirstAccept, isFirstMessage } from './facts';

/** Tells the page's listeners of an entry that is new. `mine`: it was written on this page. */
export function tellNews(news: NumberedEntry, entries: readonly NumberedEntry[], mine: boolean, emit: Emit): void {
  const { kind, author, conversation: id = '', no = 0, reason = '', score = 0, comment = '' } = news.entry;
  if (kind === 'message') {
    const message = toNewMessage(news);
    emit('message', message);
    if (mine && isFirstMessage(entries, news)) emit('firstMessage', message);
  }
  if (kind === 'conversation.started') emit('conversationStarted', { id, no, by: author });
  if (kind === 'conversation.closed') emit('conversationClosed', { id, reason });
  if (kind === 'conversation.rated') emit('rating', { conversation: id, score, comment });
  if (kind === 'conversation.accepted') {
    const first = isFirstAccept(entries, news);
    emit('agentAssigned', { id: author.id ?? '', name: author.name ?? '', first });
  }
}
