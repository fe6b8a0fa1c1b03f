import { expect, test } from 'vitest';
import { firstName, initials, tintOf } from './people';

test.each([
  ['Anna Lindqvist', 'Anna'],
  ['  Ben  Okafor ', 'Ben'],
  ['Maya', 'Maya'],
  ['', ''],
])('first name of "%s"', (name, first) => expect(firstName(name)).toBe(first));

test.each([
  ['Anna Lindqvist', 'AL'],
  ['Ana María de la Cruz', 'AC'],
  ['Anna', 'AN'],
  ['Ö', 'Ö'],
  ['Anna-Lena', 'AL'],
  ['Maya (Sales) 🌿', 'MS'],
  ['7-Eleven', '7E'],
  ['🌿', ''],
  ['', ''],
])('initials of "%s"', (name, letters) => expect(initials(name)).toBe(letters));

test('a tint is one of six, and names spread evenly over them', () => {
  const worn = Array.from({ length: 600 }, (_, i) => tintOf(`Visitor ${i}`));
  for (const tint of [1, 2, 3, 4, 5, 6]) {
    const wearers = worn.filter((one) => one === tint).length;
    expect(wearers).toBeGreaterThan(70);
    expect(wearers).toBeLessThan(130);
  }
});

test('a name keeps its tint from one release to the next', () => {
  expect(['Anna Lindqvist', 'Ben Okafor', 'Maya Petersen', ''].map(tintOf)).toEqual([1, 5, 2, 1]);
});
