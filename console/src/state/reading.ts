import { signal } from '@preact/signals';
import { codeOf } from './faults';

export type ReadingState = 'idle' | 'loading' | 'ready' | 'failed' | 'forbidden' | 'gone';

/**
 * Something that a screen reads from the server when it is shown. What was read stays while it is read anew, and when
 * that fails; the answer that was asked for last wins.
 */
export class Reading<T> {
  readonly state = signal<ReadingState>('idle');
  readonly value = signal<T | null>(null);
  private asked = 0;

  constructor(private readonly read: () => Promise<T>) {}

  async load(): Promise<void> {
    const turn = ++this.asked;
    if (this.state.peek() !== 'ready') this.state.value = 'loading';
    try {
      const value = await this.read();
      if (turn === this.asked) this.put(value);
    } catch (error) {
      if (turn === this.asked) this.failed(codeOf(error));
    }
  }

  /** It is known without reading. An answer that is under way is older. */
  put(value: T): void {
    this.asked++;
    this.value.value = value;
    this.state.value = 'ready';
  }

  private failed(code: string): void {
    if (code === 'forbidden') this.state.value = 'forbidden';
    else if (code === 'not_found') this.state.value = 'gone';
    else if (this.value.peek() === null) this.state.value = 'failed';
    else this.state.value = 'ready';
  }
}
