import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, afterEach, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Agent, eventually, leave, Visitor } from './cast.mjs';
import { clean } from './clean.mjs';
import { agents, hostPage, rest, serverKey, setStage, shopPage } from './stage.mjs';

const program = fileURLToPath(new URL('../bin/confab', import.meta.url));
let stage;
let shop;
let phoneShop; // its agents call back by telephones of their own
const here = [];

before(async () => {
  stage = await setStage({ channels: [{ widgetId: 'phone', name: 'Phone', calls: 'manual' }] });
  const [{ url }] = stage.nodes;
  shop = await stage.site(() => shopPage(url));
  const tag = `<script async src="${url}/confab.js" data-account-id="channel:phone"></script>`;
  phoneShop = await stage.site(() => hostPage(tag));
});
after(() => stage?.close());

/** Nothing of a test is left for the next one: no browser, no open conversation. */
afterEach(async () => {
  for (const person of here.splice(0)) await person.leave();
  for (const { id } of await open()) await post(`/conversations/${id}/close`);
});

const call = (path, options = {}) => rest(stage.nodes[1].url, path, { token: serverKey, ...options });
const post = (path, body = {}) => call(path, { method: 'POST', body });

async function open() {
  const states = await Promise.all(['waiting', 'active'].map((state) => call(`/conversations?state=${state}`)));
  return states.flatMap(({ data }) => data);
}

async function agent(person, options) {
  const node = stage.nodes[person === agents.anna ? 1 : 0];
  const came = await Agent.signIn(stage, node.url, person, options);
  came.context.setDefaultTimeout(15_000);
  here.push(came);
  return came;
}

/** A visitor who has said something, and his conversation. */
async function visitor(words, options, site = shop) {
  const came = await Visitor.arrive(stage, site, options);
  came.context.setDefaultTimeout(15_000);
  here.push(came);
  await came.open();
  await came.say(words);
  await came.sees(/Sent|Delivered/);
  const chat = await eventually(async () => (await open()).find((c) => c.last?.text === words));
  return Object.assign(came, { chat });
}

const offer = (a) => a.page.getByRole('group', { name: /^New chat from/ });
const toast = (a, words) => a.page.getByRole('status').getByText(words).first().waitFor();
const list = (a, name) =>
  a.page
    .getByRole('link', { name: new RegExp(`^${name}`) })
    .first()
    .click();
const row = (a, words) => a.page.getByRole('listitem').filter({ hasText: words }).first();

/** Says what an agent's page made known to its owner, and lets the test decide whether he looks at it. */
function spy() {
  globalThis.made = { shown: [], tones: 0 };
  globalThis.away = false;
  document.hasFocus = () => !globalThis.away;
  class Shown {
    static permission = 'granted';
    static requestPermission = async () => 'granted';
    constructor(title, options) {
      globalThis.made.shown.push({ title, ...options });
      globalThis.last = this;
    }
    close() {}
  }
  globalThis.Notification = Shown;
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...args) {
    globalThis.made.tones++;
    return start.apply(this, args);
  };
}

test('a long thread: older pages leave the place, news are counted, the pill leads to the end', async () => {
  const maya = await visitor('the first of many');
  for (let i = 1; i <= 200; i++) await post(`/conversations/${maya.chat.id}/messages`, { text: `line ${i}` });
  const anna = await agent(agents.anna);
  await anna.page.goto(`${stage.nodes[1].url}/console/open/${maya.chat.id}`);
  await anna.hears('line 200');
  const box = anna.log;
  assert.equal(await anna.log.getByText('line 40', { exact: true }).count(), 0);
  await box.evaluate((el) => el.scrollTo({ top: el.scrollHeight * 0.3 }));
  const placeOf = (text) =>
    box.evaluate((el, words) => {
      const p = [...el.querySelectorAll('p.bd')].find((x) => x.textContent === words);
      return p ? Math.round(p.getBoundingClientRect().top - el.getBoundingClientRect().top) : null;
    }, text);
  const first = await box.locator('p.bd').first().textContent();
  await box.evaluate((el) => el.scrollTo({ top: 100 }));
  const before = await placeOf(first);
  await eventually(async () => (await box.locator('p.bd').first().textContent()) !== first);
  assert.ok(Math.abs((await placeOf(first)) - before) <= 2, `moved from ${before} to ${await placeOf(first)}`);

  await maya.say('are you there?');
  await maya.say('one more');
  const pill = anna.page.getByRole('button', { name: '2 new messages' });
  await pill.waitFor();
  assert.ok(Math.abs((await placeOf(first)) - before) <= 2, 'news moved what is read');
  await pill.click();
  await pill.waitFor({ state: 'detached' });
  assert.equal(await box.evaluate((el) => Math.round(el.scrollHeight - el.scrollTop - el.clientHeight)), 0);
  // What one says oneself is seen at once, wherever one was.
  await box.evaluate((el) => el.scrollTo({ top: 200 }));
  await anna.page.getByRole('button', { name: 'Latest' }).waitFor();
  await anna.say('I am');
  await eventually(() => box.evaluate((el) => el.scrollHeight - el.scrollTop - el.clientHeight < 2));
});

test('one tab calls, and only for what is not looked at', async () => {
  const anna = await agent(agents.anna);
  await anna.context.addInitScript(spy);
  const second = await anna.context.newPage();
  await second.goto(`${stage.nodes[1].url}/console`);
  await anna.page.reload();
  const tabs = [anna.page, second];
  for (const tab of tabs) {
    await tab.getByRole('link', { name: /^My chats/ }).waitFor();
    await tab.mouse.click(700, 10); // sound needs a gesture
  }
  await anna.page.getByRole('button', { name: 'Notifications' }).click();
  await anna.page.getByRole('switch', { name: /Desktop/ }).click();
  await anna.page.keyboard.press('Escape');
  const made = async () => {
    const all = await Promise.all(tabs.map((tab) => tab.evaluate(() => globalThis.made)));
    return { shown: all.flatMap(({ shown }) => shown), tones: all.reduce((sum, { tones }) => sum + tones, 0) };
  };
  const look = (tab, on) =>
    tab.evaluate((looks) => {
      globalThis.away = !looks;
    }, on);
  for (const tab of tabs) await look(tab, false);

  const maya = await visitor('somebody new');
  await eventually(async () => (await made()).shown.length > 0);
  const { shown, tones } = await made();
  assert.equal(shown.length, 1);
  assert.match(shown[0].title, /is new in the queue$/);
  assert.equal(shown[0].body, 'somebody new');
  assert.equal(tones, 2);

  await anna.acceptOffer();
  await anna.hears('somebody new');
  await maya.say('while nobody looks');
  await eventually(async () => (await made()).shown.length === 2);
  assert.equal((await made()).tones, 3);
  await eventually(async () => (await anna.page.title()).startsWith('(2)'));
  // The one that is shown leads to the conversation.
  await list(anna, 'Visitors');
  for (const tab of tabs) await tab.evaluate(() => globalThis.last?.onclick());
  await eventually(() => [anna.page, second].some((tab) => tab.url().endsWith(maya.chat.id)));

  // The conversation on the screen of a tab that has the focus calls nobody.
  await anna.page.goto(`${stage.nodes[1].url}/console/mine/${maya.chat.id}`);
  await anna.hears('while nobody looks');
  await look(anna.page, true);
  const calm = await made();
  await maya.say('before her eyes');
  await anna.hears('before her eyes');
  // Another one, while she looks, is a tone and nothing on the desktop.
  await list(anna, 'Visitors');
  await maya.say('in another place');
  await eventually(async () => (await made()).tones > calm.tones);
  const after = await made();
  assert.equal(after.tones, calm.tones + 1);
  assert.equal(after.shown.length, calm.shown.length);
});

test('two agents get the offer, one takes it, the other is told who; it is handed on, left and closed', async () => {
  const anna = await agent(agents.anna);
  const ben = await agent(agents.ben);
  const maya = await visitor('who is first?');
  await offer(anna).waitFor();
  await offer(ben).waitFor();
  // Ben's page hears late of what Anna does, and offers what is gone.
  const late = async (route) => {
    await anna.acceptOffer();
    await maya.sees('Anna joined');
    await route.continue();
  };
  await ben.context.route(/\/accept$/, late, { times: 1 });
  await ben.acceptOffer();
  await toast(ben, 'Anna Lindqvist was first. This chat is in good hands.');
  await offer(ben).waitFor({ state: 'detached' });
  await offer(anna).waitFor({ state: 'detached' });

  await anna.page.getByRole('button', { name: 'Assign', exact: true }).click();
  await anna.page.getByRole('option', { name: /Ben Okafor/ }).click();
  await toast(anna, /handed to Ben Okafor/);
  await list(ben, 'My chats');
  await row(ben, 'who is first?').getByText('Handed to you').waitFor();
  await row(ben, 'who is first?').click();
  await ben.log.getByText(/Anna handed this to you/).waitFor();
  await ben.say('I take over');
  await maya.hears('I take over');
  await row(ben, 'I take over').getByText('Handed to you').waitFor({ state: 'detached' });

  await ben.page.getByRole('button', { name: 'More', exact: true }).click();
  await ben.page.getByRole('button', { name: 'Leave this chat' }).click();
  await toast(ben, /You left the chat/);
  await ben.page.getByRole('button', { name: 'Undo' }).click();
  await ben.page
    .getByRole('button', { name: /^Close/ })
    .first()
    .click();
  const sure = ben.page.getByRole('dialog', { name: /^Close the chat with/ });
  await sure.getByRole('button', { name: 'Cancel' }).click();
  await ben.page
    .getByRole('button', { name: /^Close/ })
    .first()
    .click();
  await sure.getByRole('button', { name: /^Close chat/ }).click();
  await toast(ben, /^Chat with .* closed$/);
  await maya.sees('Ben ended the chat');
  assert.equal((await open()).length, 0);
  assert.deepEqual(anna.problems, []);
});

test('a note and its writing stay in the team; words on their way are seen by both sides', async () => {
  const anna = await agent(agents.anna);
  const frames = [];
  const maya = await visitor('hello');
  await anna.acceptOffer();
  await anna.hears('hello');
  const noise = await watch(maya, frames);
  await anna.page.getByRole('button', { name: /^Note/ }).click();
  await anna.box.pressSequentially('do not tell: ');
  await anna.say('a secret note');
  await anna.log.getByText('only your team sees this').waitFor();
  await anna.page.getByRole('button', { name: /^Reply/ }).click();
  await anna.box.pressSequentially('Hm, ');
  await maya.panel.getByRole('img', { name: 'Anna is typing' }).waitFor();
  await anna.say('The answer');
  await maya.hears('The answer');
  const heard = noise();
  assert.ok(heard.some((text) => text.includes('The answer')));
  assert.ok(!heard.some((text) => text.includes('secret') || text.includes('do not tell')), heard.join('\n'));
  const early = heard.slice(
    0,
    heard.findIndex((text) => text.includes('"hidden"')),
  );
  assert.ok(!early.some((text) => text.includes('"typing"')), early.join('\n'));
  assert.ok(!(await maya.panel.innerText()).includes('secret'));

  await maya.box.pressSequentially('half a sent');
  await anna.log.getByText('half a sent', { exact: true }).waitFor();
  await anna.log.getByText('Typing, not sent yet').waitFor();
  await maya.box.fill('');
  await anna.log.getByText('Typing, not sent yet').waitFor({ state: 'detached' });
  await anna.log.getByText('Seen').first().waitFor();
  await maya.say('and you?');
  await maya.sees(/Seen/);
});

test('a reload keeps the session, the place and every draft', async () => {
  const anna = await agent(agents.anna);
  await visitor('a question');
  await anna.acceptOffer();
  await anna.hears('a question');
  await anna.box.fill('half an answer');
  await anna.page.getByRole('button', { name: /^Note/ }).click();
  await anna.box.fill('half a note');
  await anna.page.reload();
  await anna.hears('a question');
  await anna.page.getByRole('textbox', { name: 'Note for your team' }).waitFor();
  assert.equal(await anna.box.inputValue(), 'half a note');
  await row(anna, 'Draft:').waitFor();
  await anna.page.getByRole('button', { name: /^Reply/ }).click();
  assert.equal(await anna.box.inputValue(), 'half an answer');
});

test('a token that runs out is replaced on the open socket, and two tabs stay signed in', async () => {
  const context = await stage.browser.newContext();
  here.push({ leave: () => leave(context) });
  context.setDefaultTimeout(15_000);
  // What is left of a token's life when it comes: a little more than what the page keeps in reserve.
  await context.route(/\/confab\/v1\/session(\/refresh)?$/, async (route) => {
    const response = await route.fetch();
    const answer = await response.json();
    await route.fulfill({ response, json: { ...answer, expiresAt: Date.now() + 63_000 } });
  });
  const sockets = [];
  const tabs = [await context.newPage(), await context.newPage()];
  for (const tab of tabs) {
    tab.on('websocket', (socket) => {
      const said = { open: true, auths: [] };
      sockets.push(said);
      socket.on(
        'framesent',
        ({ payload }) => String(payload).includes('"t":"auth"') && said.auths.push(String(payload)),
      );
      socket.on('close', () => {
        said.open = false;
      });
    });
  }
  await tabs[0].goto(`${stage.nodes[1].url}/console`);
  await tabs[0].getByLabel('E-mail').fill(agents.anna.email);
  await tabs[0].getByLabel('Password', { exact: true }).fill(agents.anna.password);
  await tabs[0].getByRole('button', { name: 'Sign in' }).click();
  await tabs[0].getByRole('link', { name: /^My chats/ }).waitFor();
  await tabs[1].goto(`${stage.nodes[1].url}/console`);
  await tabs[1].getByRole('link', { name: /^My chats/ }).waitFor();
  await eventually(() => sockets.length === 2 && sockets.every(({ auths }) => auths.length >= 3));
  assert.ok(
    sockets.every(({ open }) => open),
    'a socket was closed',
  );
  assert.ok(
    sockets.every(({ auths }) => new Set(auths).size === auths.length),
    'a token was said twice',
  );
  for (const tab of tabs) await tab.getByRole('link', { name: /^My chats/ }).waitFor();
});

test('a call is told in the thread, in the widget and in the export, as it goes and to who comes back', async () => {
  const maya = await visitor('can you call me?', {}, phoneShop);
  const anna = await agent(agents.anna);
  await anna.find('can you call me?');
  await maya.panel.getByRole('button', { name: 'More' }).click();
  await maya.panel.getByRole('button', { name: 'Get a call' }).click();
  await maya.panel.getByLabel('Phone').fill('+1 408 498 7855');
  await maya.panel.getByRole('button', { name: 'Call me' }).click();
  await anna.hears(/asked for a call to.* waits/);
  const { data } = await call(`/calls?visitor=${maya.chat.visitor}`);
  const goesOn = (status, more = {}) => post(`/calls/${data[0].id}/status`, { status, ...more });

  await goesOn('agent_connected');
  await anna.hears(/picked up/);
  await maya.sees('Your phone rings now');
  await maya.page.reload();
  await maya.sees('Your phone rings now');
  await goesOn('client_connected');
  await anna.hears(/talking \d+:\d\d/);
  await maya.sees('You are connected');
  await goesOn('end', { recordUrl: 'https://pbx.example/7.mp3' });
  await maya.sees('The call has ended');
  for (const look of [() => undefined, () => anna.page.reload()]) {
    await look();
    await anna.hears(/talked \d+:\d\d/);
    const link = anna.log.getByRole('link', { name: 'Recording' });
    assert.equal(await link.getAttribute('href'), 'https://pbx.example/7.mp3');
    assert.equal(await anna.log.getByText(/asked for a call/).count(), 1);
  }
  await clean(anna.page, 'a call in a thread');
  const { threads } = await call(`/contacts/${maya.chat.visitor}/export`);
  const told = threads.flatMap(({ entries }) => entries).filter(({ entry }) => entry.kind === 'call');
  assert.deepEqual(
    told.map(({ entry }) => [entry.call.status, entry.conversation]),
    ['start', 'agent_connected', 'client_connected', 'end'].map((status) => [status, maya.chat.id]),
  );
});

test('the status that an agent chooses reaches colleagues and visitors', async () => {
  const anna = await agent(agents.anna);
  await visitor('a chat to hand on');
  const maya = await Visitor.arrive(stage, shop);
  here.push(maya);
  await maya.open();
  await maya.sees('Online, ready to answer');
  const ben = await agent(agents.ben);
  const choose = async (who, status) => {
    await who.page
      .getByRole('button', { name: /Okafor|Lindqvist/ })
      .first()
      .click();
    await who.page.getByRole('radio', { name: new RegExp(`^${status}`) }).click();
    await who.page.getByRole('button', { name: new RegExp(`(Okafor|Lindqvist).*${status}`) }).waitFor();
  };
  await choose(ben, 'Invisible');
  await maya.sees('Online, ready to answer');
  for (const [status, seen] of [
    ['Busy', 'Busy'],
    ['Away', 'Away'],
    ['Invisible', 'Offline'],
  ]) {
    await choose(anna, status);
    await maya.sees('We are away right now. Leave a message.');
    await seesAnna(ben, seen);
  }
  // Nothing is offered to whom is not online, and it is once he is.
  await maya.say('anybody?');
  await eventually(async () => (await open()).length === 2);
  await list(anna, 'Queue');
  await row(anna, 'anybody?').waitFor();
  assert.equal(await offer(anna).count(), 0);
  await choose(anna, 'Online');
  await offer(anna).waitFor();
  await anna.page.reload();
  await anna.page.getByRole('button', { name: /Lindqvist.*Online/ }).waitFor();
  // An invisible one stays so over a reload.
  await ben.page.reload();
  await ben.page.getByRole('button', { name: /Okafor.*Invisible/ }).waitFor();
  await choose(ben, 'Online');
});

test('on a phone: list, chat, visitor, and all the way back', async () => {
  const anna = await agent(agents.anna, { hasTouch: true });
  await anna.page.setViewportSize({ width: 390, height: 844 });
  await visitor('from a small screen');
  await anna.page
    .getByRole('button', { name: /^Accept/ })
    .first()
    .tap();
  await anna.hears('from a small screen');
  assert.equal(await anna.page.getByRole('heading', { name: 'My chats' }).count(), 0);
  await anna.box.fill('coming');
  await anna.page.getByRole('button', { name: 'Send' }).tap();
  await anna.hears('coming');
  await anna.page.getByRole('button', { name: 'Show visitor' }).tap();
  await anna.page.getByRole('complementary', { name: 'Visitor' }).waitFor();
  await clean(anna.page, 'phone, visitor');
  await anna.page.goBack();
  await anna.hears('coming');
  await clean(anna.page, 'phone, chat');
  await anna.page.getByRole('button', { name: 'Back', exact: true }).tap();
  await anna.page.getByRole('link', { name: /coming/ }).waitFor();
  await clean(anna.page, 'phone, list');
  for (const tab of ['Queue', 'Visitors', 'Chats']) {
    await anna.page.getByRole('navigation', { name: 'Main' }).getByRole('button', { name: tab }).tap();
    assert.equal(await anna.page.evaluate(() => document.documentElement.scrollWidth), 390, `${tab} is too wide`);
  }
});

for (const colorScheme of ['light', 'dark']) {
  test(`no board has violations, ${colorScheme}`, async () => {
    const anna = await agent(agents.anna, { colorScheme });
    await clean(anna.page, 'empty');
    const maya = await visitor('a chat that is closed');
    await list(anna, 'Queue');
    await row(anna, 'a chat that is closed').waitFor();
    await clean(anna.page, 'queue');
    await anna.acceptOffer();
    await anna.hears('a chat that is closed');
    await anna.page.getByRole('button', { name: /^Note/ }).click();
    await anna.say('noted');
    await anna.hears('noted');
    await clean(anna.page, 'note');
    await anna.page.getByRole('button', { name: 'Assign', exact: true }).click();
    await anna.page.getByRole('option', { name: /Ben Okafor/ }).waitFor();
    await clean(anna.page, 'assign');
    await anna.page.keyboard.press('Escape');
    await anna.page
      .getByRole('button', { name: /^Close/ })
      .first()
      .click();
    await anna.page.getByRole('dialog', { name: /^Close the chat/ }).waitFor();
    await clean(anna.page, 'confirm');
    await anna.page.keyboard.press('Enter');
    await toast(anna, /closed$/);
    await clean(anna.page, 'toast');
    await list(anna, 'Closed');
    await anna.page
      .getByRole('link', { name: /a chat that is closed|noted/ })
      .first()
      .click();
    await anna.hears('a chat that is closed');
    await clean(anna.page, 'closed');
    await list(anna, 'Visitors');
    await anna.page.getByRole('table').getByRole('row').nth(1).getByRole('link').first().click();
    await anna.page.getByRole('complementary', { name: 'Visitor' }).waitFor();
    await clean(anna.page, 'visitors with the pane');
    await anna.page.keyboard.press('?');
    await anna.page.getByRole('dialog').waitFor();
    await clean(anna.page, 'help');
    await maya.leave();
  });
}

test('an agent who is deactivated, or signs out elsewhere, is out at once and told why', async () => {
  const ben = await agent(agents.ben);
  const other = await ben.context.newPage();
  await other.goto(`${stage.nodes[0].url}/console`);
  await other.getByRole('link', { name: /^My chats/ }).waitFor();
  await other
    .getByRole('button', { name: /Okafor/ })
    .first()
    .click();
  await other.getByRole('button', { name: 'Sign out' }).click();
  for (const tab of [other, ben.page]) await tab.getByRole('button', { name: 'Sign in' }).waitFor();

  const again = await agent(agents.ben);
  const command = (verb) =>
    promisify(execFile)(program, ['agent', verb, agents.ben.email, '--redis', `redis://127.0.0.1:${stage.redis.port}`]);
  await command('deactivate');
  const since = Date.now();
  await again.page.getByText('You were signed out, because your account changed.').waitFor();
  assert.ok(Date.now() - since < 2000, `took ${Date.now() - since} ms`);
  await again.page.getByLabel('E-mail').fill(agents.ben.email);
  await again.page.getByLabel('Password', { exact: true }).fill(agents.ben.password);
  await again.page.getByRole('button', { name: 'Sign in' }).click();
  await again.page.getByText(/may not sign in|do not match/).waitFor();
  await command('activate');
  await again.page.getByRole('button', { name: 'Sign in' }).click();
  await again.page.getByRole('link', { name: /^My chats/ }).waitFor();
});

/** Opens the list of colleagues and waits until Anna stands there with this status. */
async function seesAnna(ben, status) {
  await list(ben, 'All open');
  await row(ben, 'a chat to hand on').click();
  await ben.page.getByRole('button', { name: 'Assign', exact: true }).click();
  await ben.page.getByRole('option', { name: new RegExp(`Anna Lindqvist · ${status}`) }).waitFor();
  await ben.page.keyboard.press('Escape');
}

/** Follows what the widget's socket receives from now on: the widget connects anew so that it is under watch. */
async function watch({ page }, frames) {
  const from = frames.length;
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => frames.push(String(payload))));
  await page.reload();
  await eventually(() => frames.some((text) => text.includes('"caught_up"')));
  return () => frames.slice(from);
}
