import { beforeEach, expect, test, vi } from 'vitest';
import { blank, FakeWidget, hearing, page, script } from './fake';
import { load } from './load';

let widget: FakeWidget;
let servers: string[];
const start = () =>
  load((server) => {
    servers.push(server);
    return widget;
  });

beforeEach(() => {
  blank();
  widget = new FakeWidget();
  widget.ready = false;
  servers = [];
});

function ready(): void {
  widget.ready = true;
  widget.tell('ready', undefined);
}

test.each([
  ['https://chat.test/widget/hQ2xV7', {}],
  ['https://chat.test/script/widget/hQ2xV7', {}],
  ['https://chat.test/widget/hQ2xV7?plugin=1', {}],
  ['https://chat.test/widget.js', { 'jv-id': 'hQ2xV7' }],
  ['https://chat.test/widget.js', { 'data-jv-id': 'hQ2xV7' }],
])('JIVO-JS-001 JIVO-JS-002 %s starts the widget of the channel, by itself', (src, attributes) => {
  script('https://other.test/app.js', { 'jv-id': 'wrong' });
  script(src, attributes);
  start();
  expect(servers).toEqual(['https://chat.test']);
  expect(widget.settings).toHaveLength(1);
  expect(widget.settings[0]).toMatchObject({ account: 'channel:hQ2xV7', server: 'https://chat.test', hidden: false });
});

test('without a widget id there is one warning and no widget', () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  script('https://chat.test/widget.js');
  start();
  expect(servers).toEqual([]);
  expect(warn).toHaveBeenCalledTimes(1);
});

test('the script twice on a page is one widget', () => {
  script('https://chat.test/widget/hQ2xV7');
  const heard = hearing();
  start();
  start();
  ready();
  expect(widget.settings).toHaveLength(1);
  expect(heard).toEqual([['LoadCallback']]);
});

test('JIVO-JS-003 jivo_api comes with the end of initialisation', () => {
  script('https://chat.test/widget/hQ2xV7');
  start();
  expect('jivo_api' in window).toBe(false);
  ready();
  for (const method of [
    ...[
      'open',
      'close',
      'chatMode',
      'getContactInfo',
      'getVisitorNumber',
      'setContactInfo',
      'setCustomData',
      'setRules',
    ],
    ...['setUserToken', 'showProactiveInvitation', 'startCall', 'isCallbackEnabled', 'sendOfflineMessage'],
  ])
    expect(page.jivo_api).toHaveProperty(method, expect.any(Function));
});

test('JIVO-JS-008 JIVO-JS-004 onLoadCallback is told once, without arguments, and may use every method', () => {
  script('https://chat.test/widget/hQ2xV7');
  const told: unknown[] = [];
  page.jivo_onLoadCallback = (...args: unknown[]) => {
    told.push(args, window.jivo_api?.chatMode(), window.jivo_api?.open(), window.jivo_api?.setCustomData([]));
  };
  start();
  expect(told).toEqual([]);
  ready();
  expect(told).toEqual([[], 'online', { result: 'ok' }, { result: 'ok' }]);
  ready();
  expect(told).toHaveLength(4);
});

test('JIVO-JS-009 what onLoadCallback opens is told of after it', () => {
  script('https://chat.test/widget/hQ2xV7');
  const heard = hearing('jivo_onResizeCallback');
  page.jivo_onLoadCallback = () => {
    heard.push(['LoadCallback']);
    window.jivo_api?.open();
  };
  start();
  ready();
  expect(heard).toEqual([['LoadCallback'], ['ChangeState', 'chat'], ['Open']]);
});

test('JIVO-JS-004 JIVO-JS-005 without any function on the page the widget goes its way', () => {
  const error = vi.spyOn(console, 'error').mockImplementation(() => {});
  script('https://chat.test/widget/hQ2xV7');
  start();
  ready();
  window.jivo_api?.open();
  expect(widget.opened).toBe(true);
  expect(error).not.toHaveBeenCalled();
});

test('a widget that another script started is used as it is', () => {
  script('https://chat.test/widget/hQ2xV7');
  const heard = hearing();
  widget.started = widget.ready = true;
  start();
  expect(widget.settings).toEqual([]);
  expect(heard).toEqual([['LoadCallback']]);
  expect(window.jivo_api?.open()).toEqual({ result: 'ok' });
});

test('a page that is refused gets no jivo_api', () => {
  script('https://chat.test/widget/hQ2xV7');
  const heard = hearing();
  start();
  widget.tell('refused', { reason: 'account' });
  expect('jivo_api' in window).toBe(false);
  expect(heard).toEqual([]);
});
