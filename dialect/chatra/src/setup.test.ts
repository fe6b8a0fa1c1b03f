import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Chatra, leave, started } from './fake_widget';

let warn: ReturnType<typeof vi.spyOn>;
const warnings = () => warn.mock.calls.map(([message]: unknown[]) => String(message));
beforeEach(() => {
  warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
});
afterEach(leave);

const lookOf = (setup: object) => started(setup).settings.look;

test.each([
  ['CHATRA-JS-016', 'buttonStyle', 'tab', 'button'],
  ['CHATRA-JS-017', 'buttonStyle', 'round', 'button'],
  ['CHATRA-JS-019', 'buttonPosition', 'bl', 'place'],
  ['CHATRA-JS-020', 'buttonPosition', 'bc', 'place'],
  ['CHATRA-JS-021', 'buttonPosition', 'br', 'place'],
  ['CHATRA-JS-022', 'buttonPosition', 'lt', 'place'],
  ['CHATRA-JS-023', 'buttonPosition', 'lm', 'place'],
  ['CHATRA-JS-024', 'buttonPosition', 'lb', 'place'],
  ['CHATRA-JS-025', 'buttonPosition', 'rt', 'place'],
  ['CHATRA-JS-026', 'buttonPosition', 'rm', 'place'],
  ['CHATRA-JS-027', 'buttonPosition', 'rb', 'place'],
  ['CHATRA-JS-028', 'buttonSize', 75, 'buttonSize'],
  ['CHATRA-JS-029', 'customWidgetButton', '.help > a', 'selector'],
  ['CHATRA-JS-031', 'chatWidth', 400, 'width'],
  ['CHATRA-JS-032', 'chatHeight', 500, 'height'],
  ['CHATRA-JS-034', 'zIndex', 12, 'zIndex'],
  ['CHATRA-JS-034', 'zIndex', -1, 'zIndex'],
  ['CHATRA-JS-047', 'language', 'ru', 'language'],
])('%s the setting %s takes %j', (_, name, value, key) => {
  expect(lookOf({ [name]: value })).toMatchObject({ [key]: value });
  expect(warn).not.toHaveBeenCalled();
});

test.each([
  ['CHATRA-JS-015', 'buttonStyle', 'square', 'button'],
  ['CHATRA-JS-018', 'buttonPosition', 'xx', 'place'],
  ['CHATRA-JS-115', 'buttonSize', '75', 'buttonSize'],
  ['CHATRA-JS-115', 'buttonSize', 0, 'buttonSize'],
  ['CHATRA-JS-030', 'customWidgetButton', 'a[', 'selector'],
  ['CHATRA-JS-030', 'customWidgetButton', '', 'selector'],
  ['CHATRA-JS-030', 'customWidgetButton', 7, 'selector'],
  ['CHATRA-JS-115', 'chatWidth', -400, 'width'],
  ['CHATRA-JS-115', 'chatHeight', 500.5, 'height'],
  ['CHATRA-JS-115', 'zIndex', 1.5, 'zIndex'],
  ['CHATRA-JS-041', 'colors', 'red', 'colors'],
  ['CHATRA-JS-047', 'language', 'xx', 'language'],
  ['CHATRA-JS-048', 'locale', 'de', 'frame'],
])('%s the setting %s does not take %j: as the account says, with a warning', (_, name, value, key) => {
  expect(lookOf({ [name]: value })).toMatchObject({ [key]: null });
  expect(warnings()).toEqual([`Chatra: ${name} does not take this value`]);
});

test('a setting that nobody knows is named; one that is null is as if it were not there', () => {
  const look = lookOf({});
  leave();
  expect(lookOf({ fly: true, toString: 1, buttonStyle: null, zIndex: undefined })).toEqual(look);
  expect(warnings()).toEqual(['Chatra: there is no setting fly', 'Chatra: there is no setting toString']);
});

test('CHATRA-JS-033 what is below the minimum is the minimum', () => {
  expect(lookOf({ chatWidth: 100, chatHeight: 1 })).toMatchObject({ width: 280, height: 300 });
  expect(warn).not.toHaveBeenCalled();
});

test('CHATRA-JS-035 CHATRA-JS-036 CHATRA-JS-037 CHATRA-JS-038 CHATRA-JS-039 four colours, long or short', () => {
  const colors = { buttonText: '#fff', buttonBg: '#12abEF', clientBubbleBg: '#000', agentBubbleBg: '#fafafa' };
  expect(lookOf({ colors }).colors).toEqual(colors);
  leave();
  expect(lookOf({ colors: { buttonBg: '#123' } }).colors).toEqual({ buttonBg: '#123' });
});

test.each(['red', '#ffff', '#ggg', 'fff', '', 7, {}])(
  'CHATRA-JS-041 a colour that is none is named and left out, the others are taken: %j',
  (bad) => {
    expect(lookOf({ colors: { buttonText: bad, buttonBg: '#123456' } }).colors).toEqual({ buttonBg: '#123456' });
    expect(warnings()).toEqual(['Chatra: colors.buttonText is not like #fff or #ffffff']);
  },
);

test('CHATRA-JS-042 startHidden starts hidden, and show shows', () => {
  const widget = started({ startHidden: true });
  expect(widget.settings.hidden).toBe(true);
  Chatra('show');
  expect(widget.show).toHaveBeenCalledTimes(1);
  leave();
  expect(started({ startHidden: 'yes' }).settings.hidden).toBe(false);
  expect(warnings()).toEqual(['Chatra: startHidden does not take this value']);
});

test('CHATRA-JS-043 CHATRA-JS-044 the page chooses between devices', () => {
  expect(lookOf({ mobileOnly: true }).devices).toBe('mobile');
  leave();
  expect(lookOf({ disabledOnMobile: true }).devices).toBe('desktop');
  leave();
  expect(lookOf({ mobileOnly: false, disabledOnMobile: false }).devices).toBeNull();
});

test.each([
  [true, 'desktop'],
  [false, 'mobile'],
])('CHATRA-JS-045 both of them: never on this device, mobile or not: %j', (mobile, devices) => {
  const widget = started({ mobileOnly: true, disabledOnMobile: true }, (w) => {
    w.mobile = mobile;
  });
  expect(widget.settings.look.devices).toBe(devices);
});

test('CHATRA-JS-054 without a frame there is none, whatever injectTo says', () => {
  document.body.innerHTML = '<div id="chat"></div>';
  expect(lookOf({ mode: 'widget', injectTo: 'chat' }).frame).toBeNull();
  leave();
  expect(lookOf({}).frame).toBeNull();
});

test('CHATRA-JS-054 CHATRA-JS-055 CHATRA-JS-057 the frame is an id, an element, or the first of a list', () => {
  const frame = document.createElement('div');
  frame.id = 'chat';
  const forms = () => [
    'chat',
    frame,
    document.querySelectorAll('#chat'),
    { 0: frame, length: 1, jquery: '3' },
    [frame],
  ];
  for (const at of [0, 1, 2, 3, 4]) {
    document.body.append(frame);
    expect(lookOf({ mode: 'frame', injectTo: forms()[at] }).frame).toBe(frame);
    leave();
  }
});

test('CHATRA-JS-056 an id is looked up when the page is there', () => {
  vi.spyOn(document, 'readyState', 'get').mockReturnValue('loading');
  const widget = started({ mode: 'frame', injectTo: 'later' });
  expect(widget.init).not.toHaveBeenCalled();
  document.body.innerHTML = '<div id="later"></div>';
  document.dispatchEvent(new Event('DOMContentLoaded', { bubbles: true }));
  expect(widget.settings.look.frame).toBe(document.getElementById('later'));
});

test.each([['nowhere'], [undefined], [[]], [7], [{ length: 0 }]])(
  'CHATRA-JS-059 no element, no widget, and a warning: %j',
  (injectTo) => {
    const widget = started({ mode: 'frame', injectTo });
    expect(widget.init).not.toHaveBeenCalled();
    expect(warnings()).toContain('Chatra: injectTo names no element of the page');
    Chatra('openChat');
    expect(widget.open).not.toHaveBeenCalled();
  },
);

test('CHATRA-JS-060 the clientId of the page is who the visitor is', () => {
  expect(started({ clientId: 'r4nd0m' }).settings.identity).toEqual({ clientId: 'r4nd0m' });
});

test.each([[7], [''], [' '], [{}]])('CHATRA-JS-064 a clientId that is no text is named and ignored: %j', (clientId) => {
  expect(started({ clientId }).settings.identity).toEqual({});
  expect(warnings()).toEqual(['Chatra: clientId does not take this value']);
});

test('CHATRA-JS-065 the groupId of the page is where its chats go', () => {
  const widget = started({ groupId: 'sales' });
  expect(widget.settings.group).toBe('sales');
  widget.arrive({}, ['sales']);
  expect(widget.setGroup.mock.lastCall ?? ['sales']).toEqual(['sales']);
  expect(warn).not.toHaveBeenCalled();
});

test('CHATRA-JS-066 a group that the account does not have is no group, with a warning', () => {
  const widget = started({ groupId: 'sails' });
  widget.arrive({}, ['sales']);
  expect(widget.setGroup).toHaveBeenLastCalledWith(null);
  expect(warnings()).toEqual(['Chatra: there is no group "sails"']);
});
