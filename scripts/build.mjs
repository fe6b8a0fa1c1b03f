// Builds widget/dist, dialect/<name>/dist and console/dist. The same sources give the same bytes.
//   node scripts/build.mjs           writes what has changed
//   node scripts/build.mjs --check   fails if dist is not what the sources give
// With `widget`, `console` or a dialect's name behind it only those.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import { minifySync } from 'rolldown/utils';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const at = (...parts) => join(root, ...parts);

const common = {
  absWorkingDir: root,
  bundle: true,
  preserveSymlinks: true,
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

/** Of a block of tokens only those of `names`, and if `also` what is no token. */
const only =
  (names, also = true) =>
  (body) =>
    declarations(body)
      .flatMap(([text, name]) => (names.has(name) || (also && !name.startsWith('--')) ? [text] : []))
      .join('');

/** Of a block of tokens those that are not of `names`. */
const without =
  (...names) =>
  (body) =>
    declarations(body)
      .flatMap(([text, name]) => (name.startsWith('--') && !names.some((some) => some.has(name)) ? [text] : []))
      .join('');

/** The loader's style sheet comes first on every page; what the thread's alone needs comes with that. */
const firstSheet = 'widget/src/loader/loader.css';
const threadSheet = 'widget/src/thread/thread.css';

/** Tokens that no other style sheet of the widget uses. */
function tokensOnlyOf(sheet) {
  const others = partsOf('widget/src')
    .flatMap((part) => filesOf(`widget/src/${part}`, '.css'))
    .filter((file) => file !== sheet);
  const elsewhere = tokensOf(others.map((file) => readFileSync(at(file), 'utf8')).join(''));
  return new Set([...tokensOf(readFileSync(at(sheet), 'utf8'))].filter((name) => !elsewhere.has(name)));
}

const filesOf = (folder, end) =>
  readdirSync(at(folder))
    .filter((name) => name.endsWith(end))
    .map((name) => `${folder}/${name}`);

/**
 * Style sheets of the widget are text, for constructable sheets. `@needed-tokens;` stands for the design tokens that the
 * sheet itself uses, `@further-tokens;` for those that neither the first sheet has nor the thread's, `@own-tokens;` for
 * those that the thread's alone uses.
 */
const widgetStyles = {
  name: 'styles of the widget',
  setup(build) {
    build.onLoad({ filter: /widget\/src\/.*\.css$/ }, async ({ path }) => {
      const written = readFileSync(path, 'utf8');
      const all = (pick) => tokenFiles.map((file) => tokens(file, themes.widget, pick)).join('\n');
      const source = written
        .replace('@own-tokens;', () => all(only(tokensOnlyOf(threadSheet), false)))
        .replace('@further-tokens;', () =>
          all(without(tokensOf(readFileSync(at(firstSheet), 'utf8')), tokensOnlyOf(threadSheet))),
        )
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
const options = { ...common, charset: 'ascii', plugins: [widgetStyles] };

async function bundle(entry, format, define = {}) {
  const result = await esbuild.build({
    ...options,
    entryPoints: [entry],
    outfile: 'out.js',
    format,
    define,
    metafile: true,
  });
  return smaller(result.outputFiles[0].text);
}

/** What a second minifier finds where esbuild has found nothing more: two or three of a hundred bytes of what is sent. */
function smaller(code) {
  const options = { module: true, compress: { target: common.target[0] }, mangle: { toplevel: true } };
  const result = minifySync('out.js', code, options);
  if (result.errors.length) throw new Error(result.errors[0].message);
  return Buffer.from(result.code.replace(/[\u0080-\uffff]/g, escaped)); // it writes characters where esbuild had escapes
}

/**
 * For a script that runs nearly whole on every page. Browsers that know the hint (V8's "explicit compile hints") compile
 * it beside the main thread; else each function halts the page to be compiled when it is first called.
 */
const compiledAhead = (bytes) => Buffer.concat([Buffer.from('//# allFunctionsCalledOnLoad\n'), bytes]);

const escaped = (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

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

/** Chunks that share a page's panel: what several of them need, Preact above all, stands in chunks of its own. */
const ofPanel = ['panel', 'thread', 'extras'];

/**
 * The chunks, under names that change with their bytes: `files` by path; of each entry what is left of its name, `names`,
 * and what the browser loads with it, `loads`.
 */
async function chunks() {
  const { app, ...others } = Object.fromEntries(chunkEntries());
  const files = new Map();
  const names = {};
  const add = (name, bytes) => {
    names[name] = `${name}-${digest(bytes)}.js`;
    files.set(`chunks/${names[name]}`, bytes);
  };
  const shared = await splitChunks(Object.entries(others).filter(([name]) => ofPanel.includes(name)));
  for (const [name, bytes] of shared.files) files.set(`chunks/${name}`, bytes);
  Object.assign(names, shared.names);
  for (const [name, entry] of Object.entries(others))
    if (!ofPanel.includes(name)) add(name, await bundle(entry, 'esm'));
  add('app', compiledAhead(await bundle(app, 'esm', chunkNames(names))));
  return {
    files,
    names,
    loads: { ...Object.fromEntries(Object.entries(names).map(([name, file]) => [name, [file]])), ...shared.loads },
  };
}

/** Elements by Preact's `h`: shorter than what the automatic form calls, and does the same. What tsconfig.json says would outrank it. */
const plainElements = {
  jsx: 'transform',
  jsxFactory: 'preactElement',
  jsxFragment: 'preactFragment',
  tsconfigRaw: { compilerOptions: { target: 'ES2022', useDefineForClassFields: false, verbatimModuleSyntax: true } },
  inject: ['scripts/elements.mjs'],
};

/** Entries that share what they have in common. */
async function splitChunks(entries) {
  const { outputFiles, metafile } = await esbuild.build({
    ...options,
    entryPoints: Object.fromEntries(entries),
    chunkNames: 'shared-[hash]',
    ...plainElements,
    outdir: 'out',
    format: 'esm',
    splitting: true,
    metafile: true,
  });
  const { outputs } = metafile;
  const texts = Object.fromEntries(outputFiles.map(({ path, text }) => [relative(root, path), text]));
  const files = new Map();
  const loads = {}; // by esbuild's names
  const name = (path) => {
    if (loads[path]) return loads[path][0];
    const imports = outputs[path].imports.map((one) => one.path);
    const text = texts[path];
    const code = imports.reduce((code, one) => code.replaceAll(`"./${basename(one)}"`, `"./${name(one)}"`), text);
    const bytes = smaller(code);
    const named = `${basename(path, '.js').split('-')[0]}-${digest(bytes)}.js`;
    files.set(named, bytes);
    loads[path] = [...new Set([named, ...imports.flatMap((one) => loads[one])])];
    return named;
  };
  const names = {};
  const entryOf = (source) => Object.keys(outputs).find((one) => outputs[one].entryPoint === source);
  const paths = entries.map(([entry, source]) => [entry, passedOn(texts, entryOf(source))]);
  for (const [entry, path] of paths) {
    names[entry] = name(path);
    loads[entry] = loads[path];
  }
  const listed = Object.fromEntries(entries.map(([entry]) => [entry, loads[entry]]));
  return { files, names, loads: listed };
}

/** An entry that only passes on what a shared chunk has is not needed: that chunk exports it under its name too. */
function passedOn(texts, path) {
  const [, shared, from, name] =
    texts[path].match(/^import\{(\w+) as \w+\}from"\.\/([\w-]+\.js)";export\{\w+ as (\w+)\};?\s*$/) ?? [];
  if (!shared) return path;
  const source = join(dirname(path), from);
  texts[source] = texts[source].replace(new RegExp(`\\b([\\w$]+) as ${shared}(?=[,}][^}]*$)`), `$&,$1 as ${name}`);
  return source;
}

// What a script may ask for. A part that is not there has an empty name.
const always = [
  'app',
  'commands',
  'cards',
  'panel',
  'thread',
  'rules',
  'feedback',
  'extras',
  'share',
  'signals',
  'lease',
  'outbox',
];

/** Names of the chunks, for the scripts that load them. */
function chunkNames(names) {
  const text = Object.entries(names).filter(([name]) => name.startsWith('text-'));
  const defines = always.map((name) => [`${name.toUpperCase()}_CHUNK`, JSON.stringify(names[name] ?? '')]);
  const languages = Object.fromEntries(text.map(([name, file]) => [name.slice('text-'.length), file]));
  return { ...Object.fromEntries(defines), TEXT_CHUNKS: JSON.stringify(languages) };
}

/** Files of widget/dist by name: the loader, its chunks, and for each entry what is loaded with it, itself first. */
async function widget() {
  const { files, names, loads } = await chunks();
  files.set('confab.js', compiledAhead(await bundle('widget/src/loader/main.ts', 'iife', chunkNames(names))));
  const listed = Object.entries(loads).map(([name, loaded]) => [name, loaded.map((file) => `chunks/${file}`)]);
  const manifest = { loader: ['confab.js'], ...Object.fromEntries(listed.sort(([a], [b]) => (a < b ? -1 : 1))) };
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
  const script = compiledAhead(await bundle(mainOf(`dialect/${name}/src`), 'iife', chunkNames(names)));
  const files = new Map([[`${name}.js`, script]]);
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
