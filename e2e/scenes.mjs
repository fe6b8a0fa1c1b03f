// The states that a visitor meets in the widget, each brought about as people do it: for what must hold in all of them.
import { Visitor } from './cast.mjs';
import { Desk } from './desk.mjs';
import { hostPage, setStage } from './stage.mjs';

const email = { name: 'email', required: true };
const calls = 'off';

/** The installations in which the scenes play, for setStage. */
export const channels = [
  { widgetId: 'plain', name: 'Plain', calls, widget: { replyTime: 'Answers within minutes' } },
  { widgetId: 'after', name: 'Asks later', calls, widget: { form: { fields: [{ name: 'name' }, email] } } },
  {
    widgetId: 'before',
    name: 'Asks first',
    calls,
    widget: {
      form: {
        when: 'before',
        fields: [
          { name: 'name' },
          email,
          { name: 'group' },
          { name: 'terms', label: 'I have read the terms', type: 'checkbox', required: true },
        ],
      },
    },
  },
  {
    widgetId: 'leave',
    name: 'Takes messages',
    calls,
    widget: { offline: { text: 'The workshop opens at nine. Leave us a message.', fields: [{ name: 'name' }, email] } },
  },
  {
    widgetId: 'consent',
    name: 'Asks leave',
    calls,
    widget: { consent: { text: 'We keep what you write for two years.', link: 'https://tern.example/privacy' } },
  },
  { widgetId: 'call', name: 'Calls', calls: 'test', widget: {} },
  { widgetId: 'german', name: 'Laden', calls, widget: { language: 'de' } },
  { widgetId: 'thumbs', name: 'Thumbs', calls, widget: { rating: 'thumbs' } },
  {
    widgetId: 'bot',
    name: 'First word',
    calls,
    widget: {
      bot: {
        online: {
          text: 'What is it about?',
          options: [{ text: 'My order', answer: 'Have the number of your order at hand.' }, { text: 'Repairs' }],
        },
      },
    },
  },
];

/** A stage with all of them, one agent, and a site that has a page of each: /plain, /plain/other, /rtl/plain. */
export class Theatre {
  #here = [];

  static async open() {
    const theatre = new Theatre();
    const stage = await setStage({ nodes: 1, channels });
    const [{ url }] = stage.nodes;
    return Object.assign(theatre, {
      stage,
      url,
      desk: await Desk.open(url),
      site: await stage.site((path) => pageAt(url, path)),
    });
  }

  async arrive(path, options = {}) {
    const visitor = await Visitor.arrive(this.stage, `${this.site}/${path}`, options);
    visitor.context.setDefaultTimeout(20_000);
    this.#here.push(visitor);
    return visitor;
  }

  /** A visitor in that scene, with his conversation if there is one. */
  async play(name, options = {}, path = scenes[name].channel) {
    const { away = false, play } = scenes[name];
    await this.desk.status(away ? 'away' : 'online');
    const visitor = await this.arrive(path, options);
    const conversation = await play(visitor, this.desk);
    return Object.assign(visitor, { conversation });
  }

  /** The next scene begins with nobody there; throws if a page had trouble. */
  async clear() {
    const troubles = this.#here.flatMap(({ problems }) => problems);
    for (const visitor of this.#here.splice(0)) await visitor.leave();
    await this.desk.tidy();
    if (troubles.length) throw new Error(troubles.join('\n'));
  }

  close() {
    return this.stage.close();
  }
}

function pageAt(url, path) {
  const [, first, second] = path.split('/');
  const rtl = first === 'rtl';
  const tag = `<script async src="${url}/confab.js" data-account-id="channel:${rtl ? second : first}"></script>`;
  const { html } = hostPage(tag, { body: `<p><a href="/${first}/other">Other page</a></p>` });
  return { html: rtl ? html.replace('<html lang="en">', '<html lang="ar" dir="rtl">') : html };
}

const inLine = /next in line|number \d+ in line/;
const launcher = (visitor) => visitor.page.locator('#launcher');

async function opened(visitor) {
  await launcher(visitor).click();
  await visitor.panel.waitFor();
}

/** Says it and gives back the conversation it began. */
async function begun(visitor, desk, text) {
  await opened(visitor);
  await visitor.say(text);
  await visitor.hears(text);
  return desk.conversation(text, { open: true });
}

async function answered(visitor, desk, text, answer) {
  const conversation = await begun(visitor, desk, text);
  await desk.accept(conversation);
  await visitor.sees(/Anna joined/);
  await desk.say(conversation, answer);
  await visitor.hears(answer);
  return conversation;
}

/** In each somebody is there to answer. `play(visitor, desk, more)` ends when the state is on the screen; it may return the conversation. */
export const scenes = {
  launcher: { channel: 'plain', play: (visitor) => launcher(visitor).waitFor() },
  teaser: {
    channel: 'plain',
    async play(visitor, desk) {
      const conversation = await begun(visitor, desk, 'Do you mend zips?');
      await desk.accept(conversation);
      await visitor.sees(/Anna joined/);
      await visitor.page.keyboard.press('Escape');
      await visitor.panel.waitFor({ state: 'hidden' });
      await desk.say(conversation, 'We do, also on tents of other makers.');
      await visitor.page.getByRole('button', { name: /other makers/ }).waitFor();
      return conversation;
    },
  },
  home: {
    channel: 'plain',
    async play(visitor) {
      await opened(visitor);
      await visitor.sees('Answers within minutes');
    },
  },
  'form-after': {
    channel: 'after',
    async play(visitor, desk) {
      const conversation = await begun(visitor, desk, 'Is the Skerry 3 in stock?');
      await visitor.panel.getByRole('form').waitFor();
      await visitor.sees(inLine);
      return conversation;
    },
  },
  'form-before': {
    channel: 'before',
    async play(visitor) {
      await opened(visitor);
      await visitor.panel.getByRole('button', { name: 'Start chat' }).click();
      await visitor.panel.getByRole('alert').first().waitFor();
    },
  },
  waiting: {
    channel: 'plain',
    async play(visitor, desk) {
      const conversation = await begun(visitor, desk, 'Do you have spare poles?');
      await visitor.sees(inLine);
      return conversation;
    },
  },
  active: {
    channel: 'plain',
    async play(visitor, desk) {
      const text = 'Which tent for two in the wind?';
      const conversation = await answered(visitor, desk, text, 'That depends on the wind.');
      await desk.say(conversation, 'Mostly the **Skerry 2**. It has:\n- four poles\n- a low front');
      await visitor.panel.locator('strong').waitFor();
      await visitor.say('Then that one');
      await visitor.sees(/Sent|Delivered|Seen/);
      return conversation;
    },
  },
  changed: {
    channel: 'plain',
    async play(visitor, desk) {
      const conversation = await answered(visitor, desk, 'When do you open?', 'At ten.');
      const kept = await desk.say(conversation, 'On Sundays too.');
      await desk.say(conversation, 'See you then.');
      await visitor.hears('See you then.');
      const first = (await desk.messages(conversation)).find(({ text }) => text === 'At ten.');
      await desk.edit(conversation, first, 'At nine.');
      await desk.remove(conversation, kept);
      await visitor.hears('At nine.');
      await visitor.sees('This message was deleted');
      return conversation;
    },
  },
  choices: {
    channel: 'plain',
    async play(visitor, desk) {
      const conversation = await answered(visitor, desk, 'I want to send something back', 'One moment.');
      await desk.ask(conversation, 'What is it?', ['A tent', 'A pack', 'Something else']);
      await visitor.panel.getByRole('button', { name: 'A pack' }).waitFor();
      return conversation;
    },
  },
  bot: {
    channel: 'bot',
    async play(visitor) {
      await opened(visitor);
      await visitor.panel.getByRole('button', { name: 'My order' }).waitFor();
    },
  },
  files: {
    channel: 'plain',
    async play(visitor, desk) {
      const conversation = await answered(visitor, desk, 'The seam is open', 'Can you send a photo?');
      await visitor.panel.locator('input[type=file]').setInputFiles([await seam(visitor.page), drawing]);
      await visitor.panel.getByRole('button', { name: 'Show seam.png' }).waitFor();
      await visitor.panel.getByRole('link', { name: /plan\.svg/ }).waitFor();
      return conversation;
    },
  },
  lightbox: {
    channel: 'plain',
    async play(visitor, desk) {
      const conversation = await scenes.files.play(visitor, desk);
      await visitor.panel.getByRole('button', { name: 'Show seam.png' }).click();
      await visitor.page.getByRole('dialog', { name: 'seam.png' }).waitFor();
      return conversation;
    },
  },
  rating: {
    channel: 'plain',
    async play(visitor, desk) {
      const conversation = await answered(visitor, desk, 'Where is my parcel?', 'It comes tomorrow.');
      await desk.close(conversation);
      await visitor.panel.getByRole('radiogroup').waitFor();
      return conversation;
    },
  },
  rated: {
    channel: 'plain',
    async play(visitor, desk) {
      const conversation = await scenes.rating.play(visitor, desk);
      await visitor.panel.getByText('Good', { exact: true }).click();
      await visitor.panel.getByRole('button', { name: 'Send rating' }).click();
      await visitor.sees('You rated it: Good');
      return conversation;
    },
  },
  thumbs: {
    channel: 'thumbs',
    async play(visitor, desk) {
      const conversation = await answered(visitor, desk, 'Do you ship to Norway?', 'We do.');
      await desk.close(conversation);
      await visitor.panel.getByRole('radiogroup').waitFor();
      return conversation;
    },
  },
  consent: {
    channel: 'consent',
    async play(visitor) {
      await opened(visitor);
      await visitor.sees('We keep what you write for two years.');
    },
  },
  blocked: {
    channel: 'plain',
    async play(visitor, desk) {
      const conversation = await begun(visitor, desk, 'Buy my watches');
      await visitor.sees(inLine);
      await desk.block(conversation);
      await visitor.sees('You cannot send messages here.');
      return conversation;
    },
  },
  call: {
    channel: 'call',
    async play(visitor) {
      await opened(visitor);
      await visitor.panel.getByRole('button', { name: 'Get a call' }).click();
      await visitor.panel.getByLabel('Phone').waitFor();
    },
  },
  menu: {
    channel: 'call',
    async play(visitor, desk) {
      await begun(visitor, desk, 'Do you have a workshop?');
      await visitor.sees(inLine);
      await visitor.panel.getByRole('button', { name: 'More' }).click();
      await visitor.panel.getByRole('button', { name: 'Language' }).waitFor();
    },
  },
  german: {
    channel: 'german',
    async play(visitor) {
      await opened(visitor);
      await visitor.sees('Hallo. Wie können wir Ihnen helfen?');
    },
  },
  leave: {
    channel: 'leave',
    away: true,
    async play(visitor) {
      await opened(visitor);
      await visitor.panel.getByRole('button', { name: 'Leave message' }).waitFor();
    },
  },
  left: {
    channel: 'leave',
    away: true,
    async play(visitor) {
      await scenes.leave.play(visitor);
      await visitor.panel.getByLabel('E-mail').fill('maya@petersen.example');
      await visitor.panel.getByLabel('Message', { exact: true }).fill('Can you re-seal the seams of a Skerry 2?');
      await visitor.panel.getByRole('button', { name: 'Leave message' }).click();
      await visitor.hears('re-seal the seams');
      await visitor.sees('You left a message');
    },
  },
  away: {
    channel: 'plain',
    away: true,
    async play(visitor) {
      await opened(visitor);
      await visitor.say('Is the Holm 38 back in grey?');
      await visitor.sees('Your message is with us.');
    },
  },
};

/** A drawing that could do more than an image may. */
export const drawing = {
  name: 'plan.svg',
  mimeType: 'image/svg+xml',
  buffer: Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg"><script>parent.drawn = true</script><rect width="9"/></svg>',
  ),
};

/** A photo of a seam, drawn by the browser. */
export async function seam(page) {
  const url = await page.evaluate(() => {
    const canvas = document.createElement('canvas');
    Object.assign(canvas, { width: 480, height: 320 });
    const pen = canvas.getContext('2d');
    const fill = pen.createLinearGradient(0, 0, 480, 320);
    fill.addColorStop(0, '#8aa18a');
    fill.addColorStop(1, '#b8874f');
    pen.fillStyle = fill;
    pen.fillRect(0, 0, 480, 320);
    pen.setLineDash([18, 12]);
    pen.lineWidth = 6;
    pen.strokeStyle = '#12211f';
    pen.moveTo(20, 300);
    pen.bezierCurveTo(160, 120, 320, 260, 460, 20);
    pen.stroke();
    return canvas.toDataURL('image/png');
  });
  return { name: 'seam.png', mimeType: 'image/png', buffer: Buffer.from(url.split(',')[1], 'base64') };
}
