import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';
import { Agent, eventually, kept, Visitor } from './cast.mjs';
import { agents, rest, serverKey, setStage, shopPage } from './stage.mjs';

let stage;
let shop;

before(async () => {
  stage = await setStage();
  const [a] = stage.nodes;
  shop = await stage.site((path) => shopPage(a.url, { title: path === '/tents' ? 'Tents' : 'Shop' }));
});
after(() => stage?.close());

test('a visitor on one node and an agent on the other talk, and both see what the other does', async () => {
  const [, b] = stage.nodes;
  const agent = await Agent.signIn(stage, b.url, agents.anna);
  const visitor = await Visitor.arrive(stage, shop);
  await visitor.open();
  await visitor.say('Is the Skerry 2 in stock?');
  await visitor.hears('Is the Skerry 2 in stock?');
  await agent.acceptOffer();
  await agent.hears('Is the Skerry 2 in stock?');
  await visitor.sees('Anna joined');

  await visitor.box.pressSequentially('and the Holm');
  await agent.page.getByText('Typing, not sent yet').waitFor();
  await agent.box.pressSequentially('Yes, ');
  await visitor.panel.getByRole('img', { name: 'Anna is typing' }).waitFor();

  await agent.say('Yes, both are here.');
  await visitor.hears('Yes, both are here.');
  await agent.page.getByText('Seen').first().waitFor();
  await visitor.sees(/Seen/);
  assert.deepEqual(visitor.problems, []);
  assert.deepEqual(agent.problems, []);
  await visitor.leave();
  await agent.leave();
});

test('a reload in the middle of sending loses and doubles nothing', async () => {
  const visitor = await Visitor.arrive(stage, shop);
  await visitor.open();
  for (let i = 0; i < 10; i++) {
    await visitor.say(`reloaded ${i}`);
    // Not waiting: the reload hits whatever moment of sending this is.
    await visitor.page.reload();
    if (!(await visitor.panel.isVisible())) await visitor.panel.or(visitor.launcher).first().waitFor();
    if (!(await visitor.panel.isVisible())) await visitor.open();
  }
  const texts = await kept(stage.nodes[1].url, /^reloaded \d$/, 10);
  assert.deepEqual(
    texts,
    Array.from({ length: 10 }, (_, i) => `reloaded ${i}`),
  );
  await visitor.leave();
});

test('what is written offline goes out in order when the connection is back', async () => {
  const visitor = await Visitor.arrive(stage, shop);
  await visitor.open();
  await visitor.say('offline 0');
  await visitor.sees(/Sent|Delivered/);
  await visitor.context.setOffline(true);
  for (let i = 1; i < 5; i++) await visitor.say(`offline ${i}`);
  await visitor.sees('Offline. Your messages go out when you are back.');
  await visitor.context.setOffline(false);
  const texts = await kept(stage.nodes[1].url, /^offline \d$/, 5);
  assert.deepEqual(
    texts,
    Array.from({ length: 5 }, (_, i) => `offline ${i}`),
  );
  assert.deepEqual(await visitor.texts(/offline \d/g), texts);
  await visitor.leave();
});

test('a visitor goes on at the other node when his own is killed', async () => {
  const both = await stage.site(() => shopPage(stage.nodes[0].url));
  const visitor = await Visitor.arrive(stage, both);
  await visitor.open();
  await visitor.say('before the crash');
  await visitor.sees(/Sent|Delivered/);
  await stage.killNode(0);
  await visitor.say('during the crash');
  await stage.restartNode(0);
  const texts = await kept(stage.nodes[1].url, /the crash$/, 2);
  assert.deepEqual(texts, ['before the crash', 'during the crash']);
  await visitor.leave();
});

test('ten tabs of one site hold one socket, and each of them hears and speaks', async () => {
  await eventually(async () => (await sockets(stage.nodes[0].url)) === 0); // those of the tests before have gone
  const first = await Visitor.arrive(stage, shop);
  await first.open();
  await first.say('from tab 0');
  await first.sees(/Sent|Delivered/);
  const tabs = [first];
  for (let i = 1; i < 10; i++) {
    const page = await first.context.newPage();
    await page.goto(shop);
    tabs.push(new Visitor(first.context, page));
  }
  const last = tabs.at(-1);
  if (!(await last.panel.isVisible())) await last.open();
  await last.hears('from tab 0');
  await last.say('from tab 9');
  await first.hears('from tab 9');
  assert.equal(await sockets(stage.nodes[0].url), 1);
  // The leader goes; another tab takes its place.
  await first.page.close();
  await last.say('after the leader left');
  const texts = await kept(stage.nodes[1].url, /^from tab|^after the leader/, 3);
  assert.deepEqual(texts, ['from tab 0', 'from tab 9', 'after the leader left']);
  await first.context.close();
});

test('a wrong HMAC is a claim, a right one is verified, and neither keeps the visitor from chatting', async () => {
  const [a, b] = stage.nodes;
  const agent = await Agent.signIn(stage, b.url, agents.anna);
  const right = createHmac('sha256', serverKey).update('user-1').digest('hex');
  for (const [name, hmac, badge] of [
    ['Mallory', 'f'.repeat(64), 'Claimed'],
    ['Maya', right, 'Verified'],
  ]) {
    const site = await stage.site(() =>
      shopPage(a.url, { init: { accountId: 'acme', id: 'user-1', email: 'maya@petersen.example', name, hmac } }),
    );
    const visitor = await Visitor.arrive(stage, site);
    await visitor.open();
    await visitor.say(`I am ${name}`);
    await agent.find(`I am ${name}`);
    await agent.page.getByText(badge, { exact: true }).first().waitFor();
    await visitor.leave();
  }
  await agent.leave();
});

test('on a phone the panel fills the screen and Escape or the cross close it', async () => {
  const visitor = await Visitor.arrive(stage, shop, {
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
  });
  await visitor.launcher.tap();
  await visitor.panel.waitFor();
  await eventually(async () => {
    const box = await visitor.panel.boundingBox(); // the panel rises first
    return box.x === 0 && box.y === 0 && box.width === 390 && box.height === 844;
  });
  await visitor.panel.getByRole('button', { name: /^(Minimise|Close)/ }).tap();
  await visitor.panel.waitFor({ state: 'hidden' });
  await visitor.leave();
});

test('the agents see a visitor walk through the site', async () => {
  const seen = (test) =>
    eventually(async () => (await rest(stage.nodes[1].url, '/visitors', { token: serverKey })).data.find(test));
  const site = await stage.site((path) =>
    shopPage(stage.nodes[0].url, { title: path === '/tents' ? 'Tents' : 'Front' }),
  );
  const visitor = await Visitor.arrive(stage, site);
  await seen((v) => v.page?.title === 'Front'); // who leaves before the widget is connected was never here
  await visitor.page.getByRole('link', { name: 'Tents' }).click();
  await seen((v) => v.page?.title === 'Tents' && v.visit.pages === 2);
  await visitor.page.evaluate(() => {
    document.title = 'Pole';
    history.pushState({}, '', '/tents/pole');
  });
  await seen((v) => v.page?.url.endsWith('/tents/pole') && v.visit.pages === 3);
  await visitor.leave();
});

/** How many sockets a node has open, by its own metrics. */
async function sockets(url) {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^confab_relay_sockets\{[^}]*"visitor"[^}]*\} (\d+)/m.exec(text)?.[1] ?? 0);
}
