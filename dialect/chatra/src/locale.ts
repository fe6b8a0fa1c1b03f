import type { Language } from '../../../widget/src/config';
import { isRecord, type Warn } from './warn';
import { nameOf, ours } from './words';

/** The page's own words: texts by language, or for all, by place in locale.json. */
export type Locale = Record<string, Partial<Record<Language | 'all', string>>>;

/**
 * Adds what an object in the shape of locale.json names; the later wins, language by language. Keys that are not words of
 * this widget are none of its business.
 */
export function addLocale(locale: Locale, modifier: Record<string, unknown>, warn: Warn): void {
  for (const path of Object.keys(ours)) {
    const value = at(modifier, path);
    if (typeof value === 'string') locale[path] = { all: value };
    else if (isRecord(value)) locale[path] = { ...locale[path], ...byLanguage(value) };
    else if (value != null) warn(`locale.${path} does not take this value`);
  }
}

/** Texts by the names of the widget's catalogue. */
export function stringsOf(locale: Locale, language: Language): Record<string, string> {
  const strings: Record<string, string> = {};
  for (const [path, texts] of Object.entries(locale)) {
    const text = texts[language] ?? texts.all;
    if (text != null) for (const name of ours[path] as string[]) strings[name] = text.replace(/{{#?(\w+)}}/g, nameOf);
  }
  return strings;
}

/** What stands at `a.b.c`. */
const at = (tree: unknown, path: string): unknown =>
  path.split('.').reduce((found, key) => (isRecord(found) ? found[key] : null), tree);

const byLanguage = (texts: object): Record<string, string> =>
  Object.fromEntries(Object.entries(texts).filter(([, text]) => typeof text === 'string'));
