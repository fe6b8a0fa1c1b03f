/** What was answered or skipped, remembered from page to page until the browser's tab is closed. */
export class Memory {
  private readonly all: Set<string>;
  private readonly key: string;

  constructor(account: string) {
    this.key = `confab:${account}:asked`;
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

  clear(): void {
    this.all.clear();
    try {
      sessionStorage.removeItem(this.key);
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
