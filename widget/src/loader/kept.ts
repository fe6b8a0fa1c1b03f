/** What the loader remembers of an account in this browser, while it may: by short names. */
export class KeptOfPage {
  constructor(
    private readonly account: string,
    private readonly allowed: () => boolean,
  ) {}

  get(name: string, store: () => Storage = local): string | null {
    try {
      return store().getItem(this.key(name));
    } catch {
      return null;
    }
  }

  set(name: string, value: string | null, store: () => Storage = local): void {
    try {
      if (value === null) store().removeItem(this.key(name));
      else if (this.allowed()) store().setItem(this.key(name), value);
    } catch {}
  }

  private key(name: string): string {
    return `confab:${this.account}:${name}`;
  }
}

export const local = (): Storage => localStorage;
/** Until the tab is closed. */
export const session = (): Storage => sessionStorage;

/** Log-out: all that we kept of the visitor, by whatever script. */
export function forgetAll(account: string): void {
  for (const store of [local, session])
    try {
      for (const key of Object.keys(store()))
        if (key === `confab:${account}` || key.startsWith(`confab:${account}:`)) store().removeItem(key);
    } catch {}
}
