/** A set of functions that are told the same thing. One that throws is reported and stops nobody else. */
export class Listeners<T> {
  private readonly all = new Set<(value: T) => void>();

  /** Returns the function that ends it. */
  add(listener: (value: T) => void): () => void {
    this.all.add(listener);
    return () => this.all.delete(listener);
  }

  tell(value: T): void {
    for (const listener of [...this.all]) {
      try {
        listener(value);
      } catch (error) {
        console.error(error);
      }
    }
  }
}
