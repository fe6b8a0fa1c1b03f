import type { Proof } from '../../../client/frames';

/** What this browser remembers of a visitor between pages. */
export interface Kept {
  /** Made before the first connection, or from `hello`; proves who the visitor is next time. */
  token?: string;
  visitor?: string;
  /** Key of the identity the token was given for. */
  identity?: string;
  /** Name of the account, from `hello`: what the panel is called before the next one has come. */
  account?: string;
  muted?: boolean;
  draft?: string;
}

/** localStorage under one key per account; without it, memory of this page. */
export class Keep {
  private memory: Kept = {};
  private readonly key: string;

  constructor(account: string) {
    this.key = `confab:${account}`;
  }

  read(): Kept {
    try {
      const raw: unknown = JSON.parse(localStorage.getItem(this.key) ?? 'null');
      return typeof raw === 'object' && raw !== null ? (raw as Kept) : this.memory;
    } catch {
      return this.memory;
    }
  }

  change(change: Partial<Kept>): void {
    this.memory = { ...this.read(), ...change };
    try {
      localStorage.setItem(this.key, JSON.stringify(this.memory));
    } catch {}
  }

  clear(): void {
    this.memory = {};
    try {
      localStorage.removeItem(this.key);
    } catch {}
  }
}

/** Tells identities apart without keeping a secret: name and proofs change, the person does not. */
export const identityKey = ({ id, email, clientId, jwt }: Proof): string =>
  id ?? email ?? (clientId ? 'client' : jwt ? 'jwt' : '');
