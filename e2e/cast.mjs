// Who acts in the browser tests: visitors in the widget and agents in the console, by what people see and read.
import { rest } from './stage.mjs';

/** A visitor's browser. Every visitor has a context, and so storage, of his own. */
export class Visitor {
  constructor(context, page) {
    this.context = context;
    this.page = page;
    this.problems = [];
    this.watch(page);
  }

  static async arrive(stage, url, options = {}) {
    const context = await stage.browser.newContext({ viewport: { width: 1200, height: 800 }, ...options });
    const page = await context.newPage();
    const visitor = new Visitor(context, page);
    await page.goto(url);
    return visitor;
  }

  /** What must not appear in the console of the host page. */
  watch(page) {
    page.on('pageerror', (error) => this.problems.push(String(error)));
  }

  get launcher() { return this.page.getByRole('button', { name: /^Open chat/ }); }
  get panel() { return this.page.getByRole('dialog', { name: /^Chat/ }); }
  get box() { return this.panel.getByRole('textbox').first(); }

  async open() {
    await this.launcher.click();
    await this.panel.waitFor();
  }

  async say(text) {
    await this.box.fill(text);
    await this.box.press('Enter');
  }

  bubble(text) { return this.panel.getByText(text, { exact: true }); }
  async hears(text) { await this.bubble(text).waitFor(); }
  async sees(text) { await this.panel.getByText(text).first().waitFor(); }

  /** The texts of all messages shown, in their order. */
  async texts(pattern) {
    return (await this.panel.getByText(pattern).allTextContents()).filter((t) => pattern.test(t));
  }

  leave() { return this.context.close(); }
}

/** An agent's browser at the console of one node. */
export class Agent {
  constructor(context, page, person) {
    this.context = context;
    this.page = page;
    this.person = person;
    this.problems = [];
    page.on('pageerror', (error) => this.problems.push(String(error)));
    page.on('console', (message) => { if (message.type() === 'error') this.problems.push(message.text()); });
  }

  static async signIn(stage, nodeUrl, person, options = {}) {
    const context = await stage.browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
    const page = await context.newPage();
    const agent = new Agent(context, page, person);
    await page.goto(`${nodeUrl}/console`);
    await page.getByLabel('E-mail').fill(person.email);
    await page.getByLabel('Password', { exact: true }).fill(person.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Your status and settings' }).first().waitFor();
    return agent;
  }

  get log() { return this.page.getByRole('log'); }
  get box() { return this.page.getByRole('textbox', { name: /^Reply to|^Note for/ }); }

  /** Takes the conversation that is offered. */
  async acceptOffer() { await this.page.getByRole('button', { name: /^Accept/ }).first().click(); }

  async say(text) {
    await this.box.fill(text);
    await this.box.press('Enter');
  }

  async hears(text) { await this.log.getByText(text, { exact: true }).waitFor(); }
  leave() { return this.context.close(); }
}

/** Waits until the list of conversations satisfies the test, and returns it. */
export async function conversations(url, token, test) {
  for (;;) {
    const { data } = await rest(url, '/conversations', { token });
    if (test(data)) return data;
    await new Promise((go) => setTimeout(go, 50));
  }
}
