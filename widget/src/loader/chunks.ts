import type { User } from '../../../client/frames';
import type { App, AppOptions } from '../app/app';
import type { laterChunks } from '../app/chunks';
import type { Cards } from '../cards/main';
import type { MoreCommands } from '../commands/main';
import type { Language, Rule } from '../config';
import { agree, asksConsent } from '../consent';
import type * as feedback from '../feedback/main';
import type { MountPanel, StartCore } from '../types';

// Names of the built chunks: scripts/build.mjs. A chunk that no source exists for has an empty name.
declare const APP_CHUNK: string;
declare const COMMANDS_CHUNK: string;

/** What the chunk of rules exports. */
export interface RulesChunk {
  startRules(
    rules: Rule[],
    facts: { key: string | null; online: () => boolean; user: () => User | null },
    invite: (rule: Rule) => boolean,
  ): RunningRules;
}
export interface RunningRules {
  /** Another page, without a load. */
  page(): void;
  stop(): void;
}

export interface Chunks {
  app(): Promise<{ App: new (options: AppOptions) => App }>;
  commands(): Promise<{ MoreCommands: typeof MoreCommands }>;
  core(): Promise<{ startCore: StartCore }>;
  panel(): Promise<{ mountPanel: MountPanel }>;
  cards(): Promise<{ cards: Cards }>;
  rules(): Promise<RulesChunk>;
  feedback(): Promise<typeof feedback>;
  /** What the panel alone knows. */
  text(language: Language): Promise<{ catalogue: never }>;
  extras(): Promise<{ extras: never }>;
  thread(): Promise<{ thread: never }>;
}

/** Loads a chunk by the name of its file, which may stand in a folder. */
export type Load = <T>(name: string) => Promise<T>;
/** Those that the app knows the names of. */
export type LaterChunks = Omit<Chunks, 'app' | 'commands'>;
interface AppChunk {
  App: new (options: AppOptions) => App;
  laterChunks: typeof laterChunks;
}

/** The chunks that were built with this script, from the node it came from. */
export function builtChunks(server: string): Chunks {
  const failures = new Map<string, number>();
  // A browser may remember that a module did not load: the next try needs another address.
  const load: Load = async (name) => {
    const again = failures.get(name);
    try {
      return await import(/* @vite-ignore */ `${server}/confab/widget/${name}${again ? `?${again}` : ''}`);
    } catch (error) {
      failures.set(name, (again ?? 0) + 1);
      throw error;
    }
  };
  const chunks: Pick<Chunks, 'app' | 'commands'> = {
    app: async () => {
      const app = await load<AppChunk>(APP_CHUNK);
      Object.assign(chunks, app.laterChunks(load, { agree, asksConsent }));
      return app;
    },
    commands: () => load(COMMANDS_CHUNK),
  };
  return chunks as Chunks; // nobody asks for the others before the app is here
}

const firstWaitMillis = 1000;
const lastWaitMillis = 60_000;

export type Persist = typeof persist;

/** Tries until it works, with growing waits; null once it is `over`. */
export async function persist<T>(
  work: () => Promise<T>,
  failed: (error: unknown) => void,
  over: () => boolean,
): Promise<T | null> {
  for (let wait = firstWaitMillis; !over(); wait = Math.min(2 * wait, lastWaitMillis)) {
    try {
      return await work();
    } catch (error) {
      failed(error);
    }
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
  return null;
}
