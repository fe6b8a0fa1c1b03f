import type { Language } from '../config';
import { wordsOf } from './launcher';

const names = ['dismiss', 'justNow', 'newMessage'] as const;
/** The words of cards and of the title of a hidden page, by the names under which a site may put its own in their place. */
export type CardWords = Record<(typeof names)[number], string>;

const languages: Record<Language, string> = {
  en: 'Dismiss|just now|New message',
  de: 'Ausblenden|gerade eben|Neue Nachricht',
  fr: 'Masquer|à l’instant|Nouveau message',
  es: 'Descartar|ahora mismo|Mensaje nuevo',
  nl: 'Verbergen|zojuist|Nieuw bericht',
  pt: 'Dispensar|agora mesmo|Nova mensagem',
  it: 'Nascondi|proprio ora|Nuovo messaggio',
  ru: 'Скрыть|только что|Новое сообщение',
};

export const cardWords = (language: Language, overrides: Record<string, string>): CardWords =>
  wordsOf(names, languages[language], overrides);
