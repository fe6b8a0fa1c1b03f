import { isEmojiOnly } from '../../../client/text';
import type { ShownMessage, TimelineRow } from '../../../client/timeline';
import { useEnv } from '../panel/env';
import { Extra } from '../panel/extra';
import { alert, tick } from '../panel/icons';
import { Avatar, Draw } from '../panel/parts';
import { firstName } from '../people';
import { clock, ticks } from './icons';
import { Markup, Plain } from './markup';
import { clockTime, exactTime } from './times';

export type Message = ShownMessage;
export type Group = TimelineRow & { kind: 'group' };

interface GroupProps {
  group: Group;
  /** The last own group of all: it shows how far its last message got. */
  lastOwn: boolean;
  /** Messages above this number came while the list was on the screen: they rise into it. */
  newsAfter: number;
}

export function MessageGroup({ group, lastOwn, newsAfter }: GroupProps) {
  const { core, say } = useEnv();
  const { own, author, auto } = group;
  const messages: Message[] = group.messages;
  const last = messages.at(-1) as Message;
  const name = own
    ? say('you')
    : auto
      ? core.title || say('assistant')
      : author.kind === 'agent'
        ? firstName(author.name ?? '') || say('someone')
        : author.name || say('assistant');
  const bubbles = messages.map((m) => (
    <Bubble key={m.key} message={m} own={own} tail={m === last} news={m.seq === 0 || m.seq > newsAfter} name={name} />
  ));
  if (own)
    return (
      <div class="g me">
        {bubbles}
        {lastOwn && last.item?.state !== 'failed' && <State message={last} />}
      </div>
    );
  return (
    <div class="g them">
      <Avatar who={auto ? { kind: 'bot', name } : author} size={28} />
      {bubbles}
      <div class="meta">
        {name} · <time title={exactTime(last.at, say)}>{clockTime(last.at, say)}</time>
      </div>
    </div>
  );
}

interface BubbleProps {
  message: Message;
  own: boolean;
  /** The last one of its group points at the speaker. */
  tail: boolean;
  news: boolean;
  name: string;
}

function Bubble({ message, own, tail, news, name }: BubbleProps) {
  const { core, say, server } = useEnv();
  const { text, item, at, file, deleted, editedAt } = message;
  const sending = item && item.state !== 'failed';
  const state = [tail && 'last', news && 'news', sending && 'wait'];
  const show = (kind: string, content: preact.ComponentChildren) => (
    <div class={['b', kind, ...state].filter(Boolean).join(' ')} title={exactTime(at, say)} tabIndex={-1}>
      <span class="vh">{`${name}: `}</span>
      {content}
      {editedAt && !deleted && <small>{say('edited')}</small>}
    </div>
  );
  if (deleted) return show('gone', say('deleted'));
  return (
    <>
      {file && show(file.width ? 'media' : 'doc', <Extra card={{ kind: 'file', core, say, file, server }} />)}
      {text && show(isEmojiOnly(text) ? 'jumbo' : '', own ? <Plain text={text} /> : <Markup text={text} />)}
      {item?.state === 'failed' && <Failed cmid={item.cmid} />}
    </>
  );
}

function Failed({ cmid }: { cmid: string }) {
  const { core, say } = useEnv();
  return (
    <div class="meta fail" role="alert">
      <Draw icon={alert} size={14} /> {say('notSent')}
      <button type="button" onClick={() => core.retry(cmid)}>
        {say('retry')}
      </button>
      <button type="button" onClick={() => core.discard(cmid)}>
        {say('remove')}
      </button>
    </div>
  );
}

function State({ message: { seq, at } }: { message: Message }) {
  const { core, say } = useEnv();
  if (seq === 0)
    return (
      <div class="meta">
        <Draw icon={clock} size={14} /> {say(core.connection === 'open' ? 'sending' : 'waitingForConnection')}
      </div>
    );
  const others = core.talk.others();
  const state = others.seen >= seq ? 'seen' : others.delivered >= seq ? 'delivered' : 'sent';
  return (
    <div class={state === 'seen' ? 'meta seen' : 'meta'}>
      <Draw icon={state === 'sent' ? tick : ticks} size={14} /> {say(state, { time: clockTime(at, say) })}
    </div>
  );
}
