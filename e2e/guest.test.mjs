// The widget as a guest on other people's pages: what it leaves, what it bears, what it says.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { eventually, Visitor } from './cast.mjs';
import { Desk } from './desk.mjs';
import { seam } from './scenes.mjs';
import { setStage } from './stage.mjs';

const manifest = JSON.parse(await readFile(new URL('../widget/dist/manifest.json', import.meta.url), 'utf8'));
let stage;
let url;

/** What makes the widget load all that it has. */
const everything = {
  widgetId: 'guest',
  name: 'Everything',
  widget: {
    form: { fields: [{ name: 'email', required: true }] },
    rules: [
      {
        id: 'help',
        conditions: [{ type: 'pages_viewed', atLeast: 1 }],
        invite: { text: 'Can we help?' },
        once: 'page',
      },
    ],
  },
};

before(async () => {
  stage = await setStage({ nodes: 1, channels: [everything] });
  url = stage.nodes[0].url;
});
after(() => stage?.close());

const tag = (more = '') => `<script async src="${url}/confab.js" data-account-id="acme"${more}></script>`;
const page = (head, body, headers = {}) => ({
  html: `<!doctype html><html lang="en"><head><title>Host</title>${head}</head><body><h1>Host</h1>${body}</body></html>`,
  headers,
});

/** Opens the page, says something and waits until it is kept; returns the visitor. */
async function talk(site, options = {}) {
  const visitor = await Visitor.arrive(stage, site, options);
  await visitor.open();
  await visitor.say('hello from a strange page');
  await visitor.sees(/Sent|Delivered|Seen/);
  assert.deepEqual(visitor.problems, []);
  return visitor;
}

test('confab is the only global, and a page with extended prototypes works', async () => {
  const extend =
    '<script>Array.prototype.shuffle = Object.prototype.isNice = function () {}; window.before = Object.getOwnPropertyNames(window)</script>';
  const visitor = await talk(await stage.site(() => page(extend, tag())));
  const added = await visitor.page.evaluate(() =>
    Object.getOwnPropertyNames(window).filter((name) => !window.before.includes(name) && name !== 'before'),
  );
  assert.deepEqual(
    added.filter((name) => !/^\d+$|^event$/.test(name)),
    ['confab'],
  );
  await visitor.leave();
});

/** The directives of docs/embed.md, and nothing else. */
const strictest = () => {
  const { host } = new URL(url);
  return [
    "default-src 'none'",
    `script-src ${url}`,
    `connect-src ${url} ws://${host}`,
    `img-src ${url}`,
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
};

test('a page with the strictest policy gets the whole widget, with every part of it', async () => {
  const policed = tag(' data-language="de"').replace('"acme"', '"channel:guest"');
  const site = await stage.site(() => page('', policed, { 'content-security-policy': strictest() }));
  const visitor = await Visitor.arrive(stage, site);
  const refused = [];
  const parts = new Set();
  const note = (text) => !/favicon/.test(text) && refused.push(text);
  visitor.page.on('console', (message) => message.type() === 'error' && note(message.text() + message.location().url));
  visitor.page.on('request', (request) => parts.add(request.url().split('/').at(-1)));
  await visitor.page.goto(`${site}/again`);
  const desk = await Desk.open(url);
  await visitor.page.locator('.teaser').getByText('Can we help?').click(); // rules
  await visitor.panel.waitFor();
  await visitor.say('hello');
  await visitor.sees(/Gesendet|Zugestellt|Gelesen/); // the language
  const conversation = await desk.conversation('hello');
  await visitor.panel.getByRole('form').getByLabel('E-Mail').waitFor(); // the extras
  await visitor.panel.locator('input[type=file]').setInputFiles(await seam(visitor.page));
  const picture = visitor.panel.locator('.pic img');
  await picture.waitFor();
  await visitor.page.waitForFunction(() => {
    const image = document.querySelector('[data-confab]').shadowRoot.querySelector('.pic img');
    return image.complete && image.naturalWidth === 480;
  });
  await desk.accept(conversation);
  await visitor.page.evaluate(() => confab('feedback'));
  await visitor.page.locator('.feedback textarea').waitFor();
  const width = await visitor.panel.evaluate((panel) => getComputedStyle(panel).width);
  assert.equal(width, '380px');
  await visitor.page.evaluate(() => confab('close'));
  await desk.say(conversation, 'Yes, we can'); // cards and signals
  await visitor.page.locator('.teaser').getByText('Yes, we can').waitFor();
  // Other languages, and what only some dialects' pages load, or browsers without locks.
  const elsewhere = /^loader$|^share$|^lease$|^text-(?!de)/;
  const loaded = (name) => manifest[name].every((file) => parts.has(file.split('/').at(-1)));
  const missing = () => Object.keys(manifest).filter((name) => !elsewhere.test(name) && !loaded(name));
  await eventually(() => missing().length === 0);
  assert.deepEqual([refused, visitor.problems], [[], []]);
  await desk.tidy();
  await visitor.leave();
});

test('a hostile reset of the page does not reach the widget', async () => {
  const still = { reducedMotion: 'reduce' };
  const plain = await talk(await stage.site(() => page('', tag())), still);
  const reset =
    '<style>* { all: unset !important; display: inline !important; position: static !important; z-index: 0 !important; color: red !important; font: 40px serif !important; letter-spacing: 9px !important; text-transform: uppercase !important } div { display: none !important } button { width: 900px !important }</style>';
  const hostile = await talk(await stage.site(() => page(reset, tag())), still);
  const measure = (visitor) =>
    visitor.page.evaluate(() => {
      const { shadowRoot } = document.querySelector('[data-confab]');
      return ['#launcher', '#panel', '#panel h2', '#panel .b', '#panel textarea', '#panel .go'].map((selector) => {
        const part = shadowRoot.querySelector(selector);
        const { x, y, width, height } = part.getBoundingClientRect();
        const { color, font } = getComputedStyle(part);
        return [selector, x, y, width, height, color, font];
      });
    });
  assert.deepEqual(await measure(hostile), await measure(plain));
  await plain.leave();
  await hostile.leave();
});

test('the widget lies over the page, as high as the page says', async () => {
  for (const [more, height, over] of [
    ['', 9000, true],
    [' data-z-index="8000"', 9000, false],
    [' data-z-index="2147483647"', 2147483647, true],
  ]) {
    const cover = `<div style="position:fixed;inset:0;z-index:${height};background:#eee"></div>`;
    const visitor = await Visitor.arrive(stage, await stage.site(() => page('', cover + tag(more))));
    await visitor.launcher.waitFor();
    const top = await visitor.page.evaluate(() =>
      document.elementFromPoint(innerWidth - 50, innerHeight - 50).matches('[data-confab]'),
    );
    assert.equal(top, over);
    await visitor.leave();
  }
});

const counted = `<script>
  const held = new Map();
  const targets = [[window, 'window'], [document, 'document'], [visualViewport, 'viewport']];
  for (const [target, name] of targets) {
    const { addEventListener, removeEventListener } = target;
    const of = (type) => held.get(name + ' ' + type) ?? held.set(name + ' ' + type, new Set()).get(name + ' ' + type);
    target.addEventListener = (type, listener, options) => { if (!options?.once && new Error().stack.includes('/confab')) { of(type).add(listener); options?.signal?.addEventListener('abort', () => of(type).delete(listener)) } addEventListener.call(target, type, listener, options) };
    target.removeEventListener = (type, listener, options) => { of(type).delete(listener); removeEventListener.call(target, type, listener, options) };
  }
  window.held = () => [...held].filter(([, listeners]) => listeners.size).map(([name]) => name).sort();
</script>`;

test('after shutdown nothing is left, and init works again as another visitor', async () => {
  const visitor = await talk(await stage.site(() => page(counted, tag())));
  const run = (...args) => visitor.page.evaluate((all) => window.confab(...all), args);
  const who = () =>
    visitor.page.evaluate(() => new Promise((known) => window.confab('on', 'userUpdate', ({ id }) => known(id))));
  const first = await who();
  assert.notDeepEqual(await visitor.page.evaluate(() => window.held()), []);
  const { pushState } = await visitor.page.evaluate(() => ({ pushState: String(history.pushState) }));
  assert.doesNotMatch(pushState, /native/);
  await run('shutdown');
  await visitor.page.waitForFunction(() => !document.querySelector('[data-confab]'));
  assert.deepEqual(await visitor.page.evaluate(() => window.held()), []);
  const left = await visitor.page.evaluate(() => [
    String(history.pushState).includes('native'),
    document.documentElement.style.overflow,
    Object.keys({ ...localStorage, ...sessionStorage }),
  ]);
  assert.deepEqual(left, [true, '', ['confab:config:acme']]); // what the account says of its widget, nothing of the visitor
  await run('init', { accountId: 'acme' });
  await visitor.open();
  await visitor.say('back again');
  await visitor.sees(/Sent|Delivered|Seen/);
  assert.equal(await visitor.panel.getByText('hello from a strange page').count(), 0);
  assert.notEqual(await who(), first);
  assert.deepEqual(visitor.problems, []);
  await visitor.leave();
});

test('wrong calls warn once each and throw nothing', async () => {
  const visitor = await Visitor.arrive(stage, await stage.site(() => page('', tag())));
  const said = [];
  visitor.page.on('console', (message) => said.push(message.text()));
  await visitor.launcher.waitFor();
  await visitor.page.evaluate(() => {
    for (let i = 0; i < 3; i++) {
      for (const args of [
        [],
        ['fly'],
        [null],
        [Symbol('x')],
        ['on', 'nothing', () => {}],
        ['on', 'open', 7],
        ['sendMessage'],
        ['init'],
        ['init', { accountId: 'acme', colour: 'red', zIndex: 'high', theme: 'pink' }],
      ])
        window.confab(...args);
    }
  });
  await visitor.open();
  const ours = said.filter((text) => text.startsWith('confab: '));
  assert.equal(new Set(ours).size, ours.length);
  assert.ok(ours.length >= 8, ours.join('\n'));
  assert.deepEqual(visitor.problems, []);
  await visitor.leave();
});

test('a page without a doctype, that cannot scroll, and that extends arrays in every loop, has the whole widget', async () => {
  const extend =
    '<script>Array.prototype.remove = function () {}; Array.prototype.last = function () { return this[this.length - 1] }; String.prototype.format = function () {}; Object.prototype.extend = function () {}</script>';
  const odd = page(extend, `<style>html, body { height: 100%; overflow: hidden }</style>${tag()}`);
  const visitor = await talk(await stage.site(() => ({ html: odd.html.replace('<!doctype html>', '') })));
  assert.equal(await visitor.page.evaluate(() => document.compatMode), 'BackCompat');
  const { width, height } = await visitor.panel.boundingBox();
  assert.deepEqual([width, height], [380, 600]);
  const box = await visitor.box.boundingBox();
  assert.ok(box.y + box.height < 800);
  await visitor.leave();
});

test('going away and back again brings back the living page, with one socket', async () => {
  const site = await stage.site((path) => (path === '/' ? page('', tag()) : page('', '')));
  await eventually(async () => (await sockets()) === 0); // who was here has gone
  const visitor = await talk(site);
  await visitor.page.evaluate(() => {
    window.alive = true;
    addEventListener('pageshow', (event) => {
      window.persisted = event.persisted;
    });
  });
  await visitor.page.goto(`${site}/other`);
  await eventually(async () => (await sockets()) === 0);
  await visitor.page.goBack({ waitUntil: 'commit' }); // nothing is loaded
  assert.deepEqual(await visitor.page.evaluate(() => [window.alive, window.persisted]), [true, true]);
  await visitor.say('back from the other page');
  await visitor.panel.getByText('back from the other page').waitFor();
  await visitor.sees(/Sent|Delivered|Seen/);
  assert.equal(await visitor.panel.getByText('hello from a strange page').count(), 1);
  assert.equal(await sockets(), 1);
  assert.deepEqual(visitor.problems, []);
  await visitor.leave();
});

/** How many visitors' sockets the node has open, by its own metrics. */
async function sockets() {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^confab_relay_sockets\{[^}]*"visitor"[^}]*\} (\d+)/m.exec(text)?.[1] ?? 0);
}

test('nothing of the widget is printed', async () => {
  const visitor = await talk(await stage.site(() => page('', tag())));
  await visitor.page.emulateMedia({ media: 'print' });
  assert.deepEqual(
    [await visitor.panel.isVisible(), await visitor.page.locator('#launcher').isVisible()],
    [false, false],
  );
  await visitor.page.emulateMedia({ media: 'screen' });
  assert.equal(await visitor.panel.isVisible(), true);
  await visitor.leave();
});

test('the page keeps its own look: no style of ours, no class, no attribute, nothing but one element', async () => {
  const own = '<style>h1 { color: rgb(1, 2, 3) }</style>';
  const snapshot = `<script>
    window.look = () => JSON.stringify([
      [document.documentElement, document.head, document.body].map((e) => [...e.attributes].map((a) => a.name + a.value)),
      [document.styleSheets.length, document.adoptedStyleSheets.length, document.head.children.length],
      ...['h1', 'body', 'html'].map((e) => getComputedStyle(document.querySelector(e))).map((s) => [s.font, s.color, s.margin, s.overflow, s.position, s.backgroundColor]),
    ]);
    window.looked = look(); window.children = () => document.body.children.length; window.had = children();
  </script>`;
  for (const options of [{}, { viewport: { width: 390, height: 700 } }]) {
    const visitor = await Visitor.arrive(stage, await stage.site(() => page(own, tag() + snapshot)), options);
    await visitor.open();
    await visitor.say('how do you look');
    await visitor.sees(/Sent|Delivered|Seen/);
    await visitor.page.keyboard.press('Escape');
    await visitor.panel.waitFor({ state: 'hidden' });
    const [before, now, had, has] = await visitor.page.evaluate(() => [looked, look(), had, children()]);
    assert.equal(now, before);
    assert.equal(has, had + 1);
    await visitor.leave();
  }
});
