import { vi } from 'vitest';
import { Listeners } from '../../../client/listeners';
import { App } from '../app/app';
import { cards } from '../cards/main';
import { MoreCommands } from '../commands/main';
import type { Config, WidgetConfig } from '../config';
import type { Core, CoreOptions, Panel, PanelOptions } from '../types';
import type { Chunks } from './chunks';

type Mock = ReturnType<typeof vi.fn>;
type Fake<T> = { [K in keyof T]: T[K] extends (...args: never[]) => unknown ? Mock : T[K] };

export interface Made {
  options?: CoreOptions;
  core?: Fake<Core> & {
    tell: () => void;
    visitor: unknown;
    availability: unknown;
    unread: number;
    conversation: string | null;
  };
  panel?: { [K in keyof Panel]: Mock };
  panelOptions?: PanelOptions;
  /** How long `forget` takes. */
  forgetting?: Promise<void>;
}

export const config = (widget: WidgetConfig = {}, more: Partial<Config> = {}): Config => ({
  account: { id: 'acme', name: 'Acme' },
  groups: [],
  calls: false,
  widget,
  ...more,
});

/** The node's answer: a config, or a status. */
export function asFetched(answer: Config | number): Mock {
  const fetched = vi.fn(async () =>
    typeof answer === 'number' ? new Response('', { status: answer }) : new Response(JSON.stringify(answer)),
  );
  vi.stubGlobal('fetch', fetched);
  return fetched;
}

/** As a browser that was never here. */
export function clearPage(): void {
  delete (document as unknown as Record<symbol, unknown>)[Symbol.for('confab.widget.1')];
  document.body.replaceChildren();
  localStorage.clear();
  sessionStorage.clear();
}

/** Core and panel that only note what is asked of them; the rest is real. `made` is the newest of each. */
export function fakeChunks() {
  const made: Made = {};
  const startCore = (options: CoreOptions): Core => {
    const changes = new Listeners<void>();
    const fine = () => vi.fn(async () => null);
    const core = {
      ...Object.fromEntries(
        ['send', 'stop', 'identify', 'reset', 'setGroup', 'page', 'setOpen'].map((n) => [n, vi.fn()]),
      ),
      ...Object.fromEntries(['patch', 'event', 'consent', 'requestCall', 'feedback'].map((n) => [n, fine()])),
      forget: vi.fn(async () => made.forgetting),
      talk: { news: new Listeners(), state: { entries: [] } },
      unread: 0,
      conversation: null,
      visitor: null,
      availability: null,
      user: null,
      tracking: true,
      get config() {
        return options.config;
      },
      watch: (listener: () => void) => changes.add(listener),
      tell: () => changes.tell(),
    };
    made.options = options;
    made.core = core as never;
    return core as never;
  };
  const mountPanel = (options: PanelOptions): Panel => {
    made.panelOptions = options;
    made.panel = { open: vi.fn(), close: vi.fn(), redraw: vi.fn(), remove: vi.fn() };
    return made.panel as never;
  };
  const absent = () => Promise.reject(new Error('not here'));
  return {
    made,
    app: vi.fn(async () => ({ App })),
    commands: vi.fn(async () => ({ MoreCommands })),
    core: vi.fn(async () => ({ startCore })),
    panel: vi.fn(async () => ({ mountPanel })),
    cards: vi.fn(async () => ({ cards })),
    rules: vi.fn<Chunks['rules']>(absent),
    feedback: vi.fn<Chunks['feedback']>(absent),
    text: vi.fn<Chunks['text']>(absent),
    extras: vi.fn<Chunks['extras']>(absent),
    thread: vi.fn<Chunks['thread']>(absent),
  };
}
