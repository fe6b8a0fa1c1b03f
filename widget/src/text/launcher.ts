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
  const words = languages[language].split('|');
  return Object.fromEntries(names.map((name, i) => [name, overrides[name] ?? words[i]])) as LauncherWords;
}
