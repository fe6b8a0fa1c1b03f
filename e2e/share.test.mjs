// One log-in on several domains of a site, in a real browser, by a cookie of the parent domain. The two other ways need pages on https.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';
import { eventually, Visitor } from './cast.mjs';
import { freePort, hostPage, serverKey, setStage } from './stage.mjs';

let stage;
let url;
let port;

const at = (host) => `http://${host}:${port}`;
const hmac = createHmac('sha256', serverKey).update('user-8').digest('hex');
const proof = { id: 'user-8', name: 'Maya Chen', hmac };

before(async () => {
  port = await freePort();
  const allowedOrigins = ['www.tern.test', 'shop.tern.test'].map(at);
  stage = await setStage({ nodes: 1, account: { allowedOrigins } });
  url = stage.nodes[0].url;
  await stage.site((path) => {
    const init = { teamId: 'acme', doChat: true, ...(path === '/login' ? proof : { shareAuth: 'www.tern.test' }) };
    return hostPage(
      `<script src="${url}/embed"></script><script>window.users=[];Pavior('on','userUpdate',(user)=>users.push(user));Pavior('init',${JSON.stringify(init)})</script>`,
    );
  }, port);
});
after(() => stage?.close());

const user = (page, is) =>
  eventually(async () => {
    const last = await page.evaluate(() => window.users.at(-1));
    return last && is(last) ? last : null;
  });

test('PAV-JS-039 a page of the same site finds the cookie of the parent domain', async () => {
  const visitor = await Visitor.arrive(stage, `${at('www.tern.test')}/login`);
  await user(visitor.page, (u) => u.isAuthenticated);
  // The page that is logged in stays open in another tab, as it would.
  const other = await visitor.context.newPage();
  visitor.watch(other);
  await other.goto(at('shop.tern.test'));
  const { id, name } = await user(other, (u) => u.isAuthenticated);
  assert.deepEqual([id, name], ['user-8', 'Maya Chen']);
  assert.deepEqual(visitor.problems, []);
  await visitor.leave();
});

test('PAV-JS-041 where nobody is logged in the visitor is anonymous, and can chat', async () => {
  const visitor = await Visitor.arrive(stage, at('shop.tern.test'));
  const { id, universe } = await user(visitor.page, (u) => u.universe === 'anonymous');
  assert.equal(id, null);
  assert.equal(universe, 'anonymous');
  await visitor.open();
  await visitor.say('hello from a stranger');
  await visitor.sees(/Sent|Delivered/);
  assert.deepEqual(visitor.problems, []);
  await visitor.leave();
});
