// Fails if what a page loads has outgrown its budget. Sizes are what gzip -9 makes of each file, KB = 1024 bytes.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'widget/dist');
const manifest = JSON.parse(readFileSync(join(dist, 'manifest.json'), 'utf8'));
const bytes = (path) => execFileSync('gzip', ['-9cn', path], { maxBuffer: 1 << 26 }).length;

/** Every file that the browser has after it loaded these entries, each once: an entry loads what it shares with others. */
const files = (entries) => new Set(entries.flatMap((name) => manifest[name]));
const size = (entries) => [...files(entries)].reduce((sum, file) => sum + bytes(join(dist, file)), 0);
const more = (before, entries) => size([...before, ...entries]) - size(before);

// What a page loads by the moment it is loaded at: app/chunks.ts and loader/chunks.ts name the entries. Pages in other
// languages than English load their text once the session is open: it has its own line.
const atOnce = ['loader'];
const idle = [...atOnce, 'app'];
const home = [...idle, 'panel'];
const talking = [...home, 'thread'];

const script = (name) => join(root, 'dialect', name, 'dist', `${name}.js`);
const folder = join(root, 'dialect');
const dialects = existsSync(folder) ? readdirSync(folder).filter((name) => existsSync(script(name))) : [];
const languages = Object.keys(manifest).filter((name) => name.startsWith('text-'));

const budgets = [
  ['loader and launcher', size(atOnce), 10],
  ['the page is idle, in addition: app with the core', more(atOnce, ['app']), 20],
  ['the panel is opened for the first time, all that is not the loader', more(atOnce, home), 35],
  ['a thread is opened or begun, in addition', more(home, ['thread']), 10.5],
  ['forms, files, menu, rating, call, consent, in addition', more(talking, ['extras']), 12.5],
  ['the first card beside the launcher', more(idle, ['cards']), 2],
  ['the first message that nobody sees', more(idle, ['signals']), 1],
  ['somebody begins to write', more(talking, ['outbox']), 1],
  ['a page without Web Locks', more(idle, ['lease']), 1],
  ['a rarer command', more(atOnce, ['commands']), 3],
  ['the largest language, without English', Math.max(...languages.map((name) => more(home, [name]))), 3],
  ...dialects.map((name) => [`${name}.js, over the loader`, bytes(script(name)) - size(atOnce), 4]),
];
let failed = false;
for (const [what, is, most] of budgets) {
  const over = is > most * 1024;
  failed ||= over;
  console.log(`${what}: ${(is / 1024).toFixed(2)} of ${most} KB${over ? ', too much' : ''}`);
}
process.exit(failed ? 1 : 0);
