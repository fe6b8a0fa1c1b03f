import type { Ref } from 'preact';
import type { Availability, NumberedEntry } from '../../../client/frames';
import { firstName } from '../people';
import { panelText as words } from '../text/en';
import type { Core } from '../types';
import { chatOf } from './chat';
import { Composer } from './composer';
import { chevronRight } from './icons';
import { Avatar, Brand, Draw, Presence } from './parts';
import { clockTime } from './times';

interface HomeProps {
  core: Core;
  /** Null while it is not known who is there. */
  availability: Availability | null;
  title: string;
  greeting: string;
  input: Ref<HTMLTextAreaElement>;
  buttons: preact.ComponentChildren;
  onTalk: () => void;
}

const shownAgents = 3;

/** A place to write: the first thing under the greeting is the message box. */
export function Home({ core, availability, title, greeting, input, buttons, onTalk }: HomeProps) {
  const agents = availability?.agents ?? [];
  return (
    <div class="home">
      <div class="top">
        <Brand name={title} />
        <b id="title">{title || words.title}</b>
        {buttons}
      </div>
      <h2>{greeting || words.greeting}</h2>
      <div class="here">
        {agents.length > 0 && (
          <span class="avs">
            {agents.slice(0, shownAgents).map(({ name }) => (
              <Avatar key={name} who={{ kind: 'agent', name }} size={28} />
            ))}
          </span>
        )}
        {availability && (
          <span class="p">
            <Presence online={availability.online} size={10} /> {availability.online ? words.here : words.awayLong}
          </span>
        )}
      </div>
      <Composer core={core} tall input={input} onSent={onTalk} />
      <LastChat core={core} availability={availability} title={title} onTalk={onTalk} />
      <span class="sp" />
      <p class="foot">
        <Mark /> {words.runsOn}
      </p>
    </div>
  );
}

function LastChat({ core, availability, title, onTalk }: Omit<HomeProps, 'greeting' | 'input' | 'buttons'>) {
  const { entries } = core.talk.state;
  const last = entries.findLast((e: NumberedEntry) => e.entry.kind === 'message');
  if (!last) return null;
  const { author, auto, at, text } = last.entry;
  const theirs = author.kind !== 'visitor' || auto;
  const agent = chatOf(entries).lastAgent;
  const shown = auto ? { kind: 'bot' as const, name: title } : theirs ? author : agent;
  const name = auto ? title || words.assistant : firstName(shown?.name ?? '') || words.someone;
  const online = availability?.agents.some((a) => a.name === shown?.name);
  return (
    <div class="lst">
      <button type="button" class="item" onClick={onTalk}>
        {shown ? <Avatar who={shown} size={36} online={online === true} /> : <Brand name={title} />}
        <span class="about">
          <b>
            {shown ? name : words.you} <time>· {clockTime(at)}</time>
          </b>
          <span class="line">{theirs || !shown ? text : words.youSaid(text ?? '')}</span>
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

function Mark() {
  return (
    <svg class="mark" width="13" height="13" viewBox="0 0 24 24" aria-hidden="true">
      <path d="M8 3h2a6 6 0 0 1 0 12H3.5A1.5 1.5 0 0 1 2 13.5V9a6 6 0 0 1 6-6z" fill="currentColor" opacity=".5" />
      <path
        d="M14.5 10h2a5.5 5.5 0 0 1 5.5 5.5v4a1.5 1.5 0 0 1-1.5 1.5h-6a5.5 5.5 0 0 1 0-11z"
        fill="currentColor"
        stroke="var(--cf-canvas)"
        stroke-width="3"
        paint-order="stroke"
      />
    </svg>
  );
}
