// A page with JivoChat's snippet, in which only the host name is ours.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { eventually, Visitor } from './cast.mjs';
import { Desk } from './desk.mjs';
import { agents, hostPage, rest, serverKey, setStage } from './stage.mjs';

let stage;
let url;
let desk;

before(async () => {
  stage = await setStage({ nodes: 1 });
  url = stage.nodes[0].url;
  desk = await Desk.open(url);
});
after(() => stage?.close());

const hooks = `<script>window.calls=[];for(const name of ['onLoadCallback','onOpen','onMessageSent','onAccept','onClose','onIntroduction','onResizeCallback','onCallStart','onCallEnd','onChangeState'])window['jivo_'+name]=(...args)=>calls.push([name,...args])</script>`;

let arrivals = 0;

/** A visitor on a page with the snippet, once the widget says that it is loaded. */
async function arrive({ snippet, more = '', ...options } = {}) {
  arrivals++;
  const tag = snippet ?? `<script src="${url}/widget/3677" async></script>`;
  const visitor = await Visitor.arrive(stage, await stage.site(() => hostPage(tag, { head: hooks + more })), options);
  visitor.calls = (name) =>
    visitor.page.evaluate((wanted) => window.calls.filter(([called]) => called === wanted), name);
  visitor.called = (name, n = 1) => eventually(async () => (await visitor.calls(name)).length >= n);
  visitor.api = (method, ...args) =>
    visitor.page.evaluate(([name, given]) => window.jivo_api[name](...given), [method, args]);
  await visitor.called('onLoadCallback');
  return visitor;
}

async function say(visitor, text) {
  await visitor.say(text);
  return desk.conversation(text);
}

const old = () =>
  `<script>(function(){var widget_id='3677';var d=document;var w=window;function l(){var s=document.createElement('script');s.type='text/javascript';s.async=true;s.src='${url}/script/widget/'+widget_id;var ss=document.getElementsByTagName('script')[0];ss.parentNode.insertBefore(s,ss);}if(d.readyState=='complete'){l();}else{w.addEventListener('load',l,false);}})();</script>`;

for (const [how, snippet] of [
  ['/widget/', () => undefined],
  ['/script/widget/', old],
  ['data-jv-id', () => `<script src="${url}/widget.js" data-jv-id="3677" async></script>`],
  ['jv-id', () => `<script src="${url}/widget.js" jv-id="3677" async></script>`],
])
  test(`JIVO-JS-001 JIVO-JS-002 JIVO-JS-003 JIVO-JS-008 the widget starts from ${how} and talks with an agent`, async () => {
    const visitor = await arrive({ snippet: snippet() });
    assert.equal((await visitor.calls('onLoadCallback')).length, 1);
    assert.deepEqual(await visitor.api('isCallbackEnabled'), { result: 'ok' }); // as in no other channel
    assert.deepEqual(await visitor.api('open'), { result: 'ok' });
    await visitor.panel.waitFor();
    const conversation = await say(visitor, `hello from ${how}`);
    await desk.accept(conversation);
    await desk.say(conversation, `hello to ${how}`);
    await visitor.hears(`hello to ${how}`);
    assert.deepEqual(visitor.problems, []);
    await visitor.leave();
  });

test('JIVO-JS-009 JIVO-JS-010 JIVO-JS-011 JIVO-JS-012 JIVO-JS-014 JIVO-JS-019 JIVO-JS-020 JIVO-JS-023 JIVO-JS-024 the page hears each step of a chat, once', async () => {
  const visitor = await arrive();
  await visitor.open();
  await visitor.called('onOpen');
  const conversation = await say(visitor, 'is anybody there?');
  await visitor.called('onMessageSent');
  await say(visitor, 'a second message');
  await desk.accept(conversation);
  await visitor.called('onAccept');
  await visitor.api('close');
  await visitor.called('onClose');
  await visitor.called('onResizeCallback', 2);
  const states = (await visitor.calls('onChangeState')).map(([, state]) => state);
  assert.deepEqual(states, ['chat', 'chat/min']);
  for (const name of ['onOpen', 'onMessageSent', 'onAccept', 'onClose'])
    assert.equal((await visitor.calls(name)).length, 1, name);
  await visitor.leave();
});

test('JIVO-JS-033 JIVO-JS-034 chatMode follows the agents live', async () => {
  const visitor = await arrive();
  const mode = () => visitor.api('chatMode');
  const here = (n) => eventually(async () => (await visitor.panel.locator('.avs .av').count()) === n);
  await eventually(async () => (await mode()) === 'online');
  await visitor.open();
  await here(1);
  const ben = await Desk.open(url, agents.ben);
  await here(2);
  assert.equal(await mode(), 'online');
  await desk.status('away');
  await here(1);
  assert.equal(await mode(), 'online');
  await ben.status('away');
  await eventually(async () => (await mode()) === 'offline');
  await desk.status('online');
  await eventually(async () => (await mode()) === 'online');
  await visitor.leave();
});

test('JIVO-JS-035 JIVO-JS-041 JIVO-JS-042 JIVO-JS-043 JIVO-JS-044 JIVO-JS-045 JIVO-JS-048 JIVO-JS-007 contact info set by the page is read back and reaches the agents, also while they talk', async () => {
  const visitor = await arrive();
  const info = { name: 'Tom Berg', email: 'tom@example.test', phone: '+14084987855', description: 'wholesale' };
  assert.deepEqual(await visitor.api('setContactInfo', info), { result: 'ok' });
  assert.deepEqual(await visitor.api('getContactInfo'), { client_name: 'Tom Berg', ...info });
  await visitor.open();
  const conversation = await say(visitor, 'it is me, Tom');
  const contact = await desk.contact(conversation, (c) => c.phone === info.phone);
  assert.deepEqual([contact.name, contact.email, contact.description], [info.name, info.email, info.description]);
  assert.deepEqual(await visitor.api('getContactInfo'), { client_name: 'Tom Berg', ...info });
  await desk.accept(conversation);
  await visitor.called('onAccept');
  await visitor.api('setContactInfo', { ...info, phone: '+14084980000' });
  await desk.contact(conversation, (c) => c.phone === '+14084980000');
  await visitor.leave();
});

test('JIVO-JS-037 JIVO-JS-039 the visitor has a number, the same after a reload, the next visitor the next', async () => {
  const first = await arrive();
  const number = (visitor) =>
    visitor.page.evaluate(
      () => new Promise((tell) => window.jivo_api.getVisitorNumber((error, no) => tell([error, no]))),
    );
  const [error, no] = await number(first);
  assert.equal(error, null);
  assert.ok(no >= 1 && no <= arrivals, `${no} of ${arrivals}`);
  await first.page.reload();
  await first.called('onLoadCallback');
  assert.deepEqual(await number(first), [null, no]);
  const second = await arrive();
  assert.deepEqual(await number(second), [null, no + 1]);
  await first.leave();
  await second.leave();
});

test('JIVO-JS-049 JIVO-JS-050 JIVO-JS-051 JIVO-JS-052 JIVO-JS-057 JIVO-JS-058 custom data reaches the agents in its order, at once', async () => {
  const visitor = await arrive();
  await visitor.open();
  const conversation = await say(visitor, 'look at my basket');
  const fields = [
    { title: 'Basket', content: '3 tents', link: 'https://shop.tern.example/basket/9' },
    { key: 'Plan', content: '<b>gold</b>' },
  ];
  for (const list of [fields, fields.toReversed(), [{ content: 'paid' }]]) {
    assert.deepEqual(await visitor.api('setCustomData', list), { result: 'ok' });
    await desk.contact(conversation, (c) => isDeepStrictEqual(c.layers.panel, list));
  }
  assert.deepEqual(await visitor.api('setCustomData', 'no list'), {
    result: 'fail',
    reason: 'Custom data must be array.',
  });
  await visitor.leave();
});

test('JIVO-JS-066 JIVO-JS-068 JIVO-JS-069 a user token is taken or given back', async () => {
  const visitor = await arrive();
  await visitor.open();
  const { visitor: id } = await say(visitor, 'you know me');
  assert.deepEqual(await visitor.api('setUserToken', 'xg3kd9'), { result: 'ok', token: 'xg3kd9' });
  assert.deepEqual(await visitor.api('setUserToken', ''), { result: 'fail', token: false });
  await eventually(
    async () => (await rest(url, `/contacts/${id}/export`, { token: serverKey })).visitors[0].said?.site === 'xg3kd9',
  );
  await visitor.leave();
});

test('JIVO-JS-072 JIVO-JS-073 an invitation on load opens the chat with its text', async () => {
  const more = `<script>const before=window.jivo_onLoadCallback;window.jivo_onLoadCallback=()=>{before();window.result=window.jivo_api.showProactiveInvitation('May I help you?')}</script>`;
  const visitor = await arrive({ more });
  await visitor.panel.waitFor();
  await visitor.panel.locator('.them').getByText('May I help you?').waitFor();
  assert.deepEqual(await visitor.page.evaluate(() => window.result), { result: 'ok' });
  const conversation = await say(visitor, 'yes, you may');
  const messages = await desk.messages(conversation); // the invitation began none
  assert.deepEqual(
    messages.map(({ text }) => text),
    ['yes, you may'],
  );
  await visitor.leave();
});

test('JIVO-JS-029 JIVO-JS-015 JIVO-JS-016 JIVO-JS-017 JIVO-JS-018 JIVO-JS-021 JIVO-JS-076 JIVO-JS-077 JIVO-JS-080 JIVO-JS-081 a call is asked for, goes on and ends', async () => {
  const visitor = await arrive();
  assert.deepEqual(await visitor.api('isCallbackEnabled'), { result: 'ok' });
  assert.deepEqual(await visitor.api('open', { start: 'call' }), { result: 'ok' });
  await eventually(async () => (await visitor.calls('onChangeState')).some(([, state]) => state === 'call'));
  assert.deepEqual(await visitor.api('startCall', '+1 (408) 498-7855'), { result: 'ok' });
  await visitor.called('onCallStart');
  await visitor.called('onCallEnd');
  assert.equal((await visitor.calls('onCallStart')).length, 1);
  assert.deepEqual(await visitor.calls('onCallEnd'), [['onCallEnd', { result: 'ok' }]]);
  assert.deepEqual(await visitor.api('startCall', '+14084987800'), { result: 'ok' });
  await visitor.called('onCallEnd', 2);
  assert.deepEqual((await visitor.calls('onCallEnd'))[1], ['onCallEnd', { result: 'fail', reason: 'busy' }]);
  await visitor.leave();
});

test('JIVO-JS-078 JIVO-JS-082 without calls there are none, and the reason is said', async () => {
  const visitor = await arrive({ snippet: `<script src="${url}/widget/1" async></script>` });
  const off = { result: 'fail', reason: 'Callback disabled' };
  assert.deepEqual(await visitor.api('isCallbackEnabled'), off);
  assert.deepEqual(await visitor.api('startCall', '+14084987855'), off);
  assert.deepEqual(await visitor.api('open', { start: 'call' }), off);
  await visitor.open();
  assert.deepEqual([await visitor.calls('onCallStart'), await visitor.calls('onCallEnd')], [[], []]);
  assert.equal(await visitor.panel.getByRole('button', { name: 'Get a call' }).count(), 0);
  await visitor.leave();
});

test('JIVO-JS-084 JIVO-JS-085 JIVO-JS-086 JIVO-JS-087 JIVO-JS-090 an offline message is kept with who left it', async () => {
  const visitor = await arrive();
  const message = { name: 'Ada', email: 'ada@example.test', phone: '', description: 'gift', message: 'Call me in May' };
  assert.deepEqual(await visitor.api('sendOfflineMessage', message), { result: 'ok' });
  const conversation = await desk.conversation('Call me in May');
  assert.equal(conversation.offline, true);
  const contact = await desk.contact(conversation, (c) => c.email === 'ada@example.test');
  assert.deepEqual([contact.name, contact.description], ['Ada', 'gift']);
  const wrong = await visitor.api('sendOfflineMessage', { message: '' });
  assert.equal(wrong.result, 'fail');
  assert.equal(typeof wrong.error, 'string');
  await visitor.leave();
});
