import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { en } from '../../../../widget/src/text/en';
import { enCards } from '../../../../widget/src/text/en_cards';
import { enExtras } from '../../../../widget/src/text/en_extras';
import { enThread } from '../../../../widget/src/text/en_thread';
import tree from '../../locale.json';
import { Chatra, FakeWidget, leave, page, started } from '../fake_widget';
import { load } from '../load';
import * as locale from './main';
import { nameOf, ours } from './words';

let warn: ReturnType<typeof vi.spyOn>;
beforeEach(() => {
  warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
});
afterEach(leave);

const told = (widget: FakeWidget) => widget.look.mock.lastCall?.[0].strings;

/** The words of the page as the widget has them. */
async function stringsOf(locale: unknown, setup: object = {}) {
  const widget = started({ locale, ...setup });
  await vi.waitFor(() => expect(widget.look).toHaveBeenCalled());
  return told(widget);
}

const at = (path: string): unknown =>
  path.split('.').reduce<unknown>((found, key) => (found as Record<string, unknown> | undefined)?.[key], tree);

test('CHATRA-JS-048 CHATRA-JS-052 the page\u2019s words stand in the place of ours, by place in the locale file', async () => {
  const locale = {
    chat: { input: { placeholder: 'Write here' } },
    yourName: 'Your name, please',
    messageTypes: { joinedFirst: 'Here comes {{#username}}', agentsOffline: 'All asleep' },
  };
  expect(await stringsOf(locale)).toEqual({
    question: 'Write here',
    message: 'Write here',
    name: 'Your name, please',
    joined: 'Here comes {name}',
    awayLong: 'All asleep',
    waitingAway: 'All asleep',
  });
  leave();
  expect(await stringsOf({ name: 'First name', messageTypes: { joined: '{{username}} too' } })).toEqual({
    name: 'First name',
    joined: '{name} too',
  });
  expect(warn).not.toHaveBeenCalled();
});

test('CHATRA-JS-051 a placeholder is the catalogue\u2019s', async () => {
  expect(await stringsOf({ messageTypes: { left: '{{#username}}, {{#username}} is gone in {{#minutes}}' } })).toEqual({
    left: '{name}, {name} is gone in {minutes}',
  });
});

test('CHATRA-JS-048 a page without words of its own does not load what reads them', () => {
  page({});
  const loadLocale = vi.fn(async () => locale);
  load(new FakeWidget(), 'https://chat.test', loadLocale);
  expect(loadLocale).not.toHaveBeenCalled();
});

test('CHATRA-JS-006 an object that cannot be read is named, and nothing is thrown into the page', async () => {
  const name = new Proxy({}, { ownKeys: () => ['a', 'a'] });
  const widget = started({ locale: { name } });
  await vi.waitFor(() => expect(warn).toHaveBeenCalledExactlyOnceWith('Chatra: locale failed'));
  expect(widget.look).not.toHaveBeenCalled();
});

test('what reads them and does not load is named', async () => {
  page({ locale: { name: 'x' } });
  load(new FakeWidget(), 'https://chat.test', () => Promise.reject(new Error('away')));
  await vi.waitFor(() => expect(warn).toHaveBeenCalledExactlyOnceWith('Chatra: locale failed'));
});

test('CHATRA-JS-049 a text is for every language, an object for those it names', async () => {
  const locale = { chat: { send: { de: 'Los', fr: 'Envoyer' } }, email: 'Mail' };
  expect(await stringsOf(locale, { language: 'de' })).toEqual({ send: 'Los', email: 'Mail' });
  leave();
  expect(await stringsOf(locale, { language: 'it' })).toEqual({ email: 'Mail' });
});

test('CHATRA-JS-049 the language is the page\u2019s setting, else the account\u2019s, else the page\u2019s own', async () => {
  document.documentElement.lang = 'fr-CA';
  const widget = started({ locale: { chat: { send: { de: 'Los', fr: 'Envoyer' } } } });
  await vi.waitFor(() => expect(told(widget)).toEqual({ send: 'Envoyer' }));
  widget.arrive({ language: 'de' });
  await vi.waitFor(() => expect(widget.look).toHaveBeenLastCalledWith({ strings: { send: 'Los' }, greeting: null }));
  document.documentElement.lang = '';
});

test('CHATRA-JS-050 entries whose key starts with _ are ignored', async () => {
  expect(await stringsOf({ _chat: { send: 'x' }, chat: { _send: 'x', send: 'y' }, _name: 'x' })).toEqual({ send: 'y' });
});

test('CHATRA-JS-048 keys that are no words of this widget are ignored', async () => {
  expect(await stringsOf({ date: { month: 'Now' }, fly: 1, chat: { input: { fly: {} } } })).toEqual({});
  expect(warn).not.toHaveBeenCalled();
});

test.each([
  [{ chat: { send: 7 } }, 'locale.chat.send'],
  [{ chat: { send: ['x'] } }, 'locale.chat.send'],
])('CHATRA-JS-006 what is neither text nor texts by language is named and left out: %j', async (locale, name) => {
  expect(await stringsOf(locale)).toEqual({});
  expect(warn).toHaveBeenCalledExactlyOnceWith(`Chatra: ${name} does not take this value`);
});

test('CHATRA-JS-129 setLocale changes words at once, over those of the setting, language by language', async () => {
  const widget = started({ language: 'de', locale: { name: 'Name?', chat: { send: 'Go' }, email: { de: 'Post' } } });
  Chatra('setLocale', {
    chat: { send: { fr: 'Va', de: 'Los' } },
    email: { fr: 'Courriel' },
    customStrings: { welcome: 'Moin', chatWithUs: 'Frag' },
  });
  await vi.waitFor(() => expect(told(widget)?.send).toBe('Los'));
  expect(told(widget)).toMatchObject({ name: 'Name?', email: 'Post', chatWithUs: 'Frag' });
  expect(widget.look.mock.lastCall?.[0].greeting).toBe('Moin');
  Chatra('setLocale', { chat: { send: 'Ab' } });
  await vi.waitFor(() => expect(told(widget)?.send).toBe('Ab'));
  expect(told(widget)).toMatchObject({ name: 'Name?', email: 'Post' });
});

test('CHATRA-JS-132 restart forgets what setLocale said', async () => {
  const widget = started({ locale: { chat: { send: 'Go' } } });
  Chatra('setLocale', { chat: { send: 'Los' } });
  Chatra('restart');
  await vi.waitFor(() => expect(told(widget)).toEqual({ send: 'Go' }));
});

test('CHATRA-JS-132 words that come after a restart are those of before it, and are passed over', async () => {
  page({ locale: { name: 'old' } });
  const widget = new FakeWidget();
  let come = (_: typeof locale): void => {};
  const late = new Promise<typeof locale>((resolve) => {
    come = resolve;
  });
  const loadLocale = vi.fn(() => late);
  load(widget, 'https://chat.test', loadLocale);
  window.ChatraSetup = { locale: { name: 'new' } };
  Chatra('restart');
  come(locale);
  await vi.waitFor(() => expect(widget.look).toHaveBeenCalled());
  expect(loadLocale).toHaveBeenCalledTimes(2);
  expect(widget.look.mock.calls.map(([look]) => look.strings)).toEqual([{ name: 'new' }]);
});

test('CHATRA-JS-053 every place that has a word of ours stands in the locale file, as a text', async () => {
  for (const place of Object.keys(ours)) expect([place, at(place)]).toEqual([place, expect.any(String)]);
});

// The catalogue that the sites' words replace; a plural stands there in more than one form.
const catalogue: Record<string, unknown> = { ...en, ...enCards, ...enExtras, ...enThread };
test('CHATRA-JS-053 the locale file says what the widget says', () => {
  let compared = 0;
  for (const [place, names] of Object.entries(ours)) {
    const text = String(at(place)).replace(/{{#?(\w+)}}/g, nameOf);
    const said = names.flatMap((name) => (catalogue[name] === undefined ? [] : [catalogue[name]]));
    if (said.length) expect(said, place).toContain(text);
    compared += said.length && 1;
  }
  expect(compared).toBeGreaterThan(Object.keys(ours).length / 2);
});
