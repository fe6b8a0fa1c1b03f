import type { Language } from '../../../../widget/src/config';
import { isRecord, type Warn } from '../warn';
import { nameOf, ours } from './words';

type Texts = Record<string, string | undefined>;

/**
 * The page's own words by the names of the widget's catalogue, out of objects in the shape of locale.json: the later wins,
 * language by language. Keys that are not words of this widget are none of its business. A script of its own, because few
 * pages need it.
 */
export function stringsOf(locales: object[], language: Language, warn: Warn): Record<string, string> {
  const strings: Record<string, string> = {};
  for (const [place, names] of Object.entries(ours)) {
    const text = textOf(place, locales, language, warn);
    if (text !== undefined) for (const name of names) strings[name] = text.replace(/{{#?(\w+)}}/g, nameOf);
  }
  return strings;
}

function textOf(place: string, locales: object[], language: Language, warn: Warn): string | undefined {
  let texts: Texts = {};
  for (const locale of locales) {
    const value = at(locale, place);
    if (typeof value === 'string') texts = { all: value };
    else if (isRecord(value)) texts = { ...texts, ...byLanguage(value) };
    else if (value != null) warn(`locale.${place} does not take this value`);
  }
  return texts[language] ?? texts.all;
}

/** What stands at `a.b.c`, if those are the object's own. */
const at = (tree: unknown, place: string): unknown =>
  place
    .split('.')
    .reduce((found, key) => (isRecord(found) && Object.hasOwn(found, key) ? found[key] : undefined), tree);

const byLanguage = ({ all: _, ...texts }: Record<string, unknown>): Texts =>
  Object.fromEntries(Object.entries(texts).filter(([, text]) => typeof text === 'string')) as Texts;
