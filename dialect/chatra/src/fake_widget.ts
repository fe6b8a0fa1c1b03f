import { vi } from 'vitest';
import type { Config } from '../../../widget/src/config';
import type { EventName, Events, Look, Settings, Widget } from '../../../widget/src/types';
import { load } from './load';
import * as locale from './locale/main';

/** A widget that does nothing, remembers everything, and says what a test wants said. */
export class FakeWidget implements Widget {
  started = false;
  ready = false;
  opened = false;
  view = 'home' as const;
  talking = false;
  mobile = false;
  user = null;
  config: Config | null = null;
  availability = null;
  readonly listeners = new Map<string, Set<(value: never) => void>>();

  init = vi.fn((_: Settings) => {
    this.started = true;
  });
  shutdown = vi.fn(async () => {});
  remove = vi.fn(() => {
    this.started = false;
  });
  open = vi.fn((_?: { focus?: boolean }) => this.turn(true));
  close = vi.fn(() => void this.turn(false));
  toggle = vi.fn();
  show = vi.fn();
  hide = vi.fn();
  look = vi.fn((_: Look) => {});
  identify = vi.fn();
  reset = vi.fn(async () => {});
  patch = vi.fn(async (): Promise<{ code: string; message: string } | null> => null);
  event = vi.fn(async () => null);
  page = vi.fn();
  track = vi.fn();
  consent = vi.fn(async () => null);
  setGroup = vi.fn();
  send = vi.fn();
  invite = vi.fn(() => true);
  setRules = vi.fn();
  feedback = vi.fn();
  call = vi.fn(async () => null);
  on = vi.fn((name: EventName, listener: (value: never) => void) => {
    this.listeners.set(name, (this.listeners.get(name) ?? new Set()).add(listener));
  });
  off = vi.fn((name: EventName, listener?: (value: never) => void) => {
    if (listener) this.listeners.get(name)?.delete(listener);
  });

  emit<E extends EventName>(name: E, value: Events[E]): void {
    for (const listener of [...(this.listeners.get(name) ?? [])]) listener(value as never);
  }

  /** The session is open: the account's settings are there. */
  arrive(config: Partial<Config['widget']> = {}, groups: string[] = []): void {
    this.config = {
      account: { id: 'acme', name: 'Acme' },
      groups: groups.map((id, i) => ({ id, no: i + 1, name: id })),
      calls: false,
      widget: config,
    };
    this.ready = true;
    this.emit('ready', undefined);
  }

  /** What `init` was last given. */
  get settings(): Settings {
    return this.init.mock.lastCall?.[0] as Settings;
  }

  private turn(open: boolean): boolean {
    if (this.opened === open) return true;
    this.opened = open;
    this.emit(open ? 'open' : 'close', undefined);
    return true;
  }
}

/** The page's own words before the script: what its code sets, and the stub of its snippet. */
export function page(setup?: unknown, integration?: unknown, id: unknown = 'PUB'): void {
  window.ChatraID = id;
  window.ChatraSetup = setup;
  window.ChatraIntegration = integration;
  window.Chatra ??= stub();
}

export function stub() {
  const queue: { (...args: unknown[]): void; q?: unknown[] } = (...args) => {
    queue.q = [...(queue.q ?? []), args];
  };
  return queue;
}

/** The script is there. */
export function arrived(widget: Widget): void {
  load(widget, 'https://chat.test', async () => locale);
}

/** Starts the script on a page with these settings. */
export function started(setup?: unknown, change: (widget: FakeWidget) => void = () => {}): FakeWidget {
  const widget = new FakeWidget();
  change(widget);
  page(setup);
  arrived(widget);
  return widget;
}

/** Calls a method as pages do. */
export const Chatra = (...args: unknown[]): unknown => window.Chatra?.(...args);

/** After each test: the widget goes, and so do the page's globals. */
export function leave(): void {
  Chatra('kill');
  for (const name of ['Chatra', 'ChatraID', 'ChatraSetup', 'ChatraIntegration'] as const) delete window[name];
  history.replaceState(null, '', location.href.split('#')[0]);
  document.body.replaceChildren();
}
