import { useEffect } from 'preact/hooks';
import type { Console } from '../state/console';
import type { Place } from '../state/route';
import { t } from '../text/en';
import { ContactsScreen } from './contacts/ContactsScreen';
import { ImportScreen } from './contacts/ImportScreen';
import { useApp } from './context';
import { Empty } from './Empty';
import { ListColumn } from './ListColumn';
import { nameOf } from './names';
import { Overlays } from './Overlays';
import { Rail } from './Rail';
import { SettingsScreen } from './settings/SettingsScreen';
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
  return (
    <div class={`app ${depthOf(place)}`}>
      <a class="skip-link" href="#main">
        {t.skip}
      </a>
      <Rail />
      <main id="main" class="main" tabIndex={-1}>
        <h1 class="vh">{screen}</h1>
        <Screen place={place} />
      </main>
      <Tabs />
      <Overlays />
    </div>
  );
}

/** Which of the columns a narrow screen shows. */
function depthOf(place: Place): 'at-list' | 'at-thread' | 'at-pane' {
  switch (place.screen) {
    case 'visitors':
      return place.visitor ? 'at-pane' : 'at-list';
    case 'contacts':
      return place.importing ? 'at-thread' : place.contact ? 'at-pane' : 'at-list';
    case 'settings':
      return place.section ? 'at-thread' : 'at-list';
    case 'list':
      return place.pane ? 'at-pane' : place.conversation ? 'at-thread' : 'at-list';
  }
}

function Screen({ place }: { place: Place }) {
  const app = useApp();
  switch (place.screen) {
    case 'visitors':
      return <VisitorsScreen chosen={place.visitor} />;
    case 'contacts':
      if (app.me.limited) return <Empty {...t.contacts.notYours} />;
      return place.importing ? <ImportScreen /> : <ContactsScreen chosen={place.contact} />;
    case 'settings':
      return <SettingsScreen section={place.section} id={place.id} item={place.item} />;
    case 'list':
      return <Chats />;
  }
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
  if (place.screen === 'contacts') return place.importing ? t.contacts.import.title : t.contactsTitle;
  if (place.screen === 'settings') return place.section ? t.settings.sections[place.section] : t.settingsTitle;
  return app.current.value ? nameOf(app.current.value) : t.lists[place.list];
}

/** "(2) My chats – Confab": how many unread messages wait for this agent. */
function useTitle(app: Console, screen: string): void {
  const { unread } = app.counts.value;
  useEffect(() => {
    document.title = `${unread > 0 ? `(${unread}) ` : ''}${screen} – ${t.app}`;
  }, [screen, unread]);
}
