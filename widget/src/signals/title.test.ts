import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TitleBlink } from './title';

let blink: TitleBlink;
beforeEach(() => {
  vi.useFakeTimers();
  document.title = 'Tents';
  blink = new TitleBlink();
});
afterEach(() => {
  blink.stop();
  vi.useRealTimers();
});

test('news and the page’s own title take turns, and the title comes back exactly', () => {
  blink.start('(2) New message');
  const seen = [document.title];
  for (let i = 0; i < 2; i++) {
    vi.advanceTimersByTime(1500);
    seen.push(document.title);
  }
  expect(seen).toEqual(['(2) New message – Tents', 'Tents', '(2) New message – Tents']);
  blink.stop();
  expect(document.title).toBe('Tents');
  vi.advanceTimersByTime(5000);
  expect(document.title).toBe('Tents');
});

test('a title that the page sets meanwhile is the one that stays', () => {
  blink.start('(1) New message');
  document.title = 'Packs';
  vi.advanceTimersByTime(1500);
  expect(document.title).toBe('(1) New message – Packs');
  blink.stop();
  expect(document.title).toBe('Packs');
});

test('a second message does not bury the title under the first', () => {
  blink.start('(1) New message');
  blink.start('(2) New message');
  expect(document.title).toBe('(2) New message – Tents');
});
