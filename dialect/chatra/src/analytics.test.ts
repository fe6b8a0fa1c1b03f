import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { EventName, Events } from '../../../widget/src/types';
import { leave, started } from './fake_widget';

const page = window as unknown as Record<string, unknown>;
const before = new Set(Object.keys(window));
beforeEach(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
});
afterEach(() => {
  leave();
  for (const name of Object.keys(window)) if (!before.has(name)) delete page[name];
});

type Case = { [E in EventName]: [string, string, E, Events[E], boolean] }[EventName];
const by = (kind: 'visitor' | 'agent') => ({ id: 'c', no: 1, by: { kind } });
const prechat = (step: 'shown' | 'submitted') => ({ kind: 'prechat' as const, step, values: {} });
const cases: Case[] = [
  ['CHATRA-JS-081', 'Chat initiated by visitor', 'conversationStarted', by('visitor'), false],
  ['CHATRA-JS-082', 'Chat initiated by agent', 'conversationStarted', by('agent'), true],
  ['CHATRA-JS-083', 'Chat accepted by agent', 'agentAssigned', { id: 'a', name: 'Ann', first: true }, true],
  ['CHATRA-JS-084', 'Chat rated', 'rating', { conversation: 'c', score: 5, comment: '' }, false],
  ['CHATRA-JS-085', 'Targeted chat shown', 'invite', { step: 'shown', text: 'x' }, true],
  ['CHATRA-JS-086', 'Targeted chat accepted by visitor', 'invite', { step: 'accepted', text: 'x' }, false],
  ['CHATRA-JS-087', 'Targeted chat rejected by visitor', 'invite', { step: 'rejected', text: 'x' }, false],
  ['CHATRA-JS-088', 'Pre-chat form shown', 'form', prechat('shown'), true],
  ['CHATRA-JS-089', 'Pre-chat form submitted', 'form', prechat('submitted'), false],
  ['CHATRA-JS-090', 'Bot scenario shown', 'bot', { step: 'shown' }, true],
  ['CHATRA-JS-091', 'Bot scenario started by visitor', 'bot', { step: 'started' }, false],
  ['CHATRA-JS-092', 'Bot reply option clicked', 'bot', { step: 'option', option: 'x' }, false],
];

test.each(cases)('%s CHATRA-JS-077 CHATRA-JS-093 "%s" is told to the page, and marked if nobody did it', (...args) => {
  const [, name, event, value, passive] = args;
  const onAnalyticEvent = vi.fn();
  const gtag = vi.fn();
  page.gtag = gtag;
  started({ onAnalyticEvent }).emit(event, value as never);
  expect(onAnalyticEvent).toHaveBeenCalledExactlyOnceWith(name);
  expect(gtag.mock.lastCall?.slice(0, 2)).toEqual(['event', name]);
  expect(gtag.mock.lastCall?.[2].non_interaction).toBe(passive ? true : undefined);
});

test.each<[EventName, unknown]>([
  ['agentAssigned', { id: 'a', name: 'Ann', first: false }],
  ['form', { kind: 'contacts', step: 'shown', values: {} }],
  ['conversationStarted', { id: 'c', no: 1, by: { kind: 'system' } }],
])('%s that is none of the twelve is not told: %j', (event, value) => {
  const onAnalyticEvent = vi.fn();
  started({ onAnalyticEvent }).emit(event, value as never);
  expect(onAnalyticEvent).not.toHaveBeenCalled();
});

const rated = { conversation: 'c', score: 5, comment: '' };
const shown = { step: 'shown' as const };

function tracker(trackingId: string) {
  return { get: (name: string) => (name === 'trackingId' ? trackingId : undefined), send: vi.fn() };
}

/** The library of the page, under its usual name or another. */
function analytics(name: string, ...trackers: ReturnType<typeof tracker>[]): void {
  page[name] = Object.assign((work: () => void) => work(), { getAll: () => trackers });
}

test('CHATRA-JS-093 CHATRA-JS-094 the first tracker of the page is told, with the flag where it belongs', () => {
  const [first, second] = [tracker('UA-1'), tracker('UA-2')];
  analytics('ga', first, second);
  const widget = started();
  widget.emit('rating', rated);
  widget.emit('bot', shown);
  expect(first.send.mock.calls).toEqual([
    ['event', { eventCategory: 'Chatra', eventAction: 'Chat rated' }],
    ['event', { eventCategory: 'Chatra', eventAction: 'Bot scenario shown', nonInteraction: true }],
  ]);
  expect(second.send).not.toHaveBeenCalled();
});

test('CHATRA-JS-067 the tracker that the page names is told, under whatever name the library goes', () => {
  const [first, second] = [tracker('UA-1'), tracker('UA-2')];
  page.GoogleAnalyticsObject = 'count';
  analytics('count', first, second);
  started({ gaTrackingId: 'UA-2' }).emit('rating', rated);
  expect(first.send).not.toHaveBeenCalled();
  expect(second.send).toHaveBeenCalledTimes(1);
});

test('CHATRA-JS-094 a library that is not there yet is told when it is', () => {
  const waiting: (() => void)[] = [];
  page.ga = Object.assign((work: () => void) => void waiting.push(work), {});
  started().emit('rating', rated);
  const first = tracker('UA-1');
  Object.assign(page.ga as object, { getAll: () => [first] });
  for (const work of waiting) work();
  expect(first.send).toHaveBeenCalledTimes(1);
});

test('CHATRA-JS-067 CHATRA-JS-094 the newer library is told for its first id, or the named one', () => {
  const gtag = vi.fn();
  page.gtag = gtag;
  page.dataLayer = [
    ['js', new Date()],
    ['config', 'G-1'],
    ['config', 'G-2'],
  ];
  started().emit('rating', rated);
  expect(gtag).toHaveBeenLastCalledWith('event', 'Chat rated', { event_category: 'Chatra', send_to: 'G-1' });
  leave();
  started({ gaTrackingId: 'G-2' }).emit('rating', rated);
  expect(gtag).toHaveBeenLastCalledWith('event', 'Chat rated', { event_category: 'Chatra', send_to: 'G-2' });
});

test('CHATRA-JS-067 an id that the older library does not have is the newer one\u2019s', () => {
  const [first, gtag] = [tracker('UA-1'), vi.fn()];
  analytics('ga', first);
  page.gtag = gtag;
  started({ gaTrackingId: 'G-2' }).emit('rating', rated);
  expect(first.send).not.toHaveBeenCalled();
  expect(gtag).toHaveBeenCalledTimes(1);
});

test('CHATRA-JS-095 the first counter of the page is told: an object, or one of the function\u2019s', () => {
  const counter = { reachGoal: vi.fn() };
  page.yaCounter11 = counter;
  started().emit('rating', rated);
  expect(counter.reachGoal).toHaveBeenCalledExactlyOnceWith('Chat rated');
  delete page.yaCounter11;
  const ym = Object.assign(vi.fn(), {
    a: [
      [22, 'init', {}],
      [33, 'init', {}],
    ],
  });
  page.ym = ym;
  leave();
  started().emit('rating', rated);
  expect(ym).toHaveBeenCalledExactlyOnceWith(22, 'reachGoal', 'Chat rated');
  page.Ya = { Metrika2: { counters: () => [{ id: 44 }] } };
  leave();
  started().emit('rating', rated);
  expect(ym).toHaveBeenLastCalledWith(44, 'reachGoal', 'Chat rated');
});

test.each(['22', 22])('CHATRA-JS-069 the counter that the page names is told, as text or number: %j', (yaCounterId) => {
  const [first, second] = [{ reachGoal: vi.fn() }, { reachGoal: vi.fn() }];
  Object.assign(page, { yaCounter11: first, yaCounter22: second });
  started({ yaCounterId }).emit('rating', rated);
  expect(first.reachGoal).not.toHaveBeenCalled();
  expect(second.reachGoal).toHaveBeenCalledTimes(1);
  delete page.yaCounter22;
  const ym = vi.fn();
  page.ym = ym;
  leave();
  started({ yaCounterId }).emit('rating', rated);
  expect(ym).toHaveBeenCalledExactlyOnceWith(22, 'reachGoal', 'Chat rated');
});

test('CHATRA-JS-068 CHATRA-JS-070 the page may forbid either, and is told itself all the same', () => {
  const [gtag, ym, onAnalyticEvent] = [vi.fn(), vi.fn(), vi.fn()];
  Object.assign(page, { gtag, ym: Object.assign(ym, { a: [[22, 'init']] }) });
  started({ disableGaTracking: true, onAnalyticEvent }).emit('rating', rated);
  expect([gtag, ym, onAnalyticEvent].map((f) => f.mock.calls.length)).toEqual([0, 1, 1]);
  leave();
  started({ disableYaTracking: true, onAnalyticEvent }).emit('rating', rated);
  expect([gtag, ym, onAnalyticEvent].map((f) => f.mock.calls.length)).toEqual([1, 1, 2]);
});

test.each([
  ['no counter', {}],
  ['counters that are something else', { ga: 7, gtag: 'x', ym: {}, Ya: 1, yaCounter11: 1, dataLayer: 5 }],
  ['counters that throw', { ga: thrower, gtag: thrower, ym: thrower }],
])('CHATRA-JS-096 %s: nothing is sent, and nothing breaks', (_, globals) => {
  const onAnalyticEvent = vi.fn();
  const widget = started({ onAnalyticEvent });
  Object.assign(page, globals);
  expect(() => widget.emit('rating', rated)).not.toThrow();
  expect(onAnalyticEvent).toHaveBeenCalledTimes(1);
});

function thrower(): void {
  throw new Error('of the counter');
}
