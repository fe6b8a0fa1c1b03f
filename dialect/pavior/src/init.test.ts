import { expect, test } from 'vitest';
import type { User } from '../../../client/frames';
import { fakePage, openPage, settled } from './fake';

const proof = 'CA4E0D71'.padEnd(64, '0');
const user = (more: Partial<User> = {}): User => ({ id: 'v1', no: 1, level: 'anonymous', attributes: {}, ...more });

test('PAV-JS-005 PAV-JS-006 before init no command does anything, is remembered, or throws', () => {
  const { Pavior, asked, warn, tell } = fakePage();
  for (const name of [
    'update',
    'position',
    'inboundMessage',
    'open',
    'close',
    'hide',
    'show',
    'track',
    'event',
    'feedback',
  ])
    Pavior(name, {});
  expect(warn).toHaveBeenCalledTimes(10);
  Pavior('open');
  expect(warn).toHaveBeenCalledTimes(10);
  Pavior('init', { teamId: 'acme', doChat: true });
  tell('ready', undefined);
  expect(asked().map(([name]) => name)).toEqual(['init']);
});

test('PAV-JS-006 listeners are taken before init', () => {
  const { Pavior, tell, warn } = fakePage();
  const heard: unknown[] = [];
  Pavior('on', 'userUpdate', (u: unknown) => heard.push(u));
  Pavior('init', { teamId: 'acme' });
  tell('userUpdate', user());
  expect(heard).toHaveLength(1);
  expect(warn).not.toHaveBeenCalled();
});

test('PAV-JS-007 what is called before the session is open runs then, in the order of the calls', () => {
  const { Pavior, asked, tell } = fakePage();
  Pavior('init', { teamId: 'acme', doChat: true, doTimeTravel: true });
  Pavior('event', 'bought', { price: 5 });
  Pavior('open');
  Pavior('inboundMessage', { message: 'Hello' });
  Pavior('hide');
  expect(asked().map(([name]) => name)).toEqual(['init']);
  tell('ready', undefined);
  expect(asked()).toEqual([['event', 'bought', { price: 5 }], ['open', { focus: true }], ['send', 'Hello'], ['hide']]);
});

test('PAV-JS-008 PAV-JS-009 an unknown command is warned of once; every command returns undefined', () => {
  const { Pavior, warnings, asked } = openPage();
  expect(Pavior('dance')).toBeUndefined();
  expect(Pavior('dance')).toBeUndefined();
  expect((Pavior as () => unknown)()).toBeUndefined();
  expect(Pavior('toString')).toBeUndefined();
  expect(warnings()).toHaveLength(3);
  expect(warnings()[0]).toContain('dance');
  for (const name of ['init', 'update', 'open', 'close', 'hide', 'show', 'on', 'off', 'track', 'event', 'feedback'])
    expect(Pavior(name)).toBeUndefined();
  asked();
});

test('PAV-JS-010 PAV-JS-014 PAV-JS-017 init names the team, sets the options and what is known of the user', () => {
  const { Pavior, asked, recording } = fakePage();
  const customAttributes = { industry: 'travel', isAffiliate: 1, lastPerformanceAt: '2026-09-01T10:00:00.000Z' };
  Pavior('init', {
    teamId: 'acme',
    doChat: true,
    doTimeTravel: true,
    id: 'u1',
    email: 'a@b.test',
    hmac: proof,
    name: 'Ada',
    customAttributes,
  });
  expect(asked()).toEqual([
    [
      'init',
      {
        account: 'acme',
        server: 'https://node.test',
        identity: { id: 'u1', email: 'a@b.test', hmac: proof.toLowerCase() },
        group: null,
        hidden: false,
        look: { offset: null },
      },
    ],
    ['patch', 'basic', { name: 'Ada', email: 'a@b.test' }],
    ['patch', 'attributes', customAttributes],
  ]);
  expect(recording.on).toBe(true);
});

test('PAV-JS-011 PAV-JS-014 without options or a team nothing starts', () => {
  const { Pavior, asked, error } = fakePage();
  const bad = [undefined, null, 'acme', 7, [], {}, { teamId: '' }, { teamId: 7 }, { teamId: null, doChat: true }];
  for (const options of bad) Pavior('init', options);
  expect(error).toHaveBeenCalledTimes(bad.length);
  expect(asked()).toEqual([]);
});

test('PAV-JS-015 teamVanityId names the team too, and teamId outranks it', () => {
  const { Pavior, asked } = fakePage();
  Pavior('init', { teamVanityId: 'acme-travel' });
  expect(asked()[0]?.[1]).toMatchObject({ account: 'acme-travel' });
  const other = fakePage();
  other.Pavior('init', { teamVanityId: 'acme-travel', teamId: 'acme' });
  expect(other.asked()[0]?.[1]).toMatchObject({ account: 'acme' });
});

test('PAV-JS-016 a team that the server does not know is an error, and nothing works after it', () => {
  const { Pavior, tell, error, asked, warnings } = fakePage();
  Pavior('init', { teamId: 'nobody', doChat: true });
  Pavior('open');
  tell('refused', { reason: 'account' });
  expect(error.mock.calls[0]?.[0]).toContain('nobody');
  asked();
  Pavior('open');
  expect(asked()).toEqual([]);
  expect(warnings().join()).toContain('init');
});

test('PAV-JS-017 PAV-JS-018 without doChat the launcher is hidden and no chat function does anything', () => {
  const { Pavior, asked, tell, warnings, switched } = fakePage();
  Pavior('init', { teamId: 'acme' });
  expect(switched('setRules')).toEqual([['setRules', []]]);
  expect(asked()[0]?.[1]).toMatchObject({ hidden: true });
  tell('ready', undefined);
  for (const name of ['open', 'close', 'show', 'position', 'inboundMessage'])
    Pavior(name, { message: 'Hello', top: 5 });
  expect(asked()).toEqual([]);
  expect(warnings()).toHaveLength(5);
});

test('PAV-JS-018 without doChat attributes, listeners and tracking still work', () => {
  const { Pavior, asked, tell } = fakePage();
  const heard: unknown[] = [];
  Pavior('init', { teamId: 'acme', doTimeTravel: true });
  Pavior('on', 'bought', (data: unknown) => heard.push(data));
  tell('ready', undefined);
  asked();
  Pavior('update', { customAttributes: { a: 1 } });
  Pavior('event', 'bought', { price: 1 });
  tell('event', { name: 'bought', data: { price: 1 } });
  expect(asked()).toEqual([
    ['patch', 'attributes', { a: 1 }],
    ['event', 'bought', { price: 1 }],
  ]);
  expect(heard).toEqual([{ price: 1 }]);
});

test('PAV-JS-019 PAV-JS-020 doTracking is doTimeTravel under another name, which is outranked', () => {
  for (const [options, on] of [
    [{}, false],
    [{ doTracking: true }, true],
    [{ doTimeTravel: false, doTracking: true }, false],
    [{ doTimeTravel: true, doTracking: false }, true],
  ] as const) {
    const { Pavior, recording, switched } = fakePage();
    Pavior('init', { teamId: 'acme', ...options });
    expect(recording.on).toBe(on);
    expect(switched('track')).toEqual([['track', on]]);
  }
});

test('PAV-JS-024 a number as id is its decimal text', () => {
  const { Pavior, asked } = fakePage();
  Pavior('init', { teamId: 'acme', id: 4711 });
  expect(asked()[0]?.[1]).toMatchObject({ identity: { id: '4711' } });
});

test('PAV-JS-025 PAV-JS-026 PAV-JS-030 an e-mail alone says who the user is, and proves nothing', () => {
  const { Pavior, asked, tell } = fakePage();
  const heard: unknown[] = [];
  Pavior('on', 'userUpdate', (u: unknown) => heard.push(u));
  Pavior('init', { teamId: 'acme', email: 'ada@acme.test' });
  expect(asked()[0]?.[1]).toMatchObject({ identity: { email: 'ada@acme.test' } });
  tell('userUpdate', user({ level: 'claimed', email: 'ada@acme.test' }));
  expect(heard[0]).toMatchObject({
    id: 'ada@acme.test',
    email: 'ada@acme.test',
    universe: 'lead',
    isAuthenticated: false,
  });
});

test('PAV-JS-027 PAV-JS-033 without id and e-mail the visitor is anonymous, whatever hmac comes along', () => {
  const { Pavior, asked } = fakePage();
  Pavior('init', { teamId: 'acme', name: 'Ada', hmac: proof });
  expect(asked()).toMatchObject([
    ['init', { identity: {} }],
    ['patch', 'basic', { name: 'Ada' }],
  ]);
});

test('PAV-JS-028 PAV-JS-029 hex digits of an hmac may be capitals', () => {
  const { Pavior, asked } = fakePage();
  Pavior('init', { teamId: 'acme', id: 'u1', hmac: proof });
  expect(asked()[0]?.[1]).toMatchObject({ identity: { id: 'u1', hmac: proof.toLowerCase() } });
});

test('PAV-JS-032 an hmac that the server does not accept is warned of once', () => {
  const { Pavior, tell, warn, lend } = fakePage();
  Pavior('init', { teamId: 'acme', id: 'u1', hmac: proof });
  tell('userUpdate', user({ level: 'claimed', externalId: 'u1' }));
  tell('userUpdate', user({ level: 'claimed', externalId: 'u1', name: 'Ada' }));
  expect(warn).toHaveBeenCalledTimes(1);
  expect(lend).not.toHaveBeenCalled();
});

test('PAV-JS-031 a user whose hmac holds is authenticated and a signup', () => {
  const { Pavior, tell, warn } = fakePage();
  const heard: unknown[] = [];
  Pavior('on', 'userUpdate', (u: unknown) => heard.push(u));
  Pavior('init', { teamId: 'acme', id: 'u1', hmac: proof });
  tell('userUpdate', user({ level: 'verified', externalId: 'u1', signedUpAt: 0 }));
  expect(heard[0]).toMatchObject({ universe: 'signup', isAuthenticated: true, signedUpOn: '1970-01-01T00:00:00.000Z' });
  expect(warn).not.toHaveBeenCalled();
});

test('PAV-JS-034 PAV-JS-049 a name that is no text is left out with a warning', () => {
  const { Pavior, asked, warn } = fakePage();
  Pavior('init', { teamId: 'acme', name: { first: 'Ada' } });
  expect(asked().map(([name]) => name)).toEqual(['init']);
  expect(warn).toHaveBeenCalledTimes(1);
});

test('PAV-JS-035 PAV-JS-036 PAV-JS-037 PAV-JS-038 a bad attribute is dropped with a warning, the others are kept', () => {
  const { Pavior, asked, warn } = fakePage();
  const customAttributes = { ok: 'x', '1st': 'x', 'a b': 'x', paidAt: 'yesterday', flag: true, gone: null, list: [1] };
  Pavior('init', { teamId: 'acme', customAttributes });
  expect(asked()[1]).toEqual(['patch', 'attributes', { ok: 'x', flag: 1, gone: null }]);
  expect(warn).toHaveBeenCalledTimes(4);
});

test('PAV-JS-039 with shareAuth the session opens with the login of the other domain', async () => {
  const page = fakePage();
  page.borrow.mockResolvedValue('ticket-1');
  page.Pavior('init', { teamId: 'acme', doChat: true, shareAuth: 'acme.test' });
  page.Pavior('open');
  expect(page.asked()).toEqual([]);
  await settled();
  expect(page.borrow).toHaveBeenCalledWith('acme', 'acme.test', expect.any(Function));
  expect(page.asked()).toMatchObject([['init', { identity: { ticket: 'ticket-1' } }]]);
  page.tell('ready', undefined);
  expect(page.asked()).toEqual([['open', { focus: true }]]);
});

test('PAV-JS-040 the own identity outranks shareAuth', () => {
  for (const own of [{ id: 'u1' }, { email: 'a@b.test' }]) {
    const { Pavior, asked, borrow, warn } = fakePage();
    Pavior('init', { teamId: 'acme', ...own, shareAuth: 'acme.test' });
    expect(asked()[0]?.[1]).toMatchObject({ identity: own });
    expect(borrow).not.toHaveBeenCalled();
    expect(warn).toHaveBeenCalledTimes(1);
  }
});

test('PAV-JS-041 without a login to share the visitor is anonymous', async () => {
  for (const answer of [async () => null, async () => Promise.reject(new Error('no network'))]) {
    const page = fakePage();
    page.borrow.mockImplementation(answer);
    page.Pavior('init', { teamId: 'acme', shareAuth: 'acme.test' });
    await settled();
    expect(page.asked()).toMatchObject([['init', { identity: {} }]]);
    expect(page.warn).toHaveBeenCalledTimes(1);
    expect(page.error).not.toHaveBeenCalled();
  }
});

test('PAV-JS-039 a ticket that follows takes the place of the first, until the user is another', async () => {
  const page = fakePage();
  let renewed = (_: string): boolean => false;
  page.borrow.mockImplementation(async (...[, , told]) => {
    renewed = told;
    return 'ticket-1';
  });
  page.Pavior('init', { teamId: 'acme', shareAuth: 'acme.test' });
  await settled();
  page.tell('ready', undefined);
  page.asked();
  expect(renewed('ticket-2')).toBe(true);
  expect(page.asked()).toEqual([['identify', { ticket: 'ticket-2' }]]);
  page.Pavior('update', { id: 'u1' });
  await settled();
  expect(page.asked()).toEqual([['reset'], ['identify', { id: 'u1' }]]);
  expect(renewed('ticket-3')).toBe(false);
  expect(page.asked()).toEqual([]);
});

test('PAV-JS-039 PAV-JS-054 an authenticated page lends its login until the log-out', async () => {
  const { Pavior, tell, lend } = fakePage();
  Pavior('init', { teamId: 'acme', id: 'u1', hmac: proof });
  tell('userUpdate', user({ level: 'verified', externalId: 'u1' }));
  expect(lend.mock.calls).toEqual([['acme', { id: 'u1', hmac: proof.toLowerCase() }]]);
  tell('ready', undefined);
  Pavior('update', { id: null });
  expect(lend.mock.calls.at(-1)).toEqual(['acme', null]);
});

test('PAV-JS-042 a second init of the same team starts again with the new options; the same user goes on', () => {
  const { Pavior, asked, recording } = openPage({ id: 'u1', quadClickForFeedback: true });
  Pavior('init', { teamId: 'acme', id: 'u1' });
  expect(asked()).toMatchObject([['init', { identity: { id: 'u1' }, hidden: true }]]);
  expect(recording.on).toBe(false);
});

test('PAV-JS-042 a second init with another user leaves the first behind', async () => {
  const { Pavior, asked } = openPage({ id: 'u1' });
  Pavior('init', { teamId: 'acme' });
  await settled();
  expect(asked()).toMatchObject([['reset'], ['init', { identity: {} }]]);
});

test('PAV-JS-042 a second init with another team takes the first one off the page', () => {
  const { Pavior, asked } = openPage({ id: 'u1' });
  Pavior('init', { teamId: 'globex', id: 'u2' });
  expect(asked()).toMatchObject([['remove'], ['init', { account: 'globex', identity: { id: 'u2' } }]]);
});

test('where another script has started the widget, it is neither silenced nor taken off the page', () => {
  const page = fakePage();
  Object.assign(page.state, { started: true, ready: true });
  page.Pavior('init', { teamId: 'acme', id: 'u1' });
  expect([...page.switched('setRules'), ...page.switched('track')]).toEqual([]);
  page.Pavior('init', { teamId: 'globex' });
  expect(page.asked().map(([name]) => name)).not.toContain('remove');
});

test('PAV-JS-007 PAV-JS-039 what is called while a login is borrowed waits, also where the widget is ready already', async () => {
  const page = fakePage();
  Object.assign(page.state, { started: true, ready: true });
  let found = (_: string | null): void => {};
  page.borrow.mockReturnValue(
    new Promise((done) => {
      found = done;
    }),
  );
  page.Pavior('init', { teamId: 'acme', doChat: true, shareAuth: 'acme.test' });
  page.tell('ready', undefined);
  page.Pavior('open');
  expect(page.asked()).toEqual([]);
  found('ticket-1');
  await settled();
  expect(page.asked().map(([name]) => name)).toEqual(['init', 'open']);
});
