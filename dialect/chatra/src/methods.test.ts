import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Chatra, type FakeWidget, leave, started } from './fake_widget';

let warn: ReturnType<typeof vi.spyOn>;
let widget: FakeWidget;
const warnings = () => warn.mock.calls.map(([message]: unknown[]) => String(message));
beforeEach(() => {
  warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  widget = started({ buttonPosition: 'bl', colors: { buttonBg: '#111', buttonText: '#222' } });
});
afterEach(leave);

test('CHATRA-JS-107 sendAutoMessage lets an agent say the text by itself', () => {
  Chatra('sendAutoMessage', 'Can I help?');
  expect(widget.send).toHaveBeenCalledExactlyOnceWith('Can I help?', { auto: true });
});

test.each([
  ['CHATRA-JS-109 CHATRA-JS-018', 'setButtonPosition', 'rm', { place: 'rm' }],
  ['CHATRA-JS-110', 'resetButtonPosition', undefined, { place: null }],
  ['CHATRA-JS-111 CHATRA-JS-028', 'setButtonSize', 80, { buttonSize: 80 }],
  ['CHATRA-JS-112 CHATRA-JS-031', 'setChatWidth', 400, { width: 400 }],
  ['CHATRA-JS-112 CHATRA-JS-033', 'setChatWidth', 10, { width: 280 }],
  ['CHATRA-JS-113 CHATRA-JS-032', 'setChatHeight', 700, { height: 700 }],
  ['CHATRA-JS-113 CHATRA-JS-033', 'setChatHeight', 10, { height: 300 }],
  ['CHATRA-JS-114 CHATRA-JS-034', 'setZIndex', -3, { zIndex: -3 }],
  ['CHATRA-JS-117', 'resetColors', undefined, { colors: null }],
])('%s %s(%j) changes the look', (_, method, value, look) => {
  Chatra(method, value);
  expect(widget.look).toHaveBeenCalledExactlyOnceWith(look);
  expect(warn).not.toHaveBeenCalled();
});

test.each([
  ['CHATRA-JS-109', 'setButtonPosition', 'top'],
  ['CHATRA-JS-109', 'setButtonPosition', undefined],
  ['CHATRA-JS-115', 'setButtonSize', 0],
  ['CHATRA-JS-115', 'setButtonSize', 60.5],
  ['CHATRA-JS-115', 'setChatWidth', -1],
  ['CHATRA-JS-115', 'setChatHeight', '600'],
  ['CHATRA-JS-115', 'setZIndex', Number.NaN],
  ['CHATRA-JS-115', 'setZIndex', Number.POSITIVE_INFINITY],
  ['CHATRA-JS-006', 'setColors', '#fff'],
  ['CHATRA-JS-006', 'sendAutoMessage', ''],
  ['CHATRA-JS-006', 'sendAutoMessage', 7],
  ['CHATRA-JS-006', 'openChat', 'yes'],
  ['CHATRA-JS-006', 'expandWidget', 1],
  ['CHATRA-JS-006', 'setGroupId', undefined],
  ['CHATRA-JS-006', 'setGroupId', 5],
  ['CHATRA-JS-006', 'setLocale', 'de'],
])('%s %s does not take %j: named once, and nothing changes', (_, method, value) => {
  Chatra(method, value);
  Chatra(method, value);
  expect(warnings()).toEqual([`Chatra: ${method} does not take this value`]);
  for (const effect of ['look', 'send', 'open', 'setGroup', 'patch'] as const)
    expect(widget[effect]).not.toHaveBeenCalled();
});

test('CHATRA-JS-116 setColors changes the given colours and keeps the others', () => {
  Chatra('setColors', { buttonText: '#333', agentBubbleBg: '#444' });
  expect(widget.look).toHaveBeenLastCalledWith({
    colors: { buttonBg: '#111', buttonText: '#333', agentBubbleBg: '#444' },
  });
  Chatra('setColors', { buttonBg: '#555', buttonText: 'bad' });
  expect(widget.look).toHaveBeenLastCalledWith({
    colors: { buttonBg: '#555', buttonText: '#333', agentBubbleBg: '#444' },
  });
});

test('CHATRA-JS-117 after resetColors nothing is left of what the page chose', () => {
  Chatra('setColors', { buttonText: '#333' });
  Chatra('resetColors');
  Chatra('setColors', { buttonText: '#666' });
  expect(widget.look.mock.calls.slice(1)).toEqual([[{ colors: null }], [{ colors: { buttonText: '#666' } }]]);
});

test('CHATRA-JS-014 CHATRA-JS-118 CHATRA-JS-120 openChat opens, and focuses if it is asked to', () => {
  Chatra('openChat');
  expect(widget.open).toHaveBeenLastCalledWith({ focus: false });
  Chatra('openChat', true);
  expect(widget.open).toHaveBeenLastCalledWith({ focus: true });
  Chatra('openChat', false);
  expect(widget.open).toHaveBeenLastCalledWith({ focus: false });
});

test('CHATRA-JS-014 the button of the page opens the chat', () => {
  document.body.innerHTML = '<button>Chat</button>';
  const button = document.querySelector('button') as HTMLButtonElement;
  button.onclick = () => void Chatra('openChat', true);
  button.click();
  expect(widget.open).toHaveBeenCalledExactlyOnceWith({ focus: true });
});

test('CHATRA-JS-118 CHATRA-JS-120 on a phone openChat opens without focus', () => {
  widget.mobile = true;
  Chatra('openChat', true);
  expect(widget.open).toHaveBeenCalledExactlyOnceWith({ focus: false });
});

test('CHATRA-JS-121 expandWidget opens on desktops only', () => {
  Chatra('expandWidget', true);
  expect(widget.open).toHaveBeenCalledExactlyOnceWith({ focus: true });
  widget.mobile = true;
  Chatra('expandWidget', true);
  expect(widget.open).toHaveBeenCalledTimes(1);
});

test('CHATRA-JS-122 CHATRA-JS-123 CHATRA-JS-124 minimizeWidget, hide and show', () => {
  Chatra('minimizeWidget');
  expect(widget.close).toHaveBeenCalledTimes(1);
  Chatra('hide');
  expect(widget.hide).toHaveBeenCalledTimes(1);
  Chatra('show');
  expect(widget.show).toHaveBeenCalledTimes(1);
});

test('CHATRA-JS-125 pageView reports the page as it is now', () => {
  Chatra('pageView');
  expect(widget.page).toHaveBeenCalledExactlyOnceWith();
});

test('CHATRA-JS-130 setGroupId names the group of chats to come, and null none', () => {
  widget.arrive({}, ['sales']);
  Chatra('setGroupId', 'sales');
  expect(widget.setGroup).toHaveBeenLastCalledWith('sales');
  Chatra('setGroupId', null);
  expect(widget.setGroup).toHaveBeenLastCalledWith(null);
  expect(warn).not.toHaveBeenCalled();
});

test('CHATRA-JS-066 an unknown group is none, whether the account is known already or not', () => {
  Chatra('setGroupId', 'sails');
  expect(widget.setGroup).toHaveBeenLastCalledWith('sails');
  widget.arrive({}, ['sales']);
  expect(widget.setGroup).toHaveBeenLastCalledWith(null);
  Chatra('setGroupId', 'sheep');
  expect(widget.setGroup).toHaveBeenLastCalledWith(null);
  expect(warnings()).toEqual(['Chatra: there is no group "sails"', 'Chatra: there is no group "sheep"']);
});

test('CHATRA-JS-132 restart starts again with the settings and data of now', () => {
  window.ChatraSetup = { language: 'fr', groupId: 'g', startHidden: true };
  window.ChatraIntegration = { name: 'Ann' };
  Chatra('restart');
  expect(widget.init).toHaveBeenCalledTimes(2);
  expect(widget.settings).toMatchObject({ account: 'chatra:PUB', group: 'g', hidden: true });
  expect(widget.settings.look).toMatchObject({ language: 'fr', place: null, colors: null });
  expect(widget.patch).toHaveBeenCalledExactlyOnceWith('integration', { name: 'Ann' }, true);
});

test('CHATRA-JS-133 restart leaves the visitor alone, unless the clientId is another', () => {
  Chatra('restart');
  expect(widget.settings.identity).toEqual({});
  window.ChatraSetup = { clientId: 's3cret' };
  Chatra('restart');
  expect(widget.settings.identity).toEqual({ clientId: 's3cret' });
  for (const end of ['shutdown', 'reset', 'remove'] as const) expect(widget[end]).not.toHaveBeenCalled();
});

test('CHATRA-JS-132 a restart that cannot be leaves no widget of the settings before', () => {
  window.ChatraSetup = { mode: 'frame', injectTo: 'nowhere' };
  Chatra('restart');
  expect(widget.remove).toHaveBeenCalledTimes(1);
  expect(widget.init).toHaveBeenCalledTimes(1);
});

test('CHATRA-JS-134 kill takes the widget away, and nothing of ours listens any more', () => {
  const signals: AbortSignal[] = [];
  leave();
  for (const target of [window, document])
    vi.spyOn(target, 'addEventListener').mockImplementation((_, __, options) => {
      signals.push((options as { signal: AbortSignal }).signal);
    });
  widget = started();
  expect(signals.map(({ aborted }) => aborted)).toEqual([false, false]);
  Chatra('kill');
  expect(widget.remove).toHaveBeenCalledTimes(1);
  expect(widget.shutdown).not.toHaveBeenCalled();
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
  expect([...widget.listeners.values()].every((set) => set.size === 0)).toBe(true);
});

test('CHATRA-JS-135 after kill calls are named and do nothing, but restart', () => {
  Chatra('kill');
  for (const method of ['openChat', 'show', 'kill']) Chatra(method);
  expect(warnings()).toEqual(['openChat', 'show', 'kill'].map((m) => `Chatra: ${m}: the widget does not run`));
  expect(widget.open).not.toHaveBeenCalled();
  Chatra('restart');
  Chatra('openChat');
  expect(widget.init).toHaveBeenCalledTimes(2);
  expect(widget.open).toHaveBeenCalledTimes(1);
});

test('CHATRA-JS-132 however often it starts, the page is told once', () => {
  const onNewMessage = vi.fn();
  window.ChatraSetup = { onNewMessage };
  Chatra('kill');
  Chatra('restart');
  Chatra('restart');
  const message = {
    id: 'm',
    text: 'hi',
    type: 'agent' as const,
    auto: false,
    createdAt: 1,
    author: { id: '', name: '' },
  };
  widget.emit('message', message);
  expect(onNewMessage).toHaveBeenCalledTimes(1);
});

test('what goes wrong inside is named, not thrown', () => {
  widget.hide.mockImplementation(() => {
    throw new Error('inside');
  });
  expect(() => Chatra('hide')).not.toThrow();
  expect(warnings()).toEqual(['Chatra: hide failed']);
});
