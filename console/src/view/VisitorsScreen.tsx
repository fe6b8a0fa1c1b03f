import { useMemo, useRef, useState } from 'preact/hooks';
import type { LiveVisitor } from '../net/types';
import type { Console } from '../state/console';
import { changesBetween, type Sorting, type SortKey, search, sorted } from '../state/visitors';
import { t } from '../text/en';
import { cameFrom } from '../text/format';
import { Banner } from './Banner';
import { useApp } from './context';
import { Empty } from './Empty';
import { Failure } from './Failure';
import { Icon } from './Icon';
import { SearchBox } from './SearchBox';
import { ListSkeleton } from './Skeleton';
import { ToastBar } from './ToastBar';
import { VisitorPane } from './VisitorPane';
import { VisitorRow } from './VisitorRow';

type Filter = 'all' | 'fresh' | 'returning' | 'chatting';
const FILTERS: Record<Filter, (v: LiveVisitor, app: Console) => boolean> = {
  all: () => true,
  fresh: (v) => v.visit.no <= 1,
  returning: (v) => v.visit.no > 1,
  chatting: (v, app) => app.chatOf(v) !== undefined,
};
const PAGE = 100;

/** Who is on the site. Under the pointer the table holds still and counts what waits. */
export function VisitorsScreen({ chosen }: { chosen: string }) {
  const app = useApp();
  const [query, setQuery] = useState('');
  const [filter, setFilter] = useState<Filter>('all');
  const [sorting, setSorting] = useState<Sorting>({ key: 'time', down: true });
  const [shown, setShown] = useState(PAGE);
  const present = app.visitors.present.value;
  const current = useMemo(
    () =>
      sorted(
        search(
          present.filter((v) => FILTERS[filter](v, app)),
          query,
        ),
        sorting,
        cameFrom,
      ),
    [present, filter, query, sorting, app.conversations.open.value],
  );
  const { rows, held, hold, release } = useHold(current, `${filter} ${query} ${sorting.key} ${sorting.down}`);
  const chats = present.filter((v) => app.chatOf(v)).length;
  const visitor = chosen ? app.visitors.byId.value.get(chosen) : undefined;
  const chat = visitor && app.chatOf(visitor);
  return (
    <div class={`visitors ${chosen ? 'with-pane' : ''}`}>
      <section class="pg" aria-label={t.visitorsTitle}>
        <header class="pg-h">
          <h2>{t.visitorsTitle}</h2>
          <small>{t.visitors.onSite(present.length, chats)}</small>
          <span class="sp" />
          <SearchBox label={t.visitors.search} query={query} change={setQuery} />
        </header>
        <div class="fl" role="group" aria-label={t.visitors.filter}>
          {(Object.keys(FILTERS) as Filter[]).map((name) => (
            <button
              key={name}
              type="button"
              class="chip"
              aria-pressed={filter === name}
              onClick={() => setFilter(name)}
            >
              {t.visitors[name]} {present.filter((v) => FILTERS[name](v, app)).length}
            </button>
          ))}
          <span class="frz">
            {held > 0 && (
              <>
                <Icon name="lock" size={14} />
                {t.visitors.held(held)}
              </>
            )}
          </span>
        </div>
        <Banner />
        <div class="tbl" onPointerEnter={hold} onPointerLeave={release}>
          <Body
            rows={rows.slice(0, shown)}
            sorting={sorting}
            sort={setSorting}
            chosen={chosen}
            searching={query !== '' || filter !== 'all'}
            clear={() => {
              setQuery('');
              setFilter('all');
            }}
          />
          {rows.length > shown && (
            <button type="button" class="btn t" onClick={() => setShown(shown + PAGE)}>
              {t.visitors.more(Math.min(PAGE, rows.length - shown))}
            </button>
          )}
        </div>
        <ToastBar />
      </section>
      {chosen && (
        <VisitorPane
          visitor={chosen}
          name={visitor?.name ?? ''}
          level={visitor?.level ?? 'anonymous'}
          close={() => app.route.visitors()}
          open={
            chat ? () => app.route.go({ screen: 'list', list: 'open', conversation: chat.id, pane: false }) : undefined
          }
        />
      )}
    </div>
  );
}

/** Holds the rows while the pointer is over them; a new search, filter or order is shown at once. */
function useHold(current: readonly LiveVisitor[], wish: string) {
  const [over, setOver] = useState(false);
  const kept = useRef<{ rows: readonly LiveVisitor[]; wish: string }>({ rows: current, wish });
  if (!over || kept.current.wish !== wish) kept.current = { rows: current, wish };
  const rows = kept.current.rows;
  return {
    rows,
    held: over ? changesBetween(rows, current) : 0,
    hold: (event: PointerEvent) => event.pointerType === 'mouse' && setOver(true),
    release: () => setOver(false),
  };
}

interface BodyProps {
  rows: readonly LiveVisitor[];
  sorting: Sorting;
  sort: (sorting: Sorting) => void;
  chosen: string;
  searching: boolean;
  clear: () => void;
}

function Body({ rows, sorting, sort, chosen, searching, clear }: BodyProps) {
  const app = useApp();
  const loading = app.visitors.loading.value;
  if (rows.length === 0 && loading === 'failed') {
    return (
      <Failure title={t.visitors.failed} hint={t.visitors.failedHint} again={() => void app.inbox.loadVisitors()} />
    );
  }
  if (rows.length === 0 && loading !== 'ready') return <ListSkeleton label={t.visitors.loading} rows={8} />;
  if (rows.length === 0 && searching) {
    return (
      <Empty {...t.empty.noMatch}>
        <button type="button" class="btn s" onClick={clear}>
          {t.empty.clear}
        </button>
      </Empty>
    );
  }
  if (rows.length === 0) return <Empty {...t.empty.visitors} />;
  return (
    <table>
      <thead>
        <tr>
          {COLUMNS.map((key) => (
            <Head key={key} name={key} sorting={sorting} sort={sort} />
          ))}
          <th scope="col" class="c-state">
            {t.visitors.columns.state}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((v) => (
          <VisitorRow key={v.id} visitor={v} on={v.id === chosen} />
        ))}
      </tbody>
    </table>
  );
}

const COLUMNS: readonly SortKey[] = ['name', 'level', 'page', 'time', 'from', 'visits'];
const DOWN_FIRST: ReadonlySet<SortKey> = new Set(['time', 'visits', 'level']);

function Head({ name, sorting, sort }: { name: SortKey; sorting: Sorting; sort: (sorting: Sorting) => void }) {
  const on = sorting.key === name;
  const press = () => sort(on ? { key: name, down: !sorting.down } : { key: name, down: DOWN_FIRST.has(name) });
  return (
    <th scope="col" class={`c-${name}`} aria-sort={on ? (sorting.down ? 'descending' : 'ascending') : undefined}>
      <button type="button" onClick={press}>
        {t.visitors.columns[name]}
        {on && <Icon name={sorting.down ? 'arrowDown' : 'arrowUp'} size={14} />}
      </button>
    </th>
  );
}
