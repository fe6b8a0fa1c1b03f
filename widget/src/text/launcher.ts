import type { Language } from '../config';

const names = ['openChat', 'openUnread', 'closeChat', 'chatWithUs', 'leaveMessage'] as const;
/** The loader's words by the names under which a site may put its own in their place. `{n}` stands for a number. */
export type LauncherWords = Record<(typeof names)[number], string>;

// In the order of the names: the loader carries them all.
const languages: Record<Language, string> = {
  en: 'Open chat|Open chat, unread messages: {n}|Close chat|Chat with us|Leave a message',
  de: 'Chat öffnen|Chat öffnen, ungelesene Nachrichten: {n}|Chat schließen|Chatten Sie mit uns|Nachricht hinterlassen',
  fr: 'Ouvrir le chat|Ouvrir le chat, messages non lus : {n}|Fermer le chat|Discutez avec nous|Laissez un message',
  es: 'Abrir el chat|Abrir el chat, mensajes sin leer: {n}|Cerrar el chat|Chatea con nosotros|Deja un mensaje',
  nl: 'Chat openen|Chat openen, ongelezen berichten: {n}|Chat sluiten|Chat met ons|Laat een bericht achter',
  pt: 'Abrir o chat|Abrir o chat, mensagens não lidas: {n}|Fechar o chat|Fale connosco|Deixe uma mensagem',
  it: 'Apri la chat|Apri la chat, messaggi non letti: {n}|Chiudi la chat|Chatta con noi|Lascia un messaggio',
  ru: 'Открыть чат|Открыть чат, непрочитанных сообщений: {n}|Закрыть чат|Напишите нам|Оставьте сообщение',
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
