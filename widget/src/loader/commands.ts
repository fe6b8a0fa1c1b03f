import type { Proof } from '../../../client/frames';
import type { MoreCommands } from '../commands/main';
import type { EventName, Look, Widget } from '../types';
import { type Chunks, persist } from './chunks';
import { call } from './events';
import { isObject, type Raw } from './read';
import { readSettings } from './settings';

type Args = readonly unknown[];
/** What the page chose by `init`, and by what changed it. */
export interface Given {
  identity: Proof;
  look: Look;
}
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
  private readonly given: Given = { identity: {}, look: {} };
  private more: MoreCommands | null = null;
  /** What waits for the script of the other commands, in order; null: nothing does. */
  private waiting: Args[] | null = null;
  private onNewMessage: OnNewMessage | null = null;
  private onAnalyticEvent: ((name: string) => void) | null = null;

  /** `server`: where the script came from. */
  constructor(
    private readonly server: string,
    private readonly widget: Widget,
    private readonly chunks: Pick<Chunks, 'commands'>,
  ) {
    widget.on('message', (message) => this.onNewMessage && call(this.onNewMessage, message));
    widget.on('refused', ({ reason }) => this.warn(refusals[reason]));
  }

  /** Runs one command. The result is always undefined: what is asked for happens later. */
  readonly run = (...args: Args): void => {
    if (this.waiting) this.waiting.push(args);
    else this.now(args);
  };

  private now(args: Args): void {
    const [name, ...rest] = args;
    const command = typeof name === 'string' && Object.hasOwn(this.table, name) ? this.table[name] : undefined;
    if (!command && !others.has(name)) return this.warn(`there is no command "${String(name)}"`);
    if (!this.widget.started && !early.has(name)) return this.warn(`${String(name)}: call init first`);
    if (!command && !this.more) return this.load(args);
    try {
      if (command) command(rest);
      else this.more?.run(String(name), rest);
    } catch (error) {
      this.warn(`${String(name)} failed: ${String(error)}`);
    }
  }

  /** What comes meanwhile waits, so that the order stays. */
  private load(...first: Args[]): void {
    this.waiting = first;
    const failed = (error: unknown): void => this.warn(`commands: ${String(error)}`);
    void persist(
      () => this.chunks.commands(),
      failed,
      () => false,
    ).then((chunk) => chunk && this.loaded(chunk));
  }

  private loaded({ MoreCommands }: Awaited<ReturnType<Chunks['commands']>>): void {
    this.more = new MoreCommands(this.widget, this.given, this.warn);
    this.more.analytics((name) => this.onAnalyticEvent && call(this.onAnalyticEvent as never, name));
    const waiting = this.waiting ?? [];
    this.waiting = null;
    for (const args of waiting) this.run(...args);
  }

  private readonly table: Record<string, (args: Args) => unknown> = {
    init: ([raw]) => this.init(raw),
    open: ([options]) => this.widget.open({ focus: isObject(options) && options.focus === true }),
    close: () => this.widget.close(),
    toggle: () => this.widget.toggle(),
    show: () => this.widget.show(),
    hide: () => this.widget.hide(),
    sendMessage: ([text]) => this.send('sendMessage', text, false),
    sendAutoMessage: ([text]) => this.send('sendAutoMessage', text, true),
    on: ([event, listener]) => this.on(event, listener),
    off: ([event, listener]) => this.off(event, listener),
    shutdown: () => this.widget.shutdown(),
  };

  private init(raw: unknown): void {
    if (!isObject(raw)) return this.warn('init: settings are missing');
    const settings = readSettings(raw, this.server, this.warn);
    if (!settings) return;
    Object.assign(this.given, { identity: settings.identity, look: settings.look });
    this.onNewMessage = this.listener(raw, 'onNewMessage');
    this.onAnalyticEvent = this.listener(raw, 'onAnalyticEvent') as ((name: string) => void) | null;
    this.widget.init(settings);
    if (raw.attributes !== undefined) this.run('setAttributes', raw.attributes);
    if (this.onAnalyticEvent && !this.more && !this.waiting) this.load();
  }

  private send(command: string, text: unknown, auto: boolean): void {
    if (typeof text !== 'string' || !text.trim()) return this.warn(`${command}: the text is missing`);
    this.widget.send(text, auto ? { auto } : {});
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

  private readonly warn = (message: string): void => {
    if (this.warned.has(message)) return;
    this.warned.add(message);
    console.warn(`confab: ${message}`);
  };
}

const early = new Set<unknown>(['init', 'on', 'off', 'shutdown']);
const others = new Set<unknown>(
  'update position setAttributes event page track feedback setGroup setLocale setColors consent'.split(' '),
);
const refusals = {
  account: 'there is no such account',
  origin: 'the account does not let this page in: see its allowed origins',
};

const isEvent = (event: unknown): event is EventName => typeof event === 'string' && eventNames.has(event);
