// One log-in on several domains of a site, in a real browser, by all three ways: a cookie of the parent domain, the node's
// own page in a frame, and the helper page on the domain where users log in. The last two need https.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';
import { eventually, Visitor } from './cast.mjs';
import { openWindow, secure } from './secure.mjs';
import { freePort, hostPage, serverKey, setStage } from './stage.mjs';

// Users log in on both. tern has no helper page; brook has it, and lets no frame of other origins in, the node's neither.
const tern = 'www.tern.test';
const brook = 'login.brook.test';
const fjord = 'www.fjord.test';
const stranger = 'www.weir.test'; // the account does not name it

let stage;
let http; // port of the site, which is served
let https; // by TLS too,
let node; // as the node is
let helper;

const helperPath = '/confab/share.html';
const at = (host) => `http://${host}:${http}`;
const safe = (host) => `https://${host}:${https.port}`;
const chat = () => `https://chat.harbour.test:${node.port}`;
const hmac = createHmac('sha256', serverKey).update('user-8').digest('hex');
const proof = { id: 'user-8', name: 'Maya Chen', hmac };

before(async () => {
  http = await freePort();
  https = await secure(http);
  const allowedOrigins = ['*', at(tern), at('shop.tern.test'), safe(tern), safe(brook), safe(fjord)];
  stage = await setStage({ nodes: 1, account: { allowedOrigins } });
  const { url, port } = stage.nodes[0];
  node = await secure(port);
  helper = { html: await fetch(url + helperPath).then((page) => page.text()) };
  await stage.site(page, http);
});
after(async () => {
  await stage?.close();
  https?.close();
  node?.close();
});

/** /login proves who the user is; any other path is the host that the page borrows from. */
function page(path, { host }) {
  const [name, port] = host.split(':');
  if (path === helperPath) return name === brook ? helper : null;
  const who = path === '/login' ? proof : { shareAuth: `${path.slice(1)}:${port}` };
  const init = { teamId: 'acme', doChat: true, ...who };
  return hostPage(
    `<script>window.answers=[];addEventListener('message',({origin,data})=>{if(data?.confab==='share')answers.push([origin,!!data.ticket])})</script>
<script src="${chat()}/embed"></script><script>window.users=[];Pavior('on','userUpdate',(user)=>users.push(user));Pavior('init',${JSON.stringify(init)})</script>`,
    { head: name === brook ? `<meta http-equiv="content-security-policy" content="frame-src 'self'">` : '' },
  );
}

const user = (page, is) =>
  eventually(async () => {
    const last = await page.evaluate(() => window.users.at(-1));
    return last && is(last) ? last : null;
  });
const isMaya = async (page) => {
  const { id, name } = await user(page, (u) => u.isAuthenticated && u.name);
  assert.deepEqual([id, name], [proof.id, proof.name]);
};
const isNobody = async (page) => {
  const { id } = await user(page, (u) => u.universe === 'anonymous');
  assert.equal(id, null);
};

// A context is a private window: it keeps the cookies of a frame apart by the page around it, and has no storage for it.
const apart = { ignoreHTTPSErrors: true };
const letIn = { ...apart, permissions: ['storage-access'] };

const arrive = (url, options = apart) => Visitor.arrive(stage, url, options);

/** A page in one more tab. Where the user has logged in stays open, as it would. */
async function another(visitor, url) {
  const page = await visitor.context.newPage();
  visitor.watch(page);
  await page.goto(url);
  return page;
}

/** Whether the page of that origin keeps a log-in where the frames of all pages find it, if the browser lets them in. */
const keeps = async (visitor, origin) =>
  (await visitor.context.cookies(origin + helperPath)).some(({ name }) => name === 'confab_share_acme');

/** What the frames of a page answered: origin and whether it had a ticket, as soon as so many have. */
const answers = (page, count) =>
  eventually(async () => {
    const all = await page.evaluate(() => window.answers);
    return all.length >= count && all.sort();
  });

/** No page had an error but what a browser writes of what did not load or was not let through. */
function hadNoError(visitor) {
  assert.deepEqual(visitor.problems, []);
  const errors = visitor.said.filter((line) => /^error: (?!Failed to load|Framing|Access to fetch)/.test(line));
  assert.deepEqual(errors, []);
}

async function leave(visitor) {
  hadNoError(visitor);
  await visitor.leave();
}

test('PAV-JS-039 a page of the same site finds the cookie of the parent domain', async () => {
  const visitor = await arrive(`${at(tern)}/login`);
  await isMaya(visitor.page);
  await isMaya(await another(visitor, `${at('shop.tern.test')}/${tern}`));
  await leave(visitor);
});

test('PAV-JS-041 where nobody is logged in the visitor is anonymous, and can chat', async () => {
  const visitor = await arrive(`${at('shop.tern.test')}/${tern}`);
  await isNobody(visitor.page);
  await visitor.open();
  await visitor.say('hello from a stranger');
  await visitor.sees(/Sent|Delivered/);
  await leave(visitor);
});

test('PAV-JS-039 a page of another site finds the log-in by a frame of the node that the browser lets at its cookies', async () => {
  const visitor = await arrive(`${safe(tern)}/login`, letIn);
  await eventually(() => keeps(visitor, chat()));
  const other = await another(visitor, `${safe(fjord)}/${tern}`);
  await isMaya(other);
  assert.deepEqual(await answers(other, 1), [[chat(), true]]);
  await leave(visitor);
});

test('PAV-JS-041 where the browser keeps the cookies of the node’s frame apart the visitor is anonymous, and no error is told', async () => {
  const visitor = await arrive(`${safe(tern)}/login`);
  assert.deepEqual(await answers(visitor.page, 1), [[chat(), true]]);
  assert.equal(await keeps(visitor, chat()), false);
  const other = await another(visitor, `${safe(fjord)}/${tern}`);
  await isNobody(other);
  assert.deepEqual(await answers(other, 1), [[chat(), false]]);
  await leave(visitor);
});

test('PAV-JS-039 a page of another site finds the log-in by the helper page that the browser lets at its cookies', async () => {
  const visitor = await arrive(`${safe(brook)}/login`, letIn);
  await eventually(() => keeps(visitor, safe(brook)));
  const other = await another(visitor, `${safe(fjord)}/${brook}`);
  await isMaya(other);
  assert.deepEqual(await answers(other, 2), [
    [chat(), false],
    [safe(brook), true],
  ]);
  await leave(visitor);
});

test('PAV-JS-041 where the browser keeps the cookies of the helper page apart the visitor is anonymous, and no error is told', async () => {
  const visitor = await arrive(`${safe(brook)}/login`);
  await eventually(() => keeps(visitor, safe(brook)));
  const other = await another(visitor, `${safe(fjord)}/${brook}`);
  await isNobody(other);
  assert.deepEqual(await answers(other, 2), [
    [chat(), false],
    [safe(brook), false],
  ]);
  await leave(visitor);
});

test('PAV-JS-039 a browser that keeps no cookies apart needs no leave for either frame', async (t) => {
  const visitor = await openWindow(`${safe(brook)}/login`);
  t.after(() => visitor.leave());
  await eventually(() => keeps(visitor, safe(brook)));
  const first = await another(visitor, `${safe(fjord)}/${brook}`);
  await isMaya(first);
  assert.deepEqual(await answers(first, 2), [
    [chat(), false],
    [safe(brook), true],
  ]);
  await another(visitor, `${safe(tern)}/login`);
  await eventually(() => keeps(visitor, chat()));
  const second = await another(visitor, `${safe(fjord)}/${tern}`);
  await isMaya(second);
  assert.deepEqual(await answers(second, 1), [[chat(), true]]);
  hadNoError(visitor);
});

test('PAV-JS-041 a page that the account does not name finds nobody, whatever the browser lets in', async () => {
  const visitor = await arrive(`${safe(tern)}/login`, letIn);
  await eventually(() => keeps(visitor, chat()));
  await another(visitor, `${safe(brook)}/login`);
  await eventually(() => keeps(visitor, safe(brook)));
  const other = await another(visitor, `${safe(stranger)}/${brook}`);
  await isNobody(other);
  assert.deepEqual(await answers(other, 1), [[safe(brook), false]]);
  await leave(visitor);
});

test('PAV-JS-054 a log-out is one for the pages of other sites that are opened then', async () => {
  const visitor = await arrive(`${safe(tern)}/login`, letIn);
  await eventually(() => keeps(visitor, chat()));
  await visitor.page.evaluate(() => window.Pavior('update', { id: null }));
  await eventually(async () => !(await keeps(visitor, chat())));
  await isNobody(await another(visitor, `${safe(fjord)}/${tern}`));
  await leave(visitor);
});
