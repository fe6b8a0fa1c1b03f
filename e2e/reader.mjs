// What a reader of the examples does: he installs the loader as it is published, fills in his own host, and builds.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import * as esbuild from 'esbuild';
import { compileScript, parse } from 'vue/compiler-sfc';

const run = promisify(execFile);
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const examples = here('../widget/examples');
const modules = here('../node_modules');
const placeholder = 'https://chat.example.com';

export class Reader {
  constructor(dir, host) {
    this.dir = dir;
    this.host = host;
    this.modules = 0;
  }

  /** A project of his own, with the loader from its tarball. `host`: address of the node. */
  static async begin(host) {
    const dir = await mkdtemp(join(tmpdir(), 'confab-reader-'));
    const reader = new Reader(dir, host);
    await writeFile(join(dir, 'package.json'), JSON.stringify({ type: 'module', private: true }));
    const packed = await reader.run('npm', ['pack', '--silent', here('../widget/packages/loader')]);
    await reader.run('npm', ['install', '--offline', '--no-audit', '--no-fund', join(dir, packed.trim())]);
    await symlink(join(modules, 'vue'), join(dir, 'node_modules/vue'));
    return reader;
  }

  /** Runs a program in the project and returns what it says; throws with all of it if it fails. */
  async run(program, args) {
    try {
      return (await run(program, args, { cwd: this.dir })).stdout;
    } catch (error) {
      throw new Error(`${program} ${args.join(' ')}: ${error.stdout}${error.stderr}`);
    }
  }

  /** An example as it is shipped, with the reader's host. */
  async own(name) {
    const text = await readFile(join(examples, name), 'utf8');
    if (!text.includes(placeholder)) throw new Error(`${name} names no host`);
    return text.replaceAll(placeholder, this.host);
  }

  /** A module beside the examples, bundled with all it imports. */
  async build(contents, options) {
    const { outputFiles } = await esbuild.build({
      stdin: { contents, resolveDir: examples },
      bundle: true,
      write: false,
      jsx: 'automatic',
      tsconfigRaw: {}, // what holds in this repository is not what holds in his
      nodePaths: [join(this.dir, 'node_modules')], // the loader
      define: {
        'process.env.NODE_ENV': '"development"', // with all that the frameworks have to complain of
        __VUE_OPTIONS_API__: 'true',
        __VUE_PROD_DEVTOOLS__: 'false',
        __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
      },
      plugins: [this.plugin()],
      ...options,
    });
    return outputFiles[0].text;
  }

  /** What such a module exports, where there is no page. */
  async onServer(contents) {
    const file = join(this.dir, `server-${++this.modules}.cjs`);
    await writeFile(file, await this.build(contents, { format: 'cjs', platform: 'node' }));
    return import(pathToFileURL(file));
  }

  /** Throws what the compiler finds wrong with sources by their names. `settings`: how modules are found. */
  async types(sources, settings) {
    for (const [name, text] of Object.entries(sources)) await writeFile(join(this.dir, name), text);
    const compilerOptions = { target: 'es2022', lib: ['es2023', 'dom'], strict: true, types: [], noEmit: true };
    const config = { compilerOptions: { ...compilerOptions, ...settings }, files: Object.keys(sources) };
    await writeFile(join(this.dir, 'tsconfig.json'), JSON.stringify(config));
    await this.run(join(modules, '.bin/tsc'), ['-p', '.']);
  }

  /** The script of a component of Vue. */
  async script(name) {
    return parse(await this.own(name), { filename: name }).descriptor.scriptSetup.content;
  }

  /** Fills in the host and compiles components of Vue. */
  plugin() {
    return {
      name: 'examples',
      setup: (build) => {
        build.onLoad({ filter: /widget\/examples\/[^/]+\.tsx$/ }, async ({ path }) => ({
          contents: await this.own(basename(path)),
          loader: 'tsx',
        }));
        build.onLoad({ filter: /widget\/examples\/[^/]+\.vue$/ }, async ({ path }) => ({
          contents: compiled(path, await this.own(basename(path))),
          loader: 'ts',
        }));
      },
    };
  }

  end() {
    return rm(this.dir, { recursive: true, force: true });
  }
}

function compiled(filename, text) {
  const { descriptor, errors } = parse(text, { filename });
  if (errors.length) throw errors[0];
  return compileScript(descriptor, { id: basename(filename), inlineTemplate: true }).content;
}
