import { after, afterEach, before, test } from 'node:test';
import { Agent } from './cast.mjs';
import { clean } from './clean.mjs';
import { scenes, Theatre } from './scenes.mjs';
import { agents } from './stage.mjs';

let theatre;
let stage;

before(async () => {
  theatre = await Theatre.open();
  stage = theatre.stage;
});
after(() => theatre?.close());
afterEach(() => theatre.clear());

for (const name of Object.keys(scenes))
  test(`the widget has no violations, light and dark: ${name}`, async () => {
    const { page } = await theatre.play(name);
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      await clean(page, colorScheme);
    }
  });

for (const colorScheme of ['light', 'dark'])
  test(`the console has no violations, ${colorScheme}`, async () => {
    const context = await stage.browser.newContext({ colorScheme });
    const page = await context.newPage();
    await page.goto(`${stage.nodes[0].url}/console`);
    await page.getByLabel('E-mail').waitFor();
    await clean(page, 'sign-in');
    await context.close();

    await theatre.desk.status('online');
    const visitor = await theatre.arrive('plain');
    await visitor.open();
    await visitor.say('hello');
    const agent = await Agent.signIn(stage, stage.nodes[0].url, agents.anna, { colorScheme });
    await agent.page
      .getByRole('button', { name: /^Accept/ })
      .first()
      .waitFor();
    await clean(agent.page, 'offer');
    await agent.acceptOffer();
    await agent.hears('hello');
    await agent.say('hi');
    await clean(agent.page, 'conversation');
    await agent.page.keyboard.press('Control+k');
    await agent.page.getByRole('dialog').first().waitFor();
    await clean(agent.page, 'command bar');
    await agent.page.keyboard.press('Escape');
    await agent.page
      .getByRole('link', { name: /^Visitors/ })
      .first()
      .click();
    await agent.page.getByRole('table').waitFor();
    await clean(agent.page, 'visitors');
    await agent.leave();
  });

const people = `email,name,plan
ingrid@haugen.example,Ingrid Haugen,pro
jonas@weber.example,Jonas Weber,free
`;

for (const colorScheme of ['light', 'dark'])
  test(`settings and contacts have no violations, ${colorScheme}`, async () => {
    const { url } = theatre;
    const agent = await Agent.signIn(stage, url, agents.anna, { colorScheme });
    const { page } = agent;
    agent.context.setDefaultTimeout(15_000);
    const at = async (path, words) => {
      await page.goto(`${url}/console/${path}`);
      await page.getByText(words).first().waitFor();
      await clean(page, path);
    };
    const press = (name) => page.getByRole('button', { name }).first().click();
    await at('settings/agents', 'Ben Okafor');
    await at('settings/agents/d9nKoegKSjmCtyK78', 'd9nKoegKSjmCtyK78');
    await at('settings/groups/z2o3F8GDkNpKD4BYt', 'Ben Okafor');
    await at('settings/attributes', 'Last activity');
    await press('Add new attribute');
    await page.getByLabel('Name').fill('2fast');
    await clean(page, 'a wrong name');
    await at('settings/integrations', 'API key');
    await press('Reveal API key');
    await press(/Make a new key/);
    await clean(page, 'a new key');
    await at('settings/webhooks', 'Webhooks');
    await press('Add webhook');
    await page.getByLabel('Address of the webhook').fill(`https://hooks.example/${colorScheme}`);
    await page.getByRole('dialog').getByRole('button', { name: 'Add webhook' }).click();
    await page.getByText(/^whsec_/).waitFor();
    await clean(page, 'a new webhook');
    await at('settings/webhooks', `hooks.example/${colorScheme}`);

    await at('contacts/import', 'Choose a file');
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(`${people},Nobody,\n`) });
    await page.getByLabel('email becomes').waitFor();
    await clean(page, 'columns of a file');
    await press('Check the file');
    await page.getByText('1 line is left out').waitFor();
    await clean(page, 'what would come of it');
    await press(/^Import 2 people/);
    await page.getByText('The import is done').waitFor();
    await at('contacts', 'Ingrid Haugen');
    await press('Columns');
    await clean(page, 'columns of contacts');
    await page.keyboard.press('Escape');
    await press(/^Filter/);
    await press('Add condition');
    await page.getByLabel('Value').fill('ingrid@haugen.example');
    await page.keyboard.press('Enter');
    await page.getByText('1 person').waitFor();
    await clean(page, 'a filter');
    await page.getByRole('row', { name: /Ingrid/ }).click();
    await page.getByRole('complementary', { name: 'Contact' }).getByText('Ingrid Haugen').waitFor();
    await clean(page, 'a contact');
    await page.setViewportSize({ width: 390, height: 844 });
    await clean(page, 'a contact on a phone');
    await agent.leave();
  });
