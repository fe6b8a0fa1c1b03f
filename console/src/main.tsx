import { effect, signal } from '@preact/signals';
import { render } from 'preact';
import { Connection } from '../../client/connection';
import { JournalStore } from '../../client/journal';
import { limits } from '../../client/limits';
import { openOutboxStore } from '../../client/outbox_store';
import { Caller } from './net/caller';
import { showOnDesktop } from './net/desktop';
import { Permission } from './net/permission';
import { Sound } from './net/sound';
import { exclusively, lead, news } from './net/tabs';
import { Clock } from './state/clock';
import { Console } from './state/console';
import { Prefs } from './state/prefs';
import { Route } from './state/route';
import { Session } from './state/session';
import './styles/index.css';
import { App } from './view/App';
import { followTheme } from './view/theme';

const clock = new Clock();
const prefs = new Prefs(localStorage);
const route = new Route(window);
const sound = new Sound();
const permission = new Permission(prefs);
const signedIn = signal<Console | null>(null);
const session = new Session({
  fetch: (...args) => fetch(...args),
  storage: localStorage,
  exclusively: exclusively('confab.console.session'),
  others: news('confab.console.session'),
  now: Date.now,
});
const caller = new Caller({
  channel: new BroadcastChannel('confab.console.attention'),
  lead: (won) => lead('confab.console.attention', won),
  looking: () => {
    const place = route.place.peek();
    return { focused: document.hasFocus(), conversation: place.screen === 'list' ? place.conversation : '' };
  },
  ring: (kind) => prefs.sound.peek() && sound.play(kind),
  show: (call) => permission.on && showOnDesktop(call, (id) => route.conversation(id)),
});

/** Makes the console of whoever is signed in, and takes it down when he is not any more. */
async function follow(agent: string): Promise<void> {
  signedIn.peek()?.close();
  signedIn.value = null;
  const me = session.me.peek();
  if (!me || me.id !== agent) return;
  const box = `console ${me.account} ${me.id}`;
  const outboxStore = new JournalStore(box, await openOutboxStore(box));
  if (session.me.peek()?.id !== agent) return;
  const connection = new Connection({
    url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`,
    auth: async () => ({ t: 'auth', agent: { token: await session.fresh() }, inbox: true }),
    heartbeatMillis: limits.agentHeartbeatMillis,
  });
  const fetching: typeof fetch = (...args) => fetch(...args);
  const made = new Console({
    session,
    connection,
    outboxStore,
    storage: localStorage,
    fetch: fetching,
    clock,
    prefs,
    route,
    call: (call) => void caller.call(call),
  });
  signedIn.value = made;
  await made.start();
}

let shownFor = '';
effect(() => {
  const agent = session.me.value?.id ?? '';
  if (agent === shownFor) return;
  shownFor = agent;
  void follow(agent);
});
followTheme(prefs);
addEventListener('storage', ({ key }) => prefs.heard(key));
void permission.follow();
clock.start();
for (const gesture of ['pointerdown', 'keydown']) addEventListener(gesture, () => sound.arm(), { passive: true });
const retry = () => {
  session.standing.value = 'starting';
  void session.resume();
};
const root = document.getElementById('app');
if (root) {
  root.replaceChildren();
  render(<App session={session} permission={permission} console={signedIn} retry={retry} />, root);
}
void session.resume();
