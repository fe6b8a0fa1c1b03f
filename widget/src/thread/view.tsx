import { useEffect, useState } from 'preact/hooks';
import type { Card } from '../extras/cards';
import type { Chat } from '../panel/chat';
import { useEnv } from '../panel/env';
import { Extra } from '../panel/extra';
import { unknownFields } from '../panel/questions';
import type { ThreadProps } from '../panel/talk';
import { choicesOf, endedByAgent, ratingOf } from './facts';
import { Log } from './log';
import { memoryOf } from './memory';
import { MessageGroup } from './message';

/** The thread with its cards: what was said, what is asked, what may be answered. */
export function ThreadView({ chat, unreadAfter, bot, ended, quiet, blocked, toBox, go }: ThreadProps) {
  const { core, config } = useEnv();
  const choices = core.talk.pending().length > 0 ? [] : choicesOf(core.talk.state.entries);
  return (
    <Log
      chat={chat}
      unreadAfter={unreadAfter}
      onLeaveMessage={() => go('offline')}
      before={bot && <BotSays name="first" text={bot.text} />}
      aside={
        <>
          {bot?.picked?.answer && <BotSays name="answer" text={bot.picked.answer} />}
          {!blocked && <ContactForm chat={chat} onClosed={toBox} />}
        </>
      }
      after={
        <>
          {ended && config.rating !== 'off' && <Rating chat={chat} />}
          {!quiet && (
            <QuickReplies
              choices={bot?.options.length ? bot.options.map((o) => o.text) : choices}
              onPick={(text, i) => (bot?.options[i] ? bot.pick(bot.options[i]) : core.send(text))}
            />
          )}
        </>
      }
    />
  );
}

function BotSays({ name, text }: { name: string; text: string }) {
  const [at] = useState(Date.now);
  const author = { kind: 'bot' } as const;
  const message = { key: name, seq: 0, author, at, text, note: false, auto: false };
  const group = {
    kind: 'group',
    key: name,
    author,
    own: false,
    note: false,
    auto: false,
    messages: [message],
  } as const;
  return <MessageGroup group={{ ...group, messages: [message] }} lastOwn={false} newsAfter={0} />;
}

function QuickReplies({ choices, onPick }: { choices: string[]; onPick: (text: string, i: number) => void }) {
  const { say } = useEnv();
  if (choices.length === 0) return null;
  return (
    <div class="qr" role="group" aria-label={say('answers')}>
      {choices.map((text, i) => (
        <button type="button" key={text} dir="auto" onClick={() => onPick(text, i)}>
          {text}
        </button>
      ))}
    </div>
  );
}

/** Asked once the visitor has written: nothing stands before his first word. */
function ContactForm({ chat, onClosed }: { chat: Chat; onClosed: () => void }) {
  const { core, config, say } = useEnv();
  const memory = memoryOf(core);
  const { when = 'after', text = '', fields } = config.form ?? {};
  const [fresh] = useState(chat.id === '' || chat.phase === 'none');
  const [done, finish] = useState(false);
  const mark = `form:${chat.id}`;
  const missing = unknownFields(
    core,
    fields?.filter((f) => f.name !== 'message'),
  );
  // Other answers than these three are not known again on the next page: there it is not asked a second time.
  const open = fresh || missing.some(({ name }) => ['name', 'email', 'phone'].includes(name));
  const [asked] = useState(missing);
  const close = (): void => {
    finish(true);
    onClosed();
    if (chat.id) memory.add(mark);
  };
  useEffect(() => {
    if (done && chat.id) memory.add(mark);
  }, [done, chat.id]);
  if (when !== 'after' || done || memory.has(mark) || !open || missing.length === 0 || asked.length === 0) return null;
  const card: Card = {
    kind: 'form',
    form: 'contacts',
    core,
    say,
    fields: asked,
    text,
    onDone: close,
    ...(!asked.some((f) => f.required) && { onSkip: close }),
  };
  return <Extra card={card} />;
}

function Rating({ chat }: { chat: Chat }) {
  const { core, config, say } = useEnv();
  const memory = memoryOf(core);
  const [skipped, skip] = useState(false);
  const { entries } = core.talk.state;
  const { score, times } = ratingOf(entries, chat.id);
  const mark = `rate:${chat.id}`;
  const unasked = score === null && (skipped || memory.has(mark) || !endedByAgent(entries, chat.id));
  if (!chat.id || unasked) return null;
  const card: Card = {
    kind: 'rating',
    core,
    say,
    conversation: chat.id,
    thumbs: config.rating === 'thumbs',
    score,
    changeable: times < 2,
    onSkip: () => {
      memory.add(mark);
      skip(true);
    },
  };
  return <Extra key={chat.id} card={card} />;
}
