import { createRequire } from 'node:module';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Chatra as Call } from '../package/index.js';
import { arrived, FakeWidget } from './fake_widget';

let Chatra: typeof Call;
let error: ReturnType<typeof vi.spyOn>;
let scripts: HTMLScriptElement[];
const page = window as unknown as Record<string, unknown>;

beforeEach(async () => {
  error = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  scripts = [];
  // What a browser loads, this test only writes down.
  vi.spyOn(document.head, 'append').mockImplementation((script) => void scripts.push(script as HTMLScriptElement));
  vi.resetModules();
  Chatra = (await import('../package/index.js')).default;
});
afterEach(() => {
  (page.Chatra as (method: string) => void)?.('kill');
  for (const name of ['Chatra', 'ChatraID', 'ChatraSetup', 'ChatraIntegration']) delete page[name];
});

/** The script is there. */
function arrive(): FakeWidget {
  const widget = new FakeWidget();
  arrived(widget);
  return widget;
}

test('CHATRA-JS-011 CHATRA-JS-012 init sets what the script reads, and loads it', () => {
  const config = { ID: 'PUB', setup: { buttonSize: 70 }, integration: { name: 'Ann' }, host: 'https://chat.test' };
  Chatra('init', config);
  expect([page.ChatraID, page.ChatraSetup, page.ChatraIntegration]).toEqual(['PUB', config.setup, config.integration]);
  expect(scripts.map(({ src }) => src)).toEqual(['https://chat.test/chatra.js']);
  expect(scripts[0]?.async).toBe(true);
});

test.each([
  ['https://chat.test', 'https://chat.test/chatra.js'],
  ['https://chat.test/', 'https://chat.test/chatra.js'],
  ['http://localhost:8080', 'http://localhost:8080/chatra.js'],
  ['chat.test', 'https://chat.test/chatra.js'],
  ['//chat.test', '//chat.test/chatra.js'],
  [undefined, '/chatra.js'],
])('CHATRA-JS-012 the host %j is asked at %s', (host, address) => {
  Chatra('init', { ID: 'PUB', ...(host && { host }) });
  expect(scripts[0]?.getAttribute('src')).toBe(address);
});

test('CHATRA-JS-011 CHATRA-JS-012 calls are passed through, in order, also those made before the script is there', () => {
  Chatra('init', { ID: 'PUB' });
  Chatra('setZIndex', 5);
  Chatra('openChat', true);
  const widget = arrive();
  expect(widget.init).toHaveBeenCalledTimes(1);
  expect(widget.look).toHaveBeenLastCalledWith({ zIndex: 5 });
  expect(widget.open).toHaveBeenLastCalledWith({ focus: true });
  Chatra('setZIndex', 6);
  expect(widget.look).toHaveBeenLastCalledWith({ zIndex: 6 });
  Chatra('kill');
  expect(widget.remove).toHaveBeenCalledTimes(1);
});

test('CHATRA-JS-012 a second init starts the widget again, and loads nothing again', () => {
  Chatra('init', { ID: 'PUB' });
  Chatra('init', { ID: 'PUB', setup: { zIndex: 2 } });
  const widget = arrive();
  expect(widget.settings.look.zIndex).toBe(2);
  Chatra('init', { ID: 'PUB', setup: { zIndex: 3 } });
  expect(widget.settings.look.zIndex).toBe(3);
  expect(widget.init).toHaveBeenCalledTimes(2);
  expect(scripts).toHaveLength(1);
});

test('CHATRA-JS-012 after kill, init brings the widget back', () => {
  Chatra('init', { ID: 'PUB' });
  const widget = arrive();
  Chatra('kill');
  Chatra('init', { ID: 'PUB' });
  expect(widget.init).toHaveBeenCalledTimes(2);
  expect(scripts).toHaveLength(1);
});

test('CHATRA-JS-012 a stub of a snippet on the page is kept', () => {
  const stub = vi.fn();
  page.Chatra = stub;
  Chatra('init', { ID: 'PUB' });
  Chatra('hide');
  expect(stub).toHaveBeenCalledExactlyOnceWith('hide');
});

test.each([[undefined], [{}], [{ ID: '' }]])('init without an ID is named and does nothing: %j', (config) => {
  Chatra('init', config as never);
  expect(error).toHaveBeenCalledTimes(1);
  expect(scripts).toEqual([]);
  expect(page.Chatra).toBeUndefined();
});

test('a call before init is named', () => {
  Chatra('hide');
  expect(error).toHaveBeenCalledExactlyOnceWith('Chatra: call init before hide');
});

test('a script that does not load is named, and the next init tries again', () => {
  Chatra('init', { ID: 'PUB', host: 'https://away.test' });
  scripts[0]?.onerror?.(new Event('error'));
  expect(error).toHaveBeenCalledExactlyOnceWith('Chatra: https://away.test/chatra.js does not load');
  Chatra('init', { ID: 'PUB', host: 'https://chat.test' });
  expect(scripts.map(({ src }) => src)).toEqual(['https://away.test/chatra.js', 'https://chat.test/chatra.js']);
});

test('CHATRA-JS-011 the package is a module and can be required; where there is no window it does nothing', () => {
  const require = createRequire(import.meta.url);
  const required = require('../package/index.cjs');
  expect(typeof required).toBe('function');
  vi.stubGlobal('window', undefined);
  expect(() => required('init', { ID: 'PUB' })).not.toThrow();
  expect(scripts).toEqual([]);
});
