import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test('JIVO-JS-067 who switches is told that a user token must be hard to guess', () => {
  const row = readFileSync('dialect/jivo/README.md', 'utf8')
    .split('\n')
    .find((line) => line.includes('`setUserToken'));
  expect(row).toContain('hard to guess');
});
