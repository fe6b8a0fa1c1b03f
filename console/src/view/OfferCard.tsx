import type { Conversation } from '../net/types';
import { OFFER_HURRY_MILLIS, OFFER_MILLIS } from '../state/offers';
import { t } from '../text/en';
import { isJustNow, lastWords, pageName, stopwatch } from '../text/format';
import { Avatar } from './Avatar';
import { useApp } from './context';
import { Hint as Key } from './Kbd';
import { nameOf } from './names';

/** A waiting conversation, offered for half a minute. Not taken, it stays in the queue. */
export function OfferCard({ conversation: c, until }: { conversation: Conversation; until: number }) {
  const app = useApp();
  const now = app.clock.now.value;
  const waits = now - c.startedAt;
  const group = app.agents.groupNameOf(c.group) || t.offer.queue;
  return (
    <div class="offer" role="group" aria-label={t.offer.label(nameOf(c))}>
      <div class="offer-h">
        <Avatar kind="visitor" id={c.visitor} name={c.visitorLevel === 'anonymous' ? '' : c.visitorName} size={32} />
        <div>
          <b>{nameOf(c)}</b>
          <small>{`${group} · ${isJustNow(waits) ? t.justNow : t.offer.waits(stopwatch(waits))}`}</small>
        </div>
        <Ring left={Math.max(0, until - now)} />
      </div>
      <p>{lastWords(c) || (c.startedOn && t.list.started(pageName(c.startedOn)))}</p>
      <div class="offer-a">
        <button type="button" class="btn p" onClick={() => void app.acceptAndOpen(c)}>
          {t.offer.accept} <Key chip="↵" />
        </button>
        <button type="button" class="btn s" onClick={() => app.skip(c.id)}>
          {t.offer.skip}
        </button>
      </div>
    </div>
  );
}

const ROUND = 2 * Math.PI * 15;

function Ring({ left }: { left: number }) {
  const seconds = Math.ceil(left / 1000);
  const arc = `${((left / OFFER_MILLIS) * ROUND).toFixed(1)} 200`;
  return (
    <div class={`ring ${left <= OFFER_HURRY_MILLIS ? 'hurry' : ''}`} role="timer" aria-label={t.offer.left(seconds)}>
      <svg viewBox="0 0 36 36" aria-hidden="true">
        <circle class="ring-rest" cx="18" cy="18" r="15" />
        <circle class="ring-left" cx="18" cy="18" r="15" stroke-dasharray={arc} transform="rotate(-90 18 18)" />
      </svg>
      <span aria-hidden="true">{seconds}</span>
    </div>
  );
}
