import { useState } from 'preact/hooks';
import type { CardInfo } from '../../../client/frames';
import type { Conversation } from '../net/types';
import { openable } from '../state/links';
import { t } from '../text/en';
import { pageName, pathOf } from '../text/format';
import { useApp } from './context';
import { Icon } from './Icon';

/** The button that binds the chat to another system's card of the visitor, or says that it is bound. Stands above all fields. */
export function CardHead({ chat }: { chat: Conversation }) {
  const { card, linkedTo } = chat;
  const offered = card?.assign && card.url && chat.state !== 'closed';
  if (!offered && !linkedTo && !card?.error) return null;
  return (
    <section class="bind" aria-label={t.pane.card}>
      <h3>{t.pane.card}</h3>
      {(offered || linkedTo) && <Bind chat={chat} />}
      {card?.error && (
        <p class="not-bound" role="alert">
          <Icon name="alert" size={15} />
          {t.pane.notBound(card.error)}
        </p>
      )}
    </section>
  );
}

/** It stays where it is when it was pressed, and so does the focus. */
function Bind({ chat }: { chat: Conversation }) {
  const app = useApp();
  const [busy, setBusy] = useState(false);
  const bound = Boolean(chat.linkedTo);
  const go = async () => {
    if (busy || bound) return;
    setBusy(true);
    await app.actions.link(chat);
    setBusy(false);
  };
  return (
    <button type="button" class={`btn ${bound ? 'q' : 'p'}`} aria-disabled={busy || bound} onClick={() => void go()}>
      <Icon name={bound ? 'check' : 'link'} size={16} />
      <span aria-live="polite">{bound ? t.pane.bound : t.pane.bind}</span>
    </button>
  );
}

/** The way to the card, and the page that its system knows. Stands under all fields. */
export function CardEnd({ card: { url, page } }: { card: CardInfo }) {
  const href = openable(url, []);
  const at = openable(page?.url, []);
  if (!href && !at) return null;
  return (
    <section class="card-end" aria-label={t.pane.openCard}>
      {page && at && (
        <div class="now">
          <Icon name="globe" />
          <div>
            <b>
              <a href={at} target="_blank" rel="noopener noreferrer">
                {pageName(page)}
              </a>
            </b>
            <small title={page.url}>
              {t.pane.cardPage} · {pathOf(page.url)}
            </small>
          </div>
        </div>
      )}
      {href && (
        <a class="btn s" href={href} target="_blank" rel="noopener noreferrer" title={href}>
          <Icon name="link" size={16} />
          {t.pane.openCard}
        </a>
      )}
    </section>
  );
}
