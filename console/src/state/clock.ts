import { signal } from '@preact/signals';

/** The time as state, moved on once a second. */
export class Clock {
  readonly now = signal(Date.now());
  private timer: ReturnType<typeof setInterval> | undefined;
  private readonly listeners = new Set<() => void>();

  start(): void {
    this.timer ??= setInterval(this.tick, 1000);
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  each(listener: () => void): void {
    this.listeners.add(listener);
  }

  drop(listener: () => void): void {
    this.listeners.delete(listener);
  }

  private tick = () => {
    this.now.value = Date.now();
    for (const listener of this.listeners) listener();
  };
}
