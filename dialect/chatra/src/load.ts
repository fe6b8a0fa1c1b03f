import type { Widget } from '../../../widget/src/types';
import { chat, type LoadLocale } from './chat';
import { warnings } from './warn';

type Call = ((...args: unknown[]) => void) & { q?: unknown; started?: boolean };
declare global {
  interface Window {
    Chatra?: Call | undefined;
    ChatraID?: unknown;
    ChatraSetup?: unknown;
    ChatraIntegration?: unknown;
  }
}

/** Puts the real function in the place of the page's stub and runs what that has collected. Twice is once. */
export function load(widget: Widget, server: string, loadLocale: LoadLocale): void {
  const stub = window.Chatra;
  if (stub?.started) return;
  const run = chat(widget, server, loadLocale, warnings());
  const push = (call: unknown): void => run(...listed(call));
  // Whoever kept the stub goes on filling a list; the vendor's own module looks for `restart`.
  window.Chatra = Object.assign((...args: unknown[]) => run(...args), {
    q: { push },
    restart: () => run('restart'),
    started: true,
  });
  listed(stub?.q).forEach(push);
}

const listed = (list: unknown): unknown[] => Array.from(Object(list) as ArrayLike<unknown>);
