// A page with Pavior's snippet, in which only the host name is ours.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';
import { eventually, Visitor } from './cast.mjs';
import { Desk } from './desk.mjs';
import { hostPage, rest, serverKey, setStage } from './stage.mjs';

let stage;
let url;
let desk;

before(async () => {
  stage = await setStage({ nodes: 1 });
  url = stage.nodes[0].url;
  desk = await Desk.open(url);
});
after(() => stage?.close());

const hmac = (id) => createHmac('sha256', serverKey).update(id).digest('hex');
const all = { teamId: 'acme', doChat: true, doTimeTravel: true };

/** A visitor on a page with the snippet; `init` is what the page gives to init, `more` a script behind it. */
async function arrive(init, more = '', name = 'Pavior', options = {}) {
  const snippet = `<script src="${url}/embed"></script><script>window.users=[];${name}('on','userUpdate',(user)=>users.push(user));${name}('init',${JSON.stringify(init)});${more}</script>`;
  const visitor = await Visitor.arrive(stage, await stage.site(() => hostPage(snippet)), options);
  visitor.run = (...args) => visitor.page.evaluate((given) => window.Pavior(...given), args);
  visitor.user = (is = () => true) =>
    eventually(async () => {
      const users = await visitor.page.evaluate(() => window.users);
      return users.length > 0 && is(users.at(-1)) ? users.at(-1) : null;
    });
  return visitor;
}

/** Sends a message through the box and returns the conversation that has it. */
async function say(visitor, text) {
  await visitor.say(text);
  return desk.conversation(text);
}

test('PAV-JS-001 PAV-JS-003 PAV-JS-010 PAV-JS-017 PAV-JS-066 PAV-JS-068 a page with the snippet talks with an agent', async () => {
  const visitor = await arrive(all);
  await visitor.launcher.waitFor();
  await visitor.run('open');
  await visitor.panel.waitFor();
  const conversation = await say(visitor, 'Do you repair poles?');
  await desk.accept(conversation);
  await desk.say(conversation, 'Yes, within a week.');
  await visitor.hears('Yes, within a week.');
  await visitor.run('close');
  await visitor.panel.waitFor({ state: 'hidden' });
  assert.deepEqual(visitor.problems, []);
  await visitor.leave();
});

test('PAV-JS-002 PAV-JS-004 both names are one function, loaded late, twice, or by both hosts of old', async () => {
  const start = `window.MomentCRM('init',${JSON.stringify(all).replaceAll('"', '&quot;')})`;
  const other = url.replace('127.0.0.1', 'old.test');
  const snippet = `<script>window.seen=[]</script><script async src="${url}/embed" onload="seen.push(Pavior,MomentCRM);${start}"></script><script defer src="${other}/embed" onload="seen.push(Pavior,MomentCRM)"></script>`;
  const visitor = await Visitor.arrive(stage, await stage.site(() => hostPage(snippet)));
  await visitor.open();
  await visitor.say('hello through the old name');
  await desk.conversation('hello through the old name');
  await visitor.page.addScriptTag({ url: `${url}/embed?again` });
  const seen = await visitor.page.evaluate(() => {
    const all = [...window.seen, window.Pavior, window.MomentCRM];
    return [all.length, new Set(all).size];
  });
  assert.deepEqual(seen, [6, 1]);
  assert.equal(await visitor.page.locator('[data-confab]').count(), 1);
  assert.deepEqual(visitor.problems, []);
  await visitor.leave();
});

test('PAV-JS-014 PAV-JS-016 a team that is none is named in the console, and there is no launcher', async () => {
  const visitor = await arrive({ ...all, teamId: 'nobody' });
  await eventually(() => visitor.said.some((line) => line.startsWith('error: ') && /nobody/.test(line)));
  assert.equal(await visitor.launcher.isVisible(), false);
  assert.deepEqual(visitor.problems, []);
  await visitor.leave();
});

test('PAV-JS-017 PAV-JS-018 PAV-JS-044 without doChat there is no chat, until update allows it', async () => {
  const visitor = await arrive({ ...all, doChat: false });
  await visitor.user();
  await visitor.run('open');
  assert.equal(await visitor.launcher.isVisible(), false);
  assert.equal(await visitor.panel.isVisible(), false);
  await visitor.run('update', { doChat: true });
  await visitor.launcher.waitFor();
  await visitor.run('update', { doChat: false });
  await visitor.launcher.waitFor({ state: 'hidden' });
  await visitor.leave();
});

test('PAV-JS-024 PAV-JS-028 PAV-JS-031 a right hmac shows the same conversation on every device', async () => {
  const who = { id: 'user-31', email: 'maya@example.test', hmac: hmac('user-31'), name: 'Maya Chen' };
  const first = await arrive({ ...all, ...who });
  await first.open();
  const conversation = await say(first, 'Where is my order?');
  const contact = await desk.contact(conversation);
  assert.deepEqual([contact.externalId, contact.level, contact.email], ['user-31', 'verified', 'maya@example.test']);
  const second = await arrive({ ...all, ...who });
  await second.run('open');
  await second.hears('Where is my order?');
  const user = await second.user((u) => u.isAuthenticated);
  assert.deepEqual([user.id, user.name, user.universe], ['user-31', 'Maya Chen', 'signup']);
  await first.leave();
  await second.leave();
});

test('PAV-JS-025 PAV-JS-026 PAV-JS-030 PAV-JS-034 who is only named sees nothing of the person, and agents see a claim', async () => {
  const proven = await arrive({ ...all, email: 'ines@example.test', hmac: hmac('ines@example.test') });
  await proven.open();
  await say(proven, 'my secret order');
  const visitor = await arrive({ ...all, email: 'ines@example.test', name: 'Ines' });
  await visitor.open();
  const conversation = await say(visitor, 'hello, I say I am Ines');
  assert.equal((await desk.contact(conversation)).level, 'claimed');
  assert.equal(conversation.visitorName, 'Ines');
  assert.equal(await visitor.panel.getByText('my secret order').count(), 0);
  const user = await visitor.user((u) => u.email !== null);
  assert.deepEqual([user.id, user.email, user.isAuthenticated], ['ines@example.test', 'ines@example.test', false]);
  await proven.leave();
  await visitor.leave();
});

test('PAV-JS-035 PAV-JS-036 PAV-JS-037 PAV-JS-043 PAV-JS-050 attributes are kept one by one, and update changes what it names', async () => {
  const visitor = await arrive({
    ...all,
    customAttributes: {
      industry: 'Camping',
      isAffiliate: 1,
      seenAt: '2026-05-01T10:00:00Z',
      '1bad': 1,
      lastAt: 'soon',
    },
  });
  await visitor.open();
  const conversation = await say(visitor, 'attributes, please');
  await visitor.run('update', { name: 'Kim', customAttributes: { industry: 'Sailing', hasVisitedStore: 1 } });
  const { attributes } = await desk.contact(conversation, (c) => c.attributes.hasVisitedStore === 1);
  assert.equal(attributes.industry, 'Sailing');
  assert.equal(attributes.isAffiliate, 1);
  assert.ok('seenAt' in attributes && !('1bad' in attributes) && !('lastAt' in attributes));
  await visitor.user((u) => u.name === 'Kim' && u.customAttributes.industry === 'Sailing');
  assert.ok(
    visitor.said.some((line) => line.startsWith('warning: ') && line.includes('1bad')),
    visitor.said.join('\n'),
  );
  await visitor.leave();
});

test('PAV-JS-046 PAV-JS-053 PAV-JS-054 PAV-JS-057 another id is another person, and id null is nobody', async () => {
  const visitor = await arrive({ ...all, id: 'user-a', hmac: hmac('user-a') });
  await visitor.open();
  await say(visitor, 'written by a');
  await visitor.run('update', { id: 'user-b', hmac: hmac('user-b') });
  await visitor.user((u) => u.id === 'user-b' && u.isAuthenticated);
  await eventually(async () => (await visitor.panel.getByText('written by a').count()) === 0);
  await visitor.run('open');
  await say(visitor, 'written by b');
  await visitor.run('update', { id: null });
  await visitor.user((u) => u.id === null && u.universe === 'anonymous');
  await eventually(async () => (await visitor.panel.getByText('written by b').count()) === 0);
  assert.deepEqual(visitor.problems, []);
  await visitor.leave();
});

test('PAV-JS-056 PAV-JS-047 who is identified later keeps what was written before', async () => {
  const visitor = await arrive(all);
  await visitor.open();
  const before = await say(visitor, 'before I logged in');
  await visitor.run('update', { email: 'omar@example.test', hmac: hmac('omar@example.test') });
  await visitor.user((u) => u.isAuthenticated);
  await visitor.hears('before I logged in');
  const after = await say(visitor, 'after I logged in');
  assert.equal(after.id, before.id);
  await visitor.leave();
});

test('PAV-JS-063 PAV-JS-064 inboundMessage writes as the visitor and opens nothing', async () => {
  const visitor = await arrive(all, "Pavior('inboundMessage',{message:'sent by the page'});");
  await desk.conversation('sent by the page');
  assert.equal(await visitor.panel.isVisible(), false);
  await visitor.open();
  await visitor.hears('sent by the page');
  await visitor.leave();
});

test('PAV-JS-058 PAV-JS-059 PAV-JS-062 PAV-JS-070 PAV-JS-073 the launcher goes where it is put, dragged or hidden', async () => {
  const visitor = await arrive(all);
  await visitor.launcher.waitFor();
  await visitor.run('position', { left: 40, bottom: 120, top: 0 });
  const corner = visitor.launcher.locator('..'); // which does not shrink with the button while that is pressed
  const at = async () => {
    const { x, y, height } = await corner.boundingBox();
    return [Math.round(x), Math.round(800 - y - height)];
  };
  await eventually(async () => String(await at()) === '40,120');
  await visitor.page.mouse.move(70, 650);
  await visitor.page.mouse.down();
  await visitor.page.mouse.move(400, 300, { steps: 8 });
  await visitor.page.mouse.up();
  const dragged = '370,470';
  await eventually(async () => String(await at()) === dragged);
  assert.equal(await visitor.panel.isVisible(), false);
  await visitor.page.reload();
  await visitor.launcher.waitFor();
  await eventually(async () => String(await at()) === dragged);
  await visitor.run('hide');
  await visitor.launcher.waitFor({ state: 'hidden' });
  await visitor.run('show');
  await visitor.launcher.waitFor();
  await visitor.leave();
});

test('PAV-JS-076 PAV-JS-077 PAV-JS-078 a change by the team reaches the page without a reload', async () => {
  const visitor = await arrive({ ...all, id: 'user-78', hmac: hmac('user-78') });
  await visitor.user();
  await visitor.open();
  const conversation = await say(visitor, 'call me by my name');
  await desk.call(`/contacts/${conversation.visitor}`, { method: 'PATCH', body: { name: 'Noor' } });
  await visitor.user((u) => u.name === 'Noor');
  await visitor.leave();
});

test('PAV-JS-091 PAV-JS-092 PAV-JS-093 PAV-JS-094 PAV-JS-095 PAV-JS-096 PAV-JS-097 events are counted and kept with their data, and nobody else counts them', async () => {
  const visitor = await arrive(
    all,
    "Pavior('event','visited store',{aisle:7});Pavior('event','visited store',{aisle:8});",
  );
  await visitor.open();
  const conversation = await say(visitor, 'I was in the store');
  await visitor.run('event', 'visited store', { aisle: 9 });
  const { attributes } = await desk.contact(conversation, (c) => c.attributes['visited store count'] === 3);
  const of = (aisle) => desk.history(conversation, (h) => h.kind === 'event' && h.event?.data?.aisle === aisle);
  const events = [await of(7), await of(8), await of(9)];
  assert.deepEqual(new Set(events.map(({ event }) => event.name)), new Set(['visited store']));
  assert.deepEqual(
    ['first', 'last'].map((which) => Date.parse(attributes[`visited store ${which}`])),
    [events[0].at, events[2].at],
  );

  const written = { 'visited store count': 99 };
  await visitor.run('update', { customAttributes: { ...written, plan: 'gold' } });
  const after = await desk.contact(conversation, (c) => c.attributes.plan === 'gold');
  assert.equal(after.attributes['visited store count'], 3);
  const patch = { method: 'PATCH', token: serverKey, body: { attributes: written } };
  await assert.rejects(rest(url, `/contacts/${conversation.visitor}`, patch));
  await visitor.leave();
});

test('PAV-JS-098 PAV-JS-086 PAV-JS-045 without tracking an event is refused, with it it is kept', async () => {
  const visitor = await arrive({ ...all, doTimeTravel: false });
  await visitor.user();
  await visitor.run('event', 'too early', {});
  await visitor.run('track', { doTracking: true, isTop: true });
  await visitor.run('event', 'in time', {});
  await visitor.open();
  const conversation = await say(visitor, 'which events');
  const { attributes } = await desk.contact(conversation, (c) => c.attributes['in time count'] === 1);
  assert.equal(attributes['too early count'], undefined);
  await visitor.leave();
});

test('PAV-JS-101 PAV-JS-104 PAV-JS-021 PAV-JS-023 four angry clicks open the feedback box, and what is said is kept', async () => {
  const visitor = await arrive(all);
  await visitor.user();
  await visitor.open();
  const conversation = await say(visitor, 'this page is slow');
  await visitor.run('close');
  const loaded = [];
  visitor.page.on('request', (request) => loaded.push(request.url()));
  const click = async (times, x = 300) => {
    for (let i = 0; i < times; i++) await visitor.page.mouse.click(x, 300);
    await visitor.page.evaluate(() => new Promise(requestAnimationFrame)); // what is asked for has been
    return loaded.some((address) => address.includes('/feedback-'));
  };
  assert.equal(await click(4), false); // the page did not ask for it
  await visitor.run('init', { ...all, quadClickForFeedback: true });
  assert.equal(await click(3, 500), false);
  assert.equal(await click(1, 700), false);
  await click(4);
  const box = visitor.page.getByRole('dialog', { name: 'Something not right?' });
  await box.getByRole('textbox').fill('The basket loses its items.');
  await box.getByRole('button', { name: /send/i }).click();
  const { feedback } = await desk.history(conversation, (h) => h.kind === 'feedback');
  assert.equal(feedback.text, 'The basket loses its items.');
  assert.deepEqual(visitor.problems, []);
  await visitor.leave();
});
