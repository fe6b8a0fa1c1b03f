// Fails if what a page loads has outgrown its budget. Sizes are gzip -9, KB = 1024 bytes.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'widget/dist');
const manifest = JSON.parse(readFileSync(join(dist, 'manifest.json'), 'utf8'));
const kilobytes = (path) => gzipSync(readFileSync(path), { level: 9 }).length / 1024;
const size = (...names) => names.reduce((sum, name) => sum + kilobytes(join(dist, manifest[name])), 0);

const script = (name) => join(root, 'dialect', name, 'dist', `${name}.js`);
const folder = join(root, 'dialect');
const dialects = existsSync(folder) ? readdirSync(folder).filter((name) => existsSync(script(name))) : [];

const budgets = [
  ['loader and launcher', size('loader'), 10],
  ['when the page is idle, in addition to core', size('app'), 9],
  ['opened panel, in addition', size('core', 'panel'), 35],
  ...dialects.map((name) => [`${name}.js, over the loader`, kilobytes(script(name)) - size('loader'), 4]),
];
let failed = false;
for (const [what, is, most] of budgets) {
  const over = is > most;
  failed ||= over;
  console.log(`${what}: ${is.toFixed(1)} of ${most} KB${over ? ', too much' : ''}`);
}
process.exit(failed ? 1 : 0);
