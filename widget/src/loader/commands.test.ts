import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Commands } from './commands';
import { asFetched, clearPage, config, fakeChunks } from './fake';
import { pageWidget } from './page';

const settings = { accountId: 'acme' };
let warn: ReturnType<typeof vi.spyOn>;
let chunks: ReturnType<typeof fakeChunks>;
let commands: Commands;

const launchers = () => [...document.querySelectorAll<HTMLElement>('[data-confab]')];
const corner = () => launchers()[0]?.shadowRoot?.querySelector<HTMLElement>('.corner');
const button = () => launchers()[0]?.shadowRoot?.querySelector<HTMLElement>('#launcher');
const begin = async (more: Record<string, unknown> = {}) => {
  commands.run('init', { ...settings, ...more });
  await vi.waitFor(() => expect(chunks.made.core).toBeDefined());
};

beforeEach(() => {
  warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  clearPage();
  localStorage.setItem('confab:config:acme', JSON.stringify(config()));
  asFetched(config());
  chunks = fakeChunks();
  commands = new Commands('https://chat.test', pageWidget('https://chat.test', chunks), chunks);
});
afterEach(() => {
  commands.run('shutdown');
});

test('init draws the launcher at once, without the panel', () => {
  commands.run('init', settings);
  expect(button()?.getAttribute('aria-label')).toBe('Open chat');
  expect(chunks.panel).not.toHaveBeenCalled();
});

test('PAV-JS-066 PAV-JS-067 PAV-JS-068 PAV-JS-069 open opens, close closes, both once, and are told', async () => {
  const told: string[] = [];
  for (const name of ['open', 'close']) commands.run('on', name, () => told.push(name));
  commands.run('init', settings);
  commands.run('open');
  commands.run('open');
  await vi.waitFor(() => expect(chunks.made.panel?.open).toHaveBeenCalledTimes(1));
  expect(button()?.getAttribute('aria-expanded')).toBe('true');
  commands.run('close');
  commands.run('close');
  expect(chunks.made.panel?.close).toHaveBeenCalledTimes(1);
  expect(told).toEqual(['open', 'close']);
});

test('PAV-JS-070 PAV-JS-071 PAV-JS-073 hide takes the launcher away and closes; show brings it back', async () => {
  await begin();
  commands.run('open');
  await vi.waitFor(() => expect(chunks.made.panel?.open).toHaveBeenCalled());
  commands.run('hide');
  expect([corner()?.hidden, button()?.getAttribute('aria-expanded')]).toEqual([true, 'false']);
  commands.run('show');
  expect(corner()?.hidden).toBe(false);
});

test('PAV-JS-072 open works while hidden, and the launcher stays hidden after it', async () => {
  await begin({ hidden: true });
  commands.run('open');
  await vi.waitFor(() => expect(chunks.made.panel?.open).toHaveBeenCalled());
  commands.run('close');
  expect(corner()?.hidden).toBe(true);
});

test('sendMessage and sendAutoMessage wait for the core, in order', async () => {
  commands.run('init', settings);
  commands.run('sendMessage', 'hi');
  commands.run('sendAutoMessage', 'can I help?');
  await vi.waitFor(() =>
    expect(chunks.made.core?.send.mock.calls).toEqual([
      ['hi', {}],
      ['can I help?', { auto: true }],
    ]),
  );
});

test('shutdown logs out and leaves nothing on the page or in the browser; init begins anew', async () => {
  localStorage.setItem('confab:acme', '{"token":"secret"}');
  localStorage.setItem('confab:acme:drag', '{"left":1}');
  await begin();
  const { core } = chunks.made;
  commands.run('shutdown');
  expect(corner()?.hidden ?? true).toBe(true);
  await vi.waitFor(() => expect(core?.forget).toHaveBeenCalled());
  await vi.waitFor(() => expect(Object.keys(localStorage)).toEqual(['confab:config:acme']));
  expect(launchers()).toEqual([]);
  commands.run('init', settings);
  expect(launchers()).toHaveLength(1);
});

test('PAV-JS-080 a late listener of userUpdate is told the present state once, after its call has returned', async () => {
  await begin();
  const user = { id: 'v', no: 1, level: 'anonymous' as const, attributes: {} };
  chunks.made.options?.emit('userUpdate', user);
  const listener = vi.fn();
  commands.run('on', 'userUpdate', listener);
  expect(listener).not.toHaveBeenCalled();
  await vi.waitFor(() => expect(listener.mock.calls).toEqual([[user]]));
});

test('PAV-JS-081 PAV-JS-083 listeners are called in order, each once, and only the very same function is taken away', async () => {
  await begin();
  const told: string[] = [];
  const one = () => told.push('one');
  const throws = vi.fn(() => {
    throw new Error('of the page');
  });
  vi.useFakeTimers();
  for (const listener of [one, one, throws, () => told.push('two')]) commands.run('on', 'open', listener);
  commands.run('off', 'open', () => told.push('one'));
  chunks.made.options?.emit('open', undefined);
  commands.run('off', 'open', one);
  chunks.made.options?.emit('open', undefined);
  expect(told).toEqual(['one', 'two', 'two']);
  expect(throws).toHaveBeenCalledTimes(2);
  expect(() => vi.runAllTimers()).toThrow('of the page');
  vi.useRealTimers();
});

test.each([
  ['open'],
  ['fly'],
  [42],
  ['init'],
  ['init', { accountId: '' }],
  ['init', { ...settings, accountId: {} }],
  ['init', { ...settings, frame: '#nowhere' }],
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

test.each([
  ['setAttributes', 'x'],
  ['event', ''],
  ['event', 'bought', 7],
  ['position', { top: 1.5 }],
  ['setGroup', 7],
  ['setLocale', 'xx'],
  ['setColors', 'red'],
  ['consent', 'maybe'],
  ['sendMessage', '  '],
  ['update', { fly: 1 }],
])('while it runs: %s %j is named once', async (...args) => {
  await begin();
  commands.run(...args);
  commands.run(...args);
  await vi.waitFor(() => expect(warn).toHaveBeenCalledTimes(1));
  commands.run('page');
  await vi.waitFor(() => expect(chunks.made.core?.page).toHaveBeenCalled());
  expect(warn).toHaveBeenCalledTimes(1);
  expect(chunks.made.core?.patch).not.toHaveBeenCalled();
});

test('the rarer commands come in the order they were given, with the common ones between', async () => {
  await begin();
  const { core } = chunks.made;
  commands.run('setAttributes', { plan: 'pro', 'bad name': 1, since_at: 'not a date', old: null, vip: true });
  commands.run('sendMessage', 'hi');
  commands.run('event', 'bought', { price: 3 });
  commands.run('setGroup', 'sales');
  commands.run('consent', 'marketing', true);
  await vi.waitFor(() => expect(core?.consent).toHaveBeenCalledWith('marketing', true));
  expect(core?.patch.mock.calls[0]?.slice(0, 2)).toEqual(['attributes', { plan: 'pro', old: null, vip: 1 }]);
  expect(core?.event).toHaveBeenCalledWith('bought', { price: 3 });
  expect(core?.setGroup).toHaveBeenLastCalledWith('sales');
  const order = [core?.patch, core?.send, core?.event].map((f) => f?.mock.invocationCallOrder[0] ?? 0);
  expect(order).toEqual(order.toSorted((a, b) => a - b));
  expect(warn).toHaveBeenCalledTimes(2);
});

test('update changes the look, and identity by what it names', async () => {
  await begin({ id: '7', email: 'old@x.test', hmac: 'h' });
  const { core } = chunks.made;
  commands.run('update', { email: 'new@x.test', zIndex: 5 });
  await vi.waitFor(() => expect(core?.identify).toHaveBeenCalledWith({ id: '7', email: 'new@x.test', hmac: 'h' }));
  expect(launchers()[0]?.style.getPropertyValue('--cf-z')).toBe('5');
  commands.run('update', { id: '8' });
  expect(core?.identify).toHaveBeenLastCalledWith({ id: '8' });
  commands.run('update', { id: null });
  expect(core?.reset).toHaveBeenCalledTimes(1);
});

test('PAV-JS-058 PAV-JS-061 position sets distances, the first side of an axis outranks and lets the other go', async () => {
  await begin();
  commands.run('position', { bottom: 30, right: 40 });
  await vi.waitFor(() => expect(corner()?.style.bottom).toBe('30px'));
  expect(corner()?.style.right).toBe('40px');
  commands.run('position', { top: -10, bottom: 5 });
  expect([corner()?.style.top, corner()?.style.bottom, corner()?.style.right]).toEqual(['-10px', 'auto', '40px']);
});

test('onNewMessage and onAnalyticEvent are told', async () => {
  const [onNewMessage, onAnalyticEvent] = [vi.fn(), vi.fn()];
  await begin({ onNewMessage, onAnalyticEvent });
  await vi.waitFor(() => expect(chunks.commands).toHaveBeenCalled());
  const message = { id: 'e', text: 'hi', type: 'agent', auto: false, createdAt: 1, author: { id: 'a', name: 'A' } };
  await new Promise((done) => setTimeout(done));
  chunks.made.options?.emit('message', message as never);
  chunks.made.options?.emit('conversationStarted', { id: 'c', no: 1, by: { kind: 'visitor' } });
  expect(onNewMessage.mock.calls).toEqual([[message]]);
  expect(onAnalyticEvent.mock.calls).toEqual([['Chat initiated by visitor']]);
});
