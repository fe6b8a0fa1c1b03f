import { askedKey } from '../panel/asked';
import type { Core } from '../types';

/** What was answered or skipped, remembered from page to page until the browser's tab is closed. */
class Memory {
  private readonly all: Set<string>;
  private readonly key: string;

  constructor(core: Core) {
    this.key = askedKey(core);
    this.all = new Set(this.read());
  }

  has(what: string): boolean {
    return this.all.has(what);
  }

  add(what: string): void {
    this.all.add(what);
    try {
      sessionStorage.setItem(this.key, JSON.stringify([...this.all].slice(-20)));
    } catch {}
  }

  private read(): string[] {
    try {
      const kept: unknown = JSON.parse(sessionStorage.getItem(this.key) ?? '[]');
      return Array.isArray(kept) ? kept.filter((one) => typeof one === 'string') : [];
    } catch {
      return [];
    }
  }
}

const memories = new WeakMap<Core, Memory>();

/** One for each core: what the browser does not keep is remembered for as long as the page lives. */
export function memoryOf(core: Core): Memory {
  const memory = memories.get(core) ?? new Memory(core);
  memories.set(core, memory);
  return memory;
}
