import type { Language } from '../config';

/** Every word of the feedback box; a site may put its own in their place, by these names. */
export interface FeedbackWords {
  feedbackTitle: string;
  feedbackLabel: string;
  feedbackSend: string;
  feedbackCancel: string;
  feedbackClose: string;
  feedbackThanks: string;
  feedbackFailed: string;
  feedbackRetry: string;
}

type Row = [
  title: string,
  label: string,
  send: string,
  cancel: string,
  close: string,
  thanks: string,
  failed: string,
  retry: string,
];

const rows: Record<Language, Row> = {
  en: [
    'Something not right?',
    'Tell us what happened',
    'Send',
    'Cancel',
    'Close',
    'Thank you. We have it.',
    'This could not be sent.',
    'Try again',
  ],
  de: [
    'Stimmt etwas nicht?',
    'Sagen Sie uns, was passiert ist',
    'Senden',
    'Abbrechen',
    'Schließen',
    'Danke. Es ist angekommen.',
    'Das konnte nicht gesendet werden.',
    'Erneut versuchen',
  ],
  fr: [
    'Un problème ?',
    'Dites-nous ce qui s’est passé',
    'Envoyer',
    'Annuler',
    'Fermer',
    'Merci. C’est bien reçu.',
    'L’envoi a échoué.',
    'Réessayer',
  ],
  es: [
    '¿Algo no va bien?',
    'Cuéntenos qué ha pasado',
    'Enviar',
    'Cancelar',
    'Cerrar',
    'Gracias. Lo hemos recibido.',
    'No se ha podido enviar.',
    'Reintentar',
  ],
  nl: [
    'Klopt er iets niet?',
    'Vertel ons wat er gebeurde',
    'Versturen',
    'Annuleren',
    'Sluiten',
    'Bedankt. We hebben het ontvangen.',
    'Dit kon niet worden verstuurd.',
    'Opnieuw proberen',
  ],
  pt: [
    'Algo não está certo?',
    'Conte-nos o que aconteceu',
    'Enviar',
    'Cancelar',
    'Fechar',
    'Obrigado. Recebemos.',
    'Não foi possível enviar.',
    'Tentar de novo',
  ],
  it: [
    'Qualcosa non va?',
    'Ci dica che cosa è successo',
    'Invia',
    'Annulla',
    'Chiudi',
    'Grazie. È arrivato.',
    'Invio non riuscito.',
    'Riprova',
  ],
  ru: [
    'Что-то не так?',
    'Расскажите, что произошло',
    'Отправить',
    'Отмена',
    'Закрыть',
    'Спасибо. Мы всё получили.',
    'Не удалось отправить.',
    'Повторить',
  ],
};
const names: (keyof FeedbackWords)[] = [
  'feedbackTitle',
  'feedbackLabel',
  'feedbackSend',
  'feedbackCancel',
  'feedbackClose',
  'feedbackThanks',
  'feedbackFailed',
  'feedbackRetry',
];

/** The words of a language, English if it is not one of ours, with the site's own in the place of some. */
export function wordsOf({ language, strings }: { language: string; strings: Record<string, string> }): FeedbackWords {
  const row = rows[language as Language] ?? rows.en;
  return Object.fromEntries(names.map((name, i) => [name, strings[name] || row[i]])) as unknown as FeedbackWords;
}
