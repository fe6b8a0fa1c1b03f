import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Runs axe on what the page shows once nothing moves any more, and fails with what it found. */
export async function clean(page, what) {
  await page.evaluate(axe); // not as a script element: the console's policy refuses that, as it should
  const violations = await page.evaluate(async () => {
    // Half-faded text has too little contrast. An animation begins with the frame after its element, and those of a
    // shadow tree are its root's.
    const frame = () => new Promise((drawn) => requestAnimationFrame(() => drawn()));
    const roots = () => [document, ...[...document.querySelectorAll('*')].flatMap((e) => e.shadowRoot ?? [])];
    const ending = () =>
      roots().flatMap((root) =>
        root
          .getAnimations()
          .filter((a) => a.playState !== 'finished' && a.effect?.getComputedTiming().endTime !== Infinity),
      );
    for (let calm = 0; calm < 3; calm += 1) {
      await frame();
      const moving = ending();
      if (moving.length > 0) calm = -1;
      await Promise.allSettled(moving.map((a) => a.finished));
    }
    const { violations: found } = await globalThis.axe.run(document, { resultTypes: ['violations'] });
    return found.map((v) => `${v.id}: ${v.help}\n    ${v.nodes.map((n) => n.html.slice(0, 160)).join('\n    ')}`);
  });
  assert.deepEqual(violations, [], what);
}
