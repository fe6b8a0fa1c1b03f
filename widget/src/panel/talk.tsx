import type { ComponentChildren, ComponentType, RefObject } from 'preact';
import type { Actor, Availability } from '../../../client/frames';
import type { Colors, Field } from '../config';
import type { Catalogue } from '../text/say';
import type { View } from '../types';
import type { Bot } from './bot';
import type { Chat } from './chat';
import { Composer } from './composer';
import { useEnv } from './env';
import { Extra } from './extra';
import type { FileIntake } from './files';
import { NotLoaded, useLate } from './late';
import { Skeleton } from './parts';
import type { BannerKind } from './use';

/** What shows all but the home screen: a script of its own, which most who only look need not load. */
export interface Thread {
  View: ComponentType<ThreadProps>;
  Header: ComponentType<HeaderProps>;
  Page: ComponentType<PageProps>;
  /** Stands in the place of the message box. */
  Instead: ComponentType<InsteadProps>;
  LastChat: ComponentType<{ availability: Availability | null; onTalk: () => void }>;
  /** Sets the colours of bubbles. */
  paint: (host: HTMLElement, colors: Colors) => void;
  /** Its style sheet. */
  css: string;
  /** English words that come with it. */
  words: Partial<Catalogue>;
}

export interface HeaderProps {
  availability: Availability | null;
  agent?: Actor | undefined;
  buttons: ComponentChildren;
  /** Leads back from a view that was gone to. */
  onBack?: (() => void) | undefined;
}

export interface PageProps extends HeaderProps {
  banner: BannerKind;
  view: View;
  /** What the visitor has gone to. */
  chosen: View | null;
  /** Those that are asked before a conversation. */
  fields: Field[];
  go: (to: View | null) => void;
  /** The fields were answered. */
  onAnswered: () => void;
}

export interface ThreadProps {
  chat: Chat;
  unreadAfter: number | undefined;
  bot: Bot | null;
  blocked: boolean;
  /** The conversation is over. */
  ended: boolean;
  /** No answers are offered to choose from. */
  quiet: boolean;
  /** Puts the keyboard in the message box. */
  toBox: () => void;
  go: (to: View) => void;
}

export interface InsteadProps {
  /** What to do first, or after the end; without it nothing can be done. */
  todo: 'newChat' | 'offlineSend' | 'beforeSend' | false;
  go: (to: View) => void;
}

interface TalkProps extends Omit<ThreadProps, 'ended' | 'quiet' | 'toBox'> {
  files: FileIntake | undefined;
  input: RefObject<HTMLTextAreaElement | null>;
  /** What to do first: it stands in the place of the message box. */
  instead: InsteadProps['todo'];
}

/** The thread and the message box, which is there at once and stays as it is when the thread arrives. */
export function Talk({ files, input, instead, ...shown }: TalkProps) {
  const { core, say, phone, thread } = useEnv();
  const { chat, blocked, go } = shown;
  // On a phone it would call up the keys over what there is to read.
  const toBox = (): void => void (phone || input.current?.focus());
  const ended = chat.phase === 'ended' && core.talk.pending().length === 0;
  const todo = !blocked && (ended ? 'newChat' : instead);
  const quiet = blocked || todo !== false;
  return (
    <div class="talk">
      {thread ? <thread.View {...shown} ended={ended} quiet={quiet} toBox={toBox} /> : <Arriving />}
      {files?.used && <Extra card={{ kind: 'uploads', core, say }} />}
      <div class="comp">
        {quiet ? (
          thread && <thread.Instead todo={todo} go={go} />
        ) : (
          <Composer input={input} files={files} onSent={() => undefined} />
        )}
      </div>
    </div>
  );
}

/** In the place of what the thread's script shows. */
export function Arriving() {
  const { needThread } = useEnv();
  const { failed, load } = useLate(false, needThread);
  return <div class="page">{failed ? <NotLoaded onRetry={load} /> : <Skeleton />}</div>;
}
