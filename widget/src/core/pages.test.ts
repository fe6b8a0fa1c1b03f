import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as limits from '../../../chat/limits.json';
import { currentPage, watchPages } from './pages';

const changed = vi.fn();
let end: () => void;
const { pushState, replaceState } = history;

beforeEach(() => {
  vi.useFakeTimers();
  location.href = 'https://shop.test/';
  changed.mockReset();
  end = watchPages(changed);
});
afterEach(() => {
  end();
  vi.useRealTimers();
});

/** What a site does when it shows another page without loading one. */
function go(path: string, how: 'pushState' | 'replaceState' = 'pushState'): void {
  history[how]({}, '', path);
}

test.each(['pushState', 'replaceState'] as const)('%s to another address is told a moment later', (how) => {
  go('/tents', how);
  expect(changed).not.toHaveBeenCalled();
  vi.advanceTimersByTime(limits.pageGapMillis);
  expect(changed).toHaveBeenCalledTimes(1);
});

test('the same address is no other page', () => {
  go(location.href, 'replaceState');
  vi.advanceTimersByTime(limits.pageGapMillis);
  expect(changed).not.toHaveBeenCalled();
});

test('a hurried walk is told once, at its end', () => {
  for (const path of ['/a', '/b', '/c']) go(path);
  vi.advanceTimersByTime(limits.pageGapMillis);
  expect(changed).toHaveBeenCalledTimes(1);
});

test.each(['popstate', 'hashchange'])('%s is looked at', (event) => {
  pushState.call(history, {}, '', `/${event}`);
  dispatchEvent(new Event(event));
  vi.advanceTimersByTime(limits.pageGapMillis);
  expect(changed).toHaveBeenCalledTimes(1);
});

test('the end gives the page its own functions back and is told nothing more', () => {
  go('/late');
  end();
  expect([history.pushState, history.replaceState]).toEqual([pushState, replaceState]);
  go('/later');
  vi.advanceTimersByTime(limits.pageGapMillis);
  expect(changed).not.toHaveBeenCalled();
});

test('who wrapped the function after us keeps his wrapper, and it works', () => {
  const ours = history.pushState;
  const theirs = vi.fn((...args: Parameters<History['pushState']>) => ours.apply(history, args));
  history.pushState = theirs;
  end();
  go('/wrapped');
  vi.advanceTimersByTime(limits.pageGapMillis);
  expect([history.pushState, location.pathname]).toEqual([theirs, '/wrapped']);
  expect(changed).not.toHaveBeenCalled();
  history.pushState = pushState;
});

test('what the site throws when it navigates reaches the site', () => {
  end();
  history.pushState = () => {
    throw new Error('of the site');
  };
  end = watchPages(changed);
  expect(() => go('/x')).toThrow('of the site');
  end();
  history.pushState = pushState;
});

test('address and title keep within the limits of the server', () => {
  document.title = '👍'.repeat(limits.pageTitleRunes + 5);
  go(`/long?q=${'x'.repeat(limits.pageUrlBytes)}`);
  const page = currentPage();
  expect([...(page.title ?? '')]).toHaveLength(limits.pageTitleRunes);
  expect(page.url).toBe('https://shop.test/long');
});
