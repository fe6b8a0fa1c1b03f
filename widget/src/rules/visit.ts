import type { Rule } from '../config';

const visitGap = 30 * 60_000;
const mostSeen = 200;

interface Kept {
  startedAt: number;
  lastAt: number;
  pages: number;
  visits: number;
  /** Rules whose invitation was shown: when the visit began in which it was. */
  seen: Record<string, number>;
  /** When the visit began in which he clicked or pressed a key last. */
  actedIn?: number;
}

/** The visit as this browser knows it, in all its tabs. Without a key, or without storage, as this page knows it. */
export class VisitLog {
  private memory: Kept = { startedAt: 0, lastAt: 0, pages: 0, visits: 0, seen: {} };
  private onPage = new Set<string>();

  constructor(private readonly key: string | null) {}

  /** A page is opened. After a gap of 30 minutes that is another visit. */
  page(now: number): void {
    this.onPage.clear();
    const was = this.read();
    if (now - was.lastAt <= visitGap) this.write({ ...was, lastAt: now, pages: was.pages + 1 });
    else this.write({ ...was, startedAt: now, lastAt: now, pages: 1, visits: was.visits + 1 });
  }

  /** The page is still open. */
  touch(now: number): void {
    this.write({ ...this.read(), lastAt: now });
  }

  /** He clicked or pressed a key. */
  act(): void {
    const was = this.read();
    if (was.actedIn !== was.startedAt) this.write({ ...was, actedIn: was.startedAt });
  }

  read(): Kept {
    try {
      const kept: unknown = this.key && JSON.parse(localStorage.getItem(this.key) ?? 'null');
      if (isKept(kept)) return kept;
    } catch {}
    return this.memory;
  }

  /** Whether the invitation was shown as often as it may be. */
  shown({ id, once = 'visit' }: Rule): boolean {
    const { seen, startedAt } = this.read();
    const at = Object.hasOwn(seen, id) ? seen[id] : undefined;
    if (once === 'page') return this.onPage.has(id);
    return once === 'ever' ? at !== undefined : at === startedAt;
  }

  show({ id }: Rule): void {
    this.onPage.add(id);
    const was = this.read();
    const others = Object.entries(was.seen).filter(([name]) => name !== id);
    this.write({ ...was, seen: Object.fromEntries([...others, [id, was.startedAt]].slice(-mostSeen)) });
  }

  private write(kept: Kept): void {
    this.memory = kept;
    try {
      if (this.key) localStorage.setItem(this.key, JSON.stringify(kept));
    } catch {}
  }
}

function isKept(raw: unknown): raw is Kept {
  const { startedAt, lastAt, pages, visits, seen } = (raw ?? {}) as Partial<Kept>;
  const numbers = [startedAt, lastAt, pages, visits].every((n) => typeof n === 'number');
  return numbers && typeof seen === 'object' && seen !== null;
}
