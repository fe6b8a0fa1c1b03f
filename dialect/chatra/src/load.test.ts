import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { arrived, Chatra, FakeWidget, leave, page, started, stub } from './fake_widget';

let warn: ReturnType<typeof vi.spyOn>;
beforeEach(() => {
  warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
});
afterEach(leave);

function readyState(state: DocumentReadyState): void {
  vi.spyOn(document, 'readyState', 'get').mockReturnValue(state);
}

test('CHATRA-JS-001 CHATRA-JS-002 the script starts the widget of the account that ChatraID names', () => {
  const widget = started();
  expect(widget.init).toHaveBeenCalledTimes(1);
  expect(widget.settings).toMatchObject({ account: 'chatra:PUB', server: 'https://chat.test', identity: {} });
});

test.each([[undefined], [''], [7], [{}]])(
  'CHATRA-JS-002 without a ChatraID nothing starts, and that is said: %j',
  (id) => {
    const widget = new FakeWidget();
    page({}, {}, id);
    window.ChatraID = id;
    arrived(widget);
    expect(widget.init).not.toHaveBeenCalled();
    expect(warn).toHaveBeenCalledExactlyOnceWith('Chatra: ChatraID is not a text');
  },
);

test('CHATRA-JS-003 CHATRA-JS-004 what the stub has collected runs in order, after the start', () => {
  page();
  Chatra('setZIndex', 5);
  Chatra('openChat', true);
  Chatra('setZIndex', 6);
  const old = window.Chatra;
  const widget = new FakeWidget();
  arrived(widget);
  expect(window.Chatra).not.toBe(old);
  expect(widget.look.mock.calls).toEqual([[{ zIndex: 5 }], [{ zIndex: 6 }]]);
  const [init, first, second, open] = [widget.init, widget.look, widget.open].flatMap(
    ({ mock }) => mock.invocationCallOrder,
  ) as [number, number, number, number];
  expect(init).toBeLessThan(first);
  expect([first, second, open].sort((a, b) => a - b)).toEqual([first, open, second]);
});

test('CHATRA-JS-003 arguments objects, as snippets push them, are calls too', () => {
  page();
  function push(..._: unknown[]): void {
    // biome-ignore lint/complexity/noArguments: as the snippet does
    (window.Chatra as { q?: unknown[] }).q = [arguments];
  }
  push('setZIndex', 5);
  const widget = new FakeWidget();
  arrived(widget);
  expect(widget.look).toHaveBeenCalledWith({ zIndex: 5 });
});

test('CHATRA-JS-004 whoever kept the stub reaches the widget later, too', () => {
  const widget = started();
  (window.Chatra as { q: { push(call: unknown): void } }).q.push(['setZIndex', 5]);
  expect(widget.look).toHaveBeenCalledWith({ zIndex: 5 });
});

test('CHATRA-JS-005 a call runs its method, without a stub before the script too', () => {
  const widget = new FakeWidget();
  page();
  delete window.Chatra;
  arrived(widget);
  Chatra('hide');
  expect(widget.hide).toHaveBeenCalledTimes(1);
});

test.each([['fly'], [42], [], ['toString'], ['__proto__'], [Symbol('x')]])(
  'CHATRA-JS-006 an unknown method is named once, does nothing and returns undefined',
  (...args) => {
    const widget = started();
    expect(Chatra(...args)).toBeUndefined();
    Chatra(...args);
    expect(warn).toHaveBeenCalledTimes(1);
    expect(widget.look).not.toHaveBeenCalled();
  },
);

test('CHATRA-JS-006 the value of every call is undefined', () => {
  started();
  for (const args of [['openChat'], ['setZIndex', 1], ['setIntegrationData', {}], ['restart'], ['kill']])
    expect(Chatra(...args)).toBeUndefined();
});

test('CHATRA-JS-007 settings are read once at the start, and again by restart only', () => {
  const widget = started({ buttonSize: 70 });
  (window.ChatraSetup as { buttonSize: number }).buttonSize = 80;
  Chatra('setZIndex', 1);
  expect(widget.settings.look.buttonSize).toBe(70);
  expect(widget.init).toHaveBeenCalledTimes(1);
  Chatra('restart');
  expect(widget.settings.look.buttonSize).toBe(80);
});

test.each([['x'], [7], [[]]])('CHATRA-JS-007 settings that are no object are named and change nothing: %j', (setup) => {
  const widget = started(setup);
  expect(warn).toHaveBeenCalledExactlyOnceWith('Chatra: ChatraSetup is not an object');
  expect(widget.init).toHaveBeenCalledTimes(1);
});

test('CHATRA-JS-009 CHATRA-JS-015 CHATRA-JS-018 CHATRA-JS-047 what the page names outranks the account; the rest is left to it', () => {
  const named = started({ buttonStyle: 'tab', buttonPosition: 'lm', language: 'de' });
  expect(named.settings.look).toMatchObject({ button: 'tab', place: 'lm', language: 'de', width: null, colors: null });
  leave();
  expect(started({}).settings.look).toMatchObject({ button: null, place: null, language: null });
});

test('CHATRA-JS-010 settings alone, from another place of the page, are enough for a snippet that sets none', () => {
  window.ChatraSetup = { buttonPosition: 'lb' };
  window.ChatraID = 'PUB';
  window.Chatra = stub();
  const widget = new FakeWidget();
  arrived(widget);
  expect(widget.settings.look.place).toBe('lb');
});

test('CHATRA-JS-001 the script twice on a page is the script once', () => {
  const widget = started();
  const first = window.Chatra;
  arrived(new FakeWidget());
  expect(window.Chatra).toBe(first);
  expect(widget.init).toHaveBeenCalledTimes(1);
});

test('CHATRA-JS-078 deferredLoading waits for all of the page, and so do the calls', () => {
  readyState('interactive');
  const widget = started({ deferredLoading: true });
  Chatra('setZIndex', 5);
  expect(widget.init).not.toHaveBeenCalled();
  expect(widget.look).not.toHaveBeenCalled();
  dispatchEvent(new Event('load'));
  expect(widget.init).toHaveBeenCalledTimes(1);
  expect(widget.look).toHaveBeenCalledWith({ zIndex: 5 });
});

test('CHATRA-JS-078 a page that is all there is not waited for', () => {
  readyState('complete');
  expect(started({ deferredLoading: true }).init).toHaveBeenCalledTimes(1);
});

test('a script in the head waits for a body', () => {
  readyState('loading');
  vi.spyOn(document, 'body', 'get').mockReturnValue(null as never);
  const widget = started();
  expect(widget.init).not.toHaveBeenCalled();
  document.dispatchEvent(new Event('DOMContentLoaded', { bubbles: true }));
  expect(widget.init).toHaveBeenCalledTimes(1);
  vi.restoreAllMocks();
});
