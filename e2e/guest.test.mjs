// The widget as a guest on other people's pages: what it leaves, what it bears, what it says.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Visitor } from './cast.mjs';
import { setStage } from './stage.mjs';

let stage;
let url;

before(async () => {
  stage = await setStage({ nodes: 1 });
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

test('a page with the strictest policy gets the whole widget', async () => {
  const { host } = new URL(url);
  const policy = `default-src 'none'; script-src ${url}; style-src 'self'; connect-src ws://${host}; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'`;
  const site = await stage.site(() => page('', tag(), { 'content-security-policy': policy }));
  const visitor = await Visitor.arrive(stage, site);
  const refused = [];
  visitor.page.on(
    'console',
    (message) =>
      message.type() === 'error' &&
      !/favicon/.test(message.text() + message.location().url) &&
      refused.push(message.text()),
  );
  await visitor.open();
  await visitor.say('hello');
  await visitor.sees(/Sent|Delivered|Seen/);
  assert.deepEqual([refused, visitor.problems], [[], []]);
  const width = await visitor.panel.evaluate((panel) => getComputedStyle(panel).width);
  assert.equal(width, '380px');
  await visitor.leave();
});

test('a hostile reset of the page does not reach the widget', async () => {
  const still = { reducedMotion: 'reduce' };
  const plain = await talk(await stage.site(() => page('', tag())), still);
  const reset =
    '<style>* { all: unset !important; display: inline !important; position: static !important; z-index: 0 !important; color: red !important; font: 40px serif !important } div { display: none !important } button { width: 900px !important }</style>';
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
  const cover = '<div style="position:fixed;inset:0;z-index:9000;background:#eee"></div>';
  for (const [more, over] of [
    ['', true],
    [' data-z-index="8000"', false],
  ]) {
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
    target.addEventListener = (type, listener, options) => { if (!options?.once && new Error().stack.includes('/confab')) held.set(listener, name + ' ' + type); addEventListener.call(target, type, listener, options) };
    target.removeEventListener = (type, listener, options) => { held.delete(listener); removeEventListener.call(target, type, listener, options) };
  }
  window.held = () => [...held.values()].sort();
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
    JSON.stringify(localStorage),
  ]);
  assert.deepEqual(left, [true, '', '{}']);
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
