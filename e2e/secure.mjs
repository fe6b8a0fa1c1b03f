// TLS in front of what the stage serves by http, as a proxy puts it there, and a browser window whose frames find what they
// have stored under other pages.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { createServer } from 'node:tls';
import { chromium } from 'playwright-core';
import { Visitor } from './cast.mjs';
import { launching } from './stage.mjs';

const made = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=confab.test -keyout - -out -';

/**
 * Passes all that comes by TLS, WebSockets too, on to a port of the loopback. Nobody knows its certificate: pages are
 * opened with ignoreHTTPSErrors.
 */
export async function secure(to) {
  const pem = execFileSync('openssl', made.split(' '), { stdio: ['ignore', 'pipe', 'pipe'] });
  const sockets = new Set();
  const server = createServer({ key: pem, cert: pem }, (outer) => {
    sockets.add(outer);
    pipeline(outer, connect(to, '127.0.0.1'), outer, () => sockets.delete(outer)); // either side may break off
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: server.address().port,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** A visitor in a window that keeps no storage of frames apart, as most are by their makers' settings. */
export async function openWindow(url) {
  const profile = await mkdtemp(join(tmpdir(), 'confab-profile-'));
  await mkdir(join(profile, 'Default'));
  await writeFile(join(profile, 'Default/Preferences'), JSON.stringify({ profile: { cookie_controls_mode: 0 } }));
  const context = await chromium.launchPersistentContext(profile, { ...launching, ignoreHTTPSErrors: true });
  const [page] = context.pages();
  const visitor = new Visitor(context, page);
  visitor.leave = async () => {
    await context.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 10 }); // the browser's last helpers still write
  };
  await page.goto(url);
  return visitor;
}
