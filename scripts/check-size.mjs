// Fails if what a page loads has outgrown its budget. Sizes are gzip -9, KB = 1024 bytes.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const dist = join(dirname(fileURLToPath(import.meta.url)), '../widget/dist');
const manifest = JSON.parse(readFileSync(join(dist, 'manifest.json'), 'utf8'));
const size = (...names) =>
  names.reduce((sum, name) => sum + gzipSync(readFileSync(join(dist, manifest[name])), { level: 9 }).length, 0) / 1024;

const budgets = [
  ['loader and launcher', size('loader'), 10],
  ['opened panel, in addition', size('core', 'panel'), 35],
];
let failed = false;
for (const [what, is, most] of budgets) {
  const over = is > most;
  failed ||= over;
  console.log(`${what}: ${is.toFixed(1)} of ${most} KB${over ? ', too much' : ''}`);
}
process.exit(failed ? 1 : 0);
