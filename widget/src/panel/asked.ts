import type { Core } from '../types';

/** Where it is noted what the thread has asked for. */
export const askedKey = (core: Core): string => `confab:${core.config.account.id}:asked`;

export function forgetAsked(core: Core): void {
  try {
    sessionStorage.removeItem(askedKey(core));
  } catch {}
}
