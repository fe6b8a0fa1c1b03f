import { expect, test } from 'vitest';
import { type Block, parseMarkdown, type Span } from './markdown';
import { splitLinks } from './text';

/** The tree in short: b(…), i(…), s(…), code(…), a(text|href), text as it is. */
const short = (spans: Span[]): string =>
  spans
    .map((s) => {
      if (s.kind === 'text') return s.text;
      if (s.kind === 'code') return `code(${s.text})`;
      if (s.kind === 'link') return `a(${s.text}|${s.href})`;
      return `${s.kind[0]}(${short(s.spans)})`;
    })
    .join('');
const block = (b: Block): string => {
  if (b.kind === 'code') return `pre(${b.text})`;
  if (b.kind === 'list') return `${b.ordered ? `ol${b.start}` : 'ul'}(${b.items.map(short).join('|')})`;
  return short(b.spans);
};
const read = (text: string): string => parseMarkdown(text).map(block).join(' ¶ ');

test.each([
  ['plain text, nothing else', 'plain text, nothing else'],
  ['**bold** and *italic* and _italic_ and ~~gone~~', 'b(bold) and i(italic) and i(italic) and s(gone)'],
  ['**bold with *italic* in it**', 'b(bold with i(italic) in it)'],
  ['*a **b** c*', 'i(a b(b) c)'],
  ['`**not bold**`', 'code(**not bold**)'],
  ['2*3*4 and snake_case_name', '2*3*4 and snake_case_name'],
  ['* not a list', 'ul(not a list)'],
  ['a * b * c', 'a * b * c'],
  ['**never closed', '**never closed'],
  ['**a *b** c', 'b(a *b) c'],
  ['a ` alone', 'a ` alone'],
  ['``', '``'],
  ['[the page](https://a.test/x)', 'a(the page|https://a.test/x)'],
  ['[bad](javascript:alert(1))', '[bad](javascript:alert(1))'],
  ['[bad](data:text/html,x)', '[bad](data:text/html,x)'],
  ['see https://a.test/my_file_*x*_y, ok', 'see a(https://a.test/my_file_*x*_y|https://a.test/my_file_*x*_y), ok'],
  ['**https://a.test/x**', 'b(a(https://a.test/x|https://a.test/x))'],
  ['mail me@a.test', 'mail a(me@a.test|mailto:me@a.test)'],
  ['<b>tag</b> &amp;', '<b>tag</b> &amp;'],
])('%s', (text, wanted) => expect(read(text)).toBe(wanted));

test('lists, with what stands around them', () => {
  expect(read('Two ways:\n- one\n- **two**\nand\n3. three\n4. four\nend')).toBe(
    'Two ways: ¶ ul(one|b(two)) ¶ and ¶ ol3(three|four) ¶ end',
  );
});

test('fenced code is taken as it is, an open fence is text', () => {
  expect(read('try\n```js\nlet *a* = 1;\n\n  b\n```\nso')).toBe('try ¶ pre(let *a* = 1;\n\n  b) ¶ so');
  expect(read('```\nopen')).toBe('```\nopen');
});

test('lines stay lines', () => expect(read('a\nb\n\nc')).toBe('a\nb\n\nc'));

const big = 40_000;
for (const unit of [
  '*a ',
  '**',
  '_a*',
  '[',
  '[a](',
  '`',
  '``a',
  '~~a ',
  '- ',
  '```\n',
  '*_~~**',
  'a.',
  'http://',
  'a@',
  '.',
  '(',
  '<',
])
  test(`${JSON.stringify(unit)} again and again takes time in proportion`, () => {
    const text = `https://x${unit.repeat(big / unit.length)}x`;
    const started = performance.now();
    parseMarkdown(text);
    parseMarkdown(text.slice(9));
    splitLinks(text);
    expect(performance.now() - started).toBeLessThan(3000);
  });
