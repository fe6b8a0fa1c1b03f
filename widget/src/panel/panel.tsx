import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Language } from '../config';
import type { Extras } from '../extras/cards';
import type { Say } from '../text/say';
import type { Core, Look, View } from '../types';
import { Banner } from './banner';
import { useBot } from './bot';
import { chatOf } from './chat';
import { Composer } from './composer';
import { setEnv } from './env';
import { useFiles } from './files';
import { Home, Top } from './home';
import { chevronDown, cross } from './icons';
import { Menu } from './menu';
import { IconButton } from './parts';
import { unknownFields } from './questions';
import { Arriving, Talk, type Thread } from './talk';
import { useBanner, useCore, useSteady } from './use';

export interface Opening {
  /** The keyboard goes to the message box. */
  focus: boolean;
  /** What was seen before, if there is something unread. */
  unreadAfter: number | undefined;
  view?: View | undefined;
}

export interface PanelProps {
  core: Core;
  look: Look;
  say: Say;
  /** A new one each time the panel opens. */
  opening: Opening;
  shown: boolean;
  phone: boolean;
  framed: boolean;
  wide: boolean;
  extras: Extras | null;
  needExtras: () => Promise<Extras>;
  thread: Thread | null;
  needThread: () => Promise<Thread>;
  /** The thread may soon be needed. */
  nearThread: () => void;
  server: string;
  /** Somebody writes or chooses in the panel. */
  busy: () => boolean;
  onClose: () => void;
  onView: (view: View) => void;
  onWide: () => void;
  onLanguage: (language: Language) => void;
}

export function PanelView(props: PanelProps) {
  const { core, look, say, opening, shown, phone, framed, thread, onClose } = props;
  const config = core.config.widget;
  setEnv({ ...props, config });
  useCore(core);
  const banner = useBanner(core.connection);
  const blocked = core.user?.blocked === true;
  // Who is there is not known while the banner speaks of trouble, and is nobody for who is blocked.
  const known = !blocked && (banner === 'none' || banner === 'connected');
  const availability = known ? core.availability : null;
  const chat = chatOf(core.talk.state.entries);
  const bot = useBot(core, availability, shown);
  const [unreadAfter, setUnreadAfter] = useState(opening.unreadAfter);
  const [chosen, choose] = useState<View | null>(opening.view ?? null);
  const [asked, setAsked] = useState(false);
  const input = useRef<HTMLTextAreaElement>(null);
  const acted = useRef(false);
  const go = (to: View | null): void => {
    acted.current = true;
    choose(to);
  };
  const intake = useFiles(() => go('chat'));

  const talking = chat.phase === 'waiting' || chat.phase === 'active' || core.talk.pending().length > 0;
  const alone = useSteady(core.availability?.online === false, props.busy);
  const leaving = config.offline !== undefined && alone && !talking;
  const before = unknownFields(core, config.form?.fields);
  const asking = config.form?.when === 'before' && before.length > 0 && !asked && !talking;
  const view = ((): View => {
    if (core.asksConsent) return 'consent';
    if (blocked) return 'blocked';
    if (chosen === 'call' && core.config.calls) return 'call';
    if (chosen === 'menu' || (chosen === 'offline' && config.offline)) return chosen;
    const reading = chosen === 'chat' && core.talk.state.entries.length > 0;
    if (reading || (core.unread > 0 && chosen !== 'home')) return 'chat';
    if (leaving) return 'offline';
    if (asking) return 'form';
    if (chosen === 'home' || chosen === 'chat') return chosen;
    return talking || bot ? 'chat' : 'home';
  })();

  // The view may change under somebody who writes, when the history arrives: his keyboard stays in the message box.
  const drawn = useRef(view);
  const writing = useRef(false);
  if (drawn.current !== view) {
    writing.current = hasFocus(input.current);
    drawn.current = view;
  }
  useLayoutEffect(() => {
    if (writing.current) input.current?.focus({ preventScroll: true });
    writing.current = false;
  }, [view]);
  useEffect(() => {
    setUnreadAfter(opening.unreadAfter);
    choose(opening.view ?? null);
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
  useEffect(() => props.onView(view), [view]);
  // What is read once in the conversation stays there: the panel does not jump home under the reader's eyes.
  useEffect(() => {
    if (view === 'chat' && chosen !== 'chat') choose('chat');
  }, [view, chosen]);
  // Who comes back while a call goes on sees how it goes.
  const ringing = core.call && !/^e/.test(core.call.status) && core.call.id;
  useEffect(() => {
    if (ringing && !opening.view && !acted.current && !props.busy()) choose('call');
  }, [opening, ringing]);

  const buttons = (
    <>
      <Menu
        wide={phone || framed ? undefined : props.wide}
        onWide={props.onWide}
        onLanguage={props.onLanguage}
        onCall={() => go('call')}
      />
      {!framed && (
        <IconButton icon={phone ? cross : chevronDown} label={say(phone ? 'close' : 'minimise')} onClick={onClose} />
      )}
    </>
  );
  const files = config.files === false ? undefined : intake;
  const onTalk = (): void => go('chat');
  const head = { availability, buttons };
  const top =
    thread && view !== 'home' ? <thread.Header {...head} agent={chat.agents.at(-1)} /> : <Top buttons={buttons} />;
  const draw = (): ComponentChildren => {
    switch (view) {
      case 'home':
        return (
          <>
            <Banner kind={banner} />
            <Home
              availability={availability}
              greeting={look.greeting ?? config.greeting ?? say('greeting')}
              buttons={buttons}
              composer={<Composer tall input={input} files={files} onBegin={props.nearThread} onSent={onTalk} />}
              onTalk={onTalk}
              onCall={() => go('call')}
            />
          </>
        );
      case 'chat':
      case 'blocked':
        return (
          <>
            {top}
            <Banner kind={banner} />
            <Talk
              chat={chat}
              unreadAfter={unreadAfter}
              bot={bot}
              files={files}
              input={input}
              blocked={blocked}
              instead={leaving ? 'offlineSend' : asking && 'beforeSend'}
              go={go}
            />
          </>
        );
      default:
        return thread ? (
          <thread.Page
            {...head}
            banner={banner}
            view={view}
            chosen={chosen}
            fields={before}
            go={go}
            onAnswered={() => setAsked(true)}
          />
        ) : (
          <>
            {top}
            <Banner kind={banner} />
            <Arriving />
          </>
        );
    }
  };
  const writes = view === 'home' || view === 'chat';
  return (
    <div class="views" {...(files && writes && files.handlers)}>
      {draw()}
      {files?.over && <div class="dropping">{say('drop')}</div>}
    </div>
  );
}

function hasFocus(box: HTMLTextAreaElement | null): boolean {
  return box !== null && (box.getRootNode() as ShadowRoot).activeElement === box;
}
