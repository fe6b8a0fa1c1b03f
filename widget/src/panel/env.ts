import type { WidgetConfig } from '../config';
import type { Extras } from '../extras/cards';
import type { Say } from '../text/say';
import type { Core } from '../types';
import type { Thread } from './talk';

/** What all parts of the panel need. */
export interface Env {
  core: Core;
  config: WidgetConfig;
  say: Say;
  /** The panel is the screen. */
  phone: boolean;
  /** It is open. */
  shown: boolean;
  /** Null until they were needed. */
  extras: Extras | null;
  needExtras: () => Promise<Extras>;
  thread: Thread | null;
  needThread: () => Promise<Thread>;
  /** Address of the node, without a path. */
  server: string;
}

let now: Env;

/** For all that is drawn from here on: a page has one panel, and draws it from its root after every change. */
export function setEnv(env: Env): void {
  now = env;
}

export const useEnv = (): Env => now;
