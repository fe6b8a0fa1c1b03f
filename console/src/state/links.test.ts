import { expect, test } from 'vitest';
import { openable } from './links';

test.each([
  ['https://tern.example/orders/1'],
  ['http://tern.example:8080/'],
  ['https://deep.crm.tern.example/'],
  ['https://TERN.example./x'],
])('JIVO-JS-062 JIVO-JS-060 %s is of the safe host or below it', (link) => {
  expect(openable(link, ['tern.example'])).toBe(new URL(link).href);
});

test.each([
  ['https://evil.example/'],
  ['https://eviltern.example/'],
  ['https://tern.example.evil.test/'],
  ['https://tern.example@evil.test/'],
  ['https://evil.test/?https://tern.example/'],
  ['https://evil.test\\@tern.example/'],
  ['https://example/'],
])('JIVO-JS-062 JIVO-JS-060 %s only looks like the safe host', (link) => {
  expect(openable(link, ['tern.example'])).toBeUndefined();
});

test.each([
  ['https://crm.tern.example/base?x', true],
  ['tern.example:8443', true],
  ['*.tern.example', true],
  ['TERN.EXAMPLE', true],
  ['https://', false],
  ['%%%', false],
])('JIVO-JS-062 a safe place may be written as %s', (place, opens) => {
  expect(openable('https://crm.tern.example/a', [place]) !== undefined).toBe(opens);
});

test('JIVO-JS-061 without safe hosts every web address opens, and nothing else', () => {
  expect(openable('https://anywhere.test/a', [])).toBe('https://anywhere.test/a');
  expect(openable('http://anywhere.test/', [])).toBe('http://anywhere.test/');
  for (const link of [
    'javascript:alert(1)',
    'data:text/html,x',
    'mailto:a@b.test',
    '/orders',
    'ftp://a.test/',
    '',
    undefined,
  ])
    expect(openable(link, [])).toBeUndefined();
});
