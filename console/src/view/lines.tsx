import type { Typist } from '../../../client/typing';
import type { Conversation } from '../net/types';
import { t } from '../text/en';
import { dayName, iso } from '../text/format';
import { Avatar } from './Avatar';
import { useApp } from './context';
import { Icon } from './Icon';
import { nameOf } from './names';

export function DayLine({ at }: { at: number }) {
  const { clock } = useApp();
  return (
    <div class="day">
      <time dateTime={iso(at).slice(0, 10)}>{dayName(at, clock.now.value)}</time>
    </div>
  );
}

export function UnreadLine() {
  return <div class="day unread">{t.thread.unread}</div>;
}

export function Quiet({ text }: { text: string }) {
  return <p class="quiet-line">{text}</p>;
}

/** What somebody is writing. A visitor's words are shown, and said to be not sent. Not announced: each letter would be. */
export function Preview({ typist, conversation }: { typist: Typist; conversation: Conversation }) {
  const { who, text } = typist;
  if (who.kind !== 'visitor') return null; // colleagues stand in the composer
  return (
    <div class="m pv" aria-live="off">
      <Avatar
        kind="visitor"
        id={conversation.visitor}
        name={conversation.visitorLevel === 'anonymous' ? '' : nameOf(conversation)}
        size={30}
      />
      <div>
        <div class="hd">
          <Icon name="eye" size={14} />
          {text ? t.thread.preview : t.thread.typing(nameOf(conversation))}
        </div>
        {text && <p class="bd">{text}</p>}
      </div>
    </div>
  );
}
