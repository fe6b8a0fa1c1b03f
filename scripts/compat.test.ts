import { expect, test } from 'vitest';
import { titles } from './compat.mjs';

const of = (text: string) => titles(text, ['PAV-JS', 'JIVO-JS']);

test('a title proves the rows that it begins with, and no other', () => {
  expect(of(`test('PAV-JS-066 PAV-JS-067 open stays open', () => {`)).toEqual([
    { ids: ['PAV-JS-066', 'PAV-JS-067'], what: 'open stays open' },
  ]);
  expect(of(`test.each([['JIVO-JS-001: from /widget'], ["it's like PAV-JS-003"]])`)).toEqual([
    { ids: ['JIVO-JS-001'], what: 'from /widget' },
  ]);
  expect(of('// PAV-JS-070 is hard')).toEqual([]);
});

test('a Go test proves the rows of the comment above it', () => {
  expect(of('// Proves PAV-JS-029 PAV-JS-031.\n// Case does not matter.\nfunc TestHex(t *testing.T) {')).toEqual([
    { ids: ['PAV-JS-029', 'PAV-JS-031'], what: 'TestHex' },
  ]);
});
