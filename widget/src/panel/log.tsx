import { Fragment } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Actor, Entry } from '../../../client/frames';
import { type TimelineRow, timeline } from '../../../client/timeline';
import { firstName } from '../people';
import { panelText as words } from '../text/en';
import type { Core } from '../types';
import type { Chat } from './chat';
import { chevronDown } from './icons';
import { MessageGroup } from './message';
import { Avatar, Draw, Line } from './parts';
import { clockTime, dayName } from './times';
import { useNow } from './use';

interface LogProps {
  core: Core;
  chat: Chat;
  title: string;
  /** A divider stands before the first message above this number, once that is loaded; none if undefined. */
  unreadAfter: number | undefined;
}

const nearPixels = 80; // from an end of the list: still counts as being there
const dividerPixels = 16; // kept free above the divider of what is new

/** The list of messages. Who reads at its end stays there; who scrolled up is never moved, and told what came. */
export function Log({ core, chat, title, unreadAfter }: LogProps) {
  const now = useNow();
  const { talk } = core;
  const list = useRef<HTMLDivElement>(null);
  const scroll = useScroll(core, list, unreadAfter);
  const oldest = talk.state.entries[0]?.seq ?? 0;
  const known = unreadAfter !== undefined && (oldest <= unreadAfter + 1 || talk.state.complete);
  const rows = timeline(talk.state.entries, {
    own: (author, auto) => author.kind === 'visitor' && !auto,
    pending: talk.pending(),
    ...(known && { unreadAfter }),
    me: { kind: 'visitor', ...(core.visitor && { id: core.visitor.id }) },
    truncatedFrom: talk.state.truncatedFrom,
    shows,
  });
  const start = useRef<number | null>(null);
  if (talk.state.begun) start.current ??= talk.state.have;
  const lastOwn = rows.findLast((row) => row.kind === 'group' && row.own);
  const quiet = !talk.state.begun || talk.loadingOlder;
  return (
    <div class="logs">
      <div
        class="log"
        ref={list}
        role="log"
        aria-label={words.log}
        aria-live={quiet ? 'off' : 'polite'}
        tabIndex={0}
        onScroll={scroll.moved}
      >
        <span class="fill" />
        {rows.map((row) => (
          <Row
            key={row.key}
            row={row}
            core={core}
            title={title}
            now={now}
            lastOwn={row === lastOwn}
            newsAfter={start.current ?? Infinity}
          />
        ))}
        {chat.phase === 'waiting' && <Waiting core={core} />}
        {talk.typists.map(({ who }) => (
          <div class="g them nometa" key={`t${who.id}`}>
            <Avatar who={who} size={28} />
            <div class="b last dots" role="img" aria-label={words.typing(firstName(who.name ?? '') || words.someone)}>
              <i />
              <i />
              <i />
              <span class="still">{words.typing(firstName(who.name ?? '') || words.someone)}</span>
            </div>
          </div>
        ))}
      </div>
      {talk.loadingOlder && (
        <p class="sys older" role="status">
          {words.older}
        </p>
      )}
      {scroll.away && (
        <button type="button" class="pill" onClick={scroll.toEnd}>
          <Draw icon={chevronDown} size={16} /> {words.jump(scroll.missed)}
        </button>
      )}
    </div>
  );
}

function Row({
  row,
  core,
  title,
  now,
  lastOwn,
  newsAfter,
}: {
  row: TimelineRow;
  core: Core;
  title: string;
  now: number;
  lastOwn: boolean;
  newsAfter: number;
}) {
  switch (row.kind) {
    case 'day':
      return <Line>{dayName(row.at, now)}</Line>;
    case 'unread':
      return <Line accent>{words.newMessages}</Line>;
    case 'hole':
      return <p class="sys">{words.hole}</p>;
    case 'damaged':
      return <p class="sys">{words.damaged}</p>;
    case 'event':
      return <p class="sys">{eventText(row.entry)}</p>;
    case 'group':
      return <MessageGroup group={row} core={core} title={title} lastOwn={lastOwn} newsAfter={newsAfter} />;
    default:
      return <Fragment />;
  }
}

const shows = (entry: Entry): boolean => eventText(entry) !== '';

/** One quiet line for what a visitor should know; empty for what he need not. */
function eventText({ kind, author, reason, at }: Entry): string {
  const name = firstName(author.name ?? '') || words.someone;
  if (kind === 'conversation.accepted' || kind === 'conversation.joined') return words.joined(name);
  if (kind === 'conversation.left') return words.left(name);
  if (kind === 'conversation.closed') return `${ending(author, reason)} · ${clockTime(at)}`;
  return '';
}

const ending = ({ kind, name = '' }: Actor, reason?: string): string =>
  reason === 'idle' ? words.idle : words.ended(kind === 'agent' ? firstName(name) : '');

function Waiting({ core }: { core: Core }) {
  const online = core.availability?.online !== false;
  return (
    <div class={online ? 'queue' : 'queue off'} role="status">
      <b>{online ? words.waitingTitle : words.awayTitle}</b>
      {online && (
        <div class="steps" aria-hidden="true">
          <i />
          <i />
          <i />
        </div>
      )}
      <p>{online ? words.waiting : words.waitingAway}</p>
    </div>
  );
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
    return () => resized.disconnect();
  }, []);
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
