import type { Availability, NumberedEntry } from '../../../client/frames';
import { chatOf } from '../panel/chat';
import { useEnv } from '../panel/env';
import { chevronRight } from '../panel/icons';
import { Avatar, Brand, Draw } from '../panel/parts';
import { firstName } from '../people';
import { clockTime } from './times';

/** The last message, on the home screen: it leads to the thread. */
export function LastChat({ availability, onTalk }: { availability: Availability | null; onTalk: () => void }) {
  const { core, say } = useEnv();
  const { entries } = core.talk.state;
  const last = entries.findLast((e: NumberedEntry) => e.entry.kind === 'message');
  if (!last) return null;
  const { title } = core;
  const { author, auto, at, file } = last.entry;
  const text = last.entry.text || (file ? file.name : '');
  const theirs = author.kind !== 'visitor' || auto;
  const agent = chatOf(entries).lastAgent;
  const shown = auto ? { kind: 'bot' as const, name: title } : theirs ? author : agent;
  const name = auto ? title || say('assistant') : firstName(shown?.name ?? '') || say('someone');
  const online = availability?.agents.some((a) => a.name === shown?.name);
  return (
    <div class="lst">
      <button type="button" class="item" onClick={onTalk}>
        {shown ? <Avatar who={shown} size={36} online={online === true} /> : <Brand name={title} />}
        <span class="about">
          <b>
            {shown ? name : say('you')} <time>· {clockTime(at, say)}</time>
          </b>
          <span class="line" dir="auto">
            {theirs || !shown ? text : say('youSaid', { text })}
          </span>
        </span>
        {core.unread > 0 ? (
          <span class="nb">{core.unread > 99 ? '99+' : core.unread}</span>
        ) : (
          <Draw icon={chevronRight} size={16} />
        )}
      </button>
    </div>
  );
}
