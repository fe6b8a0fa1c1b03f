import { expect, test } from 'vitest';
import { openPage, settled } from './fake';

test('PAV-JS-043 PAV-JS-051 what update does not name stays', () => {
  const { Pavior, asked, warn, recording } = openPage({ id: 'u1' });
  Pavior('update', {});
  expect(asked()).toEqual([]);
  Pavior('update', { name: 'Ada' });
  expect(asked()).toEqual([['patch', 'basic', { name: 'Ada' }]]);
  expect(recording.on).toBe(true);
  expect(warn).not.toHaveBeenCalled();
});

test('PAV-JS-043 update without options does nothing', () => {
  const { Pavior, asked, warn } = openPage();
  for (const options of [undefined, null, 'x', []]) Pavior('update', options);
  expect(asked()).toEqual([]);
  expect(warn).toHaveBeenCalledTimes(1);
});

test('PAV-JS-044 update turns the chat off and on at once', () => {
  const { Pavior, asked, switched, warnings } = openPage();
  Pavior('update', { doChat: false });
  expect(switched('setRules').at(-1)).toEqual(['setRules', []]);
  expect(asked()).toEqual([['hide']]);
  Pavior('open');
  expect(asked()).toEqual([]);
  expect(warnings()).toHaveLength(1);
  Pavior('update', { doChat: true });
  expect(switched('setRules').at(-1)).toEqual(['setRules', [{ id: 'r' }]]);
  expect(asked()).toEqual([['show']]);
  Pavior('open');
  expect(asked()).toEqual([['open', { focus: true }]]);
});

test('PAV-JS-020 PAV-JS-045 update turns tracking on and off', () => {
  const { Pavior, asked, recording, switched } = openPage({ doTimeTravel: false });
  Pavior('event', 'bought');
  Pavior('update', { doTimeTravel: true });
  expect(switched('track')).toEqual([['track', true]]);
  expect(recording.on).toBe(true);
  Pavior('event', 'bought');
  Pavior('update', { doTracking: false });
  Pavior('event', 'bought');
  expect(asked()).toEqual([['event', 'bought', {}]]);
});

test('PAV-JS-044 PAV-JS-045 a switch that is no boolean changes nothing', () => {
  const { Pavior, asked, warn, recording } = openPage();
  Pavior('update', { doChat: 'no', doTimeTravel: 0 });
  expect(asked()).toEqual([]);
  expect(recording.on).toBe(true);
  expect(warn).toHaveBeenCalledTimes(2);
});

test('PAV-JS-046 PAV-JS-048 an hmac in update belongs to the identity that holds after it', () => {
  const { Pavior, asked } = openPage({ id: 'u1' });
  Pavior('update', { hmac: 'AB' });
  expect(asked()).toEqual([['identify', { id: 'u1', hmac: 'ab' }]]);
});

test('PAV-JS-047 PAV-JS-048 an hmac of an e-mail does not prove the id that comes later', async () => {
  const { Pavior, asked } = openPage({ email: 'a@b.test', hmac: 'ab' });
  Pavior('update', { id: 'u1', email: 'a@b.test' });
  await settled();
  expect(asked()[1]).toEqual(['identify', { id: 'u1', email: 'a@b.test' }]);
});

test('PAV-JS-050 custom attributes of update are merged by the rules of init', () => {
  const { Pavior, asked, warn } = openPage();
  Pavior('update', { customAttributes: { hasVisitedStore: 1, 'no good': 2 } });
  expect(asked()).toEqual([['patch', 'attributes', { hasVisitedStore: 1 }]]);
  expect(warn).toHaveBeenCalledTimes(1);
});

test('PAV-JS-052 options that update does not have are ignored with a warning', () => {
  const { Pavior, asked, warnings } = openPage();
  Pavior('update', { teamId: 'globex', quadClickForFeedback: true, shareAuth: 'x.test', colour: 'red' });
  expect(asked()).toEqual([]);
  expect(warnings()).toHaveLength(4);
});

test('PAV-JS-053 PAV-JS-057 another id is another user: a new session, and what update says is said of him', async () => {
  const { Pavior, asked } = openPage({ id: 'u1', email: 'one@acme.test', hmac: 'aa' });
  Pavior('update', { id: 'u2', name: 'Two' });
  Pavior('inboundMessage', { message: 'Hello' });
  expect(asked()).toEqual([['reset']]);
  await settled();
  expect(asked()).toEqual([
    ['identify', { id: 'u2' }],
    ['patch', 'basic', { name: 'Two' }],
    ['send', 'Hello'],
  ]);
});

test('PAV-JS-053 where the e-mail is the id, another e-mail is another user', async () => {
  const { Pavior, asked } = openPage({ email: 'one@acme.test', hmac: 'aa' });
  Pavior('update', { email: 'ONE@acme.test' });
  expect(asked().map(([name]) => name)).not.toContain('reset');
  Pavior('update', { email: 'two@acme.test', hmac: 'bb' });
  await settled();
  expect(asked()).toEqual([['reset'], ['identify', { email: 'two@acme.test', hmac: 'bb' }]]);
});

test('PAV-JS-053 an id in the place of an e-mail is another user, unless it is the same text', async () => {
  const other = openPage({ email: 'one@acme.test' });
  other.Pavior('update', { id: 'u1' });
  await settled();
  expect(other.asked()).toEqual([['reset'], ['identify', { id: 'u1' }]]);
  const same = openPage({ email: 'one@acme.test' });
  same.Pavior('update', { id: 'one@acme.test' });
  await settled();
  expect(same.asked()).toEqual([['identify', { id: 'one@acme.test', email: 'one@acme.test' }]]);
});

test('PAV-JS-054 PAV-JS-057 id null is a log-out: a fresh anonymous visitor', async () => {
  for (const who of [{ id: 'u1', email: 'one@acme.test', hmac: 'aa' }, { email: 'one@acme.test' }]) {
    const { Pavior, asked } = openPage(who);
    Pavior('update', { id: null });
    await settled();
    expect(asked()).toEqual([['reset']]);
    Pavior('update', { id: null });
    await settled();
    expect(asked()).toEqual([]);
  }
});

test('PAV-JS-054 after id null nothing of the user before is told', async () => {
  const { Pavior, tell } = openPage({ id: 'u1' });
  tell('userUpdate', { id: 'v1', no: 1, level: 'verified', externalId: 'u1', attributes: {} });
  Pavior('update', { id: null });
  const heard: unknown[] = [];
  Pavior('on', 'userUpdate', (u: unknown) => heard.push(u));
  await settled();
  expect(heard).toEqual([]);
});

test('PAV-JS-055 a new e-mail of the same id is the same user', async () => {
  const { Pavior, asked } = openPage({ id: 'u1', email: 'one@acme.test', hmac: 'aa' });
  Pavior('update', { id: 'u1', email: 'new@acme.test' });
  await settled();
  expect(asked()).toEqual([
    ['identify', { id: 'u1', email: 'new@acme.test', hmac: 'aa' }],
    ['patch', 'basic', { email: 'new@acme.test' }],
  ]);
});

test('PAV-JS-056 an anonymous visitor who says who he is goes on', async () => {
  for (const who of [{ id: 'u1' }, { email: 'a@b.test' }]) {
    const { Pavior, asked } = openPage();
    Pavior('update', who);
    await settled();
    expect(asked()).toEqual([['identify', who]]);
  }
});

test('PAV-JS-046 PAV-JS-047 an id or e-mail that is no text changes nothing', () => {
  const { Pavior, asked, warn } = openPage({ id: 'u1' });
  Pavior('update', { id: '', email: {} });
  expect(asked()).toEqual([]);
  expect(warn).toHaveBeenCalledTimes(2);
});
