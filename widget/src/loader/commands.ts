import type { EventName } from '../types';
import { App, type Chunks } from './app';
import { eventNames, PageEvents } from './events';
import { readSettings } from './settings';

type Args = readonly unknown[];

/** The commands of `window.confab`. Bad input is named once in the console and changes nothing; nothing throws. */
export class Commands {
  private app: App | null = null;
  private readonly events = new PageEvents();
  private readonly warned = new Set<string>();

  /** `server`: where the script came from. */
  constructor(
    private readonly server: string,
    private readonly chunks: Chunks,
  ) {}

  /** Runs one command. The result is always undefined: what is asked for happens later. */
  readonly run = (...args: Args): void => {
    const [name, ...rest] = args;
    const command = typeof name === 'string' && Object.hasOwn(this.table, name) ? this.table[name] : undefined;
    try {
      if (command) command(rest);
      else this.warn(`there is no command "${String(name)}"`);
    } catch (error) {
      this.warn(`${String(name)} failed: ${String(error)}`);
    }
  };

  private readonly table: Record<string, (args: Args) => void> = {
    init: ([raw]) => this.init(raw),
    open: () => this.withApp('open', (app) => app.open()),
    close: () => this.withApp('close', (app) => app.close()),
    toggle: () => this.withApp('toggle', (app) => app.toggle()),
    show: () => this.withApp('show', (app) => app.show()),
    hide: () => this.withApp('hide', (app) => app.hide()),
    sendMessage: ([text]) => this.send('sendMessage', text, false),
    sendAutoMessage: ([text]) => this.send('sendAutoMessage', text, true),
    on: ([event, listener]) => this.on(event, listener),
    off: ([event, listener]) => this.off(event, listener),
    shutdown: () => this.shutdown(),
  };

  private init(raw: unknown): void {
    if (typeof raw !== 'object' || raw === null) return this.warn('init: settings are missing');
    const settings = readSettings(raw as Record<string, unknown>, this.server, this.warn);
    if (!settings) return;
    void this.app?.end(false);
    if (this.app) this.events.forget();
    this.app = new App(settings, this.events, this.chunks, this.warn);
  }

  private send(command: string, text: unknown, auto: boolean): void {
    if (typeof text !== 'string' || !text.trim()) return this.warn(`${command}: the text is missing`);
    this.withApp(command, (app) => app.send(text, auto));
  }

  private on(event: unknown, listener: unknown): void {
    if (!this.isEvent(event)) return this.warn(`on: there is no event "${String(event)}"`);
    if (typeof listener !== 'function') return this.warn(`on: the listener of "${event}" is not a function`);
    this.events.on(event, listener as never);
  }

  private off(event: unknown, listener: unknown): void {
    if (!this.isEvent(event)) return this.warn(`off: there is no event "${String(event)}"`);
    this.events.off(event, listener as never);
  }

  private isEvent(event: unknown): event is EventName {
    return typeof event === 'string' && eventNames.has(event);
  }

  private shutdown(): void {
    const app = this.app;
    this.app = null;
    this.events.forget();
    void app?.end(true);
  }

  private withApp(command: string, work: (app: App) => void): void {
    if (this.app) work(this.app);
    else this.warn(`${command}: call init first`);
  }

  private readonly warn = (message: string): void => {
    if (this.warned.has(message)) return;
    this.warned.add(message);
    console.warn(`confab: ${message}`);
  };
}
