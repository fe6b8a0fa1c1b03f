import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Chatra, type FakeWidget, leave, started } from './fake_widget';
import { shapes } from './shapes';

let warn: ReturnType<typeof vi.spyOn>;
beforeEach(() => {
  warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
});
afterEach(leave);

const methods = [
  ...['sendAutoMessage', 'setButtonPosition', 'resetButtonPosition', 'setButtonSize', 'setChatWidth', 'setChatHeight'],
  ...[
    'setZIndex',
    'setColors',
    'resetColors',
    'openChat',
    'expandWidget',
    'minimizeWidget',
    'hide',
    'show',
    'pageView',
  ],
  ...['setIntegrationData', 'updateIntegrationData', 'setLocale', 'setGroupId', 'restart', 'kill'],
];

/** The same numbers from 0 to 1 for the same seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

class Thrower {
  get name(): string {
    throw new Error('of the page');
  }
  toString(): string {
    throw new Error('of the page');
  }
}

/** Anything that a page could give by mistake, right things among it. */
function anything(next: () => number, depth = 0): unknown {
  const all: (() => unknown)[] = [
    () => undefined,
    () => null,
    () => next() < 0.5,
    () => Math.floor(next() * 2000) - 1000,
    () => next() * 1e6,
    () => [Number.NaN, Number.POSITIVE_INFINITY, -0][Math.floor(next() * 3)],
    () =>
      ['', ' ', 'br', 'tab', 'de', 'frame', '#fff', 'a[', '__proto__', '\ud800', 'x'.repeat(99)][
        Math.floor(next() * 11)
      ],
    () => Symbol('x'),
    () => 10n,
    () => () => {
      throw new Error('of the page');
    },
    () => new Thrower(),
    () => Object.create(null),
    () => document.createElement('div'),
    () => document.querySelectorAll('*'),
    () => new Proxy({}, { ownKeys: () => ['a', 'a'] }),
    () => [anything(next, depth + 1)],
    () => Object.fromEntries(names(next).map((name) => [name, anything(next, depth + 1)])),
  ];
  return all[Math.floor(next() * (depth > 3 ? 8 : all.length))]?.();
}

const keys = [
  ...Object.keys(shapes),
  'buttonBg',
  'chat',
  'send',
  'input',
  'name',
  'de',
  '_x',
  '__proto__',
  'constructor',
];
const names = (next: () => number): string[] =>
  Array.from({ length: Math.floor(next() * 6) }, () => keys[Math.floor(next() * keys.length)] as string);

function visit(next: () => number): FakeWidget {
  const setup = next() < 0.2 ? anything(next) : Object.fromEntries(names(next).map((key) => [key, anything(next)]));
  const widget = started(setup, (w) => {
    w.mobile = next() < 0.5;
  });
  for (let i = 0; i < 12; i++) {
    if (next() < 0.2) window.ChatraSetup = anything(next);
    if (next() < 0.2) window.ChatraIntegration = anything(next);
    const method = next() < 0.9 ? methods[Math.floor(next() * methods.length)] : anything(next);
    expect(Chatra(method, ...Array.from({ length: Math.floor(next() * 3) }, () => anything(next)))).toBeUndefined();
    if (next() < 0.1) widget.arrive({}, ['a']);
  }
  return widget;
}

test('CHATRA-JS-006 nothing that a page gives throws, and nothing is said twice', async () => {
  for (let seed = 1; seed <= 150; seed++) {
    warn.mockClear();
    expect(() => visit(random(seed)), `seed ${seed}`).not.toThrow();
    const said = warn.mock.calls.map(([message]: unknown[]) => message);
    expect(said, `seed ${seed}`).toEqual([...new Set(said)]);
    leave();
  }
  // What came late of all that, rejections too, has come when this has.
  const widget = started({ locale: { name: 'x' } });
  await vi.waitFor(() => expect(widget.look).toHaveBeenCalled());
}, 60_000);
