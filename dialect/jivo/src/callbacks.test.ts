import { beforeEach, expect, test, vi } from 'vitest';
import type { NewMessage } from '../../../widget/src/types';
import { blank, FakeWidget, hearing, page, script, settled } from './fake';
import { load } from './load';

let widget: FakeWidget;
let heard: unknown[][];

beforeEach(() => {
  blank();
  widget = new FakeWidget();
});

/** Opens a page that hears everything but what is left out. */
function open(...without: string[]): void {
  heard = hearing(...without);
  script('https://chat.test/widget/hQ2xV7');
  load(() => widget);
  heard.length = 0;
}

const message = {} as NewMessage;

test('JIVO-JS-009 JIVO-JS-012 JIVO-JS-014 JIVO-JS-019 JIVO-JS-026 state, then open or close, then the size', async () => {
  open();
  widget.open();
  await settled();
  expect(heard.splice(0)).toEqual([['ChangeState', 'chat'], ['Open'], ['ResizeCallback']]);
  widget.close();
  await settled();
  expect(heard.splice(0)).toEqual([['ChangeState', 'label'], ['Close'], ['ResizeCallback']]);
});

test('JIVO-JS-009 it does not matter who opens: the visitor, the API or an invitation', () => {
  open('jivo_onResizeCallback');
  window.jivo_api?.open();
  widget.close();
  window.jivo_api?.showProactiveInvitation('May we help?');
  widget.close();
  widget.move({ opened: true, view: 'home' });
  expect(heard.filter(([name]) => name === 'Open')).toHaveLength(3);
});

test('JIVO-JS-014 every change of the size is told, without a change of state too', async () => {
  open();
  widget.tell('resize', { width: 380, height: 500 });
  await settled();
  widget.tell('resize', { width: 380, height: 600 });
  await settled();
  expect(heard).toEqual([['ResizeCallback'], ['ResizeCallback']]);
});

test.each([
  ['JIVO-JS-020', 'chat', { opened: true, view: 'chat' }],
  ['JIVO-JS-020', 'chat', { opened: true, view: 'home' }],
  ['JIVO-JS-021', 'call', { opened: true, view: 'call' }],
  ['JIVO-JS-025', 'offline', { opened: true, view: 'offline' }],
  ['JIVO-JS-025', 'introduce', { opened: true, view: 'form' }],
  ['JIVO-JS-024', 'chat/min', { talking: true }],
] as const)('%s the state %s', (_, state, change) => {
  open('jivo_onResizeCallback');
  widget.move(change);
  expect(heard[0]).toEqual(['ChangeState', state]);
});

test('JIVO-JS-022 JIVO-JS-021 the call form from within the chat, and directly', () => {
  open('jivo_onResizeCallback', 'jivo_onOpen', 'jivo_onClose');
  widget.open({ view: 'chat' });
  widget.open({ view: 'call' });
  widget.move({ talking: true });
  widget.close();
  widget.open({ view: 'call' });
  expect(heard.map(([, state]) => state)).toEqual(['chat', 'chat/call', 'chat/min', 'call']);
});

test('JIVO-JS-021 JIVO-JS-027 a call form that was opened directly stays that when a conversation begins', () => {
  open('jivo_onResizeCallback');
  widget.open({ view: 'call' });
  widget.move({ talking: true });
  expect(heard).toEqual([['ChangeState', 'call'], ['Open']]);
});

test('JIVO-JS-023 JIVO-JS-024 minimised without and with a conversation', () => {
  open('jivo_onResizeCallback', 'jivo_onOpen', 'jivo_onClose');
  widget.open({ view: 'chat' });
  widget.close();
  widget.open({ view: 'chat' });
  widget.move({ talking: true });
  widget.close();
  expect(heard.map(([, state]) => state)).toEqual(['chat', 'label', 'chat', 'chat/min']);
});

test('JIVO-JS-027 nothing is told twice', () => {
  open('jivo_onResizeCallback');
  widget.open({ view: 'chat' });
  widget.tell('state', { open: true, view: 'chat', conversation: false });
  widget.move({ view: 'home', talking: true });
  widget.tell('open', undefined);
  window.jivo_api?.open();
  expect(heard).toEqual([['ChangeState', 'chat'], ['Open']]);
  heard.length = 0;
  window.jivo_api?.close();
  window.jivo_api?.close();
  expect(heard).toEqual([['ChangeState', 'chat/min'], ['Close']]);
});

test('JIVO-JS-026 JIVO-JS-027 a page that closes at once what opens hears both whole, one after the other', () => {
  open('jivo_onResizeCallback');
  const state = page.jivo_onChangeState as (state: string) => void;
  page.jivo_onChangeState = (now: string) => {
    state(now);
    if (now === 'chat') window.jivo_api?.close();
  };
  widget.open({ view: 'chat' });
  expect(heard).toEqual([['ChangeState', 'chat'], ['Open'], ['ChangeState', 'label'], ['Close']]);
});

test('JIVO-JS-019 a panel that was open before the script was ready is told of after it', () => {
  widget.move({ opened: true, view: 'chat', talking: true });
  heard = hearing();
  script('https://chat.test/widget/hQ2xV7');
  load(() => widget);
  expect(heard).toEqual([['LoadCallback'], ['ChangeState', 'chat'], ['Open']]);
});

test('JIVO-JS-023 a page that opens with nothing to tell tells nothing', () => {
  widget.talking = true;
  open();
  expect(heard).toEqual([]);
});

test('JIVO-JS-010 the first message is told, and no other', () => {
  open();
  widget.tell('message', message);
  expect(heard).toEqual([]);
  widget.tell('firstMessage', message);
  expect(heard).toEqual([['MessageSent']]);
});

test('JIVO-JS-011 the agent who takes what waits is told of, and no other', () => {
  open();
  widget.tell('agentAssigned', { id: 'ben', name: 'Ben', first: false });
  expect(heard).toEqual([]);
  widget.tell('agentAssigned', { id: 'anna', name: 'Anna', first: true });
  expect(heard).toEqual([['Accept']]);
});

test('JIVO-JS-013 JIVO-JS-035 the form that is sent is told of, and what it says can be read in it', () => {
  open();
  let inside: unknown;
  const introduction = page.jivo_onIntroduction as () => void;
  page.jivo_onIntroduction = () => {
    introduction();
    inside = window.jivo_api?.getContactInfo();
  };
  const values = { name: 'Maya', email: 'maya@example.com', newsletter: true };
  widget.tell('form', { kind: 'contacts', step: 'shown', values: {} });
  widget.tell('form', { kind: 'call', step: 'submitted', values: { phone: '+14084987855' } });
  expect(heard).toEqual([]);
  widget.tell('form', { kind: 'contacts', step: 'submitted', values });
  expect(heard).toEqual([['Introduction']]);
  expect(inside).toEqual({
    client_name: 'Maya',
    name: 'Maya',
    email: 'maya@example.com',
    phone: null,
    description: null,
  });
});

test('JIVO-JS-013 setContactInfo is no introduction', async () => {
  open();
  window.jivo_api?.setContactInfo({ name: 'Maya' });
  await settled();
  expect(heard).toEqual([]);
});

test('JIVO-JS-015 JIVO-JS-016 JIVO-JS-017 a call begins once and ends well', () => {
  open();
  widget.tell('call', { id: 'call-1', status: 'start' });
  widget.tell('call', { id: 'call-1', status: 'start' });
  expect(heard.splice(0)).toEqual([['CallStart']]);
  widget.tell('call', { id: 'call-1', status: 'agent_connected' });
  widget.tell('call', { id: 'call-1', status: 'client_connected' });
  expect(heard).toEqual([]);
  widget.tell('call', { id: 'call-1', status: 'end' });
  widget.tell('call', { id: 'call-1', status: 'end' });
  expect(heard).toEqual([['CallEnd', { result: 'ok' }]]);
});

test('JIVO-JS-016 JIVO-JS-017 JIVO-JS-018 a call that fails ends with its reason', () => {
  open();
  widget.tell('call', { id: 'call-1', status: 'start' });
  widget.tell('call', { id: 'call-1', status: 'error', reason: 'no_answer' });
  expect(heard).toEqual([['CallStart'], ['CallEnd', { result: 'fail', reason: 'no_answer' }]]);
});

test('JIVO-JS-017 JIVO-JS-018 a call that could not start ends too', async () => {
  open();
  widget.fault = { code: 'conflict', message: 'A call is going on already.' };
  expect(window.jivo_api?.startCall('+14084987855')).toEqual({ result: 'ok' });
  await settled();
  expect(heard).toEqual([['CallEnd', { result: 'fail', reason: 'A call is going on already.' }]]);
});

test('JIVO-JS-015 a call that began on the page before does not begin again', () => {
  open();
  widget.tell('call', { id: 'call-1', status: 'agent_connected' });
  widget.tell('call', { id: 'call-1', status: 'end' });
  expect(heard).toEqual([['CallEnd', { result: 'ok' }]]);
});

test('JIVO-JS-005 a function that is declared or replaced later is the one that is called', () => {
  open();
  const later = vi.fn();
  page.jivo_onOpen = later;
  widget.open();
  expect(later).toHaveBeenCalledWith();
  const latest = vi.fn();
  page.jivo_onClose = latest;
  widget.close();
  expect(latest).toHaveBeenCalledWith();
  page.jivo_onOpen = 'no function';
  widget.open();
  expect(later).toHaveBeenCalledTimes(1);
});

test('JIVO-JS-005 what a function throws is logged, and the next one is called all the same', () => {
  const error = vi.spyOn(console, 'error').mockImplementation(() => {});
  open();
  page.jivo_onChangeState = () => {
    throw new Error('of the page');
  };
  expect(() => widget.open()).not.toThrow();
  expect(heard).toEqual([['Open']]);
  expect(error).toHaveBeenCalledTimes(1);
});
