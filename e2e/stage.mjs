// The stage of the browser tests: a real Redis, real nodes, a site of another origin that carries the widget, and a
// real browser. Everything listens on free ports of the loopback and ends with the test.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { slowMillis, slowWay } from './slow.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

export const agents = {
  anna: { email: 'anna@acme.test', name: 'Anna Lindqvist', password: 'correct horse' },
  ben: { email: 'ben@acme.test', name: 'Ben Okafor', password: 'battery staple' },
};
export const serverKey = 'ladygaga';

const bootstrap = {
  accounts: [
    {
      id: 'acme',
      vanityId: 'tern',
      name: 'Tern Outdoor',
      allowedOrigins: ['*'],
      keys: { server: serverKey, chatraPublic: 'PUB', chatraSecret: 'SEC' },
      channels: [
        { widgetId: '1', name: 'Shop' },
        { widgetId: '3677', name: 'Main site', calls: 'test', safeUrls: ['tern.example'] },
      ],
      groups: [{ id: 'z2o3F8GDkNpKD4BYt', no: 1, name: 'Sales' }],
      agents: [
        { id: 'd9nKoegKSjmCtyK78', no: 1, role: 'admin', groups: ['z2o3F8GDkNpKD4BYt'], ...agents.anna },
        { id: 'hTq2wPzXn4RkYc7Bd', no: 2, role: 'agent', groups: ['z2o3F8GDkNpKD4BYt'], ...agents.ben },
      ],
    },
  ],
};

/** A port that was free a moment ago. */
export async function freePort() {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Calls probe until it answers true; throws what is with the process's output if that ends first. */
async function until(probe, child, what) {
  for (;;) {
    if (await probe()) return;
    if (child.exitCode !== null) throw new Error(`${what} ended with ${child.exitCode}:\n${child.said}`);
    await new Promise((go) => setTimeout(go, 25));
  }
}

function start(command, args, env = {}) {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  child.said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (d) => {
      child.said = (child.said + d).slice(-20_000);
    });
  return child;
}

async function stop(child, signal = 'SIGTERM') {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

const answers = (port) =>
  new Promise((done) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.end('PING\r\n');
    });
    socket.on('data', (d) => done(String(d).startsWith('+PONG')));
    socket.on('error', () => done(false));
  });

async function startRedis(dir) {
  const port = await freePort();
  const child = start('redis-server', [
    '--port',
    port,
    '--bind',
    '127.0.0.1',
    '--dir',
    dir,
    '--appendonly',
    'yes',
    '--appendfsync',
    'always',
    '--maxmemory-policy',
    'noeviction',
    '--save',
    '',
  ]);
  await until(() => answers(port), child, 'redis-server');
  return { child, port };
}

/** Where a node is asked for what no browser asks, when browsers have a long way to it: by the URL that they use. */
const direct = new Map();

async function startNode(redis, dir, port, more) {
  const url = `http://127.0.0.1:${port}`;
  if (slowMillis && !direct.has(url)) {
    const own = await freePort();
    await slowWay(port, own);
    direct.set(url, `http://127.0.0.1:${own}`);
  }
  const itself = direct.get(url) ?? url;
  const child = start(join(root, 'bin/confab'), [
    'serve',
    '--listen',
    new URL(itself).host,
    '--redis',
    `redis://127.0.0.1:${redis.port}`,
    '--bootstrap',
    join(dir, 'bootstrap.yaml'),
    '--files',
    join(dir, 'files'),
    '--visitor-grace',
    '10s',
    '--drain',
    '0s',
    ...more,
  ]);
  await until(
    () =>
      fetch(`${itself}/readyz`).then(
        (r) => r.ok,
        () => false,
      ),
    child,
    'confab',
  );
  return { child, url, port };
}

/** Serves the pages of a shop that embeds the widget of a node: `pages(path, { method, host })` answers one, or nothing. */
async function startSite(pages, port = 0) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://site');
    const page = pages(pathname, { method: request.method, host: request.headers.host });
    response.writeHead(page ? 200 : 404, { 'content-type': 'text/html; charset=utf-8', ...(page?.headers ?? {}) });
    response.end(page?.html ?? '');
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `http://localhost:${server.address().port}` };
}

/** A page of the shop. init is the object given to confab('init', …); none: data attributes only. */
export function shopPage(nodeUrl, { title = 'Shop', init = null, body = '' } = {}) {
  const stub = init
    ? `<script>window.confab=window.confab||function(){(confab.q=confab.q||[]).push(arguments)};confab('init',${JSON.stringify(init)})</script>`
    : '';
  const data = init ? '' : ' data-account-id="acme"';
  return {
    html: `<!doctype html><html lang="en"><head><title>${title}</title><meta name="viewport" content="width=device-width"></head>
<body><main><h1>${title}</h1><p><a href="/">Home</a> <a href="/tents">Tents</a></p>${body}</main>${stub}<script async src="${nodeUrl}/confab.js"${data}></script></body></html>`,
  };
}

/** A page of the shop with the scripts of somebody else's snippet. */
export function hostPage(snippet, { title = 'Shop', head = '', body = '' } = {}) {
  return {
    html: `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title><meta name="viewport" content="width=device-width">${head}</head>
<body><main><h1>${title}</h1>${body}</main>${snippet}</body></html>`,
  };
}

/** How every browser of the tests is launched. */
export const launching = {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  ignoreDefaultArgs: ['--disable-back-forward-cache'], // visitors' browsers have it
  args: [
    '--headless=new',
    '--no-sandbox',
    '--disable-quic',
    '--disable-background-networking',
    '--disable-gpu',
    '--host-resolver-rules=MAP *.test 127.0.0.1',
  ],
};

/** Sets the stage; call close at the end. `channels` come to those that the account has, `account` outranks what it says; `args` come to the nodes'. */
export async function setStage({ nodes = 2, widget = {}, channels = [], account: more = {}, args = [] } = {}) {
  const dir = await mkdtemp(join(tmpdir(), 'confab-e2e-'));
  const [account] = bootstrap.accounts;
  const accounts = [{ ...account, widget, channels: [...account.channels, ...channels], ...more }];
  await writeFile(join(dir, 'bootstrap.yaml'), JSON.stringify({ accounts }));
  const redis = await startRedis(dir);
  const running = [];
  for (let i = 0; i < nodes; i++) running.push(await startNode(redis, dir, await freePort(), args));
  const browser = await chromium.launch(launching);
  const sites = [];
  return {
    redis,
    nodes: running,
    browser,
    /** A site of another origin whose pages carry the widget of the given node. */
    async site(pages, port) {
      const site = await startSite(pages, port);
      sites.push(site);
      return site.url;
    },
    async killNode(i) {
      await stop(running[i].child, 'SIGKILL');
    },
    async restartNode(i) {
      running[i] = await startNode(redis, dir, running[i].port, args);
    },
    async close() {
      await browser.close();
      for (const { server } of sites) {
        server.closeAllConnections();
        server.close();
      }
      for (const node of running) await stop(node.child);
      await stop(redis.child);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Calls a node's REST API and returns the parsed answer; throws on an error status. */
export async function rest(url, path, { method = 'GET', token, body } = {}) {
  const response = await fetch(`${direct.get(url) ?? url}/confab/v1${path}`, {
    method,
    headers: {
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    body: body ? JSON.stringify(body) : undefined,
  });
  const answer = response.status === 204 ? null : await response.json();
  if (!response.ok)
    throw Object.assign(new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`), {
      status: response.status,
      answer,
    });
  return answer;
}

/** Logs an agent in over REST and returns the access token. */
export async function logIn(url, { email, password }) {
  return (await rest(url, '/session', { method: 'POST', body: { email, password } })).token;
}
