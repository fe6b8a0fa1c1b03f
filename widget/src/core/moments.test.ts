import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watchMoments } from './moments';

const moments = () => ({ looked: vi.fn(), away: vi.fn(), back: vi.fn(), acted: vi.fn() });
let heard = moments();
let end = () => {};
beforeEach(() => {
  heard = moments();
  end = watchMoments(heard.looked, heard.away, heard.back, heard.acted);
});
afterEach(() => end());

const happens = (type: string, more: object = {}) =>
  document.body.dispatchEvent(Object.assign(new Event(type, { bubbles: true }), more));

test('ATTR-028 a press, a key and scrolling by hand are acts, also where the page stops them; a page that scrolls by itself is none', () => {
  const stop = (event: Event) => event.stopPropagation();
  for (const act of ['pointerdown', 'keydown', 'wheel']) {
    document.body.addEventListener(act, stop);
    happens(act);
    document.body.removeEventListener(act, stop);
  }
  expect(heard.acted).toHaveBeenCalledTimes(3);
  for (const none of ['scroll', 'visibilitychange', 'focus', 'mousemove']) happens(none);
  expect(heard.acted).toHaveBeenCalledTimes(3);
});

test('what becomes of the page is told until the end', () => {
  document.dispatchEvent(new Event('visibilitychange'));
  const passes = (type: string, persisted: boolean) => dispatchEvent(Object.assign(new Event(type), { persisted }));
  passes('pagehide', false);
  passes('pageshow', false);
  expect([heard.looked, heard.away, heard.back].map((f) => f.mock.calls.length)).toEqual([1, 0, 0]);
  passes('pagehide', true);
  passes('pageshow', true);
  expect([heard.looked, heard.away, heard.back].map((f) => f.mock.calls.length)).toEqual([1, 1, 1]);
  end();
  for (const one of ['pagehide', 'pageshow']) passes(one, true);
  for (const one of ['visibilitychange', 'pointerdown', 'keydown', 'wheel']) happens(one);
  expect([heard.looked, heard.away, heard.back, heard.acted].map((f) => f.mock.calls.length)).toEqual([1, 1, 1, 0]);
});
