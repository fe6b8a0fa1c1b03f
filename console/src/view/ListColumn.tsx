import { useEffect, useRef, useState } from 'preact/hooks';
import type { Conversation } from '../net/types';
import { isQuiet, LIST_NAMES, type ListName } from '../state/conversations';
import { t } from '../text/en';
import { Banner } from './Banner';
import { useApp } from './context';
import { Empty } from './Empty';
import { Failure } from './Failure';
import { NotifyMenu } from './NotifyMenu';
import { OfferCard } from './OfferCard';
import { Row } from './Row';
import { ListSkeleton } from './Skeleton';
import { ToastBar } from './ToastBar';

export function ListColumn({ name }: { name: ListName }) {
  const app = useApp();
  const offer = app.offer.value;
  return (
    <section class="col list-col" aria-label={t.list.label(t.lists[name])}>
      <header class="ch">
        <h2>{t.lists[name]}</h2>
        <span class="sp" />
        <NotifyMenu />
      </header>
      <ListChips name={name} />
      <Banner />
      {offer && name !== 'closed' && <OfferCard conversation={offer.conversation} until={offer.until} />}
      <div class="cl">{name === 'closed' ? <ClosedList /> : <OpenList name={name} />}</div>
      <ToastBar />
    </section>
  );
}

/** On a narrow screen the lists are chosen here; the queue has a tab of its own. */
function ListChips({ name }: { name: ListName }) {
  const app = useApp();
  const counts = app.counts.value;
  const count: Record<ListName, number | undefined> = {
    mine: counts.mine,
    queue: counts.queue,
    open: counts.open,
    closed: undefined,
  };
  return (
    <div class="list-chips">
      {LIST_NAMES.map((list) => (
        <button key={list} type="button" class="chip" aria-pressed={list === name} onClick={() => app.route.list(list)}>
          {t.listsShort[list]} {count[list]}
        </button>
      ))}
    </div>
  );
}

function OpenList({ name }: { name: 'mine' | 'queue' | 'open' }) {
  const app = useApp();
  const all = app.shownList.value;
  if (app.conversations.loading.value === 'failed') {
    return <Failure title={t.list.failed} hint={t.list.failedHint} again={() => void app.inbox.loadOpen()} />;
  }
  if (app.conversations.loading.value !== 'ready' && all.length === 0) return <ListSkeleton label={t.list.loading} />;
  if (name === 'mine') return <MyList all={all} />;
  if (all.length === 0) return <Empty {...t.empty[name]} />;
  return <Rows items={all} label={t.lists[name]} />;
}

/** What calls stands above, what rests below and is not counted. */
function MyList({ all }: { all: readonly Conversation[] }) {
  const { clock } = useApp();
  const now = clock.now.value;
  const active = all.filter((c) => !isQuiet(c, now));
  const quiet = all.filter((c) => isQuiet(c, now));
  return (
    <>
      <h3 class="cl-h">
        <span>{t.list.active}</span>
        <span>{active.length}</span>
      </h3>
      {active.length === 0 ? <NoneActive /> : <Rows items={active} label={t.list.active} />}
      {quiet.length > 0 && (
        <>
          <h3 class="cl-h">
            <span>{t.list.quiet}</span>
            <span>{t.list.notCounted}</span>
          </h3>
          <Rows items={quiet} label={t.list.quiet} quiet />
        </>
      )}
    </>
  );
}

function NoneActive() {
  const { counts, route } = useApp();
  const { queue } = counts.value;
  if (queue === 0) return <p class="cl-none">{t.list.nobody}</p>;
  return (
    <button type="button" class="btn t cl-queued" onClick={() => route.list('queue')}>
      {t.list.queued(queue)}
    </button>
  );
}

function ClosedList() {
  const app = useApp();
  const { closedLoading, closedNext } = app.conversations;
  const all = app.shownList.value;
  useEffect(() => {
    if (closedLoading.peek() === 'idle') void app.inbox.loadClosed();
  }, [app]);
  if (closedLoading.value === 'failed' && all.length === 0) {
    return <Failure title={t.list.failed} hint={t.list.failedHint} again={() => void app.inbox.loadClosed()} />;
  }
  if (closedLoading.value !== 'ready' && all.length === 0) return <ListSkeleton label={t.list.loading} />;
  if (all.length === 0) return <Empty {...t.empty.closed} />;
  return (
    <>
      <Rows items={all} label={t.lists.closed} />
      {closedNext.value !== null && (
        <button
          type="button"
          class="btn t"
          disabled={closedLoading.value === 'loading'}
          onClick={() => void app.inbox.loadClosed()}
        >
          {closedLoading.value === 'failed' ? t.retry : t.list.showMore}
        </button>
      )}
    </>
  );
}

/** So many rows are drawn before they are asked for: more cost more than they tell. */
const ROWS = 200;

function Rows({ items, label, quiet = false }: { items: readonly Conversation[]; label: string; quiet?: boolean }) {
  const app = useApp();
  const list = useRef<HTMLUListElement>(null);
  const place = app.route.place.value;
  const current = place.screen === 'list' ? place.conversation : '';
  const [wished, setWished] = useState(ROWS);
  const most = Math.max(wished, items.findIndex((c) => c.id === current) + 1);
  useEffect(() => {
    list.current?.querySelector('.cr.on')?.scrollIntoView({ block: 'nearest' });
  }, [current]);
  return (
    <>
      <ul ref={list} class="cl-list" aria-label={label}>
        {items.slice(0, most).map((c) => (
          <Row key={c.id} conversation={c} on={c.id === current} quiet={quiet} />
        ))}
      </ul>
      {items.length > most && (
        <button type="button" class="btn t" onClick={() => setWished(most + ROWS)}>
          {t.list.showMore}
        </button>
      )}
    </>
  );
}
