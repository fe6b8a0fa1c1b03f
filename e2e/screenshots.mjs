// Makes docs/screenshots: a visitor and two agents play a scripted conversation on a real node, and each moment is
// photographed. Sizes, names, words and clocks are fixed, so that a picture changes only when the product does.
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Agent, eventually, Visitor } from './cast.mjs';
import { Clock } from './clock.mjs';
import { Desk } from './desk.mjs';
import { channels, scenes } from './scenes.mjs';
import { agents, rest, serverKey, setStage } from './stage.mjs';
import { tern } from './tern.mjs';

const folder = fileURLToPath(new URL('../docs/screenshots', import.meta.url));
const screen = { width: 1280, height: 800 };
const desk = { width: 1000, height: 720 };
const phone = { width: 390, height: 844 };
const corner = { x: 568, y: 0, width: 432, height: 720 }; // of desk: where panel and launcher are

await mkdir(folder, { recursive: true });
const made = new Set();
const stage = await setStage({ nodes: 1, channels });
const clock = new Clock('2026-05-12T10:38:00Z');
const [{ url }] = stage.nodes;
const userAgent =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';
const options = { userAgent, locale: 'en-GB', timezoneId: 'UTC', colorScheme: 'light', deviceScaleFactor: 1 };

/** A stage whose browsers all live by our clock. */
const timed = {
  ...stage,
  browser: {
    async newContext(more) {
      const context = await stage.browser.newContext({ ...options, ...more });
      await clock.rule(context);
      return context;
    },
  },
};

async function shoot(page, name, more = {}) {
  made.add(`${name}.png`);
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled', caret: 'hide', ...more });
}

/** The moment in each of the looks: `dark`, `phone`; light and wide without either. */
async function looks(page, name, wanted, clip) {
  const size = page.viewportSize();
  for (const look of wanted) {
    await page.emulateMedia({ colorScheme: look === 'dark' ? 'dark' : 'light' });
    if (look === 'phone') await page.setViewportSize(phone);
    await shoot(page, look === 'light' ? name : `${name}-${look}`, look === 'phone' || !clip ? {} : { clip });
    await page.setViewportSize(size);
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

const shops = new Map();
async function arrive(name, more = {}, init = {}) {
  const key = JSON.stringify([name, init]);
  const settings = { accountId: 'acme', ...(name && { name }), ...init };
  if (!shops.has(key)) shops.set(key, await stage.site((path) => tern(url, path, settings)));
  return Visitor.arrive(timed, shops.get(key), { viewport: desk, ...more });
}

async function arriveAndSay(name, text) {
  const visitor = await arrive(name);
  await visitor.open();
  await visitor.say(text);
  await visitor.sees(/Sent|Delivered|Seen/);
  return visitor;
}

async function play() {
  const signIn = await (await timed.browser.newContext({ viewport: screen })).newPage();
  await signIn.goto(`${url}/console`);
  await signIn.getByLabel('E-mail').waitFor();
  // The node's port is another one each time.
  await signIn.getByText(new URL(url).host).evaluate((line, host) => {
    line.textContent = line.textContent.replace(host, 'chat.tern.example');
  }, new URL(url).host);
  await looks(signIn, 'console-signin', ['light', 'dark', 'phone']);
  await signIn.context().close();

  const anna = await Agent.signIn(timed, url, agents.anna, { viewport: screen });
  const ben = await Agent.signIn(timed, url, agents.ben, { viewport: screen });
  await anna.page.getByText('All answered').first().waitFor();
  await looks(anna.page, 'console-empty', ['light']);

  await clock.set('10:42');
  const maya = await arrive('Maya Petersen');
  await maya.open();
  await maya.panel.getByText('Online, ready to answer').waitFor();
  await looks(maya.page, 'widget-home', ['light', 'dark', 'phone'], corner);
  await maya.say('Hi! My tent came today, but one pole is cracked near the tip.');
  await maya.sees('You are in line');
  await maya.sees(/Sent|Delivered|Seen/);
  await looks(maya.page, 'widget-waiting', ['light'], corner);

  await anna.acceptOffer();
  await anna.hears('cracked near the tip');
  await maya.sees('Anna joined');
  await clock.set('10:43');
  await anna.say('Sorry about that, Maya.');
  await maya.hears('Sorry about that, Maya.');
  await anna.say('I can send a new pole section today, nothing to return. Is the address on order 48213 still right?');
  await maya.hears('order 48213');
  await clock.set('10:45');
  await maya.say('Yes, same address');
  await anna.hears('Yes, same address');
  await maya.say('Could it be here before Friday? We leave for the coast.');
  await anna.hears('before Friday');
  const others = [await arriveAndSay('Ingrid Solberg', 'Do you ship the Skerry 2 to Norway, and what are the duties?')];
  await ben.acceptOffer();
  await ben.hears('to Norway');
  await ben.say('Parcels to Norway go with duties paid. The checkout shows the full price.');
  await others[0].hears('duties paid');
  await clock.set('10:45:50');
  const aylin = await arrive('Aylin Demir');
  await aylin.page.evaluate(() => new Promise((known) => confab('on', 'userUpdate', known)));
  await aylin.page.getByRole('link', { name: 'Repairs' }).click();
  await clock.set('10:46');
  others.push(await arriveAndSay('Jonas Weber', 'Is the Holm 38 back in grey this summer?'));
  others.push(aylin);
  await anna.say('Good news: it ships at noon and arrives on Thursday.');
  await maya.hears('ships at noon');
  await looks(maya.page, 'widget-conversation', ['light', 'dark', 'phone'], corner);

  await anna.box.pressSequentially('And ');
  await maya.panel.getByRole('img', { name: 'Anna is typing' }).waitFor();
  await looks(maya.page, 'widget-typing', ['light'], corner);
  await anna.box.fill('');
  await maya.box.pressSequentially('Great, and the repair tape, do you still');
  await anna.page.getByText('Typing, not sent yet').waitFor();
  await anna.page.getByText('repair tape').first().waitFor();
  await looks(anna.page, 'console-inbox', ['light', 'dark', 'phone']);

  await maya.box.fill('');
  await anna.page.getByRole('button', { name: /^Note/ }).click();
  await anna.say('Second broken pole from this batch. I told the workshop.');
  await anna.hears('from this batch');
  await looks(anna.page, 'console-note', ['light']);
  await anna.page.getByRole('button', { name: /^Reply/ }).click();
  await anna.page.keyboard.press('Escape');
  await anna.page.keyboard.press('Control+k');
  await anna.page.getByRole('dialog').first().waitFor();
  await looks(anna.page, 'console-command', ['light']);
  await anna.page.keyboard.press('Escape');
  await anna.page
    .getByRole('link', { name: /^Visitors/ })
    .first()
    .click();
  await anna.page.getByRole('table').waitFor();
  await anna.page.mouse.move(0, 0); // no row lies under the pointer
  await looks(anna.page, 'console-visitors', ['light', 'dark', 'phone']);
  await office(anna.page);
  await anna.page
    .getByRole('link', { name: /^My chats/ })
    .first()
    .click();
  await anna.page.getByRole('link').filter({ hasText: 'Maya' }).first().click();

  await clock.set('10:48');
  await maya.page.keyboard.press('Escape');
  await maya.panel.waitFor({ state: 'hidden' });
  await anna.say('Here is the tracking page. It updates in the evening.');
  await maya.page.getByText('tracking page').first().waitFor();
  await maya.page.locator('main').click({ position: { x: 5, y: 5 } }); // the keyboard leaves the launcher
  await looks(maya.page, 'widget-closed', ['light', 'phone']);
  await maya.open();
  await maya.hears('tracking page');

  await maya.context.setOffline(true);
  await maya.say('One more thing: do you sell the repair tape too?');
  await maya.sees('Offline. Your messages go out when you are back.');
  await maya.sees('Waiting for connection');
  await looks(maya.page, 'widget-offline', ['light'], corner);
  await maya.context.setOffline(false);
  await anna.hears('repair tape');
  await maya.sees(/Sent|Delivered|Seen/);
  await maya.panel.getByText('Connected', { exact: true }).waitFor({ state: 'hidden' });

  await clock.set('10:52');
  clock.refuse = 'Perfect, thank you so much!';
  await maya.say(clock.refuse);
  await maya.sees('Not sent.');
  await looks(maya.page, 'widget-failed', ['light'], corner);
  clock.refuse = '';
  await maya.panel.getByRole('button', { name: 'Retry' }).click();
  await anna.hears('Perfect, thank you');
  await maya.sees(/Seen/);

  await clock.set('10:58');
  const { data } = await rest(url, '/conversations?state=active', { token: serverKey });
  for (const { id } of data)
    await rest(url, `/conversations/${id}/close`, { method: 'POST', token: serverKey, body: {} });
  await maya.panel.getByRole('button', { name: 'New chat' }).waitFor();
  await looks(maya.page, 'widget-ended', ['light', 'phone'], corner);

  for (const one of [maya, ...others, anna, ben]) await one.leave();
  await eventually(async () =>
    (await rest(url, '/agents', { token: serverKey })).data.every((a) => a.status === 'offline'),
  );
  const late = await arriveAndSay('Ove Berg', 'Can you re-seal the seams of a Skerry 2 from 2021?');
  await late.sees('We are away right now');
  await looks(late.page, 'widget-away', ['light'], corner);
}

const customers = `email,name,plan,signedUpOn,createdAt,lastVisitedAt,totalVisits
maya@petersen.example,Maya Petersen,Expedition,2026-02-03,2025-11-20,2026-05-12,12
jonas@weber.example,Jonas Weber,Weekend,,2026-05-09,2026-05-12,3
ingrid@solberg.example,Ingrid Solberg,Expedition,2026-03-14,2026-03-01,2026-05-12,7
aylin@demir.example,Aylin Demir,,,2026-05-02,2026-05-11,2
priya@nair.example,Priya Nair,Weekend,2026-01-28,2025-06-17,2026-05-10,21
david@lund.example,David Lund,Expedition,2026-04-21,2026-04-19,2026-05-08,4
`;

/** The screens behind the chats: who is known, and what others need of the account. */
async function office(page) {
  const headers = { authorization: `Bearer ${serverKey}`, 'content-type': 'text/csv' };
  await fetch(`${url}/confab/v1/contacts/import`, { method: 'POST', headers, body: customers });
  await page.keyboard.press('g');
  await page.keyboard.press('c');
  await page.getByText('6 people').waitFor();
  await page.getByRole('button', { name: /^Filter/ }).click();
  await page.getByRole('button', { name: 'Add condition' }).click();
  await page.getByLabel('Attribute').selectOption('Plan');
  await page.getByLabel('Value').fill('Expedition');
  await page.keyboard.press('Enter');
  await page.getByText('3 people').waitFor();
  await page.getByRole('heading', { name: 'Contacts' }).last().click(); // the keyboard leaves the value
  await looks(page, 'console-contacts', ['light', 'dark', 'phone']);
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByText('Ben Okafor').first().waitFor();
  await looks(page, 'console-settings', ['light', 'dark', 'phone']);
  const body = { dialect: 'confab', url: 'https://hooks.tern.example/chats' };
  const { id } = await rest(url, '/webhooks', { method: 'POST', token: serverKey, body });
  await page.getByRole('link', { name: 'Webhooks' }).click();
  await page.getByText('hooks.tern.example').first().waitFor();
  await looks(page, 'console-webhooks', ['light']);
  await rest(url, `/webhooks/${id}`, { method: 'DELETE', token: serverKey });
}

/** What the conversation above does not come by: scenes that are played for themselves. */
const alone = {
  teaser: ['light', 'dark', 'phone'],
  'form-after': ['light', 'dark', 'phone'],
  'form-before': ['light', 'dark', 'phone'],
  changed: ['light', 'dark'],
  choices: ['light', 'dark', 'phone'],
  bot: ['light'],
  active: ['light', 'dark'],
  files: ['light', 'dark', 'phone'],
  lightbox: ['light', 'phone'],
  rating: ['light', 'dark', 'phone'],
  rated: ['light', 'dark'],
  thumbs: ['light'],
  consent: ['light', 'dark', 'phone'],
  blocked: ['light'],
  call: ['light', 'dark', 'phone'],
  menu: ['light', 'dark'],
  german: ['light'],
  leave: ['light', 'dark', 'phone'],
  left: ['light'],
};
// The whole page belongs to these.
const wide = new Set(['lightbox']);

async function playAlone() {
  const anna = await Desk.open(url);
  for (const [name, wanted] of Object.entries(alone)) {
    const { channel, away = false, play: scene } = scenes[name];
    await anna.status(away ? 'away' : 'online');
    const visitor = await arrive('', {}, { accountId: `channel:${channel}` });
    await scene(visitor, anna);
    await visitor.page.mouse.move(0, 0);
    await looks(visitor.page, `widget-${name}`, wanted, wide.has(name) ? undefined : corner);
    await visitor.leave();
    await anna.tidy();
  }
}

/** Pictures of what is no longer shown go. */
async function sweep() {
  for (const name of await readdir(folder)) if (!made.has(name)) await rm(join(folder, name));
}

try {
  await play();
  await playAlone();
  await sweep();
} finally {
  await stage.close();
}
