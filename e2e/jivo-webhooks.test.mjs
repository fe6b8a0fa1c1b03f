// A server that was made for JivoChat's webhooks hears of chats, and what it answers stands in the console.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Agent, eventually, Visitor } from './cast.mjs';
import { Receiver } from './receiver.mjs';
import { agents, hostPage, rest, serverKey, setStage } from './stage.mjs';

let stage;
let url;
let crm;
let site;

before(async () => {
  crm = await Receiver.open();
  stage = await setStage({
    account: { webhooks: [{ dialect: 'jivo', url: crm.url }] },
    args: ['--webhook-allow-private', 'on'],
  });
  url = stage.nodes[0].url;
  const tag = `<script>window.jivo_onLoadCallback = () => { window.loaded = true }</script><script src="${url}/widget/3677" async></script>`;
  site = await stage.site((path) => hostPage(tag, { title: path === '/cart' ? 'Cart' : 'Shop' }));
});
after(async () => {
  await stage?.close();
  crm?.close();
});

/** A visitor whom the page's script is there for. */
async function arrive() {
  const visitor = await Visitor.arrive(stage, site);
  await visitor.page.waitForFunction(() => window.loaded);
  visitor.api = (method, ...args) =>
    visitor.page.evaluate(([name, given]) => window.jivo_api[name](...given), [method, args]);
  return visitor;
}

const named = (name, chat) => (event) => event.event_name === name && (chat === undefined || event.chat_id === chat);

test('JIVO-WH-001 JIVO-WH-002 JIVO-WH-004 JIVO-WH-005 JIVO-WH-007 JIVO-WH-015 JIVO-WH-074 JIVO-WH-076 JIVO-WH-077 JIVO-WH-080 JIVO-JS-006 JIVO-JS-048 a chat with a customer whom the CRM knows, from the first word to the last', async () => {
  const card = `${site}/clients/7`;
  const refusals = ['Client is locked'];
  crm.answer = ({ event_name }) => {
    if (event_name === 'chat_accepted')
      return {
        result: 'ok',
        custom_data: [{ title: 'Client', content: 'since 2019', link: card }],
        contact_info: { name: 'Maya Lund', email: 'maya@crm.test' },
        enable_assign: true,
        crm_link: card,
        page: { url: `${site}/landing`, title: 'Landing' },
      };
    return { result: (event_name === 'chat_assigned' && refusals.shift()) || 'OK' };
  };
  const visitor = await arrive();
  assert.equal((await visitor.api('setUserToken', 'user-42')).result, 'ok');
  assert.equal((await visitor.api('setCustomData', [{ content: 'cart of 3' }])).result, 'ok');
  await visitor.open();
  await visitor.say('hello there');

  const agent = await Agent.signIn(stage, stage.nodes[1].url, agents.anna);
  await agent.acceptOffer();
  const accepted = await crm.hears(named('chat_accepted'));
  assert.equal(accepted.user_token, 'user-42');
  assert.deepEqual([accepted.widget_id, accepted.agent.id, accepted.agent.name], ['3677', '1', 'Anna Lindqvist']);
  assert.ok(accepted.session.user_agent !== undefined && accepted.page.url.startsWith(site));
  const { method, type } = crm.got[0];
  assert.deepEqual([method, type], ['POST', 'application/json; charset=utf-8']);

  const pane = agent.page.getByRole('complementary', { name: 'Visitor' });
  await pane.getByRole('region', { name: 'From your systems' }).getByText('set by your server').waitFor();
  await pane.getByRole('region', { name: 'Panel of the page' }).getByText('from the page, unverified').waitFor();
  await pane.getByText('Maya Lund').first().waitFor();
  assert.equal(await pane.getByRole('link', { name: 'Open the card' }).getAttribute('href'), card);
  const parts = await pane.locator('.bind button, .pf, .card-end > a').allInnerTexts();
  assert.deepEqual(
    parts.map((text) => text.replace(/\s+/g, ' ').trim()),
    ['Bind to the card', 'Client since 2019', 'cart of 3', 'Open the card'],
  );

  const bind = pane.getByRole('button', { name: 'Bind to the card' });
  await bind.focus();
  await agent.page.keyboard.press('Enter');
  assert.equal((await crm.hears(named('chat_assigned'))).assign_to, card);
  await pane.getByRole('alert').getByText('The card was not bound: Client is locked').waitFor();
  await bind.click();
  await crm.hears(named('chat_assigned'), 2);
  await pane.getByRole('button', { name: 'Bound to the card' }).waitFor();
  await pane.getByRole('alert').waitFor({ state: 'detached' });

  await visitor.api('setContactInfo', { phone: '+14084987855' });
  const updated = await crm.hears(named('chat_updated'));
  assert.deepEqual([updated.visitor.name, updated.visitor.phone], ['Maya Lund', '+14084987855']);

  await agent.say('hello Maya');
  await visitor.hears('hello Maya');
  const { data } = await rest(url, '/conversations?state=active', { token: serverKey });
  await rest(url, `/conversations/${data[0].id}/close`, { method: 'POST', token: serverKey, body: {} });
  const finished = await crm.hears(named('chat_finished'));
  assert.deepEqual(
    finished.chat.messages.map(({ type: by, message, agent_id }) => [by, message, agent_id]),
    [
      ['visitor', 'hello there', undefined],
      ['agent', 'hello Maya', 1],
    ],
  );
  assert.deepEqual([finished.chat.rate, finished.agents.length, finished.chat_id], [null, 1, accepted.chat_id]);
  const told = crm.got.map(({ body }) => body.event_name);
  assert.deepEqual(told, ['chat_accepted', 'chat_assigned', 'chat_assigned', 'chat_updated', 'chat_finished']);
  assert.deepEqual([visitor.problems, agent.problems], [[], []]);
  await agent.leave();
  await visitor.leave();
});

test('JIVO-WH-009 JIVO-WH-016 JIVO-WH-071 JIVO-WH-072 JIVO-JS-090 an offline message reaches a server that is busy at first', async () => {
  const tries = [503];
  crm.answer = () => tries.shift() ?? { result: 'ok' };
  const visitor = await arrive();
  const info = { name: 'Tom Berg', email: 'tom@example.test', message: 'call me tomorrow' };
  assert.deepEqual(await visitor.api('sendOfflineMessage', info), { result: 'ok' });
  const event = await crm.hears(named('offline_message'), 2);
  assert.deepEqual([event.message, event.visitor.name, event.visitor.email], [info.message, info.name, info.email]);
  assert.equal(typeof event.offline_message_id, 'string');
  assert.equal('chat_id' in event, false);
  await eventually(async () => {
    const { data } = await rest(url, '/webhooks/deliveries?limit=10', { token: serverKey });
    return data.some((d) => d.type === 'offline_message' && d.tries === 2 && d.status === 'delivered');
  });
  await visitor.leave();
});
