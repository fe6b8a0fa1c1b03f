import type { Language } from '../config';
import { wordsOf } from './launcher';

const names = ['dismiss', 'justNow', 'newMessage', 'openUnread', 'closeChat', 'leaveMessage'] as const;
/** What is said later: on cards, of the launcher, in the title of a hidden page. `{n}` stands for a number. */
export type CardWords = Record<(typeof names)[number], string>;

const languages: Record<Language, string> = {
  en: 'Dismiss|just now|New message|Open chat, unread messages: {n}|Close chat|Leave a message',
  de: 'Ausblenden|gerade eben|Neue Nachricht|Chat öffnen, ungelesene Nachrichten: {n}|Chat schließen|Nachricht hinterlassen',
  fr: 'Masquer|à l’instant|Nouveau message|Ouvrir le chat, messages non lus : {n}|Fermer le chat|Laissez un message',
  es: 'Descartar|ahora mismo|Mensaje nuevo|Abrir el chat, mensajes sin leer: {n}|Cerrar el chat|Deja un mensaje',
  nl: 'Verbergen|zojuist|Nieuw bericht|Chat openen, ongelezen berichten: {n}|Chat sluiten|Laat een bericht achter',
  pt: 'Dispensar|agora mesmo|Nova mensagem|Abrir o chat, mensagens não lidas: {n}|Fechar o chat|Deixe uma mensagem',
  it: 'Nascondi|proprio ora|Nuovo messaggio|Apri la chat, messaggi non letti: {n}|Chiudi la chat|Lascia un messaggio',
  ru: 'Скрыть|только что|Новое сообщение|Открыть чат, непрочитанных сообщений: {n}|Закрыть чат|Оставьте сообщение',
};

export const cardWords = (language: Language, overrides: Record<string, string>): CardWords =>
  wordsOf(names, languages[language], overrides);
