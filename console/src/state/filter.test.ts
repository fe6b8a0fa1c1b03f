import { expect, test } from 'vitest';
import {
  about,
  type Condition,
  decode,
  encode,
  type Filter,
  findable,
  isWhole,
  NO_FILTER,
  operatorsOf,
  type Types,
} from './filter';

const types: Types = new Map([
  ['plan', 'string'],
  ['seats', 'number'],
  ['paid_on', 'date'],
  ['emailSubscription', 'boolean'],
]);
const c = (attribute: string, op: Condition['op'], value = ''): Condition => ({ attribute, op, value });
const filter = (match: Filter['match'], ...conditions: Condition[]): Filter => ({ match, conditions });

test('ATTR-004 ATTR-049 people are found by universe, by attributes and by words', () => {
  expect(encode('all', NO_FILTER, types)).toEqual({});
  expect(encode('lead', NO_FILTER, types)).toEqual({ attribute: 'universe', is: 'lead' });
  expect(encode('all', filter('any', c('plan', 'is', 'pro'), c('seats', 'above', '9')), types)).toEqual({
    any: [
      { attribute: 'plan', is: 'pro' },
      { attribute: 'seats', above: 9 },
    ],
  });
  expect(encode('signup', filter('all', c('paid_on', 'inLast', '7')), types, 'maya pet')).toEqual({
    all: [
      { attribute: 'universe', is: 'signup' },
      { all: [{ attribute: 'paid_on', inLast: 7 }] },
      { any: ['name', 'email'].map((attribute) => ({ attribute, contains: 'maya' })) },
      { any: ['name', 'email'].map((attribute) => ({ attribute, contains: 'pet' })) },
    ],
  });
});

test('a condition that says nothing yet changes nothing', () => {
  const open = [
    c('plan', 'is'),
    c('seats', 'above', 'many'),
    c('seats', 'is', ' '),
    c('paid_on', 'after', 'soon'),
    c('paid_on', 'inLast', '0'),
    c('gone', 'is', 'x'),
  ];
  expect(open.map((one) => isWhole(one, types))).toEqual(open.map(() => false));
  expect(encode('all', filter('all', ...open, c('plan', 'known')), types)).toEqual({
    all: [{ attribute: 'plan', known: true }],
  });
  expect(encode('all', filter('all', c('emailSubscription', 'is', 'false')), types)).toEqual({
    all: [{ attribute: 'emailSubscription', is: false }],
  });
});

test('what was saved comes back as it was put together', () => {
  for (const universe of ['all', 'signup'] as const) {
    for (const one of [
      NO_FILTER,
      filter('all', c('plan', 'contains', 'o')),
      filter('any', c('seats', 'below', '3'), c('paid_on', 'before', '2026-02-01'), c('plan', 'unknown')),
    ]) {
      expect(decode(JSON.parse(JSON.stringify(encode(universe, one, types))))).toEqual({ universe, filter: one });
    }
  }
});

test('a filter of another making is not taken for one of these', () => {
  for (const other of [
    5,
    { all: [{ any: [{ all: [] }] }] },
    { attribute: 'plan', is: ['a', 'b'] },
    { attribute: 'plan', between: [1, 2] },
    { all: [{ all: [{ attribute: 'plan', is: 'a' }] }, { any: [{ attribute: 'plan', is: 'b' }] }] },
  ]) {
    expect(decode(other)).toBeNull();
  }
});

test('another attribute keeps the operator and the value where its type has them', () => {
  expect(about('plan', 'string')).toEqual(c('plan', 'is'));
  expect(about('seats', 'number', c('plan', 'is', 'x'))).toEqual(c('seats', 'is', 'x'));
  expect(about('seats', 'number', c('plan', 'contains', 'x'))).toEqual(c('seats', 'is'));
  expect(about('emailSubscription', 'boolean', c('plan', 'is', 'x'))).toEqual(c('emailSubscription', 'is', 'true'));
  expect(operatorsOf('date')).toContain('inLast');
});

test('ATTR-005 live attributes are not offered', () => {
  const all = [
    { name: 'city', title: 'City', type: 'string', origin: 'builtin' },
    { name: 'currentPageUrl', title: 'Current Page Url', type: 'string', origin: 'builtin', live: true },
  ] as const;
  expect(findable(all).map((d) => d.name)).toEqual(['city']);
});
