import type { Core } from '../types';

/** What is asked of the core: at once, or in order once it is there and may send. */
export class Wishes {
  /** Null: it never comes. */
  private readonly waiting: ((core: Core | null) => Promise<void>)[] = [];
  private over = false;

  /** `core`: the one that may be asked now. `start` is told when one is needed. */
  constructor(
    private readonly core: () => Core | null,
    private readonly start: () => void,
    private readonly failed: (what: string, error: unknown) => void,
  ) {}

  get any(): boolean {
    return this.waiting.length > 0;
  }

  /** Resolves to `otherwise` if the core never comes, or fails. */
  ask(work: (core: Core) => void): Promise<void>;
  ask<T>(work: (core: Core) => Promise<T>, otherwise: T): Promise<T>;
  ask<T>(work: (core: Core) => T | Promise<T>, otherwise?: T): Promise<T | undefined> {
    return new Promise((resolve) => {
      const run = async (core: Core | null): Promise<void> => {
        try {
          resolve(core ? await work(core) : otherwise);
        } catch (error) {
          this.failed('core', error);
          resolve(otherwise);
        }
      };
      const core = this.any ? null : this.core();
      if (this.over || core) return void run(this.over ? null : core);
      this.waiting.push(run);
      this.start();
    });
  }

  grant(): void {
    const core = this.core();
    if (core) this.answer(core);
  }

  end(): void {
    this.over = true;
    this.answer(null);
  }

  private answer(core: Core | null): void {
    for (const run of this.waiting.splice(0)) void run(core);
  }
}
