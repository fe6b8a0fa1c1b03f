import { expect, test } from 'vitest';
import type { Api } from '../net/api';
import type { Definition, ImportOptions } from '../net/types';
import { guess, guessAll, Importing, mappingFault, type Table, tableOf, writable } from './importing';

const definition = (name: string, more: Partial<Definition> = {}): Definition => ({
  name,
  title: name,
  type: 'string',
  origin: 'builtin',
  ...more,
});
const all = [
  definition('id'),
  definition('email'),
  definition('firstName', { title: 'First Name' }),
  definition('totalVisits', { type: 'number' }),
  definition('currentPageUrl', { live: true }),
  definition('twitter_handle', { origin: 'custom' }),
];
const read = (text: string) => tableOf('people.csv', text) as Table;

test('a file that holds nobody, or whose heads tell nothing, is refused at once', () => {
  expect(['', 'email', 'email\n\n', 'a,a\n1,2', ',\n1,2'].map((text) => tableOf('x', text))).toEqual([
    'empty',
    'empty',
    'empty',
    'heads',
    'empty',
  ]);
  expect(read(' Email ,Plan\nmaya@x.test,pro').heads).toEqual(['Email', 'Plan']);
});

test('ATTR-043 what a column most likely becomes is proposed, and nothing twice', () => {
  expect(
    ['E-Mail', 'First name', 'Twitter handle', 'User ID', 'current page url', 'Shoe size'].map((h) => guess(h, all)),
  ).toEqual(['email', 'firstName', 'twitter_handle', 'id', '', '']);
  expect(guessAll(['Mail', 'Email', 'Plan'], all)).toEqual(['email', '', '']);
});

test('ATTR-045 without a column that names each person nothing is tried', () => {
  const table = read('Mail,Plan\nmaya@x.test,pro\n');
  expect(mappingFault(table, ['', ''], 'email')).toBe('nothing');
  expect(mappingFault(table, ['', 'plan'], 'email')).toBe('key');
  expect(mappingFault(table, ['email', 'email'], 'email')).toBe('twice');
  expect(mappingFault(table, ['email', 'plan'], 'id')).toBe('key');
  expect(mappingFault(read('Mail,Plan\n,pro\n'), ['email', 'plan'], 'email')).toBe('keyEmpty');
  expect(mappingFault(table, ['email', 'plan'], 'email')).toBe('');
});

test('what people do is not imported', () => {
  expect(writable(all).map((d) => d.name)).toEqual(['id', 'email', 'firstName', 'twitter_handle']);
});

test('ATTR-042 ATTR-045 a file is tried, then taken, as was chosen', async () => {
  const asked: { options: ImportOptions; table: string }[] = [];
  const report = {
    rows: 1,
    created: 1,
    updated: 0,
    unchanged: 0,
    refused: 0,
    faults: [],
    attributes: [],
    dryRun: true,
  };
  const api = {
    importContacts: async (options: ImportOptions, table: string) => {
      asked.push({ options, table });
      return { ...report, dryRun: options.dryRun };
    },
  } as unknown as Api;
  const importing = new Importing(api);
  const text = 'Mail,Plan,Notes\nmaya@x.test,pro,x\n';
  expect(await importing.take(new File([text], 'people.csv'), all)).toBe('');
  expect([importing.key.value, importing.step.value]).toEqual(['email', 'columns']);
  importing.map(1, 'plan');
  importing.keep.value = false;
  await importing.run(true);
  expect(importing.step.value).toBe('check');
  await importing.run(false);
  expect(importing.step.value).toBe('done');
  const columns = { Mail: 'email', Plan: 'plan' };
  expect(asked).toEqual(
    [true, false].map((dryRun) => ({ table: text, options: { key: 'email', keep: false, dryRun, columns } })),
  );
});
