// The examples and the published loader, as a reader has them: only his host is filled in.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';
import { eventually, Visitor } from './cast.mjs';
import { Desk } from './desk.mjs';
import { hosts } from './hosts.mjs';
import { Reader } from './reader.mjs';
import { rest, serverKey, setStage } from './stage.mjs';

/** Somebody whom the site knows. */
const person = (id, name) => ({ id, hmac: createHmac('sha256', serverKey).update(id).digest('hex'), name });
let stage;
let url;
let desk;
let reader;

before(async () => {
  stage = await setStage({ nodes: 1 });
  url = stage.nodes[0].url;
  desk = await Desk.open(url);
  reader = await Reader.begin(url);
});
after(async () => {
  await reader?.end();
  await stage?.close();
});

/** A visitor of the site, whose page has complained of nothing by the time he leaves. */
async function visit(site, doing) {
  const visitor = await Visitor.arrive(stage, 'about:blank');
  visitor.introduced = []; // by the first frame of each socket
  await introducing(visitor);
  await visitor.page.goto(site);
  await doing(visitor);
  const complaints = visitor.said.filter((line) => !/^(info|log|debug): /.test(line));
  assert.deepEqual([complaints, visitor.problems], [[], []]);
  await visitor.leave();
  await desk.tidy();
}

/** Notes how the page introduces its visitor. What it changes by rarer commands is too late for the first time. */
function introducing({ page, introduced }) {
  page.on('websocket', (socket) =>
    socket.once('framesent', ({ payload }) => {
      const { id, hmac } = JSON.parse(payload).visitor;
      introduced.push({ id, hmac });
    }),
  );
  return page.route(/commands-\w+\.js$/, async (route) => {
    await eventually(() => introduced.length > 0);
    await route.continue();
  });
}

const button = (visitor, name) => visitor.page.getByRole('button', { name, exact: true });
const press = (visitor, name) => button(visitor, name).click();

/** An agent takes up what the visitor says in the open chat, and answers; returns the conversation. */
async function talk(visitor, text) {
  await visitor.say(text);
  const conversation = await desk.conversation(text);
  await desk.accept(conversation);
  await desk.say(conversation, `answer to ${text}`);
  await visitor.hears(`answer to ${text}`);
  return conversation;
}

/** A button of the page opens the chat, and one writes at once. */
async function opens(visitor, name) {
  await press(visitor, name);
  await visitor.panel.locator('textarea:focus').waitFor();
}

/** While the chat is closed the button counts what is said, until it has opened the chat. */
async function counts(visitor, conversation, name) {
  await visitor.page.keyboard.press('Escape');
  await visitor.panel.waitFor({ state: 'hidden' });
  await visitor.launcher.waitFor();
  await desk.say(conversation, 'one more');
  await desk.say(conversation, 'and another');
  await opens(visitor, `${name} 2`);
  await visitor.hears('and another');
  await button(visitor, name).waitFor();
}

/** The one who is on the site, once he is as asked. */
const present = (is) => eventually(async () => (await rest(url, '/visitors', { token: serverKey })).data.find(is));

/** Nothing of a conversation is to be read in the chat, which is open, any more. */
const gone = (visitor, text) => eventually(async () => (await visitor.panel.getByText(text).count()) === 0);

/** Logs out and in again beside the open chat: nobody sees what was said before, and the person sees all of it. */
async function logsOutAndIn(visitor, { name }, text) {
  await press(visitor, 'Log out');
  await gone(visitor, text);
  const conversation = await talk(visitor, `nobody after ${name}`);
  assert.equal((await desk.contact(conversation)).level, 'anonymous');
  assert.equal(await visitor.panel.getByText(text).count(), 0);
  await press(visitor, 'Log in');
  await visitor.hears(text);
}

test('on a server the loader is imported and called, does nothing and leaves nothing', async () => {
  const program = `
    const before = Reflect.ownKeys(globalThis);
    const { load } = await import('@confab/loader');
    const confab = load({ host: 'https://chat.example.com', accountId: 'acme' });
    const answers = [confab('on', 'unread', () => {}), confab('open')];
    const more = Reflect.ownKeys(globalThis).filter((key) => !before.includes(key));
    console.log(JSON.stringify({ answers, more }));`;
  const said = await reader.run('node', ['--input-type=module', '--eval', program]);
  assert.deepEqual(JSON.parse(said), { answers: [null, null], more: [] });
});

for (const [modules, moduleResolution] of [
  ['esnext', 'bundler'],
  ['node16', 'node16'],
])
  test(`who finds modules as ${moduleResolution} does has the types of the loader, which those of vue.vue keep to`, async () => {
    const page = `
      import { type Confab, type InitSettings, load } from '@confab/loader';
      const settings: InitSettings = { accountId: 'acme', position: 'bl' };
      const confab: Confab = load({ host: new URL('https://chat.example.com'), nonce: 'n', ...settings });
      confab('on', 'unread', ({ count }) => count.toFixed());
      // @ts-expect-error: there is no such command
      confab('fly');
      // @ts-expect-error: the host is missing
      load(settings);`;
    const sources = { 'page.ts': page, 'vue.ts': await reader.script('vue.vue') };
    await reader.types(sources, { module: modules, moduleResolution });
  });

test('plain.html: the button of the page opens the chat and counts what is unread', async () => {
  const html = await reader.own('plain.html');
  const site = await stage.site(() => ({ html }));
  await visit(site, async (visitor) => {
    await opens(visitor, 'Ask us');
    await counts(visitor, await talk(visitor, 'from a plain page'), 'Ask us');
  });
});

/** The site of spa.html: every page is the same file, and a session that the server keeps. */
async function spa(who) {
  const html = await reader.own('spa.html');
  let me = null;
  const json = { 'content-type': 'application/json' };
  return stage.site((path, { method }) => {
    if (path !== '/api/session') return { html };
    if (method !== 'GET') me = method === 'POST' ? who : null;
    return { html: JSON.stringify(me), headers: json };
  });
}

test('spa.html: each of its pages is counted, also one without an address', async () => {
  const site = await spa(null);
  await visit(`${site}/tents`, async (visitor) => {
    await present((v) => v.page?.title === 'Tents' && v.visit.pages === 1);
    await press(visitor, 'Size chart');
    await present((v) => v.page?.title === 'Size chart' && v.page.url === `${site}/sizes` && v.visit.pages === 2);
    await visitor.page.getByRole('link', { name: 'Stoves' }).click();
    await present((v) => v.page?.title === 'Stoves' && v.page.url === `${site}/stoves` && v.visit.pages === 3);
    await visitor.page.goBack();
    await present((v) => v.page?.title === 'Tents' && v.visit.pages === 4);
    await visitor.open();
    await talk(visitor, 'from tents and stoves');
    assert.equal(visitor.introduced.length, 1);
  });
});

test('spa.html: what was begun as nobody goes on after the log-in, is gone after the log-out, and there after a reload', async () => {
  const sven = person('sven', 'Sven Aalto');
  await visit(await spa(sven), async (visitor) => {
    await visitor.open();
    const conversation = await talk(visitor, 'who am I');
    await press(visitor, 'Log in');
    const contact = await desk.contact(await desk.conversation('who am I'), (c) => c.level === 'verified');
    assert.equal(contact.externalId, 'sven');
    assert.equal(contact.name, 'Sven Aalto');
    await desk.say(conversation, 'Sven, aren’t you');
    await visitor.hears('Sven, aren’t you');
    await logsOutAndIn(visitor, sven, 'who am I');
    visitor.introduced.length = 0;
    await visitor.page.reload();
    await visitor.hears('who am I');
    assert.deepEqual(visitor.introduced, [{ id: sven.id, hmac: sven.hmac }]);
  });
});

for (const [framework, host] of Object.entries(hosts)) {
  const site = async (who, first = null) => {
    const { render } = await reader.onServer(host.app + host.server);
    const script = await reader.build(host.app + host.browser, { format: 'iife' });
    const given = `window.person = ${JSON.stringify(who)}; window.first = ${JSON.stringify(first)}`;
    const html = `<!doctype html><html lang="en"><title>${framework}</title><div id="app">${await render(first)}</div>
<script>${given}</script><script src="/app.js"></script></html>`;
    const headers = { 'content-type': 'text/javascript; charset=utf-8' };
    return stage.site((path) => (path === '/app.js' ? { html: script, headers } : { html }));
  };

  test(`${host.example}: one widget, which counts what is unread, goes with the component and comes back with it`, async () => {
    await visit(await site(null), async (visitor) => {
      await opens(visitor, 'Messages');
      const conversation = await talk(visitor, `from ${framework}`);
      await counts(visitor, conversation, 'Messages');
      assert.equal(visitor.introduced.length, 1);
      await press(visitor, 'Leave');
      await visitor.panel.waitFor({ state: 'hidden' });
      await visitor.launcher.waitFor({ state: 'hidden' });
      await desk.say(conversation, 'are you still there');
      await press(visitor, 'Come back');
      await visitor.launcher.waitFor();
      await press(visitor, 'Messages 1');
      await visitor.hears('are you still there');
      assert.equal(await visitor.page.locator('[data-confab]').count(), 1);
      await present((v) => v.visit.pages === 1);
    });
  });

  test(`${host.example}: who is logged in is so from the first moment on, and gone with the log-out`, async () => {
    const who = person(`${framework}-user`, `${framework} User`);
    await visit(await site(who, who), async (visitor) => {
      await visitor.open();
      const text = `I am of ${framework}`;
      const { level, externalId: id, name } = await desk.contact(await talk(visitor, text));
      assert.deepEqual({ level, id, name }, { level: 'verified', id: who.id, name: who.name });
      assert.deepEqual(visitor.introduced, [{ id: who.id, hmac: who.hmac }]);
      await logsOutAndIn(visitor, who, text);
    });
  });
}
