import type { Language } from '../config';
import { en } from './en';
import type { enCards } from './en_cards';
import type { enExtras } from './en_extras';
import type { enThread } from './en_thread';

/** `{name}` stands for a value. A plural is one template for each form that the language has. */
export type Template = string | Plural;
export type Plural = { other: string } & Partial<Record<Intl.LDMLPluralRule, string>>;
type English = typeof en & typeof enCards & typeof enThread & typeof enExtras;
export type Word = keyof English;
/** All the panel's words in one language. */
export type Catalogue = { readonly [W in Word]: English[W] extends string ? string : Plural };
export type Values = Record<string, string | number>;

/** Says a word of the catalogue. */
export interface Say {
  (word: Word, values?: Values): string;
  readonly language: Language;
}

export const isLanguage = (code: unknown): code is Language =>
  ['en', 'de', 'fr', 'es', 'nl', 'pt', 'it', 'ru'].includes(code as string);

/** English as far as it is loaded: what a catalogue lacks is said in it. */
const english: Partial<Catalogue> = { ...en };
export const learnEnglish = (more: Partial<Catalogue>): void => void Object.assign(english, more);

type Overrides = Readonly<Record<string, unknown>> | null | undefined;

/** Speaks one language; `overrides`, the later the stronger, are the site's own words by name. */
export function sayIn(language: Language, catalogue: Partial<Catalogue>, ...overrides: Overrides[]): Say {
  const rules = new Intl.PluralRules(language);
  const own = (word: Word): Template | undefined => {
    const theirs = overrides.findLast((o) => o && Object.hasOwn(o, word) && typeof o[word] === 'string');
    return theirs?.[word] as string | undefined;
  };
  const say = (word: Word, values: Values = {}): string => {
    const template = own(word) ?? catalogue[word] ?? english[word] ?? word;
    return fill(typeof template === 'string' ? template : form(template, rules.select(Number(values.n))), values);
  };
  return Object.assign(say, { language });
}

const form = (plural: Plural, rule: Intl.LDMLPluralRule): string => plural[rule] ?? plural.other;

const fill = (template: string, values: Values): string =>
  template.replace(/\{(\w+)\}/g, (hole, name) => String(Object.hasOwn(values, name) ? values[name] : hole));
