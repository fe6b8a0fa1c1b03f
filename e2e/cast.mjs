// Who acts in the browser tests: visitors in the widget and agents in the console, by what people see and read.
import { rest, serverKey } from './stage.mjs';

const left = new WeakSet();

/** Closes a browser, if it is not yet. What a test has put in between of its requests may still be under way. */
export async function leave(context) {
  if (left.has(context)) return;
  left.add(context);
  for (const it of [...context.pages(), context]) await it.unrouteAll({ behavior: 'ignoreErrors' });
  await context.close();
}

/** A visitor's browser. Every visitor has a context, and so storage, of his own. */
export class Visitor {
  constructor(context, page) {
    this.context = context;
    this.page = page;
    this.problems = [];
    /** What the page's console says, each line after its kind. */
    this.said = [];
    this.watch(page);
  }

  static async arrive(stage, url, options = {}) {
    const context = await stage.browser.newContext({ viewport: { width: 1200, height: 800 }, ...options });
    context.setDefaultTimeout(patienceMillis);
    const page = await context.newPage();
    const visitor = new Visitor(context, page);
    await page.goto(url);
    return visitor;
  }

  /** What must not appear in the console of the host page. */
  watch(page) {
    page.on('pageerror', (error) => this.problems.push(String(error)));
    page.on('console', (message) => this.said.push(`${message.type()}: ${message.text()}`));
  }

  get launcher() {
    return this.page.getByRole('button', { name: /^Open chat/ });
  }
  get panel() {
    return this.page.getByRole('dialog', { name: /^Chat/ });
  }
  get box() {
    return this.panel.locator('textarea[enterkeyhint=send]');
  }

  async open() {
    await this.launcher.click();
    await this.panel.waitFor();
  }

  async say(text) {
    await this.box.fill(text);
    await this.box.press('Enter');
  }

  async hears(text) {
    await this.panel.getByRole('log').getByText(text).first().waitFor();
  }
  async sees(text) {
    await this.panel.getByText(text).first().waitFor();
  }

  /** What stands in the thread and matches, in its order. */
  async texts(pattern) {
    return (await this.panel.getByRole('log').innerText()).match(pattern) ?? [];
  }

  leave() {
    return leave(this.context);
  }
}

/** An agent's browser at the console of one node. */
export class Agent {
  constructor(context, page, person) {
    this.context = context;
    this.page = page;
    this.person = person;
    this.problems = [];
    page.on('pageerror', (error) => this.problems.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') this.problems.push(`${message.text()} ${message.location().url}`);
    });
  }

  static async signIn(stage, nodeUrl, person, options = {}) {
    const context = await stage.browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
    const page = await context.newPage();
    const agent = new Agent(context, page, person);
    await page.goto(`${nodeUrl}/console`);
    await page.getByLabel('E-mail').fill(person.email);
    await page.getByLabel('Password', { exact: true }).fill(person.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('link', { name: /^My chats/ }).waitFor();
    return agent;
  }

  get log() {
    return this.page.getByRole('log');
  }
  get box() {
    return this.page.getByRole('textbox', { name: /^Reply to|^Note for/ });
  }

  /** Takes the conversation that is offered, whoever it is from. */
  async acceptOffer() {
    await this.page
      .getByRole('button', { name: /^Accept/ })
      .first()
      .click();
  }

  /** Opens the conversation whose last words are these, from the list of all open ones. */
  async find(words) {
    await this.page.getByRole('link', { name: /^All open/ }).click();
    await this.page.getByRole('link').filter({ hasText: words }).first().click();
    await this.hears(words);
  }

  async say(text) {
    await this.box.fill(text);
    await this.box.press('Enter');
  }

  async hears(text) {
    await this.log.getByText(text).first().waitFor();
  }
  leave() {
    return leave(this.context);
  }
}

// Nothing here takes that long; a slower machine may name more, and who looks for a fault less.
const patienceMillis = Number(process.env.PATIENCE_MILLIS ?? 60_000);

/** Asks again and again, with breaks, until the answer is one; returns it. Throws with the last answer when it takes too long. */
export async function eventually(ask) {
  const until = Date.now() + patienceMillis;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > until) throw new Error(`still ${JSON.stringify(answer)}: ${ask}`);
    await new Promise((go) => setTimeout(go, 100));
  }
}

/** The texts of the visitor's thread that match, once there are n of them. */
export function kept(url, pattern, n) {
  const token = serverKey;
  return eventually(async () => {
    const { data } = await rest(url, '/conversations?limit=5', { token });
    for (const { id } of data) {
      const { data: messages } = await rest(url, `/conversations/${id}/messages?limit=100`, { token });
      const texts = messages.filter((m) => pattern.test(m.text)).map((m) => m.text);
      if (texts.length >= n) return texts;
    }
    return null;
  });
}
