import { expect, test } from 'vitest';
import type { Language } from '../config';
import { catalogue as de } from './de';
import { en as enPanel } from './en';
import { enCards } from './en_cards';
import { enExtras } from './en_extras';
import { enThread } from './en_thread';
import { catalogue as es } from './es';
import { catalogue as fr } from './fr';
import { catalogue as it } from './it';
import { languages } from './languages';
import { catalogue as nl } from './nl';
import { catalogue as pt } from './pt';
import { catalogue as ru } from './ru';
import { type Catalogue, isLanguage, learnEnglish, sayIn, type Template, type Word } from './say';

const en: Catalogue = { ...enPanel, ...enCards, ...enThread, ...enExtras };
const catalogues: Record<Language, Catalogue> = { en, de, fr, es, nl, pt, it, ru };
const words = Object.keys(en) as Word[];

const holes = (text: string): string[] => [...new Set(text.match(/\{\w+\}/g))].sort();
const forms = (template: Template): string[] =>
  typeof template === 'string' ? [template] : (Object.values(template) as string[]);

for (const language of Object.keys(languages) as Language[]) {
  const catalogue = catalogues[language];

  test(`${language} has every word, with the values of the English one in each of its forms`, () => {
    expect(Object.keys(catalogue).sort()).toEqual([...words].sort());
    for (const word of words)
      for (const text of forms(catalogue[word]))
        expect([word, holes(text)]).toEqual([word, holes(forms(en[word])[0] as string)]);
  });

  test(`${language} has a plural form for every count up to 200, and none that is never used`, () => {
    const rules = new Intl.PluralRules(language);
    const used = new Set(Array.from({ length: 201 }, (_, n) => rules.select(n)));
    for (const word of words) {
      const template = catalogue[word];
      if (typeof template === 'string') continue;
      for (const rule of used) expect([word, rule, template[rule]]).toEqual([word, rule, expect.any(String)]);
      expect([word, Object.keys(template).filter((rule) => rule !== 'other' && !used.has(rule as 'one'))]).toEqual([
        word,
        [],
      ]);
    }
  });

  test(`${language} neither shouts nor leaves a word empty, and puts no full stop on its buttons`, () => {
    for (const word of words)
      for (const text of forms(catalogue[word])) {
        expect(text.trim()).not.toBe('');
        expect(text).not.toContain('!');
      }
    for (const button of ['send', 'formSend', 'rateSend', 'skip', 'agree', 'decline', 'newChat'] as const)
      expect(catalogue[button]).not.toMatch(/\.$/);
  });
}

test('a count chooses the form', () => {
  const say = sayIn('ru', ru);
  expect([1, 3, 5, 21].map((n) => say('jump', { n }))).toEqual([
    '1 новое сообщение',
    '3 новых сообщения',
    '5 новых сообщений',
    '21 новое сообщение',
  ]);
});

test('values are put in as they are, also what looks like a template', () => {
  expect(sayIn('en', en)('says', { name: '{text}', text: '$& {name}' })).toBe('{text} says: $& {name}');
});

test('words of the site stand in the place of ours, the last one wins, and what is no text is passed over', () => {
  const say = sayIn('de', de, { send: 'Los', jump: '{n} neu', title: 7 }, { send: 'Ab damit' });
  expect(say('send')).toBe('Ab damit');
  expect(say('jump', { n: 1 })).toBe('1 neu');
  expect(say('title')).toBe('Chat');
});

test('a word that a catalogue lacks is said in English', () => {
  expect(sayIn('fr', {})('send')).toBe('Send');
  learnEnglish(enExtras);
  expect(sayIn('fr', {})('agree')).toBe('Agree');
});

test('only our languages are languages', () => {
  expect(['de', 'DE', 'toString', null].map(isLanguage)).toEqual([true, false, false, false]);
  expect(Object.keys(languages).every(isLanguage)).toBe(true);
});
