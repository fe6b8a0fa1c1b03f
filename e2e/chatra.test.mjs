// A page with Chatra's snippet, in which only the host name is ours.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually, Visitor } from './cast.mjs';
import { Desk } from './desk.mjs';
import { agents, hostPage, rest, serverKey, setStage } from './stage.mjs';

let stage;
let url;
let desk;
const [sales, repairs] = ['z2o3F8GDkNpKD4BYt', 'aGq7Wm2RkTz9sXcDp'];

before(async () => {
  stage = await setStage({
    nodes: 1,
    widget: {
      button: { place: 'bl' },
      colors: { buttonBg: '#123456' },
      rules: [
        {
          id: 'virtual',
          conditions: [
            { type: 'pages_viewed', atLeast: 2 },
            { type: 'title', is: 'Virtual' },
          ],
          invite: { text: 'Found what you look for?' },
        },
      ],
    },
    account: {
      groups: [
        { id: sales, no: 1, name: 'Sales' },
        { id: repairs, no: 2, name: 'Repairs' },
      ],
    },
  });
  url = stage.nodes[0].url;
  desk = await Desk.open(url);
});
after(() => stage?.close());

const phone = {
  viewport: { width: 390, height: 844 },
  hasTouch: true,
  isMobile: true,
  userAgent:
    'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36',
};
const snippet = (id = 'PUB') =>
  `<script>(function(d,w,c){w.ChatraID='${id}';var s=d.createElement('script');w[c]=w[c]||function(){(w[c].q=w[c].q||[]).push(arguments)};s.async=true;s.src='${url}/chatra.js';if(d.head)d.head.appendChild(s)})(document,window,'Chatra')</script>`;

/** A visitor on a page with the snippet; `setup` is the JavaScript of ChatraSetup, `more` a script behind the snippet. */
async function arrive({ setup = '{}', head = '', body = '', more = '', id, ...options } = {}) {
  const before = `<script>window.told=[];window.events=[];window.ChatraSetup=Object.assign({onNewMessage:(m)=>told.push(m),onAnalyticEvent:(name)=>events.push(name)},${setup})</script>`;
  const site = await stage.site(() => hostPage(`${before}${snippet(id)}<script>${more}</script>`, { head, body }));
  const visitor = await Visitor.arrive(stage, site, options);
  visitor.run = (...args) => visitor.page.evaluate((given) => window.Chatra(...given), args);
  visitor.event = (name) => eventually(() => visitor.page.evaluate((wanted) => window.events.includes(wanted), name));
  visitor.drawn = () => visitor.page.locator('[data-confab] #launcher').waitFor({ state: 'attached' });
  visitor.corner = async () => {
    const { x, y, width, height } = await visitor.page.locator('[data-confab] #launcher').boundingBox();
    const name = (before, after, first, last) => (before < 40 ? first : after < 40 ? last : 'nowhere');
    return `${name(x, 1200 - x - width, 'left', 'right')} ${name(y, 800 - y - height, 'top', 'bottom')}`;
  };
  return visitor;
}

async function say(visitor, text) {
  await visitor.say(text);
  return desk.conversation(text);
}

test('CHATRA-JS-001 CHATRA-JS-002 CHATRA-JS-003 CHATRA-JS-071 CHATRA-JS-072 CHATRA-JS-073 CHATRA-JS-074 CHATRA-JS-075 a page with the snippet talks with an agent and hears of each message', async () => {
  const visitor = await arrive();
  await visitor.open();
  const conversation = await say(visitor, 'Do you ship to Norway?');
  await desk.accept(conversation);
  const answer = await desk.say(conversation, 'We do.');
  const [question] = await desk.messages(conversation);
  await visitor.hears('We do.');
  const told = await eventually(async () => {
    const all = await visitor.page.evaluate(() => window.told);
    return all.length === 2 && all;
  });
  assert.deepEqual(
    told.map(({ text, type }) => [text, type]),
    [
      ['Do you ship to Norway?', 'client'],
      ['We do.', 'agent'],
    ],
  );
  assert.deepEqual(
    told.map(({ id, createdAt }) => [id, createdAt]),
    [question, answer].map(({ id, at }) => [id, at]),
  );
  assert.deepEqual(visitor.problems, []);
  await visitor.leave();
  const nobody = await arrive({ id: 'NONE' });
  const [account] = await Promise.all([nobody.page.waitForResponse(/\/widget\/config/), nobody.page.reload()]);
  assert.equal(account.status(), 404);
  await nobody.leave();
});

test('CHATRA-JS-004 CHATRA-JS-118 calls made before loading are run in their order', async () => {
  const visitor = await arrive({
    more: "Chatra('setButtonPosition','lt');Chatra('openChat',true);Chatra('minimizeWidget');Chatra('openChat');Chatra('setButtonPosition','rt')",
  });
  await visitor.panel.waitFor();
  await eventually(async () => (await visitor.corner()) === 'right top');
  assert.deepEqual(visitor.problems, []);
  await visitor.leave();
});

test('CHATRA-JS-009 CHATRA-JS-018 CHATRA-JS-109 CHATRA-JS-110 the button stands where the page says, else where the account says', async () => {
  const visitor = await arrive({ setup: "{buttonPosition:'rt'}" });
  await visitor.launcher.waitFor();
  await eventually(async () => (await visitor.corner()) === 'right top');
  await visitor.run('setButtonPosition', 'br');
  await eventually(async () => (await visitor.corner()) === 'right bottom');
  await visitor.run('resetButtonPosition');
  await eventually(async () => (await visitor.corner()) === 'left bottom');
  await visitor.leave();
});

test("CHATRA-JS-028 CHATRA-JS-031 CHATRA-JS-032 CHATRA-JS-034 CHATRA-JS-035 CHATRA-JS-036 CHATRA-JS-037 CHATRA-JS-111 CHATRA-JS-112 CHATRA-JS-113 CHATRA-JS-114 CHATRA-JS-116 CHATRA-JS-117 sizes, height and colours are the page's, and can be changed", async () => {
  const visitor = await arrive({
    setup: "{buttonSize:50,chatWidth:300,chatHeight:400,zIndex:77,colors:{buttonText:'#ff0000',buttonBg:'#00ff00'}}",
  });
  await visitor.launcher.waitFor();
  const lies = (z) =>
    visitor.page.evaluate((wanted) => {
      const host = document.querySelector('[data-confab]');
      return [host, ...host.shadowRoot.querySelectorAll('*')].some((node) => getComputedStyle(node).zIndex === wanted);
    }, z);
  await eventually(() => lies('77'));
  const style = (property) => visitor.launcher.evaluate((node, name) => getComputedStyle(node)[name], property);
  const size = async (target) => {
    const { width, height } = await target.boundingBox();
    return `${Math.round(width)}x${Math.round(height)}`;
  };
  await eventually(async () => (await size(visitor.launcher)) === '50x50');
  assert.equal(await style('backgroundColor'), 'rgb(0, 255, 0)');
  assert.equal(await style('color'), 'rgb(255, 0, 0)');
  await visitor.run('openChat');
  await visitor.panel.waitFor();
  await eventually(async () => (await size(visitor.panel)) === '300x400');
  await visitor.run('setChatWidth', 420);
  await visitor.run('setChatHeight', 500);
  await eventually(async () => (await size(visitor.panel)) === '420x500');
  await visitor.run('setButtonSize', 64);
  await eventually(async () => (await size(visitor.page.locator('[data-confab] #launcher'))) === '64x64');
  await visitor.run('minimizeWidget');
  await visitor.run('setColors', { buttonBg: '#0000ff' });
  await eventually(async () => (await style('backgroundColor')) === 'rgb(0, 0, 255)');
  assert.equal(await style('color'), 'rgb(255, 0, 0)');
  await visitor.run('resetColors');
  await eventually(async () => (await style('backgroundColor')) === 'rgb(18, 52, 86)');
  assert.equal(await style('color'), 'rgb(255, 255, 255)');
  await visitor.run('setZIndex', 88);
  await eventually(() => lies('88'));
  await visitor.leave();
});

test('CHATRA-JS-016 CHATRA-JS-015 a tab lies flat on its edge', async () => {
  const visitor = await arrive({ setup: "{buttonStyle:'tab',buttonPosition:'rm'}" });
  await visitor.launcher.waitFor();
  for (const [place, lies] of [
    ['rm', ({ x, width, height }) => Math.round(x + width) === 1200 && height > width],
    ['lm', ({ x, width, height }) => Math.round(x) === 0 && height > width],
    ['bc', ({ y, width, height }) => Math.round(y + height) === 800 && width > height],
  ]) {
    await visitor.run('setButtonPosition', place);
    await eventually(async () => lies(await visitor.launcher.boundingBox()));
  }
  await visitor.leave();
});

test('CHATRA-JS-042 CHATRA-JS-123 CHATRA-JS-124 a hidden widget shows itself when the page says so', async () => {
  const visitor = await arrive({ setup: '{startHidden:true}', more: "Chatra('setIntegrationData',{plan:'gold'});" });
  await visitor.drawn();
  assert.equal(await visitor.launcher.isVisible(), false);
  await visitor.run('show');
  await visitor.launcher.waitFor();
  await visitor.run('hide');
  await visitor.launcher.waitFor({ state: 'hidden' });
  await visitor.leave();
});

for (const [ids, setup, onPhone, onDesktop] of [
  ['CHATRA-JS-043', '{mobileOnly:true}', true, false],
  ['CHATRA-JS-044', '{disabledOnMobile:true}', false, true],
])
  test(`${ids} the widget appears on the devices that ${setup} allows`, async () => {
    for (const [options, shown] of [
      [phone, onPhone],
      [{}, onDesktop],
    ]) {
      const visitor = await arrive({ setup, ...options });
      await visitor.drawn();
      assert.equal(await visitor.launcher.isVisible(), shown);
      await visitor.leave();
    }
  });

test('CHATRA-JS-047 CHATRA-JS-048 CHATRA-JS-049 CHATRA-JS-129 the widget speaks the language and the words of the page', async () => {
  const visitor = await arrive({
    setup: "{language:'de',locale:{minimize:'Klein',chat:{input:{placeholder:{de:'Frag uns etwas',en:'Ask us'}}}}}",
  });
  await visitor.page.getByRole('button', { name: 'Chat öffnen' }).click();
  const panel = visitor.page.locator('[data-confab] #panel');
  await panel.waitFor();
  const box = panel.getByRole('textbox').first();
  await box.fill('Guten Tag');
  await box.press('Enter');
  await eventually(async () => (await box.getAttribute('placeholder')) === 'Frag uns etwas');
  await visitor.run('setLocale', { chat: { input: { placeholder: 'Anders' } } });
  await eventually(async () => (await box.getAttribute('placeholder')) === 'Anders');
  for (const name of ['Senden', 'Klein']) assert.equal(await panel.getByRole('button', { name }).count(), 1, name);
  await visitor.leave();
});

test('CHATRA-JS-054 CHATRA-JS-055 CHATRA-JS-056 CHATRA-JS-058 in frame mode the chat fills the block of the page', async () => {
  const visitor = await arrive({
    setup: "{mode:'frame',injectTo:'place'}",
    body: '<div id="place" style="width:500px;height:450px"></div>',
  });
  await eventually(async () => {
    const panel = await visitor.page.locator('#panel').boundingBox();
    const place = await visitor.page.locator('#place').boundingBox();
    return panel && Object.keys(place).every((side) => Math.abs(panel[side] - place[side]) < 3);
  });
  assert.equal(await visitor.launcher.isVisible(), false);
  await visitor.leave();
});

test('CHATRA-JS-029 the element of the page is the button, and ours is not drawn', async () => {
  const visitor = await arrive({ setup: "{customWidgetButton:'.help'}", body: '<button class="help">Help</button>' });
  await eventually(() => visitor.page.evaluate(() => window.Chatra?.started));
  await visitor.page.getByRole('button', { name: 'Help' }).click();
  await visitor.panel.waitFor();
  assert.equal(await visitor.page.locator('[data-confab] #launcher').isVisible(), false);
  await visitor.page.getByRole('button', { name: 'Help' }).click();
  await visitor.panel.waitFor({ state: 'hidden' });
  await visitor.leave();
});

test('CHATRA-JS-013 CHATRA-JS-014 a link with the hash opens the chat, and openChat puts the keyboard into it', async () => {
  const visitor = await arrive({ body: '<a href="#chatraChatExpanded">Chat</a>' });
  await visitor.launcher.waitFor();
  await visitor.page.getByRole('link', { name: 'Chat' }).click();
  await visitor.panel.waitFor();
  await visitor.run('minimizeWidget');
  await visitor.panel.waitFor({ state: 'hidden' });
  await visitor.run('openChat', true);
  await visitor.panel.waitFor();
  await eventually(() =>
    visitor.page.evaluate(
      () => document.querySelector('[data-confab]').shadowRoot.activeElement?.tagName === 'TEXTAREA',
    ),
  );
  await visitor.run('minimizeWidget');
  await visitor.page.evaluate(() => history.replaceState({}, '', '#chatraChatExpanded'));
  await visitor.page.reload();
  await visitor.panel.waitFor();
  await visitor.leave();
});

test('CHATRA-JS-079 CHATRA-JS-080 CHATRA-JS-119 CHATRA-JS-121 on a phone the back button closes the chat, unless the page forbids the hash', async () => {
  const visitor = await arrive(phone);
  await visitor.launcher.focus(); // whoever does may open it soon: the panel is made
  await visitor.page.locator('#launcher[aria-controls=panel]').waitFor();
  await visitor.run('expandWidget');
  assert.equal(await visitor.launcher.getAttribute('aria-expanded'), 'false');
  for (const _ of ['once', 'and again']) {
    await visitor.run('openChat');
    await visitor.panel.waitFor();
    await eventually(() => visitor.page.evaluate(() => location.hash === '#chatraChatExpanded'));
    await eventually(async () => {
      const { width, height } = await visitor.panel.boundingBox();
      return width === 390 && height === 844;
    });
    await visitor.page.goBack();
    await visitor.panel.waitFor({ state: 'hidden' });
  }
  await visitor.leave();
  const without = await arrive({ setup: '{disableChatOpenHash:true}', ...phone });
  await without.launcher.waitFor();
  await without.run('openChat');
  await without.panel.waitFor();
  assert.equal(await without.page.evaluate(() => location.hash), '');
  await without.leave();
});

test('CHATRA-JS-060 CHATRA-JS-062 CHATRA-JS-136 CHATRA-JS-137 a clientId shows the same conversation in every browser, and none without it', async () => {
  const setup = "{clientId:'kf83hf83hJHD83hdl39dk3'}";
  const first = await arrive({ setup });
  await first.open();
  const conversation = await say(first, 'from my laptop');
  const second = await arrive({ setup });
  await second.open();
  await second.hears('from my laptop');
  const stranger = await arrive();
  await stranger.open();
  await say(stranger, 'somebody else');
  assert.equal(await stranger.panel.getByText('from my laptop').count(), 0);
  assert.equal((await desk.contact(conversation)).level, 'bound');
  for (const visitor of [first, second, stranger]) await visitor.leave();
});

/** What the site's own server sends, with the keys of the account. */
async function push(clientId, text) {
  const response = await fetch(`${url}/api/pushedMessages/`, {
    method: 'POST',
    headers: { authorization: 'Chatra.Simple PUB:SEC', 'content-type': 'application/json' },
    body: JSON.stringify({ clientId, text }),
  });
  const pushed = await response.json();
  assert.equal(response.status, 200, pushed.message);
  assert.equal(pushed.isPushed, true);
}

test('CHATRA-JS-138 CHATRA-REST-052 what is pushed to a bound visitor reaches him now, or in whatever browser he comes back', async () => {
  const clientId = 'w8dJ29dkq0Pz5tRb71Lc6m';
  const setup = `{clientId:'${clientId}'}`;
  const first = await arrive({ setup });
  await first.open();
  await say(first, 'tell me when it is there');
  await push(clientId, 'It comes on Monday.');
  await first.hears('It comes on Monday.');
  await first.leave();
  await push(clientId, 'It is there.');
  const second = await arrive({ setup });
  await second.open();
  await second.hears('It is there.');
  await second.leave();
});

test('CHATRA-JS-065 CHATRA-JS-130 CHATRA-JS-131 a chat goes to the group that the page named when it began', async () => {
  const visitor = await arrive({ setup: `{groupId:'${sales}'}` });
  await visitor.open();
  const conversation = await say(visitor, 'sales, please');
  assert.equal(conversation.group, sales);
  await visitor.run('setGroupId', repairs);
  assert.equal((await say(visitor, 'still sales')).group, sales);
  await desk.close(conversation);
  await visitor.panel.getByRole('button', { name: 'New chat' }).click();
  const next = await say(visitor, 'repairs now');
  assert.equal(next.group, repairs);
  await visitor.run('setGroupId', null);
  await desk.close(next);
  await visitor.panel.getByRole('button', { name: 'New chat' }).click();
  assert.equal((await say(visitor, 'anybody')).group, undefined);
  await visitor.leave();
});

test('CHATRA-JS-097 CHATRA-JS-098 CHATRA-JS-099 CHATRA-JS-100 CHATRA-JS-103 CHATRA-JS-104 CHATRA-JS-105 CHATRA-JS-127 CHATRA-JS-128 data of the page reaches the agents, is replaced or changed in part', async () => {
  const head = `<script>window.ChatraIntegration={name:'Eva',email:'eva@example.test',phone:'+47 555',notes:'vip','Order no':7,paid:true}</script>`;
  const visitor = await arrive({ head });
  await visitor.open();
  const conversation = await say(visitor, 'about my order');
  const data = (is) => desk.contact(conversation, (c) => c.layers?.integration && is(c.layers.integration));
  const { layers } = await data((d) => d['Order no'] === 7);
  assert.deepEqual(layers.integration, {
    name: 'Eva',
    email: 'eva@example.test',
    phone: '+47 555',
    notes: 'vip',
    'Order no': 7,
    paid: true,
  });
  await desk.call(`/contacts/${conversation.visitor}`, { method: 'PATCH', body: { name: 'Ewa' } });
  const noted = await data((d) => d.name === 'Eva');
  assert.deepEqual([noted.name, noted.email], ['Ewa', 'eva@example.test']);
  await visitor.run('updateIntegrationData', { paid: null, step: 'pay' });
  await data((d) => d.step === 'pay' && !('paid' in d) && d.name === 'Eva');
  await visitor.run('setIntegrationData', { plan: 'gold' });
  await data((d) => JSON.stringify(d) === '{"plan":"gold"}');
  await visitor.leave();
});

test('CHATRA-JS-107 CHATRA-JS-108 an automatic message is said by an agent and starts no chat', async () => {
  const visitor = await arrive();
  await visitor.launcher.waitFor();
  await visitor.run('sendAutoMessage', 'May I help you with the tents?');
  const told = await eventually(() => visitor.page.evaluate(() => window.told.at(-1)));
  assert.deepEqual([told.text, told.type], ['May I help you with the tents?', 'agent']);
  const { data } = await rest(url, '/conversations?limit=50', { token: serverKey });
  for (const conversation of data)
    assert.ok(!(await desk.messages(conversation)).some((m) => m.text.startsWith('May I help you with the tents')));
  await visitor.page.locator('[data-confab] #launcher').click();
  await visitor.hears('May I help you with the tents?');
  const { visitor: id } = await say(visitor, 'you may');
  const { threads } = await rest(url, `/contacts/${id}/export`, { token: serverKey });
  const { author } = threads[0].entries.find(({ entry }) => entry.text?.startsWith('May I')).entry;
  assert.deepEqual([author.kind, author.name], ['agent', agents.anna.name]);
  await visitor.leave();
});

test('CHATRA-JS-077 CHATRA-JS-081 CHATRA-JS-083 CHATRA-JS-084 the page hears the names of what happens', async () => {
  const visitor = await arrive();
  await visitor.open();
  const conversation = await say(visitor, 'an event, please');
  await visitor.event('Chat initiated by visitor');
  await desk.accept(conversation);
  await visitor.event('Chat accepted by agent');
  await desk.close(conversation);
  await visitor.panel.getByRole('radio').last().click();
  await visitor.panel.getByRole('button', { name: /Send rating/ }).click();
  await visitor.event('Chat rated');
  await eventually(async () => (await desk.call(`/conversations/${conversation.id}`)).rating?.score === 5);
  assert.deepEqual(await visitor.page.evaluate(() => window.events), [
    'Chat initiated by visitor',
    'Chat accepted by agent',
    'Chat rated',
  ]);
  await visitor.leave();
});

test('CHATRA-JS-093 CHATRA-JS-094 CHATRA-JS-095 the events go to the trackers of the page', async () => {
  const head = `<script>window.sent=[];window.ga=(ready)=>ready();ga.getAll=()=>[{get:()=>'t0',send:(...args)=>sent.push(['ga',...args])}];window.yaCounter42={reachGoal:(name)=>sent.push(['ym',name])}</script>`;
  const visitor = await arrive({ head });
  await visitor.open();
  const conversation = await say(visitor, 'count me');
  await desk.accept(conversation);
  await visitor.event('Chat accepted by agent');
  const action = (eventAction, more) => ['ga', 'event', { eventCategory: 'Chatra', eventAction, ...more }];
  assert.deepEqual(await visitor.page.evaluate(() => window.sent), [
    action('Chat initiated by visitor'),
    ['ym', 'Chat initiated by visitor'],
    action('Chat accepted by agent', { nonInteraction: true }), // the visitor did nothing
    ['ym', 'Chat accepted by agent'],
  ]);
  await visitor.leave();
});

test('CHATRA-JS-125 CHATRA-JS-126 a page view by call is a page of the visit', async () => {
  const visitor = await arrive();
  await visitor.page.waitForFunction(() => localStorage.getItem('confab:acme:visit')); // of the rules, which run
  await visitor.page.evaluate(() => {
    // Not by the function that the widget hears: nothing but the call tells it.
    History.prototype.replaceState.call(history, {}, '', '/virtual/page');
    document.title = 'Virtual';
    window.Chatra('pageView');
  });
  await visitor.page.locator('.teaser').getByText('Found what you look for?').click();
  const conversation = await say(visitor, 'where am I');
  await desk.history(conversation, (h) => h.kind === 'page' && h.page.url.endsWith('/virtual/page'));
  await visitor.leave();
});

test('CHATRA-JS-132 CHATRA-JS-133 CHATRA-JS-134 CHATRA-JS-135 killed it is gone from the page, restarted it is back with the same chat', async () => {
  const visitor = await arrive();
  await visitor.open();
  await say(visitor, 'do not lose this');
  await visitor.run('kill');
  await eventually(async () => (await visitor.page.locator('[data-confab]').count()) === 0);
  await visitor.run('openChat');
  assert.equal(await visitor.page.locator('[data-confab]').count(), 0);
  await visitor.page.evaluate(() => {
    window.ChatraSetup.language = 'fr';
    window.Chatra('restart');
  });
  await visitor.page.getByRole('button', { name: /^Ouvrir le chat/ }).waitFor();
  await visitor.run('openChat');
  await visitor.page.getByText('do not lose this').first().waitFor();
  assert.deepEqual(visitor.problems, []);
  await visitor.leave();
});

test('two dialects on one page share one visitor and one widget', async () => {
  const other = `<script src="${url}/embed"></script><script>Pavior('init',{teamId:'acme',doChat:true,doTimeTravel:true})</script>`;
  const setup = "<script>window.ChatraSetup={buttonPosition:'rt'}</script>";
  const site = await stage.site(() => hostPage(`${other}${setup}${snippet()}`)); // the first one's widget, for both
  const visitor = await Visitor.arrive(stage, site);
  await visitor.launcher.waitFor();
  assert.equal(await visitor.page.locator('[data-confab]').count(), 1);
  await visitor.page.evaluate(() => window.Pavior('inboundMessage', { message: 'through the other' }));
  await desk.conversation('through the other');
  await visitor.page.evaluate(() => window.Chatra('openChat'));
  await visitor.hears('through the other');
  const { x, y } = await visitor.page.locator('#launcher').boundingBox();
  assert.ok(x < 40 && y > 700, `${x} ${y}`);
  const { data } = await rest(url, '/visitors', { token: serverKey });
  assert.equal(data.filter(({ page }) => page?.url.startsWith(site)).length, 1);
  assert.deepEqual(visitor.problems, []);
  await visitor.leave();
});
