import { analyticNames } from '../../../widget/src/analytics';
import type { Colors, Language } from '../../../widget/src/config';
import { call as tell } from '../../../widget/src/loader/events';
import type { EventName, Listener, NewMessage, Widget } from '../../../widget/src/types';
import { count } from './analytics';
import { chatLink } from './hash';
import { readIntegration } from './integration';
import type { stringsOf } from './locale';
import { methods, type State } from './methods';
import { lookOf, readSetup, type Setup } from './setup';
import { languages } from './shapes';
import type { Warn } from './warn';

type Args = readonly unknown[];
export type Run = (...args: unknown[]) => void;

/** What reads the page's own words comes when the first page needs it. */
export type LoadLocale = () => Promise<{ stringsOf: typeof stringsOf }>;

/**
 * Chatra's calls of one page, on the page's one widget, which starts with what the page's globals say; `server` is the
 * address of the node. Nothing throws; what is wrong is named once in the console.
 */
export function chat(widget: Widget, server: string, loadLocale: LoadLocale, warn: Warn): Run {
  let setup: Setup = {};
  let colors: Colors | null = {};
  let group: string | null = null;
  let locales: object[] = [];
  let running = false;
  let starts = 0;
  /** Calls that wait for the start; null once it has been. */
  let waiting: Args[] | null = null;
  let listening: (() => void)[] = [];
  const link = chatLink(widget);

  const run: Run = (...args) => {
    if (waiting) waiting.push(args);
    else call(args);
  };

  const call = ([name, ...args]: Args): void => {
    const method = typeof name === 'string' && Object.hasOwn(table, name) && table[name];
    if (!method) warn(`there is no method ${typeof name === 'string' ? name : typeof name}`);
    else if (!running && name !== 'restart') warn(`${name}: the widget does not run`);
    else safely(name as string, () => method(...args));
  };

  const safely = (what: string, work: () => void): void => {
    try {
      work();
    } catch {
      warn(`${what} failed`);
    }
  };

  /** At once, or when as much of the page is there as the settings need. */
  const start = (): void => {
    safely('ChatraSetup', () => {
      setup = readSetup(window.ChatraSetup, warn);
    });
    waiting ??= [];
    const turn = ++starts;
    whenReady(setup, () => {
      if (turn !== starts) return;
      safely('start', begin);
      const calls = waiting ?? [];
      waiting = null;
      for (const args of calls) run(...args);
    });
  };

  const begin = (): void => {
    const id = window.ChatraID;
    const frame = setup.mode === 'frame' ? frameOf(setup) : null;
    if (typeof id !== 'string' || !id) return refuse('ChatraID is not a text');
    if (frame === undefined) return refuse('injectTo names no element of the page');
    locales = setup.locale ? [setup.locale] : [];
    colors = setup.colors ?? {};
    group = setup.groupId ?? null;
    listen();
    const { clientId, startHidden = false } = setup;
    widget.init({
      account: `chatra:${id}`,
      server,
      identity: clientId ? { clientId } : {},
      group,
      hidden: startHidden,
      look: { ...lookOf(setup, widget.mobile), frame },
    });
    running = true;
    speak();
    link.start(!setup.disableChatOpenHash && !frame);
    const data = window.ChatraIntegration ?? null;
    const told = data && readIntegration('ChatraIntegration', data, warn);
    if (told) state.patch(told, true);
  };

  const refuse = (reason: string): void => {
    warn(reason);
    if (running) state.kill();
  };

  /** Hears the widget, once, however often it starts. */
  const listen = (): void => {
    deafen();
    on('ready', () => {
      if (group) state.setGroup(group);
      speak();
    });
    on('open', link.opened);
    on('close', link.closed);
    on('message', (message) => tellMessage(message, setup));
    analyticNames(on, (name) => {
      count(name, setup);
      if (setup.onAnalyticEvent) tell(setup.onAnalyticEvent, name);
    });
  };

  const on = <E extends EventName>(name: E, listener: Listener<E>): void => {
    widget.on(name, listener);
    listening.push(() => widget.off(name, listener));
  };

  const deafen = (): void => {
    link.stop();
    for (const end of listening) end();
    listening = [];
  };

  /** In the language of now: the account's is not known at once. */
  const speak = (): void => {
    if (!locales.length) return;
    const turn = starts;
    loadLocale()
      .then((script) => {
        if (turn !== starts) return;
        const strings = script.stringsOf(locales, language(), warn);
        widget.look({ strings, greeting: strings.greeting ?? null });
      })
      .catch(() => warn('locale failed'));
  };

  const language = (): Language => {
    const page = document.documentElement.lang.slice(0, 2).toLowerCase();
    return setup.language ?? widget.config?.widget.language ?? languages.find((l) => l === page) ?? 'en';
  };

  const state: State = {
    setColors(given) {
      colors = given && { ...colors, ...given };
      widget.look({ colors });
    },
    setGroup(id) {
      group = id;
      const unknown = id && widget.config && !widget.config.groups.some((g) => g.id === id);
      if (unknown) warn(`there is no group "${id}"`);
      widget.setGroup(unknown ? null : id);
    },
    addLocale(modifier) {
      locales.push(modifier);
      speak();
    },
    patch(data, replace) {
      void widget.patch('integration', data, replace).then((fault) => fault && warn(fault.message));
    },
    restart: start,
    kill() {
      running = false;
      link.closed();
      deafen();
      widget.remove();
    },
  };
  const table = methods(widget, state, warn);
  start();
  return run;
}

const sides: Partial<Record<NewMessage['type'], string>> = { visitor: 'client', integration: 'agent', system: '' };

function tellMessage({ createdAt, id, text, type, file }: NewMessage, { onNewMessage }: Setup): void {
  const side = sides[type] ?? type;
  if (onNewMessage && side) tell(onNewMessage, { createdAt, id, text: text || file?.name, type: side });
}

/** Undefined if it is not there. */
function frameOf({ injectTo }: Setup): Element | undefined {
  return (typeof injectTo === 'string' ? document.getElementById(injectTo) : injectTo) ?? undefined;
}

function whenReady({ mode, deferredLoading }: Setup, work: () => void): void {
  const { readyState, body } = document;
  if (deferredLoading && readyState !== 'complete') addEventListener('load', work, { once: true });
  else if (readyState === 'loading' && (!body || mode === 'frame'))
    addEventListener('DOMContentLoaded', work, { once: true });
  else work();
}
