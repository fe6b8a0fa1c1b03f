import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const read = (path: string) => readFileSync(join(import.meta.dirname, '../../..', path), 'utf8');

/** The tokens of the block that begins with head, px as rem, numbers without needless zeros. */
function tokens(css: string, head: string): Map<string, string> {
  const from = css.indexOf('{', css.indexOf(head)) + 1;
  const body = css.slice(from, css.indexOf('\n}', from)).replace(/\/\*.*?\*\//gs, '');
  const pairs = [...body.matchAll(/(--cf-[\w-]+):\s*([^;]+);/g)];
  return new Map(pairs.map(([, name = '', value = '']) => [name, plain(name, value)]));
}

function plain(name: string, value: string): string {
  const line = value.replace(/\s+/g, ' ').replace(/(\.\d*?)0+(?=\D|$)/g, '$1');
  return /^--cf-t\d/.test(name) ? line.replace(/([\d.]+)px/g, (_, px) => `${Number(px) / 16}rem`) : line;
}

const own = read('console/src/styles/tokens.css');
const widget = read('widget/src/tokens.css');

// Two sheets, because the widget carries no byte that it does not use; one look.
test.each([
  ['light', ':root', ':host'],
  ['dark', '[data-theme="dark"]', '@dark'],
])('console and widget look alike, %s', (_, ownHead, widgetHead) => {
  const ours = tokens(own, ownHead);
  const theirs = tokens(widget, widgetHead);
  const shared = [...theirs.keys()].filter((name) => ours.has(name));
  expect(shared.length).toBeGreaterThan(25);
  const pick = (from: Map<string, string>) => Object.fromEntries(shared.map((name) => [name, from.get(name)]));
  expect(pick(theirs)).toEqual(pick(ours));
});
