import { useEffect, useRef, useState } from 'preact/hooks';
import { firstName } from '../people';
import type { Say } from '../text/say';
import type { Core } from '../types';

/** The moment of now, renewed each minute, so that "Today" does not outlive the day. */
export function useNow(): number {
  const [now, set] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => set(Date.now()), 60_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/** What is read out: each new message of the other side, and once that somebody types. Never history, never one's own. */
export function useAnnounced(core: Core, say: Say): string {
  const [text, set] = useState('');
  const typing = useRef('');
  const nameOf = (name?: string): string => firstName(name ?? '') || say('someone');
  const typist = core.talk.typists[0]?.who;
  useEffect(
    () =>
      core.talk.news.add(({ entry: { kind, author, auto, text: said, file } }) => {
        if (kind !== 'message' || (author.kind === 'visitor' && !auto)) return;
        typing.current = '';
        const name = auto ? core.title || say('assistant') : nameOf(author.name);
        set(say('says', { name, text: said || (file ? `${say('file')} ${file.name}` : '') }));
      }),
    [core, say],
  );
  useEffect(() => {
    if (!typist || typing.current === typist.id) return;
    typing.current = typist.id ?? '';
    set(say('typing', { name: nameOf(typist.name) }));
  }, [typist?.id]);
  useEffect(() => set(''), [core.visitor?.id]); // nothing that was said to somebody else stays
  return text;
}
