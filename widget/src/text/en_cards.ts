import type { Template } from './say';

/** What is said of the launcher, on cards, in the title of a hidden page. `{n}` stands for a number. */
export const enCards = {
  dismiss: 'Dismiss',
  justNow: 'just now',
  newMessage: 'New message',
  openUnread: 'Open chat, unread messages: {n}',
  closeChat: 'Close chat',
  leaveMessage: 'Leave a message',
} as const satisfies Record<string, Template>;

export type CardWords = Record<keyof typeof enCards, string>;
