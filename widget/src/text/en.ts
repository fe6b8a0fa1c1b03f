import type { Template } from './say';

/**
 * The panel's words by their names, which sites may use to put their own in the place of ours: a name stays what it is once it
 * is published. `{n}` chooses among plural forms.
 */
export const en = {
  title: 'Chat',
  dialog: 'Chat with {title}',
  greeting: 'Hello. What can we help you with?',
  question: 'Write your question…',
  message: 'Write a message…',
  messageLabel: 'Message',
  send: 'Send',
  emoji: 'Emoji',
  minimise: 'Minimise',
  close: 'Close',
  more: 'More',
  retry: 'Retry',
  runsOn: 'Runs on confab',
  tooLong: { one: '{n} character too many', other: '{n} characters too many' },

  online: 'Online',
  here: 'Online, ready to answer',
  awayLong: 'We are away right now. Leave a message.',

  notLoaded: 'This did not load. Your messages are not affected.',

  connecting: 'Connecting…',
  offline: 'Offline. Your messages go out when you are back.',
  notKept: 'Offline. Keep this page open until your messages are out.',
  connected: 'Connected',
  stopped: 'No connection.',

  attach: 'Attach files, up to {size} each',
  drop: 'Drop files here',

  menuCall: 'Get a call',
} as const satisfies Record<string, Template>;
