import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Availability } from '../../../client/frames';
import { panelText as words } from '../text/en';
import type { Core, Settings } from '../types';
import { Banner } from './banner';
import { type Chat, chatOf } from './chat';
import { Composer } from './composer';
import { Home } from './home';
import { chevronDown, cross } from './icons';
import { Log } from './log';
import { Menu } from './menu';
import { Avatar, Brand, IconButton, Presence } from './parts';
import { useBanner, useCore } from './use';

export interface Opening {
  /** The keyboard goes to the message box. */
  focus: boolean;
  /** What was seen before, if there is something unread. */
  unreadAfter: number | undefined;
}

interface PanelProps {
  core: Core;
  settings: Settings;
  /** A new one each time the panel opens. */
  opening: Opening;
  phone: boolean;
  onClose: () => void;
}

export function PanelView({ core, settings, opening, phone, onClose }: PanelProps) {
  useCore(core);
  const banner = useBanner(core.connection);
  // Who is there is not known while the banner speaks of trouble.
  const availability = banner === 'none' || banner === 'connected' ? core.availability : null;
  const chat = chatOf(core.talk.state.entries);
  const busy = chat.phase === 'waiting' || chat.phase === 'active' || core.talk.pending().length > 0;
  const [chosen, choose] = useState<'home' | 'talk' | null>(null);
  const [unreadAfter, setUnreadAfter] = useState(opening.unreadAfter);
  const input = useRef<HTMLTextAreaElement>(null);
  const acted = useRef(false);
  const go = (to: 'home' | 'talk'): void => {
    acted.current = true;
    choose(to);
  };
  const { title } = core;
  const view = chosen ?? (busy || core.unread > 0 ? 'talk' : 'home');
  // The view may change under somebody who writes, when the history arrives: his keyboard stays in the message box.
  const shown = useRef(view);
  const writing = useRef(false);
  if (shown.current !== view) {
    writing.current = hasFocus(input.current);
    shown.current = view;
  }
  useLayoutEffect(() => {
    if (writing.current) input.current?.focus({ preventScroll: true });
    writing.current = false;
  }, [view]);
  useEffect(() => {
    setUnreadAfter(opening.unreadAfter);
    choose(null);
  }, [opening]);
  useEffect(() => {
    const look = (): void => {
      if (document.hidden) setUnreadAfter(core.talk.state.have ?? undefined);
    };
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, [core]);
  useEffect(() => {
    if (opening.focus || acted.current) input.current?.focus({ preventScroll: true });
  }, [opening, view]);
  // What is read once in the conversation stays there: the panel does not jump home under the reader's eyes.
  useEffect(() => {
    if (view === 'talk' && chosen === null) choose('talk');
  }, [view, chosen]);

  const buttons = (
    <>
      <Menu core={core} />
      <IconButton icon={phone ? cross : chevronDown} label={phone ? words.close : words.minimise} onClick={onClose} />
    </>
  );
  if (view === 'home')
    return (
      <>
        <Banner core={core} kind={banner} />
        <Home
          core={core}
          availability={availability}
          title={title}
          greeting={settings.greeting}
          input={input}
          buttons={buttons}
          onTalk={() => go('talk')}
        />
      </>
    );
  return (
    <>
      <Header availability={availability} chat={chat} title={title} buttons={buttons} />
      <Banner core={core} kind={banner} />
      <Log core={core} chat={chat} title={title} unreadAfter={unreadAfter} />
      <div class="comp">
        {chat.phase === 'ended' && core.talk.pending().length === 0 ? (
          <button type="button" class="btn" onClick={() => go('home')}>
            {words.newChat}
          </button>
        ) : (
          <Composer core={core} input={input} onSent={() => undefined} />
        )}
      </div>
    </>
  );
}

function hasFocus(box: HTMLTextAreaElement | null): boolean {
  return box !== null && (box.getRootNode() as ShadowRoot).activeElement === box;
}

function Header({
  availability,
  chat,
  title,
  buttons,
}: {
  availability: Availability | null;
  chat: Chat;
  title: string;
  buttons: preact.ComponentChildren;
}) {
  const agent = chat.agents.at(-1);
  const online = availability?.online === true;
  const here = agent ? (availability?.agents ?? []).some((a) => a.name === agent.name) : online;
  const line = here ? words.online : words.away;
  return (
    <header class="hd">
      {agent ? <Avatar who={agent} size={36} online={here} /> : <Brand name={title} />}
      <div class="who">
        <h2 id="title">{agent?.name || title || words.title}</h2>
        {availability && (
          <p>
            <Presence online={here} /> {agent && title ? `${line} · ${title}` : line}
          </p>
        )}
      </div>
      {buttons}
    </header>
  );
}
