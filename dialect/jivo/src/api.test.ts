import { beforeEach, expect, test, vi } from 'vitest';
import type { Api } from './api';
import { blank, FakeWidget, hearing, script, settled } from './fake';
import { load } from './load';

let widget: FakeWidget;
let api: Api;
let warn: ReturnType<typeof vi.spyOn>;

beforeEach(() => {
  blank();
  warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  widget = new FakeWidget();
  script('https://chat.test/widget/hQ2xV7');
  load(() => widget);
  api = window.jivo_api as Api;
});

const ok = { result: 'ok' };
const failed = { result: 'fail', reason: expect.stringMatching(/./) };
const unknown = { client_name: null, name: null, email: null, phone: null, description: null };

test('JIVO-JS-028 JIVO-JS-031 open shows the chat', () => {
  expect(api.open()).toEqual(ok);
  expect([widget.opened, widget.view]).toEqual([true, 'chat']);
});

test.each([
  ['JIVO-JS-029', 'call', 'call'],
  ['JIVO-JS-030', 'chat', 'chat'],
  ['JIVO-JS-030', 'unheard of', 'chat'],
  ['JIVO-JS-030', undefined, 'chat'],
])('%s open with start %s', (_, start, view) => {
  expect(api.open({ start })).toEqual(ok);
  expect(widget.view).toBe(view);
});

test('JIVO-JS-030 the menu is for phones', () => {
  api.open({ start: 'menu' });
  expect(widget.view).toBe('chat');
  widget.mobile = true;
  api.open({ start: 'menu' });
  expect(widget.view).toBe('menu');
});

test('JIVO-JS-031 open fails where it cannot: no calls, or no window', () => {
  widget.config = { ...widget.config!, calls: false };
  expect(api.open({ start: 'call' })).toEqual({ result: 'fail', reason: 'Callback disabled' });
  expect(widget.opened).toBe(false);
  widget.open = () => false;
  expect(api.open()).toEqual(failed);
});

test('JIVO-JS-032 close closes', () => {
  api.open();
  expect(api.close()).toEqual(ok);
  expect(widget.opened).toBe(false);
});

test('JIVO-JS-033 JIVO-JS-034 chatMode follows who is there', () => {
  expect(api.chatMode()).toBe('online');
  widget.availability = { online: false, agents: [] };
  expect(api.chatMode()).toBe('offline');
  widget.availability = null;
  expect(api.chatMode()).toBe('offline');
});

test('JIVO-JS-035 JIVO-JS-036 contact info as it is known, null where it is not', () => {
  expect(api.getContactInfo()).toEqual(unknown);
  widget.user = { ...widget.user!, name: 'Maya', phone: '+14084987855', description: 'A friend' };
  expect(api.getContactInfo()).toEqual({
    client_name: 'Maya',
    name: 'Maya',
    email: null,
    phone: '+14084987855',
    description: 'A friend',
  });
});

test('JIVO-JS-037 JIVO-JS-038 the number comes later, to the callback', async () => {
  const told = vi.fn();
  expect(api.getVisitorNumber(told)).toBeUndefined();
  expect(told).not.toHaveBeenCalled();
  await settled();
  expect(told.mock.calls).toEqual([[null, 7]]);
});

test('JIVO-JS-038 without a number there is an error', async () => {
  const told = vi.fn();
  widget.user = null;
  api.getVisitorNumber(told);
  await settled();
  expect(told.mock.calls).toEqual([[expect.any(String)]]);
});

test('JIVO-JS-041 JIVO-JS-042 JIVO-JS-043 JIVO-JS-044 JIVO-JS-045 contact info is sent, and can be read at once', () => {
  const info = { name: 'Maya', email: 'maya@example.com', phone: '+14084987855', description: 'A friend' };
  expect(api.setContactInfo(info)).toEqual(ok);
  expect(widget.patches).toEqual([{ layer: 'basic', data: info, replace: false }]);
  expect(api.getContactInfo()).toEqual({ client_name: 'Maya', ...info });
});

test('JIVO-JS-046 what is left out stays, what is empty goes', () => {
  widget.user = { ...widget.user!, name: 'Maya', email: 'maya@example.com' };
  api.setContactInfo({ email: '', phone: '+14084987855' });
  expect(widget.patches).toEqual([{ layer: 'basic', data: { email: null, phone: '+14084987855' }, replace: false }]);
  expect(api.getContactInfo()).toMatchObject({ name: 'Maya', email: null, phone: '+14084987855' });
});

test.each([[undefined], [null], ['Maya'], [[]], [{ name: 7 }], [{ name: 'Maya', email: null }]])(
  'JIVO-JS-047 setContactInfo(%j) fails with one warning and changes nothing',
  (raw) => {
    expect(api.setContactInfo(raw)).toEqual(failed);
    expect(widget.patches).toEqual([]);
    expect(api.getContactInfo()).toEqual(unknown);
    expect(warn).toHaveBeenCalledTimes(1);
  },
);

test('JIVO-JS-035 what others change later is read, and what the server refuses is not', async () => {
  api.setContactInfo({ name: 'Maya' });
  widget.user = { ...widget.user!, name: 'Maya' };
  await settled();
  widget.user = { ...widget.user!, name: 'Maya B.' }; // an agent did it
  widget.tell('userUpdate', widget.user);
  expect(api.getContactInfo().name).toBe('Maya B.');
  widget.fault = { code: 'too_long', message: 'This is too long.' };
  api.setContactInfo({ name: 'Nobody' });
  await settled();
  expect(api.getContactInfo().name).toBe('Maya B.');
  expect(warn).toHaveBeenCalledTimes(1);
});

test('JIVO-JS-035 news of something else do not take away what is on its way', async () => {
  const answer = widget.hold();
  api.setContactInfo({ name: 'Maya' });
  widget.tell('userUpdate', { ...widget.user!, totalVisits: 2 });
  expect(api.getContactInfo().name).toBe('Maya');
  answer();
  await settled();
  expect(api.getContactInfo().name).toBe('Maya');
});

test('JIVO-JS-035 of another visitor nothing is known', () => {
  widget.tell('userUpdate', widget.user!);
  widget.hold();
  api.setContactInfo({ name: 'Maya' });
  widget.user = { id: 'noor', no: 8, level: 'anonymous', attributes: {} };
  widget.tell('userUpdate', widget.user);
  expect(api.getContactInfo()).toEqual(unknown);
});

const fields = [
  { title: 'Order', content: 'Tent <b>4</b>', link: 'https://shop.test/4' },
  { key: 'Paid', content: 'yes' },
];

test('JIVO-JS-049 JIVO-JS-057 fields are sent as they are, in their order', () => {
  expect(api.setCustomData(fields)).toEqual(ok);
  expect(widget.patches).toEqual([{ layer: 'panel', data: { fields }, replace: true }]);
});

test('JIVO-JS-050 each call replaces the list', () => {
  api.setCustomData(fields);
  api.setCustomData([]);
  expect(widget.patches.map(({ data, replace }) => [data, replace])).toEqual([
    [{ fields }, true],
    [{ fields: [] }, true],
  ]);
});

test('numbers are texts, and what is not there is left out', () => {
  api.setCustomData([{ title: null, content: 4, more: 'x' }]);
  expect(widget.patches[0]?.data).toEqual({ fields: [{ content: '4' }] });
});

test.each([[undefined], [null], ['x'], [{ 0: { content: 'x' }, length: 1 }]])(
  'JIVO-JS-058 setCustomData(%j) fails in these words',
  (raw) => {
    expect(api.setCustomData(raw)).toEqual({ result: 'fail', reason: 'Custom data must be array.' });
    expect(widget.patches).toEqual([]);
  },
);

test.each([[['x']], [[null]], [[{ content: {} }]]])('a list of others is refused: %j', (raw) => {
  expect(api.setCustomData(raw)).toEqual(failed);
  expect(widget.patches).toEqual([]);
});

const rules = [{ id: 'wait', conditions: [{ type: 'seconds_on_page', atLeast: 5 }], invite: { text: 'Hello' } }];

test('JIVO-JS-063 JIVO-JS-064 rules replace those there were, as a list or in an object', () => {
  expect(api.setRules(rules)).toEqual(ok);
  expect(widget.rules).toEqual(rules);
  expect(api.setRules([])).toEqual(ok);
  expect(widget.rules).toEqual([]);
  expect(api.setRules(JSON.parse(JSON.stringify({ rules })))).toEqual(ok);
  expect(widget.rules).toEqual(rules);
});

test('JIVO-JS-065 rules that cannot be understood change nothing', () => {
  api.setRules(rules);
  const odd = [{ ...rules[0], conditions: [{ type: 'full_moon' }] }];
  for (const raw of [odd, undefined, 'none', {}]) expect(api.setRules(raw)).toEqual(failed);
  expect(widget.rules).toEqual(rules);
});

test.each([
  ['secret-of-maya', 'secret-of-maya'],
  [12345, '12345'],
])('JIVO-JS-068 the token %j is sent to be kept with the visitor, and echoed', (token, kept) => {
  expect(api.setUserToken(token)).toEqual({ result: 'ok', token });
  expect(widget.patches).toEqual([{ layer: 'site', data: { token: kept }, replace: false }]);
});

const odd = { a: 1 };
test.each([
  [undefined, false],
  ['', false],
  [null, false],
  [Number.NaN, false],
  [odd, odd],
  [true, true],
  [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
])('JIVO-JS-069 JIVO-JS-070 the token %j fails', (token, echo) => {
  expect(api.setUserToken(token)).toEqual({ result: 'fail', token: echo });
  expect(widget.patches).toEqual([]);
});

test('JIVO-JS-072 JIVO-JS-075 an invitation opens the chat with its text', () => {
  expect(api.showProactiveInvitation('May we help?')).toEqual(ok);
  expect(widget.invited).toEqual([{ text: 'May we help?', group: undefined }]);
  expect([widget.opened, widget.view]).toEqual([true, 'chat']);
});

test('JIVO-JS-072 an invitation comes into a window that shows something else', () => {
  api.open({ start: 'call' });
  expect(api.showProactiveInvitation('May we help?')).toEqual(ok);
  expect([widget.invited.length, widget.view]).toEqual([1, 'chat']);
});

test('JIVO-JS-073 an invitation in onLoadCallback is shown at once', () => {
  blank();
  widget = new FakeWidget();
  script('https://chat.test/widget/hQ2xV7');
  Object.assign(window, { jivo_onLoadCallback: () => window.jivo_api?.showProactiveInvitation('Welcome') });
  load(() => widget);
  expect(widget.invited).toEqual([{ text: 'Welcome', group: undefined }]);
  expect(widget.opened).toBe(true);
});

test.each([
  [3, 'sales'],
  [4, undefined],
  ['3', undefined],
])('JIVO-JS-074 the department %j', (department, group) => {
  api.showProactiveInvitation('May we help?', department);
  expect(widget.invited[0]?.group).toBe(group);
});

test('JIVO-JS-075 no invitation without text, with nobody there, or into a conversation', () => {
  expect(api.showProactiveInvitation(' ')).toEqual(failed);
  expect(api.showProactiveInvitation()).toEqual(failed);
  widget.talking = true;
  expect(api.showProactiveInvitation('Hello')).toEqual(failed);
  widget.talking = false;
  widget.availability = { online: false, agents: [] };
  expect(api.showProactiveInvitation('Hello')).toEqual(failed);
  expect([widget.invited, widget.opened]).toEqual([[], false]);
});

test('JIVO-JS-076 JIVO-JS-077 JIVO-JS-079 a call is asked for, whatever stands between the digits', () => {
  expect(api.startCall('+1 (408) 498-78.55')).toEqual(ok);
  expect(widget.called).toEqual(['+14084987855']);
});

test('JIVO-JS-076 JIVO-JS-078 no call where calls are switched off', () => {
  widget.config = { ...widget.config!, calls: false };
  expect(api.startCall('+14084987855')).toEqual({ result: 'fail', reason: 'Callback disabled' });
  expect(widget.called).toEqual([]);
});

test.each([['14084987855'], ['+123456'], ['+1234567890123456'], ['+1408x4987855'], [''], [undefined], [14084987855]])(
  'JIVO-JS-078 JIVO-JS-079 the number %j fails',
  (number) => {
    expect(api.startCall(number)).toEqual(failed);
    expect(widget.called).toEqual([]);
  },
);

test('JIVO-JS-080 JIVO-JS-081 whether calls are there is told to the callback and returned', () => {
  const told = vi.fn();
  expect(api.isCallbackEnabled(told)).toEqual(ok);
  expect(told.mock.calls).toEqual([[ok]]);
  expect(api.isCallbackEnabled()).toEqual(ok);
});

test('JIVO-JS-080 JIVO-JS-082 switched off', () => {
  widget.config = { ...widget.config!, calls: false };
  const told = vi.fn();
  api.isCallbackEnabled(told);
  expect(told.mock.calls).toEqual([[{ result: 'fail', reason: 'Callback disabled' }]]);
});

test('JIVO-JS-083 JIVO-JS-078 while a call goes on, from the moment it is asked for until its end', async () => {
  const unavailable = { result: 'fail', reason: 'Callback unavaiable' };
  const answer = widget.hold();
  api.startCall('+14084987855');
  expect(api.isCallbackEnabled()).toEqual(unavailable);
  expect(api.startCall('+14084987855')).toEqual(unavailable);
  expect(api.open({ start: 'call' })).toEqual(unavailable);
  widget.tell('call', { id: 'call-1', status: 'start' });
  answer();
  await settled();
  expect(api.isCallbackEnabled()).toEqual(unavailable);
  widget.tell('call', { id: 'call-1', status: 'end' });
  expect(api.isCallbackEnabled()).toEqual(ok);
  expect(widget.called).toHaveLength(1);
});

test('JIVO-JS-083 JIVO-JS-078 at another day or time than calls are taken', () => {
  const unavailable = { result: 'fail', reason: 'Callback unavaiable' };
  const now = Date.now();
  widget.config = { ...widget.config!, callTimes: [[now + 60_000, now + 120_000]] };
  expect(api.isCallbackEnabled()).toEqual(unavailable);
  expect(api.startCall('+14084987855')).toEqual(unavailable);
  widget.config.callTimes?.push([now - 60_000, now + 60_000]);
  expect(api.isCallbackEnabled()).toEqual(ok);
});

const order = {
  name: 'Maya',
  email: 'maya@example.com',
  phone: '+1 408 498 7855',
  description: 'From the order form',
  message: 'Two tents, please',
};

test('JIVO-JS-084 JIVO-JS-085 JIVO-JS-086 an offline message is sent without the form, with who sent it', () => {
  const { message, ...contact } = order;
  expect(api.sendOfflineMessage(order)).toEqual(ok);
  expect(widget.sent).toEqual([{ text: message, options: { offline: true } }]);
  expect(widget.patches).toEqual([{ layer: 'basic', data: contact, replace: false }]);
  expect(widget.opened).toBe(false);
});

test('JIVO-JS-089 an offline message is taken whether somebody is there or not', () => {
  expect(api.sendOfflineMessage(order)).toEqual(ok);
  widget.availability = { online: false, agents: [] };
  expect(api.sendOfflineMessage(order)).toEqual(ok);
  expect(widget.sent).toHaveLength(2);
});

test.each([
  ['no object', undefined],
  ['no message', { ...order, message: undefined }],
  ['an empty message', { ...order, message: ' ' }],
  ['an endless message', { ...order, message: 'x'.repeat(10_001) }],
  ['a message that is no text', { ...order, message: 5 }],
  ['an email that is none', { ...order, email: 'maya@' }],
  ['a phone that is none', { ...order, phone: '4987855' }],
  ['nothing to answer to', { name: 'Maya', email: '', phone: '', message: 'Hello' }],
])('JIVO-JS-087 JIVO-JS-088 %s fails under the key error', (_, raw) => {
  const answer = api.sendOfflineMessage(raw);
  expect(answer).toEqual({ result: 'fail', error: expect.stringMatching(/./) });
  expect('reason' in answer).toBe(false);
  expect([widget.sent, widget.patches]).toEqual([[], []]);
});

test('JIVO-JS-088 an address that is known already is enough', () => {
  widget.user = { ...widget.user!, email: 'maya@example.com' };
  expect(api.sendOfflineMessage({ message: 'Hello', email: '' })).toEqual(ok);
  expect(widget.patches).toEqual([]); // an empty field of an order form erases nothing
});

test('JIVO-JS-087 whose messages are refused is told so', () => {
  widget.view = 'blocked';
  expect(api.sendOfflineMessage(order)).toEqual({ result: 'fail', error: expect.any(String) });
  expect(widget.sent).toEqual([]);
});

test('methods need no this, and what a callback throws is logged', async () => {
  const error = vi.spyOn(console, 'error').mockImplementation(() => {});
  const { isCallbackEnabled, getVisitorNumber, open } = api;
  const thrown = () => {
    throw new Error('of the page');
  };
  expect(isCallbackEnabled(thrown)).toEqual(ok);
  getVisitorNumber(thrown);
  await settled();
  expect(error).toHaveBeenCalledTimes(2);
  expect(open()).toEqual(ok);
});

test('nothing of this is heard by the page but what it is told of', async () => {
  const heard = hearing();
  api.setContactInfo({ name: 'Maya' });
  api.setCustomData([]);
  api.setRules([]);
  api.setUserToken('x');
  api.sendOfflineMessage(order);
  await settled();
  expect(heard).toEqual([]);
});
