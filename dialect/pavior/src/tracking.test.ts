import { expect, test, vi } from 'vitest';
import { fakePage, openPage, settled } from './fake';

test('PAV-JS-086 PAV-JS-087 PAV-JS-090 track is the switch of doTimeTravel', () => {
  const { Pavior, asked, recording } = openPage({ doTimeTravel: false });
  Pavior('track', { doTracking: true, isTop: true });
  expect(recording).toEqual({ on: true, isTop: true });
  Pavior('event', 'bought');
  Pavior('track', { doTracking: false });
  Pavior('event', 'bought');
  expect(asked()).toEqual([['event', 'bought', {}]]);
});

test('PAV-JS-088 PAV-JS-089 isTop is as said, and without it as the window is', () => {
  const { Pavior, recording } = openPage();
  Pavior('track', { doTracking: true, isTop: false });
  expect(recording.isTop).toBe(false);
  Pavior('track', { doTracking: true });
  expect(recording.isTop).toBe(true);
});

test('PAV-JS-086 track without doTracking does nothing', () => {
  const { Pavior, recording, warn } = openPage();
  for (const raw of [undefined, true, {}, { doTracking: 'no' }]) Pavior('track', raw);
  expect(recording.on).toBe(true);
  expect(warn).toHaveBeenCalledTimes(1);
});

test('PAV-JS-091 PAV-JS-100 event records a name with its data, also of an anonymous visitor', () => {
  const { Pavior, asked } = openPage();
  Pavior('event', 'bought', { price: 5, items: ['a'] });
  expect(asked()).toEqual([['event', 'bought', { price: 5, items: ['a'] }]]);
});

test('PAV-JS-019 PAV-JS-098 event is refused while tracking is off', () => {
  const { Pavior, asked, warn } = openPage({ doTimeTravel: false });
  Pavior('event', 'bought', {});
  expect(asked()).toEqual([]);
  expect(warn).toHaveBeenCalledTimes(1);
});

test('PAV-JS-099 no data is {}; a bad name or data records nothing', () => {
  const { Pavior, asked, warn } = openPage();
  Pavior('event', 'bought');
  expect(asked()).toEqual([['event', 'bought', {}]]);
  for (const args of [[], [''], [7, {}], ['x', 'text'], ['x', null], ['x', []], ['x', new Date()], ['x', () => {}]])
    Pavior('event', ...args);
  expect(asked()).toEqual([]);
  expect(warn).toHaveBeenCalledTimes(2);
});

test('an event that the server refuses is warned of', async () => {
  const { Pavior, widget, warnings } = openPage();
  widget.event = async () => ({ code: 'too_long', message: 'This is too long.' });
  Pavior('event', 'bought');
  await settled();
  expect(warnings()).toEqual(['Pavior: event: This is too long.']);
});

test('PAV-JS-101 PAV-JS-102 feedback opens the box for the one argument it has', () => {
  const { Pavior, asked, warn } = openPage();
  for (const what of [undefined, 'moment', { type: 'saved_moment' }]) Pavior('feedback', what);
  expect(asked()).toEqual([]);
  expect(warn).toHaveBeenCalledTimes(1);
  Pavior('feedback', 'saved_moment');
  expect(asked()).toEqual([['feedback']]);
});

test('PAV-JS-103 feedback does nothing while tracking is off', () => {
  const { Pavior, asked, warn } = openPage({ doTimeTravel: false });
  Pavior('feedback', 'saved_moment');
  expect(asked()).toEqual([]);
  expect(warn).toHaveBeenCalledTimes(1);
});

/** Clicks at given milliseconds and places. */
function click(
  target: Element,
  ...clicks: [at: number, x: number, y: number, button?: number, detail?: number][]
): void {
  for (const [at, clientX, clientY, button = 0, detail = 1] of clicks) {
    const event = new MouseEvent('click', { clientX, clientY, button, detail, bubbles: true, composed: true });
    Object.defineProperty(event, 'timeStamp', { value: at });
    target.dispatchEvent(event);
  }
}
const four: [number, number, number][] = [
  [1000, 10, 10],
  [1500, 40, 40],
  [2000, 10, 50],
  [2500, 10, 10],
];

test('PAV-JS-021 PAV-JS-023 PAV-JS-101 the fourth quick click in one place opens the feedback box, once', () => {
  const { asked } = openPage({ quadClickForFeedback: true });
  click(document.body, ...four.slice(0, 3));
  expect(asked()).toEqual([]);
  click(document.body, four[3]!, [2600, 10, 10], [2700, 10, 10], [2800, 10, 10]);
  expect(asked()).toEqual([['feedback']]);
});

test('PAV-JS-023 slow, scattered, secondary, scripted clicks and those in the widget are no rage', () => {
  const { asked } = openPage({ quadClickForFeedback: true });
  click(document.body, [1000, 0, 0], [1501, 0, 0], [2002, 0, 0], [2503, 0, 0]);
  click(document.body, [5000, 0, 0], [5100, 51, 0], [5200, 0, 0], [5300, 51, 0], [5400, 0, 0]);
  click(document.body, ...four.map(([at, x, y]) => [at + 9000, x, y, 2] as [number, number, number, number]));
  click(
    document.body,
    ...four.map(([at, x, y]) => [at + 19000, x, y, 0, 0] as [number, number, number, number, number]),
  );
  const host = document.createElement('div');
  host.setAttribute('data-confab', '');
  document.body.append(host);
  const inside = document.createElement('button');
  host.attachShadow({ mode: 'open' }).append(inside);
  click(inside, ...four.map(([at, x, y]) => [at + 29000, x, y] as [number, number, number]));
  expect(asked()).toEqual([]);
  click(document.body, ...four.map(([at, x, y]) => [at + 39000, x, y] as [number, number, number]));
  expect(asked()).toEqual([['feedback']]);
});

test('PAV-JS-021 PAV-JS-022 rage clicks count only while tracking is on; both names of the option work', () => {
  const off = openPage({ doTimeTravel: false, quadClickForFeedback: true });
  expect(off.warn).toHaveBeenCalledTimes(1);
  click(document.body, ...four);
  expect(off.asked()).toEqual([]);
  const alias = openPage({ rageClickForFeedback: true });
  click(document.body, ...four.map(([at, x, y]) => [at + 9000, x, y] as [number, number, number]));
  expect(alias.asked()).toEqual([['feedback']]);
  const outranked = openPage({ rageClickForFeedback: true, quadClickForFeedback: false });
  click(document.body, ...four.map(([at, x, y]) => [at + 19000, x, y] as [number, number, number]));
  expect(outranked.asked()).toEqual([]);
});

test('PAV-JS-042 PAV-JS-021 after a second init without the option rage clicks count no more, and with it once', () => {
  const { Pavior, asked } = openPage({ quadClickForFeedback: true });
  Pavior('init', { teamId: 'acme', doTimeTravel: true });
  asked();
  click(document.body, ...four);
  expect(asked()).toEqual([]);
  Pavior('init', { teamId: 'acme', doTimeTravel: true, quadClickForFeedback: true });
  asked();
  click(document.body, ...four.map(([at, x, y]) => [at + 9000, x, y] as [number, number, number]));
  expect(asked()).toEqual([['feedback']]);
});

test('PAV-JS-012 a key of the API is neither needed nor passed on', () => {
  const { Pavior, asked } = fakePage();
  Pavior('init', { teamId: 'acme', apiKey: 'secret', id: 'u1' });
  expect(JSON.stringify(asked())).not.toContain('secret');
  vi.restoreAllMocks();
});
