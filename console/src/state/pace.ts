/** How often what came over the socket is shown, at most: below what an eye tells apart, far above what a list of thousands costs. */
export const SHOW_MILLIS = 80;

/**
 * Runs work at once if it last ran at least a gap ago, else once at the end of the gap, however often it is asked for.
 * A gap of 0 runs it every time.
 */
export class Pace {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private ranAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly gapMillis: number,
    private readonly work: () => void,
  ) {}

  ask(): void {
    if (this.timer !== undefined) return;
    const rest = this.ranAt + this.gapMillis - performance.now();
    if (rest <= 0) this.now();
    else this.timer = setTimeout(() => this.now(), rest);
  }

  /** Runs it now; what was asked for is done with that. */
  now(): void {
    this.stop();
    this.ranAt = performance.now();
    this.work();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
