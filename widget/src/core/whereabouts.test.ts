import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as limits from '../../../chat/limits.json';
import type { PageFrame } from '../../../client/frames';
import { Whereabouts } from './whereabouts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function visitor() {
  const told: string[] = [];
  let connected = true;
  const send = ({ url }: PageFrame) => connected && told.push(url) > 0;
  return {
    told,
    whereabouts: new Whereabouts(send),
    connect: (on: boolean) => {
      connected = on;
    },
  };
}
const wait = (millis: number) => vi.advanceTimersByTime(millis);

test('of several pages named at once the last is told, when the server takes it', () => {
  const { told, whereabouts } = visitor();
  for (const url of ['https://acme.test/1', 'https://acme.test/2', 'https://acme.test/3']) whereabouts.name({ url });
  expect(told).toEqual(['https://acme.test/1']);
  wait(limits.pageGapMillis - 1);
  expect(told).toHaveLength(1);
  wait(1);
  expect(told).toEqual(['https://acme.test/1', 'https://acme.test/3']);
  wait(10 * limits.pageGapMillis);
  expect(told).toHaveLength(2);
});

test('what waits is not told once the page records nothing any more', () => {
  const { told, whereabouts } = visitor();
  whereabouts.name({ url: 'https://acme.test/1' });
  whereabouts.name({ url: 'https://acme.test/2' });
  whereabouts.tracking = false;
  wait(limits.pageGapMillis);
  expect(told).toEqual(['https://acme.test/1']);
});

test('a page that could not be told does not hold up the next', () => {
  const { told, whereabouts, connect } = visitor();
  connect(false);
  whereabouts.name({ url: 'https://acme.test/1' });
  connect(true);
  whereabouts.name({ url: 'https://acme.test/2' });
  expect(told).toEqual(['https://acme.test/2']);
});

test('ATTR-028 what he does has the page told again, at most once a minute, while pages are told', () => {
  const { told, whereabouts, connect } = visitor();
  whereabouts.name({ url: 'https://acme.test/1' });
  const acts = (minutes: number) => {
    for (let i = 0; i < minutes * 60; i++) {
      wait(1000);
      whereabouts.acted();
    }
  };
  acts(40);
  expect(told.length).toBeGreaterThanOrEqual(39);
  expect(told.length).toBeLessThanOrEqual(41);
  expect(new Set(told)).toEqual(new Set(['https://acme.test/1']));
  told.length = 0;
  wait(10 * 60_000);
  expect(told).toEqual([]); // an open page is no act
  connect(false);
  acts(1);
  connect(true);
  expect(told).toEqual([]);
  whereabouts.acted();
  expect(told).toHaveLength(1); // what could not be told then is not waited for
  whereabouts.tracking = false;
  acts(5);
  expect(told).toHaveLength(1);
});
