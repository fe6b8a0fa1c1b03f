import type { Widget } from '../../../widget/src/types';
import { commandsOf } from './commands';
import { type ChunkLoader, sharing } from './sharing';

type Global = ((...args: unknown[]) => void) & { loaded?: true };
declare global {
  interface Window {
    Pavior?: Global;
    MomentCRM?: Global;
  }
}

/** Puts both names on the page, unless a script of ours did before. `load` fetches a script of the node by its path. */
export function install(widgetOf: (server: string) => Widget, load: ChunkLoader): void {
  if (window.Pavior?.loaded) return;
  const server = serverOf(ownScript());
  const { run } = commandsOf({ widget: widgetOf(server), server, ...sharing(server, load) });
  const both: Global = Object.assign((...args: unknown[]) => run(...args), { loaded: true as const });
  window.Pavior = window.MomentCRM = both;
}

/** The script tag this code came from, while it runs; later, one with our address. */
function ownScript(): HTMLScriptElement | null {
  const current = document.currentScript;
  if (current instanceof HTMLScriptElement) return current;
  const all = [...document.querySelectorAll<HTMLScriptElement>('script[src]')];
  return all.find(({ src }) => /\/embed\/?$/.test(new URL(src, location.href).pathname)) ?? null;
}

function serverOf(script: HTMLScriptElement | null): string {
  return new URL(script?.src || location.href, location.href).origin;
}
