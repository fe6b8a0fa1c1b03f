import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as text from '../../../widget/src/text/en';
import tree from '../locale.json';
import { Chatra, leave, started } from './fake_widget';
import { nameOf, ours } from './words';

let warn: ReturnType<typeof vi.spyOn>;
beforeEach(() => {
  warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
});
afterEach(leave);

const stringsOf = (locale: unknown, setup: object = {}) => started({ locale, ...setup }).settings.look.strings;
const at = (path: string): unknown =>
  path.split('.').reduce<unknown>((found, key) => (found as Record<string, unknown> | undefined)?.[key], tree);

test('CHATRA-JS-048 CHATRA-JS-052 the page\u2019s words stand in the place of ours, by place in the locale file', () => {
  const locale = {
    chat: { input: { placeholder: 'Write here' } },
    yourName: 'Your name, please',
    messageTypes: { joinedFirst: 'Here comes {{#username}}', agentsOffline: 'All asleep' },
  };
  expect(stringsOf(locale)).toEqual({
    question: 'Write here',
    message: 'Write here',
    name: 'Your name, please',
    joined: 'Here comes {name}',
    awayLong: 'All asleep',
    waitingAway: 'All asleep',
  });
  leave();
  expect(stringsOf({ name: 'First name', messageTypes: { joined: '{{username}} too' } })).toEqual({
    name: 'First name',
    joined: '{name} too',
  });
  expect(warn).not.toHaveBeenCalled();
});

test('CHATRA-JS-051 a placeholder is the catalogue\u2019s', () => {
  expect(stringsOf({ messageTypes: { left: '{{#username}}, {{#username}} is gone in {{#minutes}}' } })).toEqual({
    left: '{name}, {name} is gone in {minutes}',
  });
});

test('CHATRA-JS-048 without a locale there are no words of the page', () => {
  expect(started({}).settings.look.strings).toEqual({});
});

test('CHATRA-JS-049 a text is for every language, an object for those it names', () => {
  const locale = { chat: { send: { de: 'Los', fr: 'Envoyer' } }, email: 'Mail' };
  expect(stringsOf(locale, { language: 'de' })).toEqual({ send: 'Los', email: 'Mail' });
  leave();
  expect(stringsOf(locale, { language: 'it' })).toEqual({ email: 'Mail' });
});

test('CHATRA-JS-049 the language is the page\u2019s setting, else the account\u2019s, else the page\u2019s own', () => {
  document.documentElement.lang = 'fr-CA';
  const widget = started({ locale: { chat: { send: { de: 'Los', fr: 'Envoyer' } } } });
  expect(widget.settings.look.strings).toEqual({ send: 'Envoyer' });
  widget.arrive({ language: 'de' });
  expect(widget.look).toHaveBeenLastCalledWith({ strings: { send: 'Los' }, greeting: null });
  document.documentElement.lang = '';
});

test('CHATRA-JS-050 entries whose key starts with _ are ignored', () => {
  expect(stringsOf({ _chat: { send: 'x' }, chat: { _send: 'x', send: 'y' }, _name: 'x' })).toEqual({ send: 'y' });
});

test('CHATRA-JS-048 keys that are no words of this widget are ignored', () => {
  expect(stringsOf({ date: { month: 'Now' }, fly: 1, chat: { input: { fly: {} } } })).toEqual({});
  expect(warn).not.toHaveBeenCalled();
});

test.each([
  [{ chat: { send: 7 } }, 'locale.chat.send'],
  [{ chat: { send: ['x'] } }, 'locale.chat.send'],
  ['de', 'locale'],
])('CHATRA-JS-006 what is neither text nor texts by language is named and left out: %j', (locale, name) => {
  expect(stringsOf(locale)).toEqual({});
  expect(warn).toHaveBeenCalledExactlyOnceWith(`Chatra: ${name} does not take this value`);
});

test('CHATRA-JS-129 setLocale changes words at once, over those of the setting, language by language', () => {
  const widget = started({ language: 'de', locale: { name: 'Name?', chat: { send: 'Go' }, email: { de: 'Post' } } });
  Chatra('setLocale', {
    chat: { send: { fr: 'Va', de: 'Los' } },
    customStrings: { welcome: 'Moin', chatWithUs: 'Frag' },
  });
  const { strings, greeting } = widget.look.mock.lastCall?.[0] ?? {};
  expect(strings).toMatchObject({ name: 'Name?', send: 'Los', email: 'Post', chatWithUs: 'Frag' });
  expect(greeting).toBe('Moin');
  Chatra('setLocale', { chat: { send: 'Ab' } });
  expect(widget.look.mock.lastCall?.[0].strings).toMatchObject({ name: 'Name?', send: 'Ab', email: 'Post' });
});

test('CHATRA-JS-132 restart forgets what setLocale said', () => {
  const widget = started({ locale: { chat: { send: 'Go' } } });
  Chatra('setLocale', { chat: { send: 'Los' } });
  Chatra('restart');
  expect(widget.settings.look.strings).toEqual({ send: 'Go' });
});

test('CHATRA-JS-053 every place that has a word of ours stands in the locale file, as a text', () => {
  for (const place of Object.keys(ours)) expect([place, at(place)]).toEqual([place, expect.any(String)]);
});

// The catalogue that the sites' words replace; a plural stands there in more than one form.
const catalogue = (text as unknown as { en?: Record<string, unknown> }).en;
test.skipIf(!catalogue)('CHATRA-JS-053 the locale file says what the widget says', () => {
  for (const [place, names] of Object.entries(ours)) {
    const told = String(at(place)).replace(/{{#?(\w+)}}/g, nameOf);
    const said = names.flatMap((name) => (catalogue?.[name] === undefined ? [] : [catalogue[name]]));
    if (said.length) expect(said, place).toContain(told);
  }
});
