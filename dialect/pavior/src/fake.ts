import { vi } from 'vitest';
import type { Config } from '../../../widget/src/config';
import type { Emit, EventName, Widget } from '../../../widget/src/types';
import { commandsOf, type Options } from './commands';

type Listener = (value: never) => void;

/** A widget that only notes what is asked of it, and the commands that ask. `tell` is the widget's voice. */
export function fakePage(options: Partial<Options> = {}) {
  const listeners = new Map<string, Listener[]>();
  const calls: unknown[][] = [];
  const note =
    (name: string) =>
    (...args: unknown[]) =>
      void calls.push([name, ...args]);
  const fine =
    (name: string) =>
    async (...args: unknown[]) => {
      calls.push([name, ...args]);
      return null;
    };
  const state = { ready: false, started: false };
  const widget = {
    ...Object.fromEntries(
      [
        'close',
        'toggle',
        'show',
        'hide',
        'look',
        'identify',
        'page',
        'setGroup',
        'send',
        'setRules',
        'track',
        'feedback',
      ].map((name) => [name, note(name)]),
    ),
    ...Object.fromEntries(['patch', 'event', 'consent', 'call', 'reset', 'shutdown'].map((name) => [name, fine(name)])),
    init: (...args: unknown[]) => {
      state.started = true;
      calls.push(['init', ...args]);
    },
    remove: () => {
      Object.assign(state, { ready: false, started: false });
      calls.push(['remove']);
    },
    open: (...args: unknown[]) => {
      calls.push(['open', ...args]);
      return true;
    },
    invite: () => false,
    get ready() {
      return state.ready;
    },
    get started() {
      return state.started;
    },
    config: { widget: { rules: [{ id: 'r' }] } } as unknown as Config,
    user: null,
    on: (name: EventName, listener: Listener) => void listeners.set(name, [...(listeners.get(name) ?? []), listener]),
    off: () => {},
  } as unknown as Widget;
  const tell: Emit = (name, value) => {
    if (name === 'ready') state.ready = true;
    for (const listener of listeners.get(name) ?? []) listener(value as never);
  };
  const borrow = vi.fn<Options['borrow']>(async () => null);
  const lend = vi.fn<Options['lend']>();
  const warn = vi
    .spyOn(console, 'warn')
    .mockClear()
    .mockImplementation(() => {});
  const error = vi
    .spyOn(console, 'error')
    .mockClear()
    .mockImplementation(() => {});
  const { run, recording } = commandsOf({ widget, server: 'https://node.test', borrow, lend, ...options });
  return {
    Pavior: run,
    recording,
    widget,
    tell,
    state,
    borrow,
    lend,
    warn,
    error,
    /** What was asked since the last look, without `setRules` and `track`. */
    asked: () => calls.splice(0).filter(([name]) => name !== 'setRules' && name !== 'track'),
    switched: (what: 'setRules' | 'track') => calls.filter(([name]) => name === what),
    warnings: () => warn.mock.calls.map(([text]) => String(text)),
  };
}

export type Page = ReturnType<typeof fakePage>;

/** A page whose session is open. */
export function openPage(options: Record<string, unknown> = {}): Page {
  const page = fakePage();
  page.Pavior('init', { teamId: 'acme', doChat: true, doTimeTravel: true, ...options });
  page.tell('ready', undefined);
  page.asked();
  return page;
}

/** Lets promises go on that have nothing to wait for. */
export const settled = () => new Promise<void>((done) => setTimeout(done));
