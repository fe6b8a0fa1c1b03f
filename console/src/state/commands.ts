import type { ChosenStatus, Conversation } from '../net/types';
import { t } from '../text/en';
import type { Console, Overlay } from './console';
import { isMine, isOpen, LIST_NAMES } from './conversations';
import type { Theme } from './prefs';
import { type CommandId, KEYMAP } from './shortcuts';

/** What the command bar lists and the keys run. */
export interface Command {
  id: string;
  section: string;
  label: string;
  icon: string;
  chips: readonly string[];
  run: () => void;
}

/** The commands that make sense now, in the order of the bar. Asking for permission needs the gesture, so it is passed in. */
export function commandsOf(app: Console, askPermission: () => void): Command[] {
  const conversation = app.current.value;
  return [
    ...(conversation ? conversationCommands(app, conversation) : []),
    ...goCommands(app),
    ...ownCommands(app, askPermission),
  ];
}

export function runCommand(app: Console, id: CommandId): boolean {
  const command = commandsOf(app, () => undefined).find((c) => c.id === id);
  command?.run();
  return command !== undefined;
}

const chipsOf = (id: CommandId) => KEYMAP.get(id)?.[0]?.chips ?? [];

const command = (id: CommandId, section: string, icon: string, label: string, run: () => void): Command => ({
  id,
  section,
  icon,
  label,
  chips: chipsOf(id),
  run,
});

const show = (app: Console, overlay: Overlay) => () => {
  app.overlay.value = overlay;
};

function conversationCommands(app: Console, c: Conversation): Command[] {
  const here = t.command.here;
  const write = (mode: 'reply' | 'note') => () => {
    app.drafts.setMode(c.thread, mode);
    app.compose.value = true;
  };
  const all: Command[] = [];
  if (c.state === 'waiting')
    all.push(command('accept', here, 'check', t.command.accept, () => void app.acceptAndOpen(c)));
  all.push(
    command('reply', here, 'chats', t.command.reply, write('reply')),
    command('note', here, 'lock', t.command.note, write('note')),
  );
  if (isOpen(c)) all.push(...openCommands(app, c));
  all.push(command('pane', here, 'pane', t.command.pane, () => togglePane(app)));
  all.push(command('next', here, 'down', t.command.next, () => app.step(1)));
  all.push(command('previous', here, 'up', t.command.previous, () => app.step(-1)));
  return all;
}

function openCommands(app: Console, c: Conversation): Command[] {
  const here = t.command.here;
  const all = [command('assign', here, 'assign', t.command.assign, show(app, 'assign'))];
  if (!c.agents.includes(app.me.id)) {
    all.push(
      command('assignMe', here, 'person', t.command.assignMe, () => void app.actions.assign(c, { agentId: app.me.id })),
    );
  } else {
    all.push(command('leave', here, 'leave', t.command.leave, () => void app.actions.leave(c)));
  }
  all.push(command('close', here, 'check', t.command.close, show(app, 'close')));
  all.push(command('closeNext', here, 'check', t.command.closeNext, show(app, 'closeNext')));
  return all;
}

const GO: Record<string, CommandId> = { mine: 'goMine', queue: 'goQueue', open: 'goOpen', closed: 'goClosed' };
const ICONS: Record<string, string> = { mine: 'person', queue: 'queue', open: 'inbox', closed: 'check' };

function goCommands(app: Console): Command[] {
  const go = t.command.go;
  const all = LIST_NAMES.map((name) =>
    command(GO[name] as CommandId, go, ICONS[name] ?? 'inbox', t.lists[name], () => app.route.list(name)),
  );
  all.push(command('goVisitors', go, 'eye', t.visitorsTitle, () => app.route.visitors()));
  if (!app.me.limited) all.push(command('goContacts', go, 'people', t.contactsTitle, () => app.route.contacts()));
  all.push(command('goSettings', go, 'sliders', t.settingsTitle, () => app.route.settings()));
  all.push(command('search', go, 'search', t.command.search, () => search(app)));
  if (!app.current.value) all.push(command('next', go, 'down', t.command.next, () => app.step(1)));
  return all;
}

/** Search looks through the people where they are shown, and through chats and commands elsewhere. */
function search(app: Console): void {
  const { screen } = app.route.place.value;
  if (screen === 'visitors' || screen === 'contacts') app.seek.value = true;
  else app.overlay.value = 'commands';
}

function ownCommands(app: Console, askPermission: () => void): Command[] {
  const you = t.command.you;
  const { prefs } = app;
  const status = (id: CommandId, s: ChosenStatus) =>
    command(id, you, `presence-${s}`, t.command.statusTo(t.status[s]), () => void app.setStatus(s));
  const theme = (id: CommandId, name: Theme, icon: string) =>
    command(id, you, icon, t.command.themeTo(t.themes[name]), () => prefs.set('theme', name));
  const all = [
    status('statusOnline', 'online'),
    status('statusBusy', 'busy'),
    status('statusAway', 'away'),
    status('statusInvisible', 'invisible'),
    theme('themeLight', 'light', 'sun'),
    theme('themeDark', 'dark', 'moon'),
    theme('themeSystem', 'system', 'desktop'),
    command('sound', you, 'bell', t.command.sound(prefs.sound.value), () => prefs.set('sound', !prefs.sound.value)),
    command('singleKeys', you, 'keys', t.command.keys(prefs.singleKeys.value), () =>
      prefs.set('singleKeys', !prefs.singleKeys.value),
    ),
  ];
  if (!prefs.desktop.value) all.push(command('notifications', you, 'bell', t.command.notifications, askPermission));
  all.push(command('help', you, 'help', t.command.help, show(app, 'help')));
  all.push(command('commands', you, 'bolt', t.command.commands, show(app, 'commands')));
  all.push(command('signOut', you, 'leave', t.command.signOut, () => signOut(app)));
  return all;
}

/** Asks first if something that was written would be lost. */
export function signOut(app: Console): void {
  if (unsent(app) > 0) app.overlay.value = 'signOut';
  else void app.signOut();
}

export const unsent = (app: Console): number =>
  [...new Set([...app.conversations.byId.value.values()].map((c) => c.thread))].reduce(
    (sum, thread) => sum + app.outbox.unsettled(thread).length,
    0,
  );

/** The widest screen on which the pane is a thing of its own and not a column. */
export const PANE_BESIDE = '(min-width: 1200px)';

function togglePane(app: Console): void {
  const place = app.route.place.value;
  if (place.screen !== 'list' || !place.conversation) return;
  if (matchMedia(PANE_BESIDE).matches) app.prefs.set('pane', !app.prefs.pane.value);
  else app.route.go({ ...place, pane: !place.pane });
}

/** Chats that the command bar finds by the visitor's name. */
export const findable = (app: Console): Conversation[] =>
  [...app.conversations.open.value].sort((a, b) => Number(isMine(b, app.me.id)) - Number(isMine(a, app.me.id)));
