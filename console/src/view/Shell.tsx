import { useEffect } from 'preact/hooks';
import type { Console } from '../state/console';
import { t } from '../text/en';
import { useApp } from './context';
import { ListColumn } from './ListColumn';
import { nameOf } from './names';
import { Overlays } from './Overlays';
import { Rail } from './Rail';
import { Tabs } from './Tabs';
import { ThreadColumn } from './ThreadColumn';
import { useKeyboard } from './useKeyboard';
import { VisitorPane } from './VisitorPane';
import { VisitorsScreen } from './VisitorsScreen';

/** The signed-in console: rail, sheet, tabs, and what lies over them. */
export function Shell() {
  const app = useApp();
  useKeyboard(app);
  const screen = screenOf(app);
  useTitle(app, screen);
  const place = app.route.place.value;
  const depth =
    place.screen === 'visitors'
      ? place.visitor
        ? 'at-pane'
        : 'at-list'
      : place.pane
        ? 'at-pane'
        : place.conversation
          ? 'at-thread'
          : 'at-list';
  return (
    <div class={`app ${depth}`}>
      <a class="skip-link" href="#main">
        {t.skip}
      </a>
      <Rail />
      <main id="main" class="main" tabIndex={-1}>
        <h1 class="vh">{screen}</h1>
        {place.screen === 'visitors' ? <VisitorsScreen chosen={place.visitor} /> : <Chats />}
      </main>
      <Tabs />
      <Overlays />
    </div>
  );
}

function Chats() {
  const app = useApp();
  const place = app.route.place.value;
  if (place.screen !== 'list') return null;
  const c = app.current.value;
  const beside = c !== undefined && app.prefs.pane.value;
  const pane = c && (beside || place.pane);
  const close = () => {
    if (place.pane) app.route.go({ ...place, pane: false });
    else app.prefs.set('pane', false);
  };
  return (
    <div class={`chats ${beside ? 'with-pane' : ''} ${place.pane ? 'pane-open' : ''}`}>
      <ListColumn name={place.list} />
      <ThreadColumn />
      {pane && (
        <VisitorPane
          key={c.visitor}
          visitor={c.visitor}
          name={nameOf(c)}
          level={c.visitorLevel}
          beside={c.id}
          close={close}
        />
      )}
    </div>
  );
}

/** What the screen shows, in a word. */
function screenOf(app: Console): string {
  const place = app.route.place.value;
  if (place.screen === 'visitors') return t.visitorsTitle;
  return app.current.value ? nameOf(app.current.value) : t.lists[place.list];
}

/** "(2) My chats – Confab": how many unread messages wait for this agent. */
function useTitle(app: Console, screen: string): void {
  const { unread } = app.counts.value;
  useEffect(() => {
    document.title = `${unread > 0 ? `(${unread}) ` : ''}${screen} – ${t.app}`;
  }, [screen, unread]);
}
