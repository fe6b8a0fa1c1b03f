import type { Language } from '../config';
import { nobody, type Who } from './identity';

/** What this browser remembers of a visitor between pages. */
export interface Kept {
  /** Made before the first connection, or from `hello`; proves who the visitor is next time. */
  token?: string;
  visitor?: string;
  /** Whom the token was shown for. */
  who?: Who;
  /** Written by versions that had no `who`: id of the person. */
  identity?: string;
  muted?: boolean;
  language?: Language;
  draft?: string;
}

/** localStorage under one key per account; without it, or until `writes` says so, memory of this page. */
export class Keep {
  private memory: Kept = {};
  private readonly key: string;

  constructor(
    account: string,
    private readonly writes: () => boolean = () => true,
  ) {
    this.key = `confab:${account}`;
  }

  read(): Kept {
    if (!this.writes()) return this.memory;
    try {
      const raw: unknown = JSON.parse(localStorage.getItem(this.key) ?? 'null');
      return typeof raw === 'object' && raw !== null ? (raw as Kept) : this.memory;
    } catch {
      return this.memory;
    }
  }

  change(change: Partial<Kept>): void {
    this.put({ ...this.read(), ...change });
  }

  /** In the place of all that was kept. */
  put(kept: Kept): void {
    this.memory = kept;
    if (!this.writes()) return;
    try {
      localStorage.setItem(this.key, JSON.stringify(kept));
    } catch {}
  }

  clear(): void {
    this.memory = {};
    try {
      localStorage.removeItem(this.key);
    } catch {}
  }
}

export const whoKept = ({ who, identity }: Kept): Who =>
  who ?? (identity ? { level: 'verified', key: `? ${identity}` } : nobody);
