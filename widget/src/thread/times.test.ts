import { afterEach, expect, test, vi } from 'vitest';
import type { Say } from '../text/say';
import { clockTime, dayName } from './times';

const say = (language: string) => Object.assign((word: string) => word, { language }) as unknown as Say;
const at = new Date(2026, 10, 29, 14, 5).getTime();

afterEach(() => {
  vi.unstubAllGlobals();
  document.documentElement.lang = '';
});

test('a thousand times are written by one formatter, for making one takes longer than drawing a message', () => {
  let made = 0;
  class Counted extends Intl.DateTimeFormat {
    constructor(...given: ConstructorParameters<typeof Intl.DateTimeFormat>) {
      super(...given);
      made++;
    }
  }
  vi.stubGlobal('Intl', Object.create(Intl, { DateTimeFormat: { value: Counted } }));
  for (let i = 0; i < 1000; i++) clockTime(at + i * 60_000, say('sv'));
  expect(made).toBe(1);
});

test('a time is written as the page’s or the person’s region does, also after the page has changed its language', () => {
  document.documentElement.lang = 'en-GB';
  expect(clockTime(at, say('en'))).toBe('14:05');
  document.documentElement.lang = 'en-US';
  expect(clockTime(at, say('en'))).toMatch(/^2:05\sPM$/);
  expect(clockTime(at, say('de'))).toBe('14:05');
});

test('a page whose lang is no language gets its times in the panel’s', () => {
  document.documentElement.lang = 'de-!';
  expect(clockTime(at, say('de'))).toBe('14:05');
});

test('a day of another year bears it, and one of this year does not', () => {
  const day = (year: number) => dayName(new Date(year, 2, 3).getTime(), at, say('de'));
  expect([day(2025), day(2026)]).toEqual(['Montag, 3. März 2025', 'Dienstag, 3. März']);
});
