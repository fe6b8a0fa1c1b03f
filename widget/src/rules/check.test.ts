import { expect, test } from 'vitest';
import { checkRules } from './check';

const rule = (change: Record<string, unknown> = {}) => ({
  id: 'hello',
  conditions: [{ type: 'seconds_on_page', atLeast: 5 }],
  invite: { text: 'May we help?' },
  ...change,
});

test('a list is taken, an object with a list too, and none at all', () => {
  const rules = [rule()];
  expect(checkRules(rules)).toEqual(rules);
  expect(checkRules({ rules })).toEqual(rules);
  expect(checkRules([])).toEqual([]);
});

test('every kind of condition is taken', () => {
  const conditions = [
    ...['seconds_on_page', 'seconds_on_site', 'pages_viewed', 'visits'].map((type) => ({ type, atLeast: 2 })),
    { type: 'url', contains: '/tents' },
    { type: 'title', is: 'Cart' },
    { type: 'referrer', matches: '^https://search' },
    { type: 'scrolled', percent: 50 },
    { type: 'leaving' },
    { type: 'attribute', name: 'plan', is: 'pro', known: true },
    { type: 'attribute', name: 'renewsOn', after: '2026-05-01' },
  ];
  const rules = [rule({ conditions, when: 'offline', once: 'ever', invite: { text: 'Hello', group: 'sales' } })];
  expect(checkRules(rules)).toEqual(rules);
});

test.each([
  ['nothing', undefined],
  ['text', '[]'],
  ['an object without a list', {}],
  ['a list of others', ['hello']],
  ['a rule without an id', [rule({ id: '' })]],
  ['an unknown moment', [rule({ when: 'sunday' })]],
  ['an unknown frequency', [rule({ once: 'daily' })]],
  ['no invitation', [rule({ invite: undefined })]],
  ['an invitation without text', [rule({ invite: { text: '' } })]],
  ['no conditions', [rule({ conditions: undefined })]],
  ['two of one id', [rule(), rule()]],
  ['a condition without its number', [rule({ conditions: [{ type: 'visits' }] })]],
  ['a comparison with nothing', [rule({ conditions: [{ type: 'url' }] })]],
  ['a broken pattern', [rule({ conditions: [{ type: 'url', matches: '(' }] })]],
  ['an attribute without a comparison', [rule({ conditions: [{ type: 'attribute', name: 'plan' }] })]],
  [
    'an attribute compared in an unknown way',
    [rule({ conditions: [{ type: 'attribute', name: 'plan', like: 'pro' }] })],
  ],
  ['a date that is none', [rule({ conditions: [{ type: 'attribute', name: 'plan', after: 'soon' }] })]],
  ['more than all of the page', [rule({ conditions: [{ type: 'scrolled', percent: 101 }] })]],
])('%s is refused with a sentence', (_, raw) => {
  expect(checkRules(raw)).toEqual(expect.any(String));
});

test('one unknown condition refuses all rules, and the sentence says where it is', () => {
  const unknown = rule({ id: 'second', conditions: [{ type: 'leaving' }, { type: 'full_moon' }] });
  expect(checkRules([rule(), unknown])).toBe('Rule 2: Condition 2 is none of those that there are.');
});
