import type { Config } from './config';
import type { Settings } from './types';

const key = (account: string): string => `confab:${account}:consent`;

/** Nothing may be kept in this browser or sent yet. Where there is no storage each page asks anew. */
export function asksConsent({ askConsent }: Settings, { account, widget }: Config): boolean {
  return (askConsent ?? widget.consent !== undefined) && !agreed(account.id);
}

export function agreed(account: string): boolean {
  try {
    return (given.has(account) || localStorage.getItem(key(account)) === '1') as boolean;
  } catch {
    return given.has(account);
  }
}

/** Remembers the answer, and nothing else. */
export function agree(account: string, value: boolean): void {
  if (value) given.add(account);
  else given.delete(account);
  try {
    if (value) localStorage.setItem(key(account), '1');
    else localStorage.removeItem(key(account));
  } catch {}
}

const given = new Set<string>();
