import type { Language } from '../config';

const names = ['openChat', 'chatWithUs'] as const;
/** What is on the launcher before it was opened, by the names under which a site may put its own in their place. */
export type LauncherWords = Record<(typeof names)[number], string>;

// In the order of the names: the loader carries them all.
const languages: Record<Language, string> = {
  en: 'Open chat|Chat with us',
  de: 'Chat öffnen|Chatten Sie mit uns',
  fr: 'Ouvrir le chat|Discutez avec nous',
  es: 'Abrir el chat|Chatea con nosotros',
  nl: 'Chat openen|Chat met ons',
  pt: 'Abrir o chat|Fale connosco',
  it: 'Apri la chat|Chatta con noi',
  ru: 'Открыть чат|Напишите нам',
};

export const isLanguage = (code: unknown): code is Language =>
  typeof code === 'string' && Object.hasOwn(languages, code);

/** What the page says it is written in, if it is a language of ours; else English. */
export function pageLanguage(): Language {
  const code = document.documentElement.lang.slice(0, 2).toLowerCase();
  return isLanguage(code) ? code : 'en';
}

/** `overrides`: the site's own words by their names. */
export function launcherWords(language: Language, overrides: Record<string, string>): LauncherWords {
  return wordsOf(names, languages[language], overrides);
}

/** Words that stand in the order of their names. */
export function wordsOf<N extends string>(
  names: readonly N[],
  row: string,
  own: Record<string, string>,
): Record<N, string> {
  const words = row.split('|');
  return Object.fromEntries(names.map((name, i) => [name, own[name] ?? words[i]])) as Record<N, string>;
}
