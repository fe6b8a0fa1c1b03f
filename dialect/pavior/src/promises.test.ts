import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fakePage, openPage } from './fake';

// These lists only grow.
const commands = 'init update position inboundMessage open close hide show on off track event feedback'.split(' ');
const switches = 'doChat doTimeTravel doTracking quadClickForFeedback rageClickForFeedback'.split(' ');

test('PAV-JS-013 every name of the first version is understood', () => {
  const { Pavior, warnings } = openPage();
  for (const name of commands) Pavior(name);
  expect(warnings().filter((text) => text.includes('no command'))).toEqual([]);
  for (const name of switches) {
    const page = fakePage();
    page.Pavior('init', { teamId: 'acme', [name]: 'neither' });
    expect(page.warnings()).toHaveLength(1); // it is known, and is no text
  }
});

test('PAV-JS-106 the articles that the texts refer to are there', () => {
  const readme = readFileSync('dialect/pavior/README.md', 'utf8');
  const links = [...readme.matchAll(/\]\((articles\/[\w.]+)\)/g)].map(([, path]) => path ?? '');
  expect(links).toEqual(['articles/authentication.md', 'articles/attributes.md', 'articles/feedback.md']);
  for (const path of links) expect(existsSync(`dialect/pavior/${path}`)).toBe(true);
});
