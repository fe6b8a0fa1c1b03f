import { analyticNames } from '../../../widget/src/analytics';
import type { Colors, Language } from '../../../widget/src/config';
import { call as tell } from '../../../widget/src/loader/events';
import type { EventName, Listener, NewMessage, Widget } from '../../../widget/src/types';
import { count } from './analytics';
import { ChatLink } from './hash';
import { readIntegration } from './integration';
import type { stringsOf } from './locale/main';
import { methods } from './methods';
import { lookOf, readSetup, type Setup } from './setup';
import { languages } from './shapes';
import type { Warn } from './warn';

type Args = readonly unknown[];

/** What reads the page's own words comes when the page first needs it. */
export type LoadLocale = () => Promise<{ stringsOf: typeof stringsOf }>;

/** Chatra's calls of one page, on the page's one widget. Nothing throws; what is wrong is named once in the console. */
export class Chat {
  private setup: Setup = {};
  /** Chosen by the page; null: the account's. */
  private colors: Colors | null = null;
  private group: string | null = null;
  /** The page's own words, the later over the former. */
  private locales: object[] = [];
  private running = false;
  private starts = 0;
  /** Calls that wait for the start; null once it has been. */
  private waiting: Args[] | null = null;
  private listening: (() => void)[] = [];
  private readonly link: ChatLink;
  private readonly table: ReturnType<typeof methods>;

  /** `server`: address of the node. */
  constructor(
    readonly widget: Widget,
    private readonly server: string,
    private readonly loadLocale: LoadLocale,
    readonly warn: Warn,
  ) {
    this.link = new ChatLink(widget);
    this.table = methods(this);
  }

  /** Runs a call, or keeps it until the widget has started. */
  readonly run = (...args: unknown[]): void => {
    if (this.waiting) this.waiting.push(args);
    else this.call(args);
  };

  /** Starts, or starts again, with what the page's globals say: at once, or when as much of the page is there as that needs. */
  start(): void {
    this.safely('ChatraSetup', () => {
      this.setup = readSetup(window.ChatraSetup, this.warn);
    });
    this.waiting ??= [];
    const turn = ++this.starts;
    whenReady(this.setup, () => {
      if (turn !== this.starts) return;
      this.safely('start', () => this.begin());
      const calls = this.waiting ?? [];
      this.waiting = null;
      for (const args of calls) this.run(...args);
    });
  }

  /** Takes the widget off the page, with all that listens for it. */
  kill(): void {
    this.running = false;
    this.link.closed();
    this.deafen();
    this.widget.remove();
  }

  /** Changes the given ones; null drops all that the page has chosen. */
  setColors(given: Colors | null): void {
    this.colors = given && { ...this.colors, ...given };
    this.widget.look({ colors: this.colors });
  }

  /** A group that the account does not have is none. */
  setGroup(id: string | null): void {
    this.group = id;
    const { config } = this.widget;
    const unknown = id && config && !config.groups.some((group) => group.id === id);
    if (unknown) this.warn(`there is no group "${id}"`);
    this.widget.setGroup(unknown ? null : id);
  }

  addLocale(locale: object): void {
    this.locales.push(locale);
    this.speak();
  }

  patch(data: Record<string, unknown>, replace: boolean): void {
    void this.widget.patch('integration', data, replace).then((fault) => {
      if (fault && this.running) this.warn(fault.message);
    });
  }

  private call([name, ...args]: Args): void {
    const method = typeof name === 'string' && Object.hasOwn(this.table, name) && this.table[name];
    if (!method) this.warn(`there is no method ${typeof name === 'string' ? name : typeof name}`);
    else if (!this.running && name !== 'restart') this.warn(`${name}: the widget does not run`);
    else this.safely(name as string, () => method(...args));
  }

  private safely(what: string, work: () => void): void {
    try {
      work();
    } catch {
      this.warn(`${what} failed`);
    }
  }

  private begin(): void {
    const { setup } = this;
    const id = window.ChatraID;
    const frame = setup.mode === 'frame' ? frameOf(setup) : null;
    if (typeof id !== 'string' || !id) return this.refuse('ChatraID is not a text');
    if (frame === undefined) return this.refuse('injectTo names no element of the page');
    this.locales = setup.locale ? [setup.locale] : [];
    this.colors = setup.colors ?? null;
    this.group = setup.groupId ?? null;
    this.listen();
    this.init(`chatra:${id}`, frame);
    this.running = true;
    this.speak();
    this.link.start(!setup.disableChatOpenHash && !frame);
    this.tellIntegration();
  }

  private refuse(reason: string): void {
    this.warn(reason);
    if (this.running) this.kill();
  }

  private init(account: string, frame: Element | null): void {
    const { setup, widget, server, group } = this;
    const { clientId, startHidden: hidden = false } = setup;
    const identity = clientId ? { clientId } : {};
    widget.init({ account, server, identity, group, hidden, look: { ...lookOf(setup, widget.mobile), frame } });
  }

  private tellIntegration(): void {
    const given = window.ChatraIntegration ?? null;
    const data = given && readIntegration('ChatraIntegration', given, this.warn);
    if (data) this.patch(data, true);
  }

  /** Hears the widget, once, however often it starts. */
  private listen(): void {
    this.deafen();
    this.on('ready', () => {
      if (this.group) this.setGroup(this.group);
      this.speak();
    });
    this.on('open', () => this.link.opened());
    this.on('close', () => this.link.closed());
    this.on('message', (message) => tellMessage(message, this.setup));
    analyticNames(this.on, (name) => {
      count(name, this.setup);
      if (this.setup.onAnalyticEvent) tell(this.setup.onAnalyticEvent, name);
    });
  }

  private readonly on = <E extends EventName>(name: E, listener: Listener<E>): void => {
    this.widget.on(name, listener);
    this.listening.push(() => this.widget.off(name, listener));
  };

  private deafen(): void {
    this.link.stop();
    for (const end of this.listening) end();
    this.listening = [];
  }

  /** Gives the widget the page's own words, in the language of now: the account's is not known at once. */
  private speak(): void {
    if (!this.locales.length) return;
    const turn = this.starts;
    this.loadLocale()
      .then((script) => {
        if (turn !== this.starts) return;
        const strings = script.stringsOf(this.locales, this.language, this.warn);
        this.widget.look({ strings, greeting: strings.greeting ?? null });
      })
      .catch(() => this.warn('locale failed'));
  }

  private get language(): Language {
    const page = document.documentElement.lang.slice(0, 2).toLowerCase();
    const account = this.widget.config?.widget.language;
    return this.setup.language ?? account ?? languages.find((language) => language === page) ?? 'en';
  }
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
