// What a visitor does on a page, and what he does not.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually, Visitor } from './cast.mjs';
import { rest, serverKey, setStage, shopPage } from './stage.mjs';

let stage;
let url;
let site;

before(async () => {
  stage = await setStage({ nodes: 1 });
  url = stage.nodes[0].url;
  site = await stage.site(() => shopPage(url, { body: '<div style="height:5000px">Long</div>' }));
});
after(() => stage?.close());

/** A visitor's first tab, whose socket all of his tabs use, with the frames of both sides by type. */
async function arrive() {
  const sent = [];
  let id = '';
  const visitor = await Visitor.arrive(stage, 'about:blank');
  visitor.page.on('websocket', (socket) => {
    socket.on('framesent', ({ payload }) => sent.push(JSON.parse(payload).t));
    socket.on('framereceived', ({ payload }) => {
      const frame = JSON.parse(payload);
      if (frame.t === 'hello') id = frame.visitor.id;
    });
  });
  await visitor.page.goto(site);
  await eventually(async () => id !== '');
  const activeAt = async () =>
    (await rest(url, `/contacts/${id}/export`, { token: serverKey })).latestVisit?.activeAt ?? 0;
  await eventually(async () => (await activeAt()) > 0);
  return { visitor, activeAt, told: () => sent.filter((t) => t === 'page').length };
}

for (const [name, act] of Object.entries({
  wheel: (page) => page.mouse.wheel(0, 300),
  key: (page) => page.keyboard.press('ArrowDown'),
  click: (page) => page.mouse.click(600, 400),
})) {
  test(`ATTR-028 a ${name} in any tab is activity, told once a minute; that a page is open and scrolls by itself is none`, async () => {
    const { visitor, activeAt, told } = await arrive();
    const other = await visitor.context.newPage();
    await other.goto(site);
    await other.getByRole('button', { name: /^Open chat/ }).waitFor();
    await eventually(async () => (await visitor.page.evaluate(() => document.visibilityState)) !== '');
    await other.evaluate(() => scrollTo(0, 400));
    await other.waitForFunction(() => scrollY === 400);
    const came = await activeAt();
    assert.equal(told(), 0);
    await eventually(async () => {
      await act(other); // until the tab has found the one that leads
      return told() === 1;
    });
    await eventually(async () => (await activeAt()) > came);
    for (let i = 0; i < 5; i++) await act(other);
    assert.equal(told(), 1);
    assert.deepEqual(visitor.problems, []);
    await visitor.leave();
  });
}
