import { expect, expectTypeOf, test } from 'vitest';
import type { Confab, ConfabEvents, InitSettings, Message, User } from '../../confab';
import type { Events, NewMessage } from '../types';

/** A page that uses every command as the declarations allow it: compiled, and run against a stub. */
function page(confab: Confab): void {
  confab('init', { accountId: 'acme', id: 7, hmac: 'x', position: 'bl', onNewMessage: ({ text }) => text.trim() });
  confab('update', { id: null, colors: { buttonBg: '#123' }, attributes: { plan: 'pro', seen_at: new Date(0) } });
  confab('open', { focus: true });
  confab('close');
  confab('position', { bottom: 20 });
  confab('position', 'rm');
  confab('sendMessage', 'hi');
  confab('setAttributes', { vip: true, old: null });
  confab('event', 'bought', { price: 3 });
  confab('page');
  confab('track', false);
  confab('setGroup', null);
  confab('setLocale', 'de');
  confab('setColors', null);
  confab('consent', true);
  confab('consent', 'marketing', false);
  confab('on', 'unread', ({ count }) => count.toFixed());
  confab('off', 'unread');
  // @ts-expect-error: there is no such command
  confab('fly');
  // @ts-expect-error: there is no such event
  confab('on', 'landing', () => undefined);
  // @ts-expect-error: the text is missing
  confab('sendMessage');
  // @ts-expect-error: no account
  confab('init', {});
}

test('the declarations allow what the commands take, and nothing else', () => {
  const calls: unknown[] = [];
  page(((...args: unknown[]) => void calls.push(args[0])) as Confab);
  expect(new Set(calls).size).toBeGreaterThan(15);
});

test('events, messages and users are declared as the widget tells them', () => {
  expectTypeOf<keyof ConfabEvents>().toEqualTypeOf<keyof Events>();
  expectTypeOf<Events['userUpdate']>().toExtend<User>();
  expectTypeOf<NewMessage>().toExtend<Message>();
  expectTypeOf<Events['call']>().toExtend<ConfabEvents['call']>();
  expectTypeOf<InitSettings['accountId']>().toEqualTypeOf<string>();
});
