import { expect, test } from 'vitest';
import { isEmojiOnly, splitLinks } from './text';

test.each([
  ['see https://a.test/x.', ['https://a.test/x']],
  ['(https://a.test/w_(x))', ['https://a.test/w_(x)']],
  ['mail me@a.test, or www.a.test!', ['mailto:me@a.test', 'https://www.a.test/']],
  ['tel:+4712345678', ['tel:+4712345678']],
  ['javascript:alert(1) data:text/html,x file:///etc/passwd', []],
  ['<a href="https://a.test">', ['https://a.test/']],
  ['https:// http://', []],
])('%s', (text, wanted) => {
  const parts = splitLinks(text);
  expect(parts.flatMap((p) => p.href ?? [])).toEqual(wanted);
  expect(parts.map((p) => p.text).join('')).toBe(text);
});

test('one to three emoji stand alone', () => {
  expect(['👍', '👩‍💻 🎉', '❤️😀🔥'].map(isEmojiOnly)).toEqual([true, true, true]);
  expect(['', '1', 'ok 👍', '😀😀😀😀'].map(isEmojiOnly)).toEqual([false, false, false, false]);
});
