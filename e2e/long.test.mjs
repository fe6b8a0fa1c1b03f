// A long thread: who reads is never moved.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually, Visitor } from './cast.mjs';
import { rest, serverKey, setStage, shopPage } from './stage.mjs';

let stage;
let url;
let visitor;
let conversation;
const many = 200;
const fresh = 30; // of them are new when the panel opens

/** Closes the panel when all so far is seen. */
async function close() {
  await visitor.hears(`message ${many - fresh},`);
  await visitor.page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  await visitor.page.keyboard.press('Escape');
  await visitor.panel.waitFor({ state: 'hidden' });
}

const post = (text) =>
  rest(url, `/conversations/${conversation}/messages`, { method: 'POST', token: serverKey, body: { text } });

before(async () => {
  stage = await setStage({ nodes: 1 });
  url = stage.nodes[0].url;
  const site = await stage.site(() => shopPage(url));
  visitor = await Visitor.arrive(stage, site);
  await visitor.open();
  await visitor.say('the very first');
  await visitor.sees(/Sent|Delivered|Seen/);
  const { data } = await rest(url, '/conversations?limit=1', { token: serverKey });
  conversation = data[0].id;
  for (let i = 1; i <= many; i++) {
    if (i === many - fresh + 1) await close();
    await post(`message ${i}, ${'long '.repeat(i % 7)}`);
  }
  await visitor.page.reload();
});
after(() => stage?.close());

const log = () => visitor.panel.getByRole('log');
const top = () => log().evaluate((area) => area.scrollTop);
/** Where the bubble with these words stands on the screen, after the list was scrolled to `top` if that is given. */
const place = (text, top) =>
  visitor.panel.evaluate(
    (panel, [words, to]) => {
      if (to !== undefined) panel.querySelector('.log').scrollTop = to;
      const bubble = [...panel.querySelectorAll('.b')].find((one) => one.textContent.includes(words));
      return Math.round(bubble.getBoundingClientRect().top);
    },
    [text, top],
  );

test('opening starts at what is new, and the pill leads to the end', async () => {
  await visitor.launcher.waitFor();
  await eventually(async () =>
    (await visitor.launcher.getAttribute('aria-label')).endsWith(`unread messages: ${fresh}`),
  );
  await visitor.open();
  await visitor.sees('New messages');
  const [line, area] = await visitor.panel.evaluate((panel) =>
    [panel.querySelector('.day.new'), panel.querySelector('.log')].map((e) => e.getBoundingClientRect().top),
  );
  assert.ok(line >= area && line < area + 60, `${line} ${area}`);
  await visitor.panel.getByRole('button', { name: /Latest messages|new message/ }).click();
  await eventually(() => log().evaluate((area) => area.scrollHeight - area.scrollTop - area.clientHeight < 2));
  await visitor.hears(`message ${many},`);
});

test('older messages come while scrolling up, down to the first, and what is read stays in its place', async () => {
  let pages = 0;
  for (;;) {
    const before = await visitor.panel.locator('.b').count();
    if (await visitor.panel.getByText('the very first').count()) break;
    const text = (await visitor.panel.locator('.b').first().innerText()).match(/message \d+,/)[0];
    const was = await place(text, 60);
    await eventually(async () => (await visitor.panel.locator('.b').count()) > before);
    await visitor.page.evaluate(
      () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))),
    );
    assert.ok(Math.abs((await place(text)) - was) <= 1, `${text} moved from ${was} to ${await place(text)}`);
    pages++;
  }
  assert.ok(pages >= 3, String(pages));
});

test('news move nobody who reads above, and are counted', async () => {
  await log().evaluate((area) => {
    area.scrollTop = 900;
  });
  await visitor.panel.getByRole('button', { name: /Latest messages|new message/ }).waitFor();
  const was = await top();
  await post('news 1');
  await post('news 2');
  await visitor.panel.getByRole('button', { name: '2 new messages' }).waitFor();
  assert.equal(await top(), was);
  await visitor.panel.getByRole('button', { name: '2 new messages' }).click();
  await visitor.hears('news 2');
  await eventually(() => log().evaluate((area) => area.scrollHeight - area.scrollTop - area.clientHeight < 2));
});

test('at the end the list stays at its end while the message box grows', async () => {
  await visitor.box.fill('a\nb\nc\nd\ne\nf');
  await eventually(() => log().evaluate((area) => area.scrollHeight - area.scrollTop - area.clientHeight < 2));
  await visitor.box.fill('');
});
