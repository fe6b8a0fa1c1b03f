import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Listeners } from '../../../client/listeners';
import type { Core, CoreOptions, Panel } from '../types';
import { Commands } from './commands';

const settings = { accountId: 'acme' };
let core: {
  options: CoreOptions;
  send: ReturnType<typeof vi.fn>;
  forget: ReturnType<typeof vi.fn>;
  stop: ReturnType<typeof vi.fn>;
};
let panel: { [name in keyof Panel]: ReturnType<typeof vi.fn> };
let warn: ReturnType<typeof vi.spyOn>;

function fakeChunks() {
  const startCore = (options: CoreOptions) => {
    core = { options, send: vi.fn(), forget: vi.fn(async () => undefined), stop: vi.fn() };
    const talk = { news: new Listeners() };
    return { ...core, talk, unread: 0, watch: () => () => undefined, setOpen: vi.fn() } as unknown as Core;
  };
  panel = { open: vi.fn(), close: vi.fn(), remove: vi.fn() };
  return {
    core: vi.fn(async () => ({ startCore })),
    panel: vi.fn(async () => ({ mountPanel: () => panel as unknown as Panel })),
  };
}

const launchers = () => [...document.querySelectorAll<HTMLElement>('[data-confab]')];
const button = () => launchers()[0]?.shadowRoot?.querySelector<HTMLElement>('#launcher');
let commands: Commands;
let chunks: ReturnType<typeof fakeChunks>;

beforeEach(() => {
  warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  sessionStorage.clear();
  chunks = fakeChunks();
  commands = new Commands('https://chat.test', chunks);
});
afterEach(() => {
  commands.run('shutdown');
  document.body.replaceChildren();
});

test('init draws the launcher without the panel', () => {
  commands.run('init', settings);
  expect(button()?.getAttribute('aria-label')).toBe('Open chat');
  expect(chunks.panel).not.toHaveBeenCalled();
});

test('open, close and toggle reach the panel and are told', async () => {
  const told: string[] = [];
  for (const name of ['open', 'close']) commands.run('on', name, () => told.push(name));
  commands.run('init', settings);
  commands.run('open');
  await vi.waitFor(() => expect(panel.open).toHaveBeenCalledWith(false));
  expect(button()?.getAttribute('aria-expanded')).toBe('true');
  commands.run('toggle');
  expect(panel.close).toHaveBeenCalled();
  expect(told).toEqual(['open', 'close']);
});

test('hide takes the launcher away and show brings it back', () => {
  commands.run('init', settings);
  commands.run('hide');
  expect(launchers()[0]?.hidden).toBe(true);
  commands.run('show');
  expect(launchers()[0]?.hidden).toBe(false);
});

test('sendMessage and sendAutoMessage wait for the core', async () => {
  commands.run('init', settings);
  commands.run('sendMessage', 'hi');
  commands.run('sendAutoMessage', 'can I help?');
  await vi.waitFor(() =>
    expect(core.send.mock.calls).toEqual([
      ['hi', false],
      ['can I help?', true],
    ]),
  );
});

test('shutdown logs out and leaves nothing on the page; init begins anew', async () => {
  commands.run('init', settings);
  commands.run('open');
  await vi.waitFor(() => expect(panel.open).toHaveBeenCalled());
  commands.run('shutdown');
  expect(launchers()).toEqual([]);
  await vi.waitFor(() => expect(core.forget).toHaveBeenCalled());
  commands.run('init', settings);
  expect(launchers()).toHaveLength(1);
});

test('a late listener of userUpdate is told the present state once', async () => {
  commands.run('init', settings);
  commands.run('sendMessage', 'x');
  await vi.waitFor(() => expect(core).toBeDefined());
  const user = { id: 'v', level: 'anonymous', name: '', email: '' };
  core.options.emit('userUpdate', user);
  const listener = vi.fn();
  commands.run('on', 'userUpdate', listener);
  expect(listener).not.toHaveBeenCalled();
  await vi.waitFor(() => expect(listener.mock.calls).toEqual([[user]]));
});

test.each([
  ['open'],
  ['fly'],
  [42],
  ['init'],
  ['init', { accountId: '' }],
  ['init', { ...settings, accountId: {} }],
  ['on', 'nothing', () => undefined],
  ['on', 'open', 'no function'],
  ['sendMessage', 7],
])('bad input is named once and changes nothing: %j', (...args) => {
  commands.run(...args);
  commands.run(...args);
  expect(warn.mock.calls.length).toBeGreaterThan(0);
  expect(new Set(warn.mock.calls.map(String)).size).toBe(warn.mock.calls.length);
  expect(launchers()).toEqual([]);
});

test('what a listener of the page throws stops nothing', () => {
  vi.useFakeTimers();
  const after = vi.fn();
  commands.run('on', 'unread', () => {
    throw new Error('of the page');
  });
  commands.run('on', 'unread', after);
  commands.run('init', settings);
  expect(() => commands.run('open')).not.toThrow();
  vi.useRealTimers();
});
