// What a visitor meets in the widget, state by state, beside an agent who acts by REST.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { eventually } from './cast.mjs';
import { drawing, seam, Theatre } from './scenes.mjs';

let theatre;
let desk;

before(async () => {
  theatre = await Theatre.open();
  desk = theatre.desk;
});
after(() => theatre?.close());
afterEach(() => theatre.clear());

const launcher = (visitor) => visitor.page.locator('#launcher');
const button = (visitor, name) => visitor.panel.getByRole('button', { name });
const gone = (locator) => locator.waitFor({ state: 'hidden' });
const stored = ({ page }) => page.evaluate(() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)]);
const style = (locator, name) => locator.evaluate((element, of) => getComputedStyle(element)[of], name);

/** Back on a page of the same channel, in the same tab. */
async function again(visitor) {
  await visitor.page.reload();
  await launcher(visitor).waitFor();
}

test('a teaser opens the chat, and one that is sent away does not come again', async () => {
  const visitor = await theatre.play('teaser');
  const teaser = visitor.page.locator('.teaser');
  assert.equal(await launcher(visitor).getAttribute('aria-label'), 'Open chat, unread messages: 1');
  await teaser.getByRole('button', { name: /other makers/ }).click();
  await visitor.hears('other makers');
  await gone(teaser);
  await visitor.page.keyboard.press('Escape');
  await desk.say(visitor.conversation, 'And boots.');
  await teaser.getByText('And boots.').waitFor();
  await again(visitor);
  await teaser.getByText('And boots.').waitFor();
  await teaser.getByRole('button', { name: /dismiss/i }).click();
  await gone(teaser);
  const asked = [];
  visitor.page.on('request', (request) => asked.push(request.url()));
  await again(visitor);
  await eventually(async () => (await launcher(visitor).getAttribute('aria-label')).endsWith(': 1'));
  await visitor.page.evaluate(() => new Promise(requestAnimationFrame));
  assert.ok(!asked.some((address) => address.includes('/cards-'))); // which draws one
  assert.equal(await teaser.count(), 0);
  assert.equal(await visitor.panel.isVisible(), false);
});

test('the form after the first message holds nobody up, says what is wrong, and is filled in once', async () => {
  const visitor = await theatre.play('form-after');
  const form = visitor.panel.getByRole('form');
  await visitor.say('In green?');
  await visitor.hears('In green?');
  await form.getByRole('button', { name: 'Send details' }).click();
  await form.getByRole('alert').waitFor();
  const box = form.getByLabel('E-mail');
  assert.equal(await box.getAttribute('aria-invalid'), 'true');
  await box.fill('maya@petersen.example');
  await form.getByLabel('Name').fill('Maya Petersen');
  await form.getByRole('button', { name: 'Send details' }).click();
  await gone(form);
  await desk.contact(visitor.conversation, (c) => c.email === 'maya@petersen.example' && c.name === 'Maya Petersen');
  await again(visitor);
  await visitor.hears('In green?');
  assert.equal(await visitor.panel.locator('.extra').count(), 0); // nor is one on its way
});

test('the form before the chat leads to the message box once it is filled in', async () => {
  const visitor = await theatre.play('form-before');
  const form = visitor.panel.getByRole('form', { name: 'Before we start' });
  assert.equal(await visitor.panel.getByLabel('Message', { exact: true }).count(), 0);
  await form.getByLabel('E-mail').fill('maya@petersen.example');
  await form.getByLabel('Topic').selectOption({ label: 'Sales' });
  await form.getByLabel('I have read the terms').check();
  await form.getByRole('button', { name: 'Start chat' }).click();
  await visitor.panel.getByLabel('Message', { exact: true }).waitFor();
  await visitor.say('a question with a form before it');
  await visitor.sees(/Sent|Delivered/);
  const conversation = await desk.conversation('a question with a form before it');
  assert.equal((await desk.call(`/conversations/${conversation.id}`)).group, 'z2o3F8GDkNpKD4BYt');
  await desk.contact(conversation, (c) => c.email === 'maya@petersen.example');
});

test('who waits sees his place in line, and that it gets better', async () => {
  const first = await theatre.play('waiting');
  await first.sees('You are next in line');
  const second = await theatre.arrive('plain');
  await second.open();
  await second.say('I come second');
  await second.sees('You are number 2 in line');
  await desk.accept(first.conversation);
  await first.sees('Anna joined');
  await second.sees('You are next in line');
  assert.equal(await first.panel.getByText(/in line/).count(), 0);
});

test('a chat that an agent has ended is rated, and the rating changed once', async () => {
  const visitor = await theatre.play('rated');
  const rating = () => desk.call(`/conversations/${visitor.conversation.id}`).then((c) => c.rating);
  await eventually(async () => (await rating())?.score === 4);
  await button(visitor, 'Change').click();
  await visitor.panel.getByText('Great', { exact: true }).click();
  await visitor.panel.getByRole('textbox', { name: /Anything to add/ }).fill('Fast.');
  await button(visitor, 'Send rating').click();
  await visitor.sees('You rated it: Great');
  await eventually(async () => (await rating()).score === 5);
  assert.equal((await rating()).comment, 'Fast.');
  await gone(button(visitor, 'Change'));
  await again(visitor);
  await visitor.sees('You rated it: Great');
  assert.equal(await button(visitor, 'Change').count(), 0);
  await button(visitor, 'New chat').click();
  await visitor.panel.getByPlaceholder('Write your question…').waitFor();
});

test('thumbs are two, and a rating can be skipped for good', async () => {
  const visitor = await theatre.play('thumbs');
  assert.equal(await visitor.panel.getByRole('radio').count(), 2);
  await button(visitor, 'Skip').click();
  await gone(visitor.panel.getByRole('radiogroup'));
  await again(visitor);
  await button(visitor, 'New chat').waitFor();
  assert.equal(await visitor.panel.getByRole('radiogroup').count(), 0);
});

test('the offline form comes and goes with the last agent, on the open page', async () => {
  const visitor = await theatre.play('leave');
  const form = visitor.panel.getByRole('form');
  await visitor.sees('The workshop opens at nine.');
  await desk.status('online');
  await visitor.panel.getByPlaceholder('Write your question…').waitFor();
  await gone(form);
  await desk.status('away');
  await form.waitFor();
  await form.getByLabel('E-mail').fill('maya@petersen.example');
  await desk.status('online');
  // Nothing is taken from under the hands of who writes.
  await visitor.page.waitForFunction(
    () => new Promise((go) => confab('on', 'availability', (a) => a.online && go(true))),
  );
  assert.equal(await form.getByLabel('E-mail').inputValue(), 'maya@petersen.example');
});

test('a message that is left is kept as such, with the address', async () => {
  const visitor = await theatre.play('left');
  const conversation = await desk.conversation('Can you re-seal the seams of a Skerry 2?');
  await desk.contact(conversation, (c) => c.email === 'maya@petersen.example');
  await again(visitor);
  await visitor.sees('You left a message');
});

test('before the visitor agrees nothing is stored and no socket opened', async () => {
  const visitor = await theatre.arrive('');
  const sockets = [];
  visitor.page.on('websocket', (socket) => sockets.push(socket.url()));
  await visitor.page.goto(`${theatre.site}/consent`);
  await launcher(visitor).click();
  await visitor.sees('We keep what you write for two years.');
  await button(visitor, 'Decline').click();
  await visitor.sees('Without your consent we cannot chat here.');
  const nothing = () => Promise.all([stored(visitor), visitor.context.cookies(), sockets]);
  assert.deepEqual(await nothing(), [[], [], []]);
  await visitor.page.goto(`${theatre.site}/consent/other`);
  await launcher(visitor).click();
  await button(visitor, 'Agree').click();
  await visitor.panel.getByLabel('Message', { exact: true }).waitFor();
  await visitor.say('I agree');
  await visitor.sees(/Sent|Delivered/);
  assert.equal(sockets.length, 1);
  const conversation = await desk.conversation('I agree');
  await desk.contact(conversation, (c) => c.consents?.terms !== undefined);
  await again(visitor);
  await visitor.hears('I agree');
});

test('who is blocked is told so at once, is promised nobody, and may write again when it ends', async () => {
  const visitor = await theatre.play('blocked');
  const promises = visitor.panel.getByText(/in line|minute|Online/);
  const box = visitor.panel.getByLabel('Message', { exact: true });
  for (const look of [() => undefined, () => again(visitor)]) {
    await look();
    if (!(await visitor.panel.isVisible())) await visitor.open();
    await visitor.sees('You cannot send messages here.');
    await visitor.hears('Buy my watches');
    assert.deepEqual([await promises.count(), await box.count()], [0, 0]);
  }
  await desk.block(visitor.conversation, false);
  await box.waitFor();
  await visitor.sees('You are next in line');
});

test('who asks for a call is told how it goes', async () => {
  const visitor = await theatre.play('call');
  await button(visitor, 'Call me').click();
  await visitor.panel.getByRole('alert').waitFor();
  await visitor.panel.getByLabel('Phone').fill('+1 408 498 7855');
  await button(visitor, 'Call me').click();
  await gone(visitor.panel.getByLabel('Phone'));
  await visitor.sees(/Looking for somebody|Somebody is there|connected|ended/);
});

/** All that is written there, and said to those who do not see. */
const words = (panel) =>
  panel.evaluate((root) => {
    const all = [root, ...root.querySelectorAll('*')];
    const named = all.flatMap((e) => ['aria-label', 'title', 'placeholder'].map((name) => e.getAttribute(name)));
    const written = all.flatMap((e) => [...e.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data.trim()));
    return [...new Set([...named, ...written])].filter(Boolean);
  });

test('a German widget speaks German throughout', async () => {
  const visitor = await theatre.play('german');
  assert.equal(await launcher(visitor).getAttribute('aria-label'), 'Chat schließen');
  await visitor.say('Guten Tag');
  await visitor.sees('Sie sind als Nächstes dran');
  await visitor.sees(/Gesendet|Zugestellt/);
  assert.equal(await visitor.panel.getAttribute('lang'), 'de');
  await button(visitor, 'Mehr').click();
  await button(visitor, 'Sprache').waitFor();
  const german = await words(visitor.panel);
  await button(visitor, 'Sprache').click();
  await button(visitor, 'English').click();
  await visitor.sees('You are next in line');
  await button(visitor, 'More').click();
  await button(visitor, 'Language').waitFor();
  const english = new Set(await words(visitor.panel));
  assert.deepEqual(
    german.filter((word) => english.has(word)),
    ['Emoji', 'T', 'Tern Outdoor', 'Online', 'Guten Tag'], // the same in both
  );
  await again(visitor);
  await visitor.sees('You are next in line');
});

test('a page from right to left mirrors the widget', async () => {
  const visitor = await theatre.play('active', {}, 'rtl/plain');
  const middle = async (locator) => {
    const box = await locator.boundingBox();
    return box.x + box.width / 2;
  };
  const [log, own, theirs, send, close] = await Promise.all(
    [
      visitor.panel.getByRole('log'),
      visitor.panel.locator('.me .b').first(),
      visitor.panel.locator('.them .b').first(),
      button(visitor, 'Send'),
      button(visitor, 'Minimise'),
    ].map(middle),
  );
  assert.ok(own < log && theirs > log && send < log && close < log, JSON.stringify({ log, own, theirs, send, close }));
});

test('what an agent changes or takes back changes on the screen, and stays so', async () => {
  const visitor = await theatre.play('changed');
  const log = visitor.panel.getByRole('log');
  await visitor.hears('edited');
  for (const words of ['At ten.', 'On Sundays too.']) assert.equal(await log.getByText(words).count(), 0);
  await again(visitor);
  await visitor.hears('At nine.');
  await visitor.sees('This message was deleted');
  for (const words of ['At ten.', 'On Sundays too.']) assert.equal(await log.getByText(words).count(), 0);
});

test('an answer that is offered is said by a press, once', async () => {
  const visitor = await theatre.play('choices');
  await button(visitor, 'A pack').click();
  await visitor.panel.locator('.me').getByText('A pack').waitFor();
  await gone(visitor.panel.getByRole('group', { name: 'Answers to choose from' }));
  const said = async () => (await desk.messages(visitor.conversation)).filter(({ text }) => text === 'A pack').length;
  await eventually(async () => (await said()) === 1);
});

test('a first word is answered by a press', async () => {
  const visitor = await theatre.play('bot');
  await button(visitor, 'My order').click();
  await visitor.sees('Have the number of your order at hand.');
  const conversation = await desk.conversation('My order');
  assert.equal((await desk.messages(conversation)).length, 1);
});

test('markdown of an agent is drawn, of a visitor it is text, and nothing of it is code', async () => {
  const visitor = await theatre.play('active');
  const log = visitor.panel.getByRole('log');
  assert.equal(await log.locator('strong', { hasText: 'Skerry 2' }).count(), 1);
  assert.equal(await log.getByRole('listitem').count(), 2);
  await visitor.say('**not** for me');
  await visitor.hears('**not** for me');
  const hostile = '[press](javascript:window.done=1) <img src=x onerror=window.done=1> `code` https://tern.example/a';
  await desk.say(visitor.conversation, hostile);
  const link = log.getByRole('link', { name: 'https://tern.example/a' });
  await link.waitFor();
  assert.equal(await log.getByRole('link').count(), 1);
  assert.deepEqual(
    [await link.getAttribute('target'), await link.getAttribute('rel')],
    ['_blank', 'noopener noreferrer ugc nofollow'],
  );
  assert.equal(await log.locator('img').count(), 0);
  assert.equal(await visitor.page.evaluate(() => window.done), undefined);
});

test('files come by picking, pasting and dropping; a drawing only to be saved', async () => {
  const visitor = await theatre.play('files');
  const log = visitor.panel.getByRole('log');
  const photo = await seam(visitor.page);
  const given = { name: 'pasted.png', type: photo.mimeType, base64: photo.buffer.toString('base64') };
  const hand = (selector, type, file) =>
    visitor.panel.locator(selector).evaluate(
      (element, [event, { name, type, base64 }]) => {
        const held = new DataTransfer();
        held.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name, { type }));
        const init = { bubbles: true, cancelable: true, composed: true };
        for (const one of [event].flat())
          element.dispatchEvent(
            one === 'paste'
              ? new ClipboardEvent(one, { ...init, clipboardData: held })
              : new DragEvent(one, { ...init, dataTransfer: held }),
          );
      },
      [type, file],
    );
  await hand('textarea', 'paste', given);
  await log.getByRole('button', { name: 'Show pasted.png' }).waitFor();
  await hand('.log', ['dragenter', 'dragover'], given);
  await visitor.sees('Drop files here');
  await hand('.log', 'drop', { ...given, name: 'dropped.png' });
  await log.getByRole('button', { name: 'Show dropped.png' }).waitFor();
  await gone(visitor.panel.getByText('Drop files here'));
  await visitor.page.waitForFunction(() =>
    [...document.querySelector('[data-confab]').shadowRoot.querySelectorAll('.log img')].every(
      (i) => i.naturalWidth > 0,
    ),
  );
  const svg = log.getByRole('link', { name: /plan\.svg/ });
  const address = await svg.getAttribute('href');
  const answer = await fetch(address);
  assert.match(answer.headers.get('content-disposition'), /^attachment/);
  assert.doesNotMatch(answer.headers.get('content-type'), /svg|html/);
  assert.equal(await answer.text(), String(drawing.buffer));
});

test('a file on its way shows how far it is, and can be called back', async () => {
  const visitor = await theatre.play('active');
  await visitor.page.route('**/confab/files/upload/**', () => {}); // it never arrives
  const big = { name: 'long.bin', mimeType: 'application/octet-stream', buffer: Buffer.alloc(300_000, 7) };
  const upload = (request) => request.url().includes('/files/upload/');
  const begun = visitor.page.waitForRequest(upload);
  await visitor.panel.locator('input[type=file]').setInputFiles(big);
  await visitor.panel.getByRole('progressbar', { name: 'long.bin' }).waitFor();
  await visitor.sees(/of 300 kB/);
  await begun;
  const stopped = visitor.page.waitForEvent('requestfailed', upload);
  await button(visitor, 'Cancel: long.bin').click();
  await gone(visitor.panel.getByText('long.bin'));
  await stopped;
  await visitor.page.unroute('**/confab/files/upload/**');
  await visitor.panel.locator('input[type=file]').setInputFiles({ ...big, name: 'empty.bin', buffer: Buffer.alloc(0) });
  await visitor.panel.getByRole('alert').getByText('The file is empty.').waitFor();
  assert.equal((await desk.messages(visitor.conversation)).filter(({ file }) => file).length, 0);
});

test('Esc closes the picture alone, and the keyboard is where it was', async () => {
  const visitor = await theatre.play('lightbox');
  const box = visitor.page.getByRole('dialog', { name: 'seam.png' });
  await visitor.page.keyboard.press('Escape');
  await gone(box);
  assert.equal(await launcher(visitor).getAttribute('aria-expanded'), 'true');
  assert.equal(await focused(visitor), 'Show seam.png');
});

/** What has the keyboard, by its name for those who do not see. */
function focused({ page }) {
  return page.evaluate(() => {
    const { activeElement: host } = document;
    const active = host?.shadowRoot?.activeElement ?? host;
    return active.getAttribute('aria-label') ?? active.tagName.toLowerCase();
  });
}

test('a draft and the open panel outlive going to another page', async () => {
  const visitor = await theatre.play('active');
  await visitor.box.fill('half a senten');
  await visitor.page.getByRole('link', { name: 'Other page' }).click();
  await visitor.panel.waitFor();
  await visitor.hears('Which tent for two in the wind?');
  assert.equal(await visitor.panel.getByLabel('Message', { exact: true }).inputValue(), 'half a senten');
  await visitor.page.keyboard.press('Escape');
  await button(visitor, 'Minimise').click();
  await gone(visitor.panel);
  await again(visitor);
  assert.equal(await visitor.panel.isVisible(), false);
});

test('one tab alone sounds and blinks, and its title comes back as it was', async () => {
  const visitor = await theatre.play('active');
  await visitor.context.addInitScript(watchAttention);
  await visitor.page.goto(`${theatre.site}/plain/other`);
  const other = await visitor.context.newPage();
  await other.goto(`${theatre.site}/plain`);
  const tabs = [visitor.page, other];
  for (const tab of tabs) await tab.locator('#launcher').waitFor();
  await visitor.page.locator('h1').click();
  await other.locator('h1').click(); // the last tab where a person did something, and not the first that was there
  await other.waitForFunction(() => confab.started);
  for (const tab of tabs) await tab.evaluate(() => window.away(true));
  await desk.say(visitor.conversation, 'Are you still there?');
  await other.waitForFunction(() => /New message/.test(document.title));
  await visitor.page.waitForFunction(() =>
    document.querySelector('[data-confab]').shadowRoot.textContent.includes('Are you still there?'),
  );
  assert.deepEqual(
    await Promise.all(tabs.map((tab) => tab.evaluate(() => [window.tones > 0, window.titles.length > 0]))),
    [
      [false, false],
      [true, true],
    ],
  );
  for (const tab of tabs) await tab.evaluate(() => window.away(false));
  await other.waitForFunction(() => document.title === 'Shop');
});

/** Counts tones and titles, and lets the test say whether somebody looks. */
function watchAttention() {
  window.tones = 0;
  window.titles = [];
  const { start } = OscillatorNode.prototype;
  OscillatorNode.prototype.start = function (...args) {
    window.tones++;
    return start.apply(this, args);
  };
  let away = false;
  for (const [name, value] of [
    ['hidden', () => away],
    ['visibilityState', () => (away ? 'hidden' : 'visible')],
  ])
    Object.defineProperty(document, name, { get: value });
  document.hasFocus = () => !away;
  window.away = (now) => {
    away = now;
    document.dispatchEvent(new Event('visibilitychange'));
  };
  addEventListener('DOMContentLoaded', () =>
    new MutationObserver(() => window.titles.push(document.title)).observe(document.querySelector('title'), {
      childList: true,
    }),
  );
}

test('the panel follows the system into the dark, and the page may say otherwise', async () => {
  const visitor = await theatre.play('home', { colorScheme: 'dark' });
  const light = async () => {
    const [r, g, b] = (await style(visitor.panel, 'backgroundColor')).match(/\d+/g).map(Number);
    return r + g + b > 384;
  };
  assert.equal(await light(), false);
  await visitor.page.evaluate(() => confab('update', { theme: 'light' }));
  await eventually(light);
});

test('less motion is asked for: nothing moves', async () => {
  const visitor = await theatre.play('active', { reducedMotion: 'reduce' });
  const { page } = visitor;
  await page.evaluate(() => {
    window.moving = [];
    const root = document.querySelector('[data-confab]').shadowRoot;
    for (const type of ['animationstart', 'transitionrun'])
      root.addEventListener(type, (e) => {
        const effect = e.target.getAnimations({ subtree: true }).flatMap((a) => a.effect?.getKeyframes() ?? []);
        for (const frame of effect)
          for (const name of ['transform', 'translate', 'rotate', 'scale'])
            if (frame[name] && frame[name] !== 'none')
              window.moving.push(`${e.target.className} ${name}: ${frame[name]}`);
      });
  });
  await desk.say(visitor.conversation, 'Calm.');
  await visitor.hears('Calm.');
  await page.keyboard.press('Escape');
  await visitor.panel.waitFor({ state: 'hidden' });
  await visitor.open();
  await visitor.panel.evaluate(async (panel) => {
    await Promise.allSettled(panel.getAnimations({ subtree: true }).map(({ finished }) => finished));
    await new Promise(requestAnimationFrame);
  });
  assert.deepEqual(await page.evaluate(() => window.moving), []);
});

test('in forced colours what is pressed, chosen and said keeps an edge', async () => {
  const visitor = await theatre.play('rating', { forcedColors: 'active' });
  const edge = (locator) => style(locator, 'borderTopWidth');
  const chosen = visitor.panel.locator('.faces label').first();
  for (const part of [
    launcher(visitor),
    visitor.panel,
    visitor.panel.locator('.them .b').first(),
    chosen.locator('.f'),
  ])
    assert.notEqual(await edge(part), '0px', String(part));
  const before = await style(chosen.locator('.f'), 'backgroundColor');
  await chosen.click();
  await eventually(async () => (await style(chosen.locator('.f'), 'backgroundColor')) !== before);
});

test('at 320 pixels everything is in reach and nothing scrolls sideways', async () => {
  const small = { viewport: { width: 320, height: 480 }, hasTouch: true, isMobile: true };
  for (const name of ['home', 'active', 'rating', 'form-before', 'menu']) {
    const visitor = await theatre.play(name, small);
    const wrong = await visitor.panel.evaluate((panel) => {
      const wide = [...panel.querySelectorAll('*')].filter(
        (e) => e.scrollWidth > e.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(e).overflowX),
      );
      const shown = [...panel.querySelectorAll('button, textarea, input:not([hidden]), select, a')].filter((e) =>
        e.checkVisibility({ visibilityProperty: true, opacityProperty: true }),
      );
      const out = shown.filter((e) => {
        const { left, right } = e.getBoundingClientRect();
        return right > left && (left < 0 || right > innerWidth);
      });
      const thin = shown.filter((e) => e.tagName === 'BUTTON' && e.getBoundingClientRect().height < 24);
      return [wide, out, thin].map((all) => all.map((e) => e.outerHTML.slice(0, 120)));
    });
    assert.deepEqual(wrong, [[], [], []], name);
    assert.equal(await visitor.page.evaluate(() => document.documentElement.scrollWidth), 320);
  }
});

test('the launcher is dragged, stays on the next page, and the panel opens beside it', async () => {
  const visitor = await theatre.play('launcher');
  const { page } = visitor;
  const from = await launcher(visitor).boundingBox();
  await page.waitForFunction(() => confab.started && document.querySelector('[data-confab]'));
  await eventually(async () => {
    await page.mouse.move(from.x + 30, from.y + 30);
    await page.mouse.down();
    await page.mouse.move(200, 300, { steps: 5 });
    await page.mouse.move(100, 200, { steps: 5 });
    await page.mouse.up();
    return (await launcher(visitor).boundingBox()).x < 200;
  });
  assert.equal(await visitor.panel.isVisible(), false);
  await eventually(async () => (await launcher(visitor).boundingBox()).width === 60); // it springs back from the press
  const there = await launcher(visitor).boundingBox();
  await page.goto(`${theatre.site}/plain/other`);
  await launcher(visitor).waitFor();
  assert.deepEqual(await launcher(visitor).boundingBox(), there);
  await launcher(visitor).click();
  await visitor.panel.waitFor();
  const box = await visitor.panel.boundingBox();
  assert.ok(box.x < 600 && box.x >= 0 && box.y >= 0 && box.y + box.height <= 800, JSON.stringify(box));
});

test('Tab goes from the head over the messages to the box and the sending; Esc leads back to the launcher', async () => {
  const visitor = await theatre.play('active');
  const { page } = visitor;
  await visitor.box.focus();
  await page.keyboard.press('Escape');
  await gone(visitor.panel);
  assert.match(await focused(visitor), /^Open chat/);
  await page.keyboard.press('Enter');
  await visitor.panel.waitFor();
  await eventually(async () => (await focused(visitor)) === 'Message');
  await button(visitor, 'More').focus();
  const order = ['More'];
  while (order.at(-1) !== 'Send' && order.length < 12) {
    await page.keyboard.press('Tab');
    order.push(await focused(visitor));
  }
  assert.deepEqual(
    order.filter((name) => ['More', 'Minimise', 'Messages', 'Message', 'Send'].includes(name)),
    ['More', 'Minimise', 'Messages', 'Message', 'Send'],
  );
});

test('arrow keys go through the messages', async () => {
  const visitor = await theatre.play('active');
  const { page } = visitor;
  const words = () =>
    page.evaluate(() => document.activeElement.shadowRoot.activeElement.textContent.replace(/^\w+: /, ''));
  await visitor.panel.getByRole('log').focus();
  const seen = [];
  for (const key of ['ArrowUp', 'ArrowUp', 'ArrowUp', 'ArrowUp', 'ArrowDown']) {
    await page.keyboard.press(key);
    seen.push((await words()).slice(0, 10));
  }
  assert.deepEqual(seen, ['Then that ', 'Mostly the', 'That depen', 'Which tent', 'That depen']);
});

test('the rating is one stop of the keyboard, arrows choose in it', async () => {
  const visitor = await theatre.play('rating');
  const { page } = visitor;
  const checked = () => visitor.panel.locator('input[type=radio]:checked').getAttribute('value');
  await visitor.panel.getByRole('log').focus();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  assert.equal(await checked(), '1');
  for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowRight');
  assert.equal(await checked(), '4');
  await page.keyboard.press('Tab');
  assert.match(await focused(visitor), /Anything to add/);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await visitor.sees('You rated it: Good');
});
