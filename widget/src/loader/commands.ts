import type { Proof } from '../../../client/frames';
import { analyticNames } from '../analytics';
import { checkAttributes } from '../attributes';
import { isLanguage } from '../text/launcher';
import type { EventName, Fault, Look, Widget } from '../types';
import { call } from './events';
import { isObject, type Raw } from './read';
import {
  movedOffset,
  namesOfUpdate,
  readColors,
  readLook,
  readSettings,
  readStrings,
  updatedIdentity,
  warnOfUnknown,
} from './settings';
import type { Offset } from './spot';

type Args = readonly unknown[];
type OnNewMessage = (message: never) => void;

const eventNames: ReadonlySet<string> = new Set<EventName>([
  ...([
    'ready',
    'open',
    'close',
    'state',
    'resize',
    'message',
    'firstMessage',
    'unread',
    'userUpdate',
    'event',
  ] as const),
  ...([
    'conversationStarted',
    'conversationClosed',
    'agentAssigned',
    'availability',
    'connection',
    'identity',
  ] as const),
  ...(['queue', 'form', 'rating', 'invite', 'bot', 'call', 'refused'] as const),
]);

/** The commands of `window.confab`. Bad input is named once in the console and changes nothing; nothing throws. */
export class Commands {
  private readonly warned = new Set<string>();
  private identity: Proof = {};
  private look: Look = {};
  private onNewMessage: OnNewMessage | null = null;
  private onAnalyticEvent: ((name: string) => void) | null = null;

  /** `server`: where the script came from. */
  constructor(
    private readonly server: string,
    private readonly widget: Widget,
  ) {
    widget.on('message', (message) => this.onNewMessage && call(this.onNewMessage, message));
    analyticNames(widget.on, (name) => this.onAnalyticEvent && call(this.onAnalyticEvent as never, name));
    widget.on('refused', ({ reason }) => this.warn(refusals[reason]));
  }

  /** Runs one command. The result is always undefined: what is asked for happens later. */
  readonly run = (...args: Args): void => {
    const [name, ...rest] = args;
    const command = typeof name === 'string' && Object.hasOwn(this.table, name) ? this.table[name] : undefined;
    if (!command) return this.warn(`there is no command "${String(name)}"`);
    if (!this.widget.started && !early.has(String(name))) return this.warn(`${String(name)}: call init first`);
    try {
      command(rest);
    } catch (error) {
      this.warn(`${String(name)} failed: ${String(error)}`);
    }
  };

  private readonly table: Record<string, (args: Args) => unknown> = {
    init: ([raw]) => this.init(raw),
    update: ([raw]) => this.update(raw),
    open: ([options]) => this.widget.open({ focus: isObject(options) && options.focus === true }),
    close: () => this.widget.close(),
    toggle: () => this.widget.toggle(),
    show: () => this.widget.show(),
    hide: () => this.widget.hide(),
    position: ([sides]) => this.position(sides),
    sendMessage: ([text]) => this.send('sendMessage', text, false),
    sendAutoMessage: ([text]) => this.send('sendAutoMessage', text, true),
    setAttributes: ([raw]) => this.setAttributes(raw),
    event: ([name, data]) => this.event(name, data),
    page: ([page]) => this.page(page),
    track: ([on = true]) => this.widget.track(on !== false),
    feedback: () => this.widget.feedback(),
    setGroup: ([group = null]) => this.setGroup(group),
    setLocale: ([locale]) => this.setLocale(locale),
    setColors: ([colors]) => this.setColors(colors),
    consent: (args) => this.consent(args),
    on: ([event, listener]) => this.on(event, listener),
    off: ([event, listener]) => this.off(event, listener),
    shutdown: () => this.widget.shutdown(),
  };

  private init(raw: unknown): void {
    if (!isObject(raw)) return this.warn('init: settings are missing');
    const settings = readSettings(raw, this.server, this.warn);
    if (!settings) return;
    this.identity = settings.identity;
    this.look = settings.look;
    this.onNewMessage = this.listener(raw, 'onNewMessage');
    this.onAnalyticEvent = this.listener(raw, 'onAnalyticEvent') as ((name: string) => void) | null;
    this.widget.init(settings);
    if (raw.attributes !== undefined) this.setAttributes(raw.attributes);
  }

  private update(raw: unknown): void {
    if (!isObject(raw)) return this.warn('update: what to change is missing');
    const known = [...namesOfUpdate, 'hidden'];
    warnOfUnknown(raw, known, this.warn);
    this.become(raw);
    const look = readLook(raw, this.warn);
    if (Object.keys(look).length) this.setLook(look);
    if (raw.group !== undefined) this.setGroup(raw.group);
    if (raw.hidden !== undefined) (raw.hidden ? this.widget.hide : this.widget.show)();
    if (raw.attributes !== undefined) this.setAttributes(raw.attributes);
  }

  private become(raw: Raw): void {
    const identity = updatedIdentity(this.identity, raw, this.warn);
    if (!identity) return;
    const { id, email, clientId, jwt } = identity;
    const was = this.identity;
    this.identity = identity;
    if (id || email || clientId || jwt || !Object.keys(was).length) this.widget.identify(identity);
    else void this.widget.reset();
  }

  private setLook(look: Look): void {
    this.look = { ...this.look, ...look };
    this.widget.look(look);
  }

  private position(sides: unknown): void {
    if (typeof sides === 'string') return this.setLook(readLook({ position: sides }, this.warn));
    const offset = movedOffset((this.look.offset ?? {}) as Offset, sides, this.warn);
    if (offset) this.setLook({ offset });
    else this.warn('position: top, left, right or bottom is missing');
  }

  private send(command: string, text: unknown, auto: boolean): void {
    if (typeof text !== 'string' || !text.trim()) return this.warn(`${command}: the text is missing`);
    this.widget.send(text, auto ? { auto } : {});
  }

  private setAttributes(raw: unknown): void {
    const data = checkAttributes(raw, this.warn);
    if (Object.keys(data).length) this.told('setAttributes', this.widget.patch('attributes', data));
  }

  private event(name: unknown, data: unknown = {}): void {
    if (typeof name !== 'string' || !name.trim()) return this.warn('event: the name is missing');
    if (!isObject(data)) return this.warn('event: the data is not an object');
    this.told('event', this.widget.event(name, data));
  }

  private page(page: unknown = {}): void {
    const { url, title } = isObject(page) ? page : {};
    const own = { ...(typeof url === 'string' && { url }), ...(typeof title === 'string' && { title }) };
    this.widget.page(own);
  }

  private setGroup(group: unknown): void {
    if (group !== null && (typeof group !== 'string' || !group)) return this.warn('setGroup: the group is not text');
    this.widget.setGroup(group);
  }

  private setLocale(locale: unknown): void {
    if (isLanguage(locale)) return this.setLook({ language: locale });
    if (!isObject(locale)) return this.warn('setLocale: neither a language nor words');
    this.setLook({ strings: { ...this.look.strings, ...readStrings(locale, this.warn) } });
  }

  private setColors(colors: unknown): void {
    if (colors === null) return this.setLook({ colors: null });
    if (!isObject(colors)) return this.warn('setColors: colours are missing');
    this.setLook({ colors: { ...this.look.colors, ...readColors(colors, this.warn) } });
  }

  /** `consent(true)`, or `consent('marketing', false)`. */
  private consent(args: Args): void {
    const [kind, value] = args.length > 1 ? args : ['terms', args[0]];
    if ((kind !== 'terms' && kind !== 'marketing') || typeof value !== 'boolean')
      return this.warn('consent: terms or marketing, and true or false');
    this.told('consent', this.widget.consent(kind, value));
  }

  private on(event: unknown, listener: unknown): void {
    if (!isEvent(event)) return this.warn(`on: there is no event "${String(event)}"`);
    if (typeof listener !== 'function') return this.warn(`on: the listener of "${event}" is not a function`);
    this.widget.on(event, listener as never);
  }

  private off(event: unknown, listener: unknown): void {
    if (!isEvent(event)) return this.warn(`off: there is no event "${String(event)}"`);
    this.widget.off(event, listener as never);
  }

  private listener(raw: Raw, name: string): ((value: never) => void) | null {
    const given = raw[name];
    if (given != null && typeof given !== 'function') this.warn(`init: ${name} is not a function`);
    return typeof given === 'function' ? (given as (value: never) => void) : null;
  }

  private told(command: string, fault: Promise<Fault | null>): void {
    void fault.then((why) => why && why.code !== 'ended' && this.warn(`${command}: ${why.message}`));
  }

  private readonly warn = (message: string): void => {
    if (this.warned.has(message)) return;
    this.warned.add(message);
    console.warn(`confab: ${message}`);
  };
}

const early = new Set(['init', 'on', 'off', 'shutdown']);
const refusals = {
  account: 'there is no such account',
  origin: 'the account does not let this page in: see its allowed origins',
};

const isEvent = (event: unknown): event is EventName => typeof event === 'string' && eventNames.has(event);
