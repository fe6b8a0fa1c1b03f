import { expect, test } from 'vitest';
import { delimiterOf, parseCsv } from './csv';

const cells = (text: string) => parseCsv(text).map((l) => l.cells);

test('values are parted by what the first line has most of', () => {
  expect([delimiterOf('a,b;c,d'), delimiterOf('a;b;c'), delimiterOf('"a;b;c",d')]).toEqual([',', ';', ',']);
});

test('quotes hold delimiters, line ends and quotes', () => {
  expect(cells('id,note\n1,"a, ""b"""\n2,"one\ntwo"\r\n')).toEqual([
    ['id', 'note'],
    ['1', 'a, "b"'],
    ['2', 'one\ntwo'],
  ]);
});

test('lines keep their numbers in the file', () => {
  expect(parseCsv('id\n"a\nb"\n\nc').map((l) => [l.no, l.cells[0]])).toEqual([
    [1, 'id'],
    [2, 'a\nb'],
    [5, 'c'],
  ]);
});

test('a mark at the beginning, spaces and an open quote are no trouble', () => {
  expect(cells('\uFEFFid;name\r\n1;  Maya \r\n2;"open')).toEqual([
    ['id', 'name'],
    ['1', '  Maya '],
    ['2', 'open'],
  ]);
  expect(parseCsv('a\nb\nc', 2)).toHaveLength(2);
  expect(parseCsv('')).toEqual([]);
});
