import { expect, test } from 'vitest';
import { match } from './match';
import { Matcher, strokeOf } from './shortcuts';

const press = (key: string, more = {}) =>
  strokeOf({
    key,
    code: /^[a-z]$/i.test(key) ? `Key${key.toUpperCase()}` : '',
    ctrl: false,
    meta: false,
    alt: false,
    shift: false,
    ...more,
  });

test('keys run their commands', () => {
  const m = new Matcher();
  expect(m.press(press('j'), 0, false, true)).toBe('next');
  expect(m.press(press('E', { shift: true }), 0, false, true)).toBe('closeNext');
  expect(m.press(press('?', { shift: true }), 0, false, true)).toBe('help');
  expect(m.press(press('k', { ctrl: true }), 0, true, false)).toBe('commands');
});

test('letters do nothing where text is written or when switched off; Alt works everywhere', () => {
  const m = new Matcher();
  expect(m.press(press('e'), 0, true, true)).toBeNull();
  expect(m.press(press('e'), 0, false, false)).toBeNull();
  expect(m.press(press('∆', { alt: true, code: 'KeyJ' }), 0, true, false)).toBe('next');
});

test('two keys in sequence, soon enough', () => {
  const m = new Matcher();
  expect(m.press(press('g'), 0, false, true)).toBeNull();
  expect(m.press(press('v'), 500, false, true)).toBe('goVisitors');
  m.press(press('g'), 1000, false, true);
  expect(m.press(press('q'), 5000, false, true)).toBeNull();
});

test('the command bar finds the beginnings of words and marks them', () => {
  expect(match('Assign to me', 'as me')).toEqual([
    { text: 'As', hit: true },
    { text: 'sign to ', hit: false },
    { text: 'me', hit: true },
  ]);
  expect(match('Close this chat', 'hat')).toBeNull();
});
