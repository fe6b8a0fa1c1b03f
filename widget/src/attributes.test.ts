import { expect, test, vi } from 'vitest';
import { checkAttributes } from './attributes';

function check(raw: unknown): [kept: Record<string, unknown>, warnings: number] {
  const warn = vi.fn();
  return [checkAttributes(raw, warn), warn.mock.calls.length];
}

test('PAV-JS-036 a name is a letter, then letters, digits and underscores', () => {
  expect(check({ a: 1, A_1: 1, twitter_handle: 'x' })).toEqual([{ a: 1, A_1: 1, twitter_handle: 'x' }, 0]);
  expect(check({ '': 1, '1a': 1, _a: 1, 'a-b': 1, 'a b': 1, ä: 1, ok: 1 })).toEqual([{ ok: 1 }, 6]);
});

test('PAV-JS-037 a name that ends like a date holds dates only', () => {
  const day = new Date(Date.UTC(2026, 8, 1));
  const dates = {
    lastAt: '2026-09-01T10:00:00Z',
    paid_at: '2026-09-01T10:00:00.123456+02:00',
    signedOn: '2026-09-01',
    since_on: day,
    goneAt: null,
  };
  expect(check(dates)).toEqual([{ ...dates, since_on: '2026-09-01T00:00:00.000Z' }, 0]);
  const no = {
    aAt: 'soon',
    b_at: 1790000000000,
    cOn: true,
    d_on: '2026-13-45',
    eAt: '2026-09-01T10:00',
    fAt: new Date('x'),
  };
  expect(check(no)).toEqual([{}, 6]);
});

test('PAV-JS-037 the ending counts in its two spellings only', () => {
  const none = { format: 'a4', season: 'x', STAT: 'x', combat: 'x', onat: 1 };
  expect(check(none)).toEqual([none, 0]);
});

test('PAV-JS-038 values are texts, finite numbers and dates; true and false are 1 and 0; null erases', () => {
  const day = new Date(0);
  expect(check({ t: '', n: -1.5, y: true, z: false, d: day, e: null })).toEqual([
    { t: '', n: -1.5, y: 1, z: 0, d: '1970-01-01T00:00:00.000Z', e: null },
    0,
  ]);
  expect(check({ a: [], b: {}, c: Number.NaN, d: Infinity, e: () => 1, f: undefined, g: 1n, h: Symbol('s') })).toEqual([
    {},
    8,
  ]);
});

test('what is no object has no attributes', () => {
  for (const raw of ['x', 7, ['a']]) expect(check(raw)).toEqual([{}, 1]);
});
