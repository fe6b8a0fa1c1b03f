import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const read = (path: string) => readFileSync(join(import.meta.dirname, '../../..', path), 'utf8');

/** The tokens of the block that begins with head; px as rem, because the console's type follows the reader's size of text. */
function tokens(css: string, head: string): Map<string, string> {
  const start = css.indexOf(head);
  if (start < 0) throw new Error(`no block ${head}`);
  const from = css.indexOf('{', start) + 1;
  const body = css.slice(from, css.indexOf('\n}', from)).replace(/\/\*.*?\*\//gs, '');
  const pairs = [...body.matchAll(/(--cf-[\w-]+):\s*([^;]+);/g)];
  return new Map(pairs.map(([, name = '', value = '']) => [name, inRem(name, value)]));
}

function inRem(name: string, value: string): string {
  return /^--cf-t\d/.test(name) ? value.replace(/([\d.]+)px/g, (_, px) => `${Number(px) / 16}rem`) : value;
}

const both = read('client/tokens.css');
const own = read('console/src/styles/tokens.css');
const widget = read('widget/src/tokens.css');

test.each([
  ['light', '@light', ':root'],
  ['dark', '@dark', '[data-theme="dark"]'],
])('what console and widget share is declared once, %s', (_, theme, root) => {
  const shared = tokens(both, theme);
  expect(shared.size).toBeGreaterThan(15);
  const again = [...tokens(own, root).keys(), ...tokens(widget, theme).keys()].filter((name) => shared.has(name));
  expect(again).toEqual([]);
});

test('type has one scale in console and widget', () => {
  const ours = tokens(own, ':root');
  const theirs = [...tokens(widget, '@light')].filter(([name]) => ours.has(name));
  expect(theirs.length).toBeGreaterThan(4);
  expect(theirs).toEqual(theirs.map(([name]) => [name, ours.get(name)]));
});
