import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { newToken } from './cmid';
import { Connection } from './connection';
import { JournalStore } from './journal';
import { Outbox, type OutboxItem } from './outbox';
import { MemoryStore, type OutboxStore } from './outbox_store';
import { serveOutbox, Talk } from './talk';

// A thousand reloads at random moments, with the client as the widget puts it together, on a real node (make build).
// What a browser does when a page dies is modelled: nothing the page does has an effect from then on, of what it has
// asked the database for a part is done, in order, and what it has handed to the socket may or may not have left.
const browsers = 10;
const reloads = 100;
const serverKey = 'ladygaga';
const bootstrap = { accounts: [{ id: 'acme', allowedOrigins: ['*'], keys: { server: serverKey } }] };

const chance = (): boolean => Math.random() < 0.5;
const wait = (millis: number): Promise<void> => new Promise((done) => setTimeout(done, millis));
const upTo = (millis: number): number => Math.floor(Math.random() * millis);

let node: Awaited<ReturnType<typeof startNode>>;

beforeAll(async () => {
  node = await startNode();
  vi.stubGlobal('WebSocket', PageSocket);
}, 30_000);
afterAll(() => node?.stop());

test('a thousand reloads in the middle of sending lose and double nothing', { timeout: 120_000 }, async () => {
  const all = Array.from({ length: browsers }, (_, i) => new Browser(i));
  await Promise.all(all.map((browser) => browser.live()));
  const logs = (await kept()).map((texts) => texts.join('\n')).sort();
  expect(logs).toEqual(all.map((browser) => browser.pressed.join('\n')).sort());
});

/** What survives a page. */
class Browser {
  readonly disk = new MemoryStore();
  readonly notes: Storage = new Notes() as unknown as Storage;
  readonly token = newToken();
  readonly pressed: string[] = [];

  constructor(private readonly name: number) {}

  async live(): Promise<void> {
    for (let i = 0; i < reloads; i++) {
      const page = new Page(this);
      await wait(upTo(8));
      const text = `browser ${this.name} says ${i}`;
      this.pressed.push(text);
      page.press(text);
      const moment = upTo(12);
      if (moment > 0) await wait(moment); // else in the same turn
      const died = Date.now();
      page.die();
      while (Date.now() === died) await wait(1); // no browser loads a page within the millisecond
    }
    const last = new Page(this);
    await vi.waitFor(() => expect(last.unsettled()).toBe(0), { timeout: 30_000, interval: 20 });
    last.die();
  }
}

class Page {
  static readonly all: Page[] = [];
  dead = false;
  private readonly disk: PageDisk;
  private readonly outbox: Outbox;
  private readonly connection: Connection;
  private readonly talk: Talk;

  constructor(browser: Browser) {
    const number = Page.all.push(this) - 1;
    this.disk = new PageDisk(this, browser.disk);
    const notes = new Proxy(browser.notes, { get: (of, name) => this.reach(of, name) });
    const store = new JournalStore('acme', this.disk, notes);
    this.outbox = new Outbox({ store, send: (frame) => this.connection.send(frame) });
    this.connection = new Connection({
      url: `${node.url.replace('http', 'ws')}/ws?page=${number}`,
      auth: () => ({ t: 'auth', account: 'acme', visitor: { token: browser.token }, ...this.talk.position() }),
    });
    this.talk = new Talk({
      link: this.connection,
      outbox: this.outbox,
      me: () => ({ kind: 'visitor', id: this.connection.hello?.visitor?.id ?? '' }),
    });
    serveOutbox(this.connection, this.outbox);
    this.talk.follow();
    void this.outbox.load().then(() => !this.dead && this.connection.start());
  }

  press(text: string): void {
    void this.talk.send(text);
  }

  /** Of everything that this page and those before it have written; -1 while that is not known. */
  unsettled(): number {
    return this.talk.state.current ? this.talk.pending().length : -1;
  }

  die(): void {
    this.disk.die();
    this.dead = true;
    this.connection.stop();
    this.outbox.close();
  }

  private reach(notes: Storage, name: string | symbol): unknown {
    const value: unknown = Reflect.get(notes, name);
    if (typeof value !== 'function') return value;
    return (...args: unknown[]) => (this.dead ? null : Reflect.apply(value, notes, args));
  }
}

/** A database: answers after a while, and does what it was asked for one after the other. */
class PageDisk implements OutboxStore {
  readonly persistent = true;
  private readonly asked: (() => Promise<void>)[] = [];

  constructor(
    private readonly page: Page,
    private readonly disk: MemoryStore,
  ) {}

  load = (): Promise<OutboxItem[]> => this.ask(() => this.disk.load());
  put = (item: OutboxItem): Promise<void> => this.ask(() => this.disk.put(structuredClone(item)));
  remove = (cmids: string[]): Promise<void> => this.ask(() => this.disk.remove(cmids));
  clear = (): Promise<void> => this.ask(() => this.disk.clear());

  die(): void {
    while (this.asked.length > 0 && chance()) void this.asked.shift()?.();
    this.asked.length = 0;
  }

  private ask<T>(work: () => Promise<T>): Promise<T> {
    return new Promise((answer) => {
      this.asked.push(async () => {
        const result = await work();
        if (!this.page.dead) setTimeout(() => this.page.dead || answer(result), upTo(3));
      });
      setTimeout(() => void this.asked.shift()?.(), upTo(4));
    });
  }
}

const RealSocket = globalThis.WebSocket;

/** A page's socket: frames take a moment in either direction, and none gets through once the page is dead. */
class PageSocket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  private readonly page: Page;
  private readonly real: WebSocket;
  private line = Promise.resolve();

  constructor(url: string, protocol: string) {
    this.page = Page.all[Number(new URL(url).searchParams.get('page'))] as Page;
    this.real = new RealSocket(url, protocol);
    this.real.onopen = () => this.later(() => this.onopen?.());
    this.real.onmessage = ({ data }) => this.later(() => this.onmessage?.({ data }));
    this.real.onclose = ({ code }) => this.later(() => this.onclose?.({ code }));
  }

  get readyState(): number {
    return this.real.readyState;
  }
  send(text: string): void {
    this.later(() => this.real.readyState === 1 && this.real.send(text));
  }
  close(code: number): void {
    this.real.close(code);
  }

  private later(work: () => unknown): void {
    this.line = this.line.then(() => wait(upTo(3))).then(() => void (this.page.dead || work()));
  }
}

class Notes {
  private readonly map = new Map<string, string>();
  get length(): number {
    return this.map.size;
  }
  key = (i: number): string | null => [...this.map.keys()][i] ?? null;
  getItem = (key: string): string | null => this.map.get(key) ?? null;
  setItem = (key: string, value: string): void => void this.map.set(key, value);
  removeItem = (key: string): void => void this.map.delete(key);
}

// ---- the node

/** The texts of each conversation, in the order of the log. */
async function kept(): Promise<string[][]> {
  const { data } = await rest('/conversations?limit=200');
  return Promise.all(
    data.map(async ({ id }: { id: string }) => {
      const texts: string[] = [];
      for (let after = 0; ; ) {
        const { data: page } = await rest(`/conversations/${id}/messages?limit=200&after=${after}`);
        for (const { seq, text } of page) {
          texts.push(text);
          after = seq;
        }
        if (page.length === 0) return texts;
      }
    }),
  );
}

// biome-ignore lint/suspicious/noExplicitAny: what the node's own tests hold against its description
function rest(path: string): Promise<any> {
  return new Promise((done, failed) => {
    const headers = { authorization: `Bearer ${serverKey}` };
    get(`${node.url}/confab/v1${path}`, { headers }, (answer) => {
      let text = '';
      answer.on('data', (more) => {
        text += more;
      });
      answer.on('end', () => done(JSON.parse(text)));
    }).on('error', failed);
  });
}

async function startNode() {
  const dir = await mkdtemp(join(tmpdir(), 'confab-reload-'));
  const file = join(dir, 'bootstrap.json');
  await writeFile(file, JSON.stringify(bootstrap));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const binary = join(import.meta.dirname, '..', 'bin', 'confab');
  const child = spawn(binary, ['serve', '--listen', `127.0.0.1:${port}`, '--bootstrap', file, '--drain', '0s']);
  let said = '';
  child.stderr.on('data', (more) => {
    said += more;
  });
  const ended = new Promise<void>((done) => child.on('close', () => done()));
  const stop = async () => {
    child.kill();
    await ended;
    await rm(dir, { recursive: true });
  };
  const ready = () =>
    new Promise<boolean>((done) =>
      get(`${url}/readyz`, (r) => done(r.statusCode === 200)).on('error', () => done(false)),
    );
  while (!(await ready())) {
    if (child.exitCode !== null) throw new Error(`the node ended:\n${said}`);
    await wait(20);
  }
  return { url, stop };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const { port } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
  return port;
}
