import { Commands } from './commands';
import { ownScript, serverOf } from './script';
import { settingsOfScript } from './settings';

// Names of the built chunks: scripts/build.mjs.
declare const CORE_CHUNK: string;
declare const PANEL_CHUNK: string;

type Stub = ((...args: unknown[]) => void) & { q?: ArrayLike<unknown>[]; started?: boolean };
declare global {
  interface Window {
    confab?: Stub;
  }
}

function load(): void {
  if (window.confab?.started) return;
  const script = ownScript();
  window.confab ??= queueing();
  window.confab.started = true;
  whenBody(() => begin(script, window.confab?.q ?? []));
}

function begin(script: HTMLScriptElement | null, queue: ArrayLike<unknown>[]): void {
  const server = serverOf(script);
  const chunk = (name: string) => import(/* @vite-ignore */ `${server}/confab/widget/${name}`);
  const commands = new Commands(server, { core: () => chunk(CORE_CHUNK), panel: () => chunk(PANEL_CHUNK) });
  window.confab = Object.assign(commands.run as Stub, { started: true });
  const given = settingsOfScript(script);
  if (given.accountId) commands.run('init', given);
  for (const args of Array.from(queue)) commands.run(...Array.from(args));
}

/** The same as the stub of the snippet: keeps calls until there is a body to live in. */
function queueing(): Stub {
  const stub: Stub = (...args) => {
    stub.q = [...(stub.q ?? []), args];
  };
  return stub;
}

function whenBody(work: () => void): void {
  if (document.body) work();
  else addEventListener('DOMContentLoaded', work, { once: true });
}

try {
  load();
} catch (error) {
  console.warn('confab:', error);
}
