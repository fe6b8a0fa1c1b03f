import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { countUnread, type TimelineRow, timeline } from '../../../client/timeline';
import type { Conversation } from '../net/types';
import { type Delivery, deliveryOfGroup, lastOwnGroup } from '../state/delivery';
import { callsIn, isShown, type Told } from '../state/events';
import type { ThreadView } from '../state/threads';
import { t } from '../text/en';
import { CallLine } from './CallLine';
import { useApp } from './context';
import { EventLine } from './EventLine';
import { Group } from './Group';
import { Icon } from './Icon';
import { Later } from './Later';
import { DayLine, Preview, Quiet, UnreadLine } from './lines';
import { nameOf } from './names';

const NEAR_END_PX = 60;
const NEAR_START_PX = 200;

/**
 * The thread. Stays at its end while the reader is there; else it stays where it is and a pill counts what came.
 * Older pages are put above without moving what is read.
 */
export function Log({ conversation, view }: { conversation: Conversation; view: ThreadView }) {
  const app = useApp();
  const state = view.state.value;
  const pending = view.pending.value;
  const box = useRef<HTMLDivElement>(null);
  const [atEnd, setAtEnd] = useState(true);
  const own = useMemo(
    () => (who: { kind: string; id?: string }) => who.kind === 'agent' && who.id === app.me.id,
    [app],
  );
  const top = state.have ?? 0;
  const read = useReadLine(view);
  const leftAt = useRef(0);

  const calls = useMemo(() => callsIn(state.entries), [state.entries]);
  const markers = useMemo(() => Object.values(state.markers), [state.markers]);
  const rows = useMemo(
    () =>
      timeline(state.entries, {
        own,
        pending,
        me: app.author(),
        shows: (entry) => isShown(entry) || calls.get(entry.call?.id ?? '')?.first === entry.eid,
        truncatedFrom: state.truncatedFrom,
        ...(read.current > 0 ? { unreadAfter: read.current } : {}),
      }),
    [state.entries, calls, pending, state.truncatedFrom, own, app, read.current],
  );
  const lastOwn = lastOwnGroup(rows);

  useKeepPlace(box, state.entries[0]?.seq ?? 0, atEnd, [rows, view.typists.value]);
  useEffect(() => {
    if (atEnd) leftAt.current = top;
  }, [atEnd, top]);
  useSeen(view, atEnd, top);
  useOwnWords(pending.length, () => setAtEnd(true));

  const onScroll = () => {
    const el = box.current;
    if (!el) return;
    setAtEnd(el.scrollHeight - el.scrollTop - el.clientHeight < NEAR_END_PX);
    if (el.scrollTop < NEAR_START_PX) view.talk.loadOlder();
  };
  const jump = () => {
    const el = box.current;
    el?.scrollTo({ top: el.scrollHeight });
    setAtEnd(true);
  };

  const news = atEnd ? 0 : countUnread(state.entries, leftAt.current, own);
  return (
    <div class="log-place">
      <div
        ref={box}
        class="th"
        role="log"
        aria-label={t.thread.log(nameOf(conversation))}
        tabIndex={0}
        onScroll={onScroll}
      >
        <Older view={view} />
        {rows.map((row) => (
          <Line
            key={row.key}
            row={row}
            calls={calls}
            conversation={conversation}
            delivery={row.kind === 'group' && row.key === lastOwn ? deliveryOfGroup(row.messages, markers) : 'none'}
          />
        ))}
        {view.typists.value.map((typist) => (
          <Preview key={`${typist.who.kind}:${typist.who.id}`} typist={typist} conversation={conversation} />
        ))}
      </div>
      {!atEnd && (
        <button type="button" class="jump" onClick={jump}>
          <Icon name="arrowDown" size={14} />
          {t.thread.jump(news)}
        </button>
      )}
    </div>
  );
}

interface LineProps {
  row: TimelineRow;
  calls: ReadonlyMap<string, Told>;
  conversation: Conversation;
  delivery: Delivery;
}

function Line({ row, calls, conversation, delivery }: LineProps) {
  switch (row.kind) {
    case 'day':
      return <DayLine at={row.at} />;
    case 'unread':
      return <UnreadLine />;
    case 'hole':
      return <Quiet text={t.thread.hole} />;
    case 'damaged':
      return <Quiet text={t.thread.damaged} />;
    case 'event': {
      const told = calls.get(row.entry.call?.id ?? '');
      if (told) return <CallLine entry={told.last} at={row.entry.at} visitor={nameOf(conversation)} />;
      return <EventLine entry={row.entry} visitor={nameOf(conversation)} />;
    }
    case 'group':
      return <Group row={row} conversation={conversation} delivery={delivery} />;
  }
}

/** Where the reading was left when the thread was opened: what is above it is new. 0 until the thread is there. */
function useReadLine(view: ThreadView) {
  const line = useRef(0);
  const fixed = useRef(false);
  const { begun, have } = view.state.value;
  if (begun && !fixed.current) {
    fixed.current = true;
    const seen = view.talk.seenByMe();
    line.current = seen > 0 && seen < (have ?? 0) ? seen : 0;
  }
  return line;
}

/** Keeps the end in view at the end, and the read line in its place when older pages come. */
function useKeepPlace(
  box: { current: HTMLDivElement | null },
  first: number,
  atEnd: boolean,
  changes: readonly unknown[],
): void {
  const height = useRef(0);
  const firstWas = useRef(first);
  useLayoutEffect(() => {
    const el = box.current;
    if (!el) return;
    if (first < firstWas.current && firstWas.current > 0 && !atEnd) el.scrollTop += el.scrollHeight - height.current;
    else if (atEnd) el.scrollTop = el.scrollHeight;
    firstWas.current = first;
    height.current = el.scrollHeight;
  }, [first, atEnd, ...changes]);
  useEffect(() => {
    const el = box.current;
    if (!el || typeof ResizeObserver === 'undefined') return;
    const observer = new ResizeObserver(() => {
      if (el.dataset.end === 'true') el.scrollTop = el.scrollHeight;
    });
    observer.observe(el);
    return () => observer.disconnect();
  }, [box]);
  useLayoutEffect(() => {
    if (box.current) box.current.dataset.end = String(atEnd);
  }, [atEnd, box]);
}

/** What is written here is seen here: whoever reads further up comes back to the end by sending. */
function useOwnWords(pending: number, toEnd: () => void): void {
  const before = useRef(pending);
  useLayoutEffect(() => {
    if (pending > before.current) toEnd();
    before.current = pending;
  }, [pending]);
}

/** Says "seen" when the end is in view, the page is visible and has the focus. */
function useSeen(view: ThreadView, atEnd: boolean, top: number): void {
  const app = useApp();
  const { current, thread } = view.state.value;
  useEffect(() => {
    const look = () => {
      if (!atEnd || top === 0 || !current || document.visibilityState !== 'visible' || !document.hasFocus()) return;
      view.talk.markSeen();
      app.conversations.see(thread, top);
    };
    look();
    addEventListener('focus', look);
    document.addEventListener('visibilitychange', look);
    return () => {
      removeEventListener('focus', look);
      document.removeEventListener('visibilitychange', look);
    };
  }, [app, view, thread, atEnd, top, current]);
}

function Older({ view }: { view: ThreadView }) {
  const { begun, complete, entries } = view.state.value;
  if (!begun && entries.length === 0) {
    return (
      <Later>
        <p class="quiet-line" role="status">
          {t.thread.loading}
        </p>
      </Later>
    );
  }
  if (complete) return null;
  return (
    <div class="older">
      <button type="button" class="btn q" disabled={view.loadingOlder.value} onClick={() => view.talk.loadOlder()}>
        <Icon name="up" size={14} />
        {view.loadingOlder.value ? t.thread.loadingEarlier : t.thread.earlier}
      </button>
    </div>
  );
}
