import { isEmojiOnly, splitLinks } from '../../../client/text';
import type { ShownMessage, TimelineRow } from '../../../client/timeline';
import { firstName } from '../people';
import { panelText as words } from '../text/en';
import type { Core } from '../types';
import { alert, clock, tick, ticks } from './icons';
import { Avatar, Draw } from './parts';
import { clockTime, exactTime } from './times';

type Group = TimelineRow & { kind: 'group' };

interface GroupProps {
  group: Group;
  core: Core;
  /** Name on messages that the page sends by rule in the name of the site. */
  title: string;
  /** The last own group of all: it shows how far its last message got. */
  lastOwn: boolean;
  /** Messages above this number came while the list was on the screen: they rise into it. */
  newsAfter: number;
}

export function MessageGroup({ group, core, title, lastOwn, newsAfter }: GroupProps) {
  const { own, author, messages } = group;
  const last = messages.at(-1) as ShownMessage;
  const isNews = ({ seq }: ShownMessage): boolean => seq === 0 || seq > newsAfter;
  const name = group.auto
    ? title || words.assistant
    : firstName(author.name ?? '') || (author.kind === 'agent' ? words.someone : words.assistant);
  if (own)
    return (
      <div class="g me">
        {messages.map((m) => (
          <Bubble key={m.key} message={m} tail={m === last} news={isNews(m)} name={words.you} core={core} />
        ))}
        {lastOwn && last.item?.state !== 'failed' && <State message={last} core={core} />}
      </div>
    );
  return (
    <div class="g them">
      <Avatar who={group.auto ? { kind: 'bot', name } : author} size={28} />
      {messages.map((m) => (
        <Bubble key={m.key} message={m} tail={m === last} news={isNews(m)} name={name} core={core} />
      ))}
      <div class="meta">
        {name} · <time title={exactTime(last.at)}>{clockTime(last.at)}</time>
      </div>
    </div>
  );
}

interface BubbleProps {
  message: ShownMessage;
  /** The last one of its group points at the speaker. */
  tail: boolean;
  news: boolean;
  name: string;
  core: Core;
}

function Bubble({ message, tail, news, name, core }: BubbleProps) {
  const { text, item, at } = message;
  const emoji = isEmojiOnly(text);
  const classes = ['b', tail && 'last', news && 'news', item && item.state !== 'failed' && 'wait', emoji && 'jumbo'];
  return (
    <>
      <div class={classes.filter(Boolean).join(' ')} title={exactTime(at)}>
        <span class="vh">{`${name}: `}</span>
        <div dir="auto">
          <Words text={text} />
        </div>
      </div>
      {item?.state === 'failed' && (
        <div class="meta fail" role="alert">
          <Draw icon={alert} size={14} /> {words.notSent}
          <button type="button" onClick={() => core.retry(item.cmid)}>
            {words.retry}
          </button>
          <button type="button" onClick={() => core.discard(item.cmid)}>
            {words.remove}
          </button>
        </div>
      )}
    </>
  );
}

/** The text as nodes: plain runs and links, never markup. */
function Words({ text }: { text: string }) {
  return (
    <>
      {splitLinks(text).map(({ text: run, href }, i) =>
        href ? (
          <a key={i} href={href} target="_blank" rel="noopener noreferrer ugc nofollow">
            {run}
          </a>
        ) : (
          run
        ),
      )}
    </>
  );
}

function State({ message, core }: { message: ShownMessage; core: Core }) {
  const { seq, at } = message;
  if (seq === 0) {
    const label = core.connection === 'open' ? words.sending : words.waitingForConnection;
    return (
      <div class="meta">
        <Draw icon={clock} size={14} /> {label}
      </div>
    );
  }
  const others = core.talk.others();
  const time = clockTime(at);
  if (others.seen >= seq)
    return (
      <div class="meta seen">
        <Draw icon={ticks} size={14} /> {words.seen(time)}
      </div>
    );
  const delivered = others.delivered >= seq;
  return (
    <div class="meta">
      <Draw icon={delivered ? ticks : tick} size={14} /> {delivered ? words.delivered(time) : words.sent(time)}
    </div>
  );
}
