import { after, before, test } from 'node:test';
import { Agent, Visitor } from './cast.mjs';
import { clean } from './clean.mjs';
import { agents, setStage, shopPage } from './stage.mjs';

let stage;
let shop;

before(async () => {
  stage = await setStage({ nodes: 1 });
  shop = await stage.site(() => shopPage(stage.nodes[0].url));
});
after(() => stage?.close());

for (const colorScheme of ['light', 'dark']) {
  test(`the widget has no violations, ${colorScheme}`, async () => {
    const visitor = await Visitor.arrive(stage, shop, { colorScheme });
    await visitor.launcher.waitFor();
    await clean(visitor.page, 'closed');
    await visitor.open();
    await clean(visitor.page, 'home');
    await visitor.say('hello, see https://example.com');
    await visitor.sees(/Sent|Delivered/);
    await clean(visitor.page, 'conversation');
    await visitor.leave();
  });

  test(`the console has no violations, ${colorScheme}`, async () => {
    const context = await stage.browser.newContext({ colorScheme });
    const page = await context.newPage();
    await page.goto(`${stage.nodes[0].url}/console`);
    await page.getByLabel('E-mail').waitFor();
    await clean(page, 'sign-in');
    await context.close();

    const visitor = await Visitor.arrive(stage, shop);
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
    await visitor.leave();
    await agent.leave();
  });
}
