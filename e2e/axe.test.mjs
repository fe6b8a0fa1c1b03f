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
