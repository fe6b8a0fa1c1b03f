import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Availability } from '../../../client/frames';
import type { Icon } from '../icons';
import { useEnv } from './env';
import { chevronRight, phone } from './icons';
import { Avatar, Brand, Draw, Presence } from './parts';

interface HomeProps {
  /** Null while it is not known who is there. */
  availability: Availability | null;
  greeting: string;
  buttons: ComponentChildren;
  composer: ComponentChildren;
  onTalk: () => void;
  onCall: () => void;
}

const shownAgents = 3;

/** A place to write: the first thing under the greeting is the message box. */
export function Home({ availability, greeting, buttons, composer, onTalk, onCall }: HomeProps) {
  const { core, config, say, thread, needThread } = useEnv();
  const had = core.talk.state.entries.length > 0;
  useEffect(() => void (had && needThread().catch(() => undefined)), [had]);
  const agents = availability?.agents ?? [];
  const online = config.replyTime ? `${say('online')} · ${config.replyTime}` : say('here');
  return (
    <div class="home">
      <Top buttons={buttons} />
      <h2 dir="auto">{greeting}</h2>
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
            <Presence online={availability.online} size={10} />
            <span>{availability.online ? online : say('awayLong')}</span>
          </span>
        )}
      </div>
      {composer}
      {thread && <thread.LastChat availability={availability} onTalk={onTalk} />}
      {core.config.calls && (
        <div class="lst">
          <Choice icon={phone} text={say('menuCall')} onClick={onCall} />
        </div>
      )}
      <span class="sp" />
      <Foot />
    </div>
  );
}

export function Top({ buttons }: { buttons: ComponentChildren }) {
  const { core, say } = useEnv();
  return (
    <div class="top">
      <Brand name={core.title} />
      <b id="title">{core.title || say('title')}</b>
      {buttons}
    </div>
  );
}

export function Choice({ icon, text, onClick }: { icon: Icon; text: string; onClick: () => void }) {
  return (
    <button type="button" class="item q" onClick={onClick}>
      <Draw icon={icon} size={18} />
      <span class="about">{text}</span>
      <Draw icon={chevronRight} size={16} />
    </button>
  );
}

export function Foot() {
  const { say } = useEnv();
  return (
    <p class="foot">
      <svg class="mark" width="13" height="13" viewBox="0 0 24 24" aria-hidden="true">
        <path d="M8 3h2a6 6 0 0 1 0 12H3.5A1.5 1.5 0 0 1 2 13.5V9a6 6 0 0 1 6-6z" fill="currentColor" opacity=".5" />
        <path
          d="M14.5 10h2a5.5 5.5 0 0 1 5.5 5.5v4a1.5 1.5 0 0 1-1.5 1.5h-6a5.5 5.5 0 0 1 0-11z"
          fill="currentColor"
          stroke="var(--cf-canvas)"
          stroke-width="3"
          paint-order="stroke"
        />
      </svg>{' '}
      {say('runsOn')}
    </p>
  );
}
