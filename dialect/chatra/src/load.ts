import type { Widget } from '../../../widget/src/types';
import { Chat, type LoadLocale } from './chat';
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
  const chat = new Chat(widget, server, loadLocale, warnings());
  const { run } = chat;
  const push = (call: unknown): void => run(...listed(call));
  // Whoever kept the stub goes on filling a list; the vendor's own module looks for `restart`.
  window.Chatra = Object.assign((...args: unknown[]) => run(...args), {
    q: { push },
    restart: () => run('restart'),
    started: true,
  });
  chat.start();
  listed(stub?.q).forEach(push);
}

const listed = (list: unknown): unknown[] => Array.from(Object(list) as ArrayLike<unknown>);
