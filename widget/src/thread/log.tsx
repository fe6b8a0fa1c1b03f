import type { ComponentChildren } from 'preact';
import { Fragment } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Actor, Entry } from '../../../client/frames';
import { type TimelineRow, timeline } from '../../../client/timeline';
import type { Chat } from '../panel/chat';
import { useEnv } from '../panel/env';
import { chevronDown } from '../panel/icons';
import { Avatar, Draw, Skeleton } from '../panel/parts';
import { firstName } from '../people';
import type { Say, Word } from '../text/say';
import type { Core } from '../types';
import { MessageGroup } from './message';
import { Waiting } from './queue';
import { clockTime, dayName } from './times';
import { useAnnounced, useNow } from './use';

interface LogProps {
  chat: Chat;
  /** A divider stands before the first message above this number, once that is loaded; none if undefined. */
  unreadAfter: number | undefined;
  /** Before everything, after the visitor's first message of this conversation, and after everything. */
  before?: ComponentChildren;
  aside?: ComponentChildren;
  after?: ComponentChildren;
  onLeaveMessage: () => void;
}

const nearPixels = 80; // from an end of the list: still counts as being there
const dividerPixels = 16; // kept free above the divider of what is new

/** The list of messages. Who reads at its end stays there; who scrolled up is never moved, and told what came. */
export function Log({ chat, unreadAfter, before, aside, after, onLeaveMessage }: LogProps) {
  const { core, say } = useEnv();
  const now = useNow();
  const { talk } = core;
  const list = useRef<HTMLDivElement>(null);
  const scroll = useScroll(core, list, unreadAfter);
  const announced = useAnnounced(core, say);
  const rows = rowsOf(core, say, chat, unreadAfter);
  const start = useRef<number | null>(null);
  if (talk.state.begun) start.current ??= talk.state.have;
  const lastOwn = rows.findLast((row) => row.kind === 'group' && row.own);
  const ended = rows.findLastIndex((row) => row.kind === 'event' && row.entry.kind === 'conversation.closed');
  const first = rows.findIndex((row, i) => i > ended && row.kind === 'group' && row.own);
  return (
    <div class="logs">
      <div
        class="log"
        ref={list}
        role="log"
        aria-label={say('log')}
        aria-live="off"
        tabIndex={0}
        onScroll={scroll.moved}
        onKeyDown={walk}
      >
        <span class="fill" />
        {!talk.state.begun && rows.length === 0 && <Skeleton />}
        {before}
        {rows.map((row, i) => (
          <Fragment key={row.key}>
            <Row row={row} now={now} lastOwn={row === lastOwn} newsAfter={start.current ?? Infinity} />
            {i === first && aside}
          </Fragment>
        ))}
        {chat.phase === 'waiting' && !core.user?.blocked && <Waiting onLeaveMessage={onLeaveMessage} />}
        {after}
        {talk.typists.map(({ who }) => (
          <Typing key={`t${who.id}`} who={who} />
        ))}
      </div>
      <p class="vh" role="status">
        {announced}
      </p>
      {talk.loadingOlder && (
        <p class="sys older" role="status">
          {say('older')}
        </p>
      )}
      {scroll.away && (
        <button type="button" class="pill" onClick={scroll.toEnd}>
          <Draw icon={chevronDown} size={16} /> {scroll.missed ? say('jump', { n: scroll.missed }) : say('latest')}
        </button>
      )}
    </div>
  );
}

function rowsOf(core: Core, say: Say, chat: Chat, unreadAfter: number | undefined): TimelineRow[] {
  const { state } = core.talk;
  const oldest = state.entries[0]?.seq ?? 0;
  const known = unreadAfter !== undefined && (oldest <= unreadAfter + 1 || state.complete);
  return timeline(state.entries, {
    own: (author, auto) => author.kind === 'visitor' && !auto,
    pending: core.talk.pending(),
    ...(known && { unreadAfter }),
    me: { kind: 'visitor', ...(core.visitor && { id: core.visitor.id }) },
    truncatedFrom: state.truncatedFrom,
    // What a card says below needs no line.
    shows: (entry) =>
      eventText(entry, core, say) !== '' &&
      !(entry.kind === 'conversation.rated' && chat.phase === 'ended' && entry.conversation === chat.id),
  });
}

function Typing({ who }: { who: Actor }) {
  const { say } = useEnv();
  const text = say('typing', { name: firstName(who.name ?? '') || say('someone') });
  return (
    <div class="g them nometa">
      <Avatar who={who} size={28} />
      <div class="b last dots" role="img" aria-label={text}>
        <i />
        <i />
        <i />
        <span class="still">{text}</span>
      </div>
    </div>
  );
}

/** Arrow keys go from message to message. */
function walk(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  const { currentTarget: list, target } = event;
  const from = target instanceof Element ? target.closest('.b') : null;
  if (!step || !(target === list || target === from)) return;
  const all = [...list.querySelectorAll<HTMLElement>('.b[tabindex]')];
  const at = from ? all.indexOf(from as HTMLElement) + step : step < 0 ? all.length - 1 : -1;
  const next = all[at];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

interface RowProps {
  row: TimelineRow;
  now: number;
  lastOwn: boolean;
  newsAfter: number;
}

function Row({ row, now, lastOwn, newsAfter }: RowProps) {
  const { core, say } = useEnv();
  switch (row.kind) {
    case 'day':
      return <Line>{dayName(row.at, now, say)}</Line>;
    case 'unread':
      return <Line accent>{say('newMessages')}</Line>;
    case 'hole':
      return <p class="sys">{say('hole')}</p>;
    case 'damaged':
      return <p class="sys">{say('damaged')}</p>;
    case 'event':
      return <p class="sys">{eventText(row.entry, core, say)}</p>;
    case 'group':
      return <MessageGroup group={row} lastOwn={lastOwn} newsAfter={newsAfter} />;
    default:
      return <Fragment />;
  }
}

function Line({ children, accent = false }: { children: ComponentChildren; accent?: boolean }) {
  return <div class={accent ? 'day new' : 'day'}>{children}</div>;
}

/** One quiet line for what a visitor should know; empty for what he need not. */
function eventText({ kind, author, reason, at, offline, score = 0 }: Entry, core: Core, say: Say): string {
  const name = firstName(author.name ?? '') || say('someone');
  if (kind === 'conversation.started' && offline) return say('leftMessage');
  if (kind === 'conversation.accepted' || kind === 'conversation.joined') return say('joined', { name });
  if (kind === 'conversation.left') return say('left', { name });
  if (kind === 'conversation.closed') return `${ending(author, reason, say)} · ${clockTime(at, say)}`;
  if (kind === 'conversation.rated') return say('rated', { rating: say(ratingWord(core, score)) });
  return '';
}

function ratingWord({ config }: Core, score: number): Word {
  if (config.widget.rating === 'thumbs') return score < 3 ? 'rate2' : 'rate4';
  return `rate${Math.min(Math.max(Math.round(score), 1), 5)}` as Word;
}

function ending({ kind, name = '' }: Actor, reason: string | undefined, say: Say): string {
  if (reason === 'idle') return say('idle');
  return kind === 'agent' && name ? say('endedBy', { name: firstName(name) }) : say('ended');
}

/** Keeps the place of the reader while entries come at either end and the room for them changes. */
function useScroll(core: Core, list: { current: HTMLDivElement | null }, unreadAfter: number | undefined) {
  const { talk } = core;
  const [away, setAway] = useState(false);
  const place = useRef({ atEnd: true, top: 0, height: 0, first: 0, last: '', leftAt: 0 });
  const shownUnread = useRef<number | undefined>(undefined);
  const entries = talk.state.entries;
  const first = entries[0]?.seq ?? 0;
  const newest = talk.pending().at(-1)?.cmid ?? '';
  const cards = list.current?.querySelectorAll('.extra').length;
  const toEnd = (): void => {
    if (list.current) list.current.scrollTop = list.current.scrollHeight;
  };
  useLayoutEffect(() => {
    const area = list.current;
    if (!area?.clientHeight) return; // not on the screen
    const was = place.current;
    const older = was.first > 0 && first < was.first;
    const wrote = newest !== '' && newest !== was.last;
    const divider = shownUnread.current === unreadAfter ? null : area.querySelector<HTMLElement>('.day.new');
    const scrolledUp = area.scrollTop < was.top - 1; // and its event is still to come
    if (older) area.scrollTop += area.scrollHeight - was.height;
    else if ((was.atEnd && !scrolledUp) || wrote) toEnd();
    if (divider) {
      shownUnread.current = unreadAfter;
      area.scrollTop = Math.min(area.scrollTop, divider.offsetTop - dividerPixels);
    }
    place.current = { ...place.current, top: area.scrollTop, height: area.scrollHeight, first, last: newest };
    if (area.scrollHeight <= area.clientHeight + nearPixels && talk.state.begun) talk.loadOlder();
  });
  useEffect(() => {
    const area = list.current;
    if (!area || typeof ResizeObserver !== 'function') return undefined;
    const resized = new ResizeObserver(() => place.current.atEnd && toEnd());
    resized.observe(area);
    // Cards grow by themselves: they load, and say what is wrong.
    for (const card of area.querySelectorAll('.extra')) resized.observe(card);
    return () => resized.disconnect();
  }, [cards]);
  const moved = (): void => {
    const area = list.current;
    if (!area?.clientHeight) return;
    const atEnd = area.scrollHeight - area.scrollTop - area.clientHeight < nearPixels;
    const leftAt = place.current.atEnd && !atEnd ? (talk.state.have ?? 0) : place.current.leftAt;
    place.current = { ...place.current, atEnd, leftAt, top: area.scrollTop, height: area.scrollHeight };
    setAway(!atEnd);
    if (area.scrollTop < nearPixels) talk.loadOlder();
  };
  const since = place.current.leftAt;
  const missed = away ? entries.filter((e) => e.seq > since && isTheirs(e.entry)).length : 0;
  return { away, missed, moved, toEnd };
}

const isTheirs = ({ kind, author, auto }: Entry): boolean =>
  kind === 'message' && (author.kind !== 'visitor' || auto === true);
