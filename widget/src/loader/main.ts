import { builtChunks } from './chunks';
import { Commands } from './commands';
import { whenBody } from './dom';
import { pageWidget } from './page';
import { ownScript, serverOf } from './script';
import { settingsOfScript } from './settings';

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
  const chunks = builtChunks(server);
  const commands = new Commands(server, pageWidget(server, chunks), chunks);
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

try {
  load();
} catch (error) {
  console.warn('confab:', error);
}
