import type { Config } from '../config';
import type { Chunks } from '../loader/chunks';
import type { Core, Settings } from '../types';
import type { AppOptions } from './app';

/** Log-out. Also what an earlier page has left goes, which only a core can find: without one, one is started for that. */
export async function forgetVisitor(
  core: Core | null,
  config: Config,
  settings: Settings,
  { chunks, agree }: Pick<AppOptions, 'chunks' | 'agree'>,
): Promise<void> {
  agree(config.account.id, false);
  await (core ?? (await silentCore(config, settings, chunks))).forget();
}

async function silentCore(config: Config, settings: Settings, chunks: Pick<Chunks, 'core'>): Promise<Core> {
  const none = (): void => undefined;
  const { startCore } = await chunks.core();
  return startCore({ settings, config, emit: none, onAttention: none, onForgotten: none, newMessage: () => '' });
}
