/** A short tone. Browsers allow it only after the person did something on the page: `arm` waits for that. */
export class Sound {
  private context: AudioContext | null = null;

  constructor(private readonly armed: () => void) {
    for (const event of gestures) addEventListener(event, this.gesture, { capture: true, passive: true });
  }

  play(ring: (context: AudioContext) => void): void {
    const context = this.context;
    void context?.resume().then(
      () => ring(context),
      () => undefined,
    );
  }

  end(): void {
    this.unlisten();
    void this.context?.close().catch(() => undefined);
    this.context = null;
  }

  private unlisten(): void {
    for (const event of gestures) removeEventListener(event, this.gesture, { capture: true });
  }

  private readonly gesture = (): void => {
    if (!this.context && typeof AudioContext === 'function') this.context = new AudioContext();
    this.armed();
  };
}

const gestures = ['pointerdown', 'keydown'] as const;
