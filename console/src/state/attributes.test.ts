import { expect, test } from 'vitest';
import { isDated, nameFault, nameFrom, titleOf, typesOf } from './attributes';

test('ATTR-031 ATTR-032 ATTR-033 ATTR-034 names are shown with spaces', () => {
  const shown = ['isActiveAffiliate', 'twitter_handle', 'userURL', 'line2Total', 'a__b', 'STAT'].map(titleOf);
  expect(shown).toEqual(['Is Active Affiliate', 'Twitter Handle', 'User URL', 'Line2 Total', 'A B', 'STAT']);
});

test('ATTR-030 a name begins with a letter and has letters, digits and _', () => {
  const known = [{ name: 'plan' }];
  expect(
    ['', '2fast', '_x', 'a b', 'naïve', 'plan', 'Plan', 'a_2', 'x'.repeat(65)].map((n) => nameFault(n, known)),
  ).toEqual(['empty', 'bad', 'bad', 'bad', 'bad', 'taken', '', '', 'long']);
});

test('ATTR-036 ATTR-037 an end in At, _at, On or _on asks for a date, whatever the rest', () => {
  expect(['lastPerformanceAt', 'paid_on', 'signedOn', 'seen_at'].map(isDated)).toEqual([true, true, true, true]);
  expect(['format', 'season', 'combat', 'STAT'].map(isDated)).toEqual([false, false, false, false]);
  expect([typesOf('paid_on'), typesOf('plan')]).toEqual([['date'], ['string', 'number', 'date']]);
});

test('the head of a column suggests a name', () => {
  expect(['Is active', 'e-mail', '2nd plan', 'Größe', 'twitter_handle', '??'].map(nameFrom)).toEqual([
    'isActive',
    'eMail',
    'ndPlan',
    'groE',
    'twitter_handle',
    '',
  ]);
});
