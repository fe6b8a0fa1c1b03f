// A browser that nothing drives but the commands sent to it. What Playwright switches on in every page (the tracing of
// each request and each call to the script that made it) costs the page's main thread as much as a small script does.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launching } from './stage.mjs';

export class PlainBrowser {
  #child;
  #dir;
  #last = 0;
  #rest = '';
  #waiting = new Map();
  #listeners = new Set();

  static async start() {
    const browser = new PlainBrowser();
    browser.#dir = await mkdtemp(join(tmpdir(), 'confab-browser-'));
    const own = ['--no-first-run', '--remote-debugging-pipe', `--user-data-dir=${browser.#dir}`, 'about:blank'];
    const stdio = ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'];
    browser.#child = spawn(launching.executablePath, [...launching.args, ...own], { stdio });
    const [, , , , answers] = browser.#child.stdio;
    answers.setEncoding('utf8').on('data', (data) => browser.#receive(data));
    await browser.send('Browser.getVersion');
    return browser;
  }

  /** One command of the DevTools protocol, to the browser or to a page's session. Rejects with what the browser says. */
  send(method, params = {}, sessionId = undefined) {
    return new Promise((resolve, reject) => {
      const id = ++this.#last;
      this.#waiting.set(id, { resolve, reject });
      this.#child.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  }

  /** Tells of every event; returns the end of it. */
  listen(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** An empty page: with storage of its own, or with that of another page. */
  async page({ context } = {}) {
    context ??= (await this.send('Target.createBrowserContext')).browserContextId;
    const { targetId } = await this.send('Target.createTarget', { url: 'about:blank', browserContextId: context });
    const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true });
    return {
      context,
      send: (method, params) => this.send(method, params, sessionId),
      event: (name) => this.#event(name, sessionId),
      leave: () => this.send('Target.closeTarget', { targetId }),
      close: () => this.send('Target.disposeBrowserContext', { browserContextId: context }),
    };
  }

  /** The events of these categories while `work` goes on. */
  async traced(includedCategories, work) {
    const events = [];
    const complete = new Promise((resolve) => {
      const end = this.listen(({ method, params }) => {
        if (method === 'Tracing.dataCollected') events.push(...params.value);
        if (method === 'Tracing.tracingComplete') resolve(end());
      });
    });
    await this.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig: { includedCategories } });
    await work();
    await this.send('Tracing.end');
    await complete;
    return events;
  }

  async close() {
    const ended = once(this.#child, 'exit');
    this.send('Browser.close').catch(() => undefined);
    await ended;
    await rm(this.#dir, { recursive: true, force: true });
  }

  #event(name, session) {
    return new Promise((resolve) => {
      const end = this.listen(({ method, params, sessionId }) => {
        if (method === name && sessionId === session) resolve(end() && params);
      });
    });
  }

  #receive(data) {
    const messages = (this.#rest + data).split('\0');
    this.#rest = messages.pop();
    for (const message of messages) this.#answer(JSON.parse(message));
  }

  #answer(message) {
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (!waiting) for (const listener of this.#listeners) listener(message);
    else if (message.error) waiting.reject(new Error(message.error.message));
    else waiting.resolve(message.result);
  }
}
