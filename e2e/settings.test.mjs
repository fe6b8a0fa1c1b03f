// The settings as an admin and another agent meet them: what others need of this account, and who is told what happens.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, afterEach, before, test } from 'node:test';
import { Agent, eventually, Visitor } from './cast.mjs';
import { agents, rest, serverKey, setStage, shopPage } from './stage.mjs';

process.env.CONFAB_WEBHOOK_ALLOW_PRIVATE = 'on'; // the address that is told lies beside the node
let stage;
let url;
let hooks;
const here = [];

before(async () => {
  stage = await setStage({ nodes: 1 });
  url = stage.nodes[0].url;
  hooks = await receiver();
});
after(async () => {
  hooks?.close();
  await stage?.close();
});
afterEach(async () => {
  for (const person of here.splice(0)) await person.leave();
});

/** An address that keeps what it is told, and answers with `hooks.status`. */
async function receiver() {
  const told = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    told.push({ path: request.url, headers: request.headers, body: JSON.parse(body) });
    response.writeHead(self.status).end();
  }).listen(0, '127.0.0.1');
  const self = { told, status: 200, url: '', close: () => server.close() };
  await once(server, 'listening');
  self.url = `http://127.0.0.1:${server.address().port}/in`;
  return self;
}

async function agent(person, options) {
  const came = await Agent.signIn(stage, url, person, options);
  came.context.setDefaultTimeout(15_000);
  here.push(came);
  return came;
}

/** Goes to a section of the settings as people do. */
async function section(page, name) {
  await page.keyboard.press('g');
  await page.keyboard.press('s');
  await page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name }).click();
  await page.getByRole('heading', { name, level: 2 }).waitFor();
}
const button = (page, name) => page.getByRole('button', { name });

test('PAV-REST-005 an admin finds the API key under Settings, Integrations, and the API takes it', async () => {
  const { page } = await agent(agents.anna);
  await section(page, 'Integrations');
  const row = page.locator('.set-row', { has: page.getByRole('heading', { name: 'API key' }) });
  const shown = () => row.locator('code').first().textContent();
  assert.match(await shown(), /^•+$/);
  await button(page, 'Reveal API key').click();
  await row.getByText(serverKey, { exact: true }).waitFor();
  assert.equal((await rest(url, '/account', { token: await shown() })).id, 'acme');

  await button(page, /Make a new key/).click();
  await page.getByLabel('The keys before it hold for').selectOption('7 days');
  await button(page, 'Make new key').click();
  await row.getByText(/Valid until/).waitFor();
  await button(page, 'Reveal API key').first().click();
  await eventually(async () => (await shown()).startsWith('cfk_'));
  for (const token of [await shown(), serverKey]) assert.equal((await rest(url, '/account', { token })).id, 'acme');
});

test('CHATRA-REST-057 CHATRA-REST-058 the ids of agents and groups stand on their pages, to be copied', async () => {
  const { page, context } = await agent(agents.anna);
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await section(page, 'Agents');
  await page.getByRole('row', { name: /Ben Okafor/ }).click();
  await button(page, 'Copy Id').click();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), 'hTq2wPzXn4RkYc7Bd');
  await page.getByRole('link', { name: 'Sales' }).click();
  await page.getByText('z2o3F8GDkNpKD4BYt').waitFor();
  await page.reload();
  await page.getByText('z2o3F8GDkNpKD4BYt').waitFor();
});

test('a webhook is added, is told, is sent again, and says what went wrong', async () => {
  const { page } = await agent(agents.anna);
  await section(page, 'Webhooks');
  await button(page, 'Add webhook').click();
  const dialog = page.getByRole('dialog', { name: 'Add a webhook' });
  const address = dialog.getByLabel('Address of the webhook');
  await address.fill('https://169.254.169.254/latest');
  await dialog.getByRole('button', { name: 'Add webhook' }).click();
  await dialog.getByRole('alert').waitFor();
  await address.fill(hooks.url);
  await dialog.getByRole('button', { name: 'Add webhook' }).click();
  const secret = page.getByText(/^whsec_/);
  await secret.waitFor();
  await button(page, 'Done').click();
  await page.reload();
  await page.getByText('Nothing told yet').waitFor();
  assert.equal(await secret.count(), 0);

  const site = await stage.site(() => shopPage(url));
  const visitor = await Visitor.arrive(stage, site);
  here.push(visitor);
  await visitor.open();
  await visitor.say('who is told?');
  const message = await eventually(() => hooks.told.find((t) => t.body.data?.entry?.text === 'who is told?'));
  const times = () => hooks.told.filter((t) => t.headers['webhook-id'] === message.headers['webhook-id']).length;
  await eventually(async () => {
    await button(page, 'Refresh').click();
    return page.getByRole('row', { name: /message Delivered/ }).isVisible();
  });
  await page.getByRole('row', { name: /message Delivered/ }).click();
  await page.getByText('"text": "who is told?"').waitFor();
  await button(page, 'Send again').click();
  await eventually(() => times() === 2);
  await eventually(async () => {
    await button(page, 'Refresh').click();
    return page.getByText('Sent again', { exact: true }).isVisible();
  });

  hooks.status = 410; // it wants nothing more
  await visitor.say('and now?');
  await page.getByRole('link', { name: /127\.0\.0\.1/ }).click();
  await eventually(async () => {
    await section(page, 'Webhooks');
    return page.getByRole('row', { name: /Disabled/ }).isVisible();
  });
  await page.getByRole('row', { name: /Disabled/ }).click();
  await button(page, 'Given up').click();
  await page.getByRole('row', { name: /message Given up/ }).waitFor();
  hooks.status = 200;
  await button(page, 'Enable again').click();
  await page.getByText('Working').waitFor();
  await button(page, 'Webhook, more').click();
  await button(page, 'Remove').click();
  await button(page, /^Remove webhook/).click();
  await page.getByText('Nobody is told').waitFor();
  assert.deepEqual((await rest(url, '/webhooks', { token: serverKey })).data, []);
});

test('who is no admin sees the team, and neither keys nor webhooks', async () => {
  const { page } = await agent(agents.ben);
  await section(page, 'Agents');
  assert.equal(await page.getByText('anna@acme.test').count(), 0);
  assert.equal(await page.getByRole('link', { name: /Webhooks|Integrations/ }).count(), 0);
  await page.goto(`${url}/console/settings/integrations`);
  await page.getByText('This is for admins').waitFor();
});

test('on a phone the settings are one column, and back leads the way', async () => {
  const { page } = await agent(agents.anna);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole('button', { name: 'Me' }).click();
  await button(page, 'Settings').click();
  await page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: 'Agents' }).click();
  await page.getByRole('link', { name: /Anna/ }).click();
  await page.getByText('d9nKoegKSjmCtyK78').waitFor();
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.equal(width, 390);
  await button(page, 'Back').click();
  await button(page, 'Back').click();
  await page.getByRole('navigation', { name: 'Settings' }).waitFor();
});
