import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
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

const Context = createContext<Env | null>(null);
export const EnvProvider = Context.Provider;

export function useEnv(): Env {
  const env = useContext(Context);
  if (!env) throw new Error('outside of the panel');
  return env;
}
export const useSay = (): Say => useEnv().say;
