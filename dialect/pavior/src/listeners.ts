type Listener = (value: unknown) => void;

/** The page's listeners, by any name. What one of them throws is reported as the page's own error and stops nothing. */
export class Listeners {
  private readonly byName = new Map<string, Set<Listener>>();

  add(name: string, listener: Listener): void {
    this.byName.set(name, (this.byName.get(name) ?? new Set()).add(listener));
  }

  remove(name: string, listener: Listener): void {
    this.byName.get(name)?.delete(listener);
  }

  tell(name: string, value: unknown): void {
    for (const listener of [...(this.byName.get(name) ?? [])]) this.tellOne(name, listener, value);
  }

  /** Only if it is still registered. */
  tellOne(name: string, listener: Listener, value: unknown): void {
    if (!this.byName.get(name)?.has(listener)) return;
    try {
      listener(value);
    } catch (error) {
      setTimeout(() => {
        throw error;
      });
    }
  }
}
