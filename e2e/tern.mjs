// A shop for the pictures: Tern Outdoor, with its things drawn.

const style = `
body { margin: 0; font: 15px/22px Inter, "Liberation Sans", Arial, sans-serif; color: #12211f; background: #fff; }
header { display: flex; align-items: center; gap: 24px; height: 64px; padding: 0 32px; border-bottom: 1px solid #d9e1df; }
header b { margin-right: auto; } header a { color: #556461; text-decoration: none; }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(200px, 1fr)); gap: 24px; max-width: 900px; padding: 32px; }
article svg { display: block; width: 100%; height: auto; border-radius: 8px; } article b { display: block; margin-top: 10px; }
article span { color: #556461; }
@media (prefers-color-scheme: dark) { body { background: #0c1312; color: #e7efed; } header { border-color: #283634; } header a, article span { color: #8fa09c; } }
@media (max-width: 600px) { header { padding: 0 20px; gap: 14px; } main { padding: 20px; } }`;

const tent =
  '<svg viewBox="0 0 200 124"><path fill="#dbe4dc" d="M0 0h200v124H0z"/><path fill="#8aa18a" d="M0 96q100-36 200 0v28H0z"/><path fill="#e0b07a" d="m100 24 50 68H50z"/><path fill="#b8874f" d="m100 24 18 68H84z"/></svg>';
const pack =
  '<svg viewBox="0 0 200 124"><path fill="#dde4ed" d="M0 0h200v124H0z"/><rect x="68" y="24" width="64" height="82" rx="22" fill="#5c7288"/><rect x="78" y="62" width="44" height="30" rx="8" fill="#465c70"/></svg>';
const things = [
  ['Skerry 2', 389, tent],
  ['Holm 38', 164, pack],
  ['Skerry 3', 478, tent],
  ['Holm 24', 128, pack],
  ['Skerry 1', 319, tent],
  ['Holm 52', 198, pack],
];
const titles = { '/': 'Tents and packs', '/repairs': 'Repairs' };

/** The page at the path, with the widget of the node and these settings; null if there is none. */
export function tern(node, path, settings) {
  const title = titles[path];
  if (!title) return null;
  const shelf = things
    .map(([name, euros, drawing]) => `<article>${drawing}<b>${name}</b><span>€ ${euros}</span></article>`)
    .join('');
  return {
    html: `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title} · Tern Outdoor</title>
<style>${style}</style></head><body><header><b>Tern Outdoor</b><a href="/">Tents</a><a href="/repairs">Repairs</a></header><main>${shelf}</main>
<script>window.confab=function(){(confab.q=confab.q||[]).push(arguments)};confab('init',${JSON.stringify(settings)})</script>
<script async src="${node}/confab.js"></script></body></html>`,
  };
}
