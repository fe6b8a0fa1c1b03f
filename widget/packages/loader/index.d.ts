import type { Confab, InitSettings } from './confab.js';

export type * from './confab.js';

export interface LoadOptions extends Partial<InitSettings> {
  /** Address of your Confab, such as `https://chat.example.com`. */
  host: string | URL;
  /** For a content security policy with nonces. */
  nonce?: string;
  /** Hash of the script, if you pin it. */
  integrity?: string;
}

/**
 * Puts the widget's script on the page, once, and returns its command function, which may be called at once. With
 * `accountId` the widget starts with these settings; without, at your own `init`. On a server nothing happens.
 */
export function load(options: LoadOptions): Confab;
