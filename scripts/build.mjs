// Builds widget/dist, dialect/<name>/dist and console/dist. The same sources give the same bytes.
//   node scripts/build.mjs           writes what has changed
//   node scripts/build.mjs --check   fails if dist is not what the sources give
// With `widget`, `console` or a dialect's name behind it only those.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const at = (...parts) => join(root, ...parts);

const common = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  write: false,
  charset: 'utf8',
  legalComments: 'none',
  target: ['es2022'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  logLevel: 'warning',
};

/** What stands for `@light { … }` and `@dark { … }` in design tokens: the widget's dark holds by choice of the page and by the system's. */
const themes = {
  widget: {
    light: (body) => `:host{${body}}`,
    dark: (body) =>
      `:host([data-theme="dark"]){${body}}@media (prefers-color-scheme:dark){:host(:not([data-theme="light"])){${body}}}`,
  },
  console: {
    light: (body) => `:root{${body}}`,
    dark: (body) => `[data-theme="dark"]{${body}}`,
  },
};

function tokens(path, theme, pick = (body) => body) {
  const source = readFileSync(at(path), 'utf8');
  return source.replace(/@(light|dark)\s*\{([^}]*)\}/g, (_, name, body) => theme[name](pick(body)));
}

const tokenFiles = ['client/tokens.css', 'widget/src/tokens.css'];
const declarations = (css) => [...css.replace(/\/\*.*?\*\//gs, '').matchAll(/([\w-]+):\s*([^;{}]+);/g)];

/** Names of the tokens that a style sheet uses, and of those that these use. */
function tokensOf(css) {
  const declared = tokenFiles.flatMap((file) => declarations(readFileSync(at(file), 'utf8')));
  const found = new Set();
  const find = (text) => {
    for (const [, name] of text.matchAll(/var\((--cf-[\w-]+)/g)) {
      if (found.has(name)) continue;
      found.add(name);
      for (const [, other, value] of declared) if (other === name) find(value);
    }
  };
  find(css);
  return found;
}

/** Of a block of tokens only those of `names`, and what is no token. */
const only = (names) => (body) =>
  declarations(body)
    .flatMap(([text, name]) => (names.has(name) || !name.startsWith('--') ? [text] : []))
    .join('');

/** Style sheets of the widget are text, for constructable sheets. `@tokens;` stands for the design tokens, `@needed-tokens;` for those that the sheet itself uses. */
const widgetStyles = {
  name: 'styles of the widget',
  setup(build) {
    build.onLoad({ filter: /widget\/src\/.*\.css$/ }, async ({ path }) => {
      const written = readFileSync(path, 'utf8');
      const all = (pick) => tokenFiles.map((file) => tokens(file, themes.widget, pick)).join('\n');
      const source = written
        .replace('@tokens;', () => all())
        .replace('@needed-tokens;', () => all(only(tokensOf(written))));
      const { code } = await esbuild.transform(source, {
        loader: 'css',
        minify: true,
        target: ['chrome105', 'safari16', 'firefox115'],
      });
      return { contents: code.trim(), loader: 'text' };
    });
  },
};

const consoleStyles = {
  name: 'styles of the console',
  setup(build) {
    build.onLoad({ filter: /client\/tokens\.css$/ }, () => ({
      contents: tokens('client/tokens.css', themes.console),
      loader: 'css',
    }));
  },
};

// Pages may declare any encoding, or none: the widget's scripts keep to ASCII.
async function bundle(entry, format, define = {}) {
  const result = await esbuild.build({
    ...common,
    charset: 'ascii',
    entryPoints: [entry],
    outfile: 'out.js',
    format,
    define,
    plugins: [widgetStyles],
  });
  return Buffer.from(result.outputFiles[0].contents);
}

const digest = (bytes) => createHash('sha256').update(bytes).digest('hex').slice(0, 12);

const mainOf = (folder) =>
  ['main.ts', 'main.tsx'].map((name) => `${folder}/${name}`).find((path) => existsSync(at(path)));

/** Entries of the widget's chunks by name: each folder with a main file, the loader excepted, and each language but English. */
function chunkEntries() {
  const names = partsOf('widget/src').filter((name) => name !== 'loader');
  const files = readdirSync(at('widget/src/text')).filter((name) => /^(?!en)[a-z]{2}\.ts$/.test(name));
  const languages = files.map((name) => [`text-${name.slice(0, 2)}`, `widget/src/text/${name}`]);
  return [...names.map((name) => [name, mainOf(`widget/src/${name}`)]), ...languages].sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
}

/** The chunks, under names that change with their bytes: `files` by path, and by what is left of the name, `names`. */
async function chunks() {
  const files = new Map();
  const names = {};
  for (const [name, entry] of chunkEntries()) {
    const bytes = await bundle(entry, 'esm');
    names[name] = `${name}-${digest(bytes)}.js`;
    files.set(`chunks/${names[name]}`, bytes);
  }
  return { files, names };
}

// What a script may ask for. A part that is not there has an empty name.
const always = ['app', 'commands', 'core', 'panel', 'rules', 'feedback', 'extras', 'share'];

/** Names of the chunks, for the scripts that load them. */
function chunkNames(names) {
  const text = Object.entries(names).filter(([name]) => name.startsWith('text-'));
  const parts = Object.keys(names).filter((name) => !name.startsWith('text-'));
  const defines = [...new Set([...always, ...parts])].map((name) => [
    `${name.toUpperCase()}_CHUNK`,
    JSON.stringify(names[name] ?? ''),
  ]);
  const languages = Object.fromEntries(text.map(([name, file]) => [name.slice('text-'.length), file]));
  return { ...Object.fromEntries(defines), TEXT_CHUNKS: JSON.stringify(languages) };
}

/** Files of widget/dist by name: the loader, its chunks, and a list of both. */
async function widget() {
  const { files, names } = await chunks();
  files.set('confab.js', await bundle('widget/src/loader/main.ts', 'iife', chunkNames(names)));
  const listed = Object.entries(names).map(([name, file]) => [name, `chunks/${file}`]);
  const manifest = { loader: 'confab.js', ...Object.fromEntries(listed) };
  files.set('manifest.json', Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`));
  return files;
}

/** The dialects that speak to pages, by folder. */
function dialects() {
  if (!existsSync(at('dialect'))) return [];
  return readdirSync(at('dialect')).filter((name) => mainOf(`dialect/${name}/src`));
}

/** Files of dialect/<name>/dist: one script, the loader within, and one of each folder with a main file, which only some pages load. */
const dialect = (name) => async () => {
  const { names } = await chunks();
  const files = new Map([[`${name}.js`, await bundle(mainOf(`dialect/${name}/src`), 'iife', chunkNames(names))]]);
  for (const part of partsOf(`dialect/${name}/src`))
    files.set(`${name}-${part}.js`, await bundle(mainOf(`dialect/${name}/src/${part}`), 'esm'));
  return files;
};

/** Folders with a main file. */
function partsOf(folder) {
  const folders = readdirSync(at(folder), { withFileTypes: true }).filter((e) => e.isDirectory());
  return folders.map((e) => e.name).filter((name) => mainOf(`${folder}/${name}`));
}

/** Files of console/dist: a page, one script, one style sheet, and what else lies beside the page in src. */
async function consoleApp() {
  const files = new Map();
  const result = await esbuild.build({
    ...common,
    entryPoints: { console: 'console/src/main.tsx' },
    outdir: 'out',
    format: 'esm',
    plugins: [consoleStyles],
  });
  for (const { path, contents } of result.outputFiles) files.set(relative(at('out'), path), Buffer.from(contents));
  for (const name of readdirSync(at('console/src')))
    if (/\.(html|svg|webmanifest|png|ico)$/.test(name)) files.set(name, readFileSync(at('console/src', name)));
  return files;
}

function listed(folder, prefix = '') {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((e) =>
    e.isDirectory() ? listed(join(folder, e.name), `${prefix}${e.name}/`) : [`${prefix}${e.name}`],
  );
}

function differences(folder, files) {
  const found = listed(folder);
  const stale = found.filter((name) => !files.has(name));
  const changed = [...files].filter(
    ([name, bytes]) => !found.includes(name) || !readFileSync(join(folder, name)).equals(bytes),
  );
  return { stale, changed };
}

function write(folder, { stale, changed }) {
  for (const name of stale) rmSync(join(folder, name));
  for (const [name, bytes] of changed) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
}

const check = process.argv.includes('--check');
const wanted = process.argv.slice(2).filter((word) => !word.startsWith('-'));
let old = 0;
for (const [name, folder, build] of [
  ['widget', 'widget', widget],
  ...dialects().map((name) => [name, `dialect/${name}`, dialect(name)]),
  ['console', 'console', consoleApp],
]) {
  if (wanted.length && !wanted.includes(name)) continue;
  const files = await build();
  const found = differences(at(folder, 'dist'), files);
  const names = [...found.stale, ...found.changed.map(([file]) => file)];
  if (check) for (const file of names) console.error(`${folder}/dist/${file} is not what the sources give`);
  else write(at(folder, 'dist'), found);
  old += names.length;
}
if (check && old > 0) {
  console.error('Run: node scripts/build.mjs');
  process.exit(1);
}
