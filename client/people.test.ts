import { expect, test } from 'vitest';
import { firstName, tintOf } from './people';

test.each([
  ['Anna Lindqvist', 'Anna'],
  ['  Ben  Okafor ', 'Ben'],
  ['Maya', 'Maya'],
  ['', ''],
])('first name of "%s"', (name, first) => expect(firstName(name)).toBe(first));

test('a tint is one of six, the same each time, and names spread over all of them', () => {
  const names = Array.from({ length: 60 }, (_, i) => `Visitor ${i}`);
  expect(names.map(tintOf)).toEqual(names.map(tintOf));
  expect(new Set(names.map(tintOf))).toEqual(new Set([1, 2, 3, 4, 5, 6]));
});
