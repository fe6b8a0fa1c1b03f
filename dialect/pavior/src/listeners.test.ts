import { expect, test, vi } from 'vitest';
import type { User } from '../../../client/frames';
import { fakePage, openPage, settled } from './fake';

const user: User = { id: 'v1', no: 1, level: 'anonymous', attributes: {} };

test('PAV-JS-075 PAV-JS-082 without a name and a function nothing is registered', () => {
  const { Pavior, warn } = openPage();
  Pavior('on', 'userUpdate');
  Pavior('on', () => {});
  Pavior('on');
  Pavior('off', 'userUpdate');
  expect(warn).toHaveBeenCalledTimes(2);
});

test('PAV-JS-076 PAV-JS-077 PAV-JS-078 userUpdate is told after init, of an anonymous visitor too, and at every change', () => {
  const { Pavior, tell } = fakePage();
  const heard = vi.fn();
  Pavior('on', 'userUpdate', heard);
  Pavior('init', { teamId: 'acme' });
  expect(heard).not.toHaveBeenCalled();
  tell('userUpdate', user);
  tell('userUpdate', { ...user, attributes: { plan: 'gold' } });
  expect(heard).toHaveBeenCalledTimes(2);
  expect(heard.mock.calls[1]?.[0]).toMatchObject({ customAttributes: { plan: 'gold' } });
});

test('PAV-JS-079 the user object holds what is known, and null for the rest', () => {
  const { Pavior, tell } = openPage();
  const heard = vi.fn();
  Pavior('on', 'userUpdate', heard);
  tell('userUpdate', user);
  expect(heard.mock.calls[0]).toEqual([
    {
      id: null,
      email: null,
      name: null,
      firstName: null,
      lastName: null,
      phone: null,
      city: null,
      country: null,
      totalVisits: null,
      lastVisitedAt: null,
      lastActivityAt: null,
      createdAt: null,
      signedUpOn: null,
      emailSubscription: true,
      totalTimeSpent: null,
      universe: 'anonymous',
      isAuthenticated: false,
      customAttributes: {},
    },
  ]);
  const day = Date.UTC(2026, 8, 1);
  tell('userUpdate', {
    ...user,
    level: 'verified',
    externalId: 'u1',
    name: 'Ada L',
    email: 'ada@acme.test',
    phone: '+1',
    city: 'Oslo',
    country: 'NO',
    attributes: { isAffiliate: 1 },
    consents: { marketing: false },
    createdAt: day,
    signedUpAt: day,
    totalVisits: 3,
    lastVisitAt: day,
    lastActiveAt: day,
    totalSeconds: 1234,
  });
  const date = '2026-09-01T00:00:00.000Z';
  expect(heard.mock.calls[1]).toEqual([
    {
      id: 'u1',
      email: 'ada@acme.test',
      name: 'Ada L',
      firstName: null,
      lastName: null,
      phone: '+1',
      city: 'Oslo',
      country: 'NO',
      totalVisits: 3,
      lastVisitedAt: date,
      lastActivityAt: date,
      createdAt: date,
      signedUpOn: date,
      emailSubscription: false,
      totalTimeSpent: 1234,
      universe: 'signup',
      isAuthenticated: true,
      customAttributes: { isAffiliate: 1 },
    },
  ]);
});

test('PAV-JS-079 ATTR-006 ATTR-009 ATTR-010 ATTR-012 ATTR-013 ATTR-019 what the site’s server says stands by its name, unless it is counted here', () => {
  const { Pavior, tell } = openPage();
  const heard = vi.fn();
  Pavior('on', 'userUpdate', heard);
  const said = { firstName: 'Ada', lastName: 'Lind', city: 'Bergen', country: 'Norway', totalVisits: 9, plan: 'gold' };
  tell('userUpdate', {
    ...user,
    city: 'Oslo',
    totalVisits: 3,
    attributes: { ...said, emailSubscription: false, lastVisitedAt: '2017-03-01T10:20:30Z' } as never,
  });
  expect(heard.mock.calls[0]?.[0]).toMatchObject({
    firstName: 'Ada',
    lastName: 'Lind',
    city: 'Oslo',
    country: 'Norway',
    totalVisits: 3,
    lastVisitedAt: '2017-03-01T10:20:30Z',
    emailSubscription: false,
    customAttributes: { plan: 'gold' },
  });
  expect(heard.mock.calls[0]?.[0].customAttributes).toEqual({ plan: 'gold' });
});

test('PAV-JS-079 PAV-JS-027 an e-mail that an anonymous visitor typed somewhere is no id', () => {
  const { Pavior, tell } = openPage();
  const heard = vi.fn();
  Pavior('on', 'userUpdate', heard);
  tell('userUpdate', { ...user, email: 'ada@acme.test' });
  expect(heard.mock.calls[0]?.[0]).toMatchObject({ id: null, email: 'ada@acme.test', universe: 'anonymous' });
});

test('PAV-JS-080 a late listener is called once, after its call has returned', async () => {
  const { Pavior, tell } = openPage();
  tell('userUpdate', user);
  const heard = vi.fn();
  const gone = vi.fn();
  Pavior('on', 'userUpdate', heard);
  Pavior('on', 'userUpdate', gone);
  Pavior('off', 'userUpdate', gone);
  expect(heard).not.toHaveBeenCalled();
  await settled();
  expect(heard).toHaveBeenCalledTimes(1);
  expect(gone).not.toHaveBeenCalled();
});

test('PAV-JS-081 listeners are called in order, each once, and one that throws stops no other', () => {
  vi.useFakeTimers();
  const { Pavior, tell } = openPage();
  const order: string[] = [];
  const first = () => order.push('first');
  const bad = () => {
    order.push('bad');
    throw new Error('of the page');
  };
  Pavior('on', 'userUpdate', first);
  Pavior('on', 'userUpdate', bad);
  Pavior('on', 'userUpdate', first);
  Pavior('on', 'userUpdate', () => order.push('last'));
  tell('userUpdate', user);
  expect(order).toEqual(['first', 'bad', 'last']);
  expect(() => vi.runAllTimers()).toThrow('of the page');
  vi.useRealTimers();
});

test('PAV-JS-082 PAV-JS-083 off removes the very function that was given to on, and no other', () => {
  const { Pavior, tell } = openPage();
  const make = () => vi.fn();
  const [one, two] = [make(), make()];
  Pavior('on', 'userUpdate', one);
  Pavior('on', 'userUpdate', two);
  Pavior('off', 'userUpdate', two);
  Pavior('off', 'userUpdate', make());
  tell('userUpdate', user);
  expect(one).toHaveBeenCalledTimes(1);
  expect(two).not.toHaveBeenCalled();
});

test('PAV-JS-084 any name may be listened to; the data of an event of that name is told', () => {
  const { Pavior, tell, warn } = openPage();
  const [store, update] = [vi.fn(), vi.fn()];
  Pavior('off', 'userVisitedStore', store);
  Pavior('on', 'userVisitedStore', store);
  Pavior('on', 'userUpdate', update);
  tell('event', { name: 'userVisitedStore', data: { floor: 2 } });
  tell('event', { name: 'userUpdate', data: { fake: true } });
  expect(store.mock.calls).toEqual([[{ floor: 2 }]]);
  expect(update).not.toHaveBeenCalled();
  expect(warn).not.toHaveBeenCalled();
});
