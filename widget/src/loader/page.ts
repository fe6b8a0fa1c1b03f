import type { App } from '../app/app';
import { agree } from '../consent';
import { stronger } from '../proof';
import type { EventName, Fault, Look, Settings, View, Widget } from '../types';
import { builtChunks, type Chunks, persist } from './chunks';
import { whenIdle } from './dom';
import { PageEvents } from './events';
import { isMobile } from './mobile';
import { Stage } from './stage';

// The version is that of `Shared`: scripts of other versions find the widget as long as that does not change.
const key = Symbol.for('confab.widget.1');
interface Shared {
  /** The widget as one script has it. */
  for(script: object): Widget;
}

/**
 * The one widget of the page, whatever scripts of ours it has, as the calling script has it: a second `init` through
 * what this returned is a restart, one through what another call returned joins. `server` is the node the script came
 * from, without a path; `chunks` is for tests.
 */
export function pageWidget(server: string, chunks: Chunks = builtChunks(server)): Widget {
  const page = document as Document & { [key]?: Shared };
  if (!page[key]) Object.defineProperty(page, key, { value: new PageWidget(chunks), configurable: true });
  return (page[key] as Shared).for({});
}

const notStarted: Fault = { code: 'unavailable', message: 'The widget is not started.' };

/** From `init` to the end of what it began. What is asked of the app before its script is here waits, in order. */
class Run {
  app: App | null = null;
  /** Asked to open before the app was here. */
  opening = false;
  readonly stage: Stage;
  private loading = false;
  private over = false;
  private readonly waiting: ((app: App | null) => void)[] = [];

  constructor(
    settings: Settings,
    readonly script: object,
    private readonly page: PageWidget,
  ) {
    const { warn, mobile, events } = page;
    this.stage = new Stage(settings, mobile, {
      warn,
      toggle: () => (this.opened ? this.close() : this.open({ focus: true })),
      approach: () => void this.ask((app) => app.approach(), undefined),
      configured: () => this.app?.dressed(),
      unknown: () => {
        events.emit('refused', { reason: 'account' });
        void this.end(false);
      },
    });
    this.stage.begin();
    if (settings.look.frame || this.stage.wasOpen()) this.load();
    whenIdle(() => this.load());
  }

  get opened(): boolean {
    return this.app?.opened ?? this.opening;
  }

  ask<T>(work: (app: App) => T | Promise<T>, otherwise: T): Promise<T> {
    return new Promise((resolve) => {
      const done = async (app: App): Promise<T> => work(app);
      const run = (app: App | null): void => resolve(app ? done(app).catch(() => otherwise) : otherwise);
      if (this.app || this.over) return run(this.app);
      this.waiting.push(run);
      this.load();
    });
  }

  open(options: { view?: View; focus?: boolean } = {}): boolean {
    if (this.app) return this.app.open(options);
    if (!this.stage.mayOpen(options.view)) return false;
    this.opening = true;
    void this.ask((app) => app.open(options), false);
    return true;
  }

  close(): void {
    if (this.opened) void this.ask((app) => app.close(), undefined);
    this.opening = false;
  }

  /** To forget what earlier pages have kept, the app is needed although nothing was asked of it. */
  async end(forget: boolean): Promise<void> {
    if (forget) this.stage.setHidden(true);
    if (forget && !this.app) await this.ask(() => undefined, undefined);
    this.over = true;
    this.stage.end();
    for (const run of this.waiting.splice(0)) run(null);
    this.page.ended(this);
    await this.app?.end(forget);
  }

  private load(): void {
    this.stage.source.ask();
    if (this.loading) return;
    this.loading = true;
    const { chunks, warn } = this.page;
    const failed = (error: unknown): void => warn(`app: ${String(error)}`);
    const load = () => persist(chunks.app, failed, () => this.over);
    void this.page.ending.then(load).then((chunk) => chunk && this.begin(chunk.App));
  }

  private begin(Made: Awaited<ReturnType<Chunks['app']>>['App']): void {
    if (this.over) return;
    const { events, chunks, warn } = this.page;
    const onEnd = (): void => void this.end(false);
    this.app = new Made({ stage: this.stage, events, chunks, persist, agree, warn, onEnd });
    for (const run of this.waiting.splice(0)) run(this.app);
  }
}

class PageWidget implements Shared {
  readonly events = new PageEvents();
  readonly mobile = isMobile();
  private run: Run | null = null;
  private readonly warned = new Set<string>();
  /** A visitor who logs out is forgotten before the next one begins. */
  ending: Promise<void> = Promise.resolve();

  constructor(readonly chunks: Chunks) {}

  ended(run: Run): void {
    if (this.run === run) this.run = null;
  }

  readonly warn = (message: string): void => {
    if (this.warned.has(message)) return;
    this.warned.add(message);
    console.warn(`confab: ${message}`);
  };

  private init(settings: Settings, script: object): void {
    if (this.run && this.run.script !== script) return this.join(settings.identity);
    void this.end(false);
    this.run = new Run({ ...settings }, script, this);
  }

  private join(identity: Settings['identity']): void {
    const run = this.run as Run;
    if (stronger(identity, run.stage.settings.identity)) this.identify(identity);
  }

  /** Before anything was asked of the app it takes the place of the one before, as if `init` had said it. */
  private identify(identity: Settings['identity']): void {
    if (!this.run) return;
    if (this.run.app) this.run.app.identify(identity);
    else this.run.stage.settings.identity = identity;
  }

  private async end(forget: boolean): Promise<void> {
    const { run } = this;
    this.run = null;
    if (run) this.ending = run.end(forget);
    this.events.forget();
    await this.ending;
  }

  private change(look: Look): void {
    this.run?.stage.change(look);
    this.run?.app?.dressed();
  }

  private hide(hidden: boolean): void {
    if (hidden) this.run?.close();
    this.run?.stage.setHidden(hidden);
  }

  for(script: object): Widget {
    const page = this;
    const app = (): App | null => page.run?.app ?? null;
    const own: Omit<Widget, Forwarded> = {
      init: (settings) => page.init(settings, script),
      get started() {
        return page.run !== null;
      },
      shutdown: () => page.end(true),
      remove: () => void page.end(false),
      get ready() {
        return app()?.ready === true;
      },
      get opened() {
        return page.run?.opened === true;
      },
      get view() {
        return app()?.view ?? 'home';
      },
      get talking() {
        return app()?.talking === true;
      },
      mobile: page.mobile,
      get user() {
        return app()?.core?.user ?? null;
      },
      get config() {
        return page.run?.stage.config ?? null;
      },
      get availability() {
        return app()?.core?.availability ?? null;
      },
      open: (options) => page.run?.open(options) === true,
      close: () => page.run?.close(),
      toggle: () => (page.run?.opened ? page.run.close() : page.run?.open()),
      show: () => page.hide(false),
      hide: () => page.hide(true),
      look: (change) => page.change(change),
      identify: (proof) => page.identify(proof),
      invite: (...invitation) => app()?.invite(...invitation) === true,
      on: (name, listener) => page.events.on(name, listener as never, script),
      off: (name: EventName, listener?: unknown) => page.events.off(name, listener as never, script),
    };
    const forward = (name: Forwarded) => [name, (...args: unknown[]) => page.forward(name, args)];
    return guarded(Object.assign(own, Object.fromEntries(forwarded.map(forward))) as Widget, page.warn);
  }

  /** To the app, once it is here. */
  private async forward(name: Forwarded, args: unknown[]): Promise<Fault | null> {
    const call = (app: App) =>
      (app as unknown as Record<Forwarded, (...args: unknown[]) => Promise<Fault | null>>)[name](...args);
    return this.run ? this.run.ask(call, notStarted) : notStarted;
  }
}

const forwarded = [
  ...([
    'patch',
    'event',
    'consent',
    'call',
    'reset',
    'track',
    'page',
    'setGroup',
    'send',
    'setRules',
    'feedback',
  ] as const),
];
type Forwarded = (typeof forwarded)[number];

/** Nothing of ours throws into the page. */
function guarded<T extends object>(target: T, warn: (message: string) => void): T {
  return new Proxy(target, {
    get(of, name) {
      const value: unknown = Reflect.get(of, name);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        try {
          return value(...args);
        } catch (error) {
          warn(`${String(name)} failed: ${String(error)}`);
          return undefined;
        }
      };
    },
  });
}
