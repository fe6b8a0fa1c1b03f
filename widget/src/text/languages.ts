import type { Language } from '../config';

/** What languages call themselves. */
export const languages: Readonly<Record<Language, string>> = {
  en: 'English',
  de: 'Deutsch',
  fr: 'Français',
  es: 'Español',
  nl: 'Nederlands',
  pt: 'Português',
  it: 'Italiano',
  ru: 'Русский',
};
