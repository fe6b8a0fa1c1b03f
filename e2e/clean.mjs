import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Runs axe on what the page shows once nothing moves any more, and fails with what it found. */
export async function clean(page, what) {
  await page.evaluate(axe); // not as a script element: the console's policy refuses that, as it should
  const violations = await page.evaluate(async () => {
    const ending = document.getAnimations().filter((a) => a.effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(ending.map((a) => a.finished)); // half-faded text has too little contrast
    const { violations: found } = await globalThis.axe.run(document, { resultTypes: ['violations'] });
    return found.map((v) => `${v.id}: ${v.help}\n    ${v.nodes.map((n) => n.html.slice(0, 160)).join('\n    ')}`);
  });
  assert.deepEqual(violations, [], what);
}
