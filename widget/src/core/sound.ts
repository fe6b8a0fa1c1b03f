/** A short tone. Browsers allow it only after the person did something on the page: `arm` waits for that. */
export class Sound {
  private context: AudioContext | null = null;

  constructor(private readonly armed: () => void) {
    for (const event of gestures) addEventListener(event, this.gesture, { capture: true, passive: true });
  }

  get ready(): boolean {
    return this.context !== null;
  }

  play(): void {
    const context = this.context;
    if (!context) return;
    void context.resume().then(
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

/** Two soft notes, a fourth apart, a third of a second in all. */
function ring(context: AudioContext): void {
  const start = context.currentTime;
  for (const [delay, hertz] of [
    [0, 660],
    [0.11, 880],
  ] as const) {
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.frequency.value = hertz;
    volume.gain.setValueAtTime(0, start + delay);
    volume.gain.linearRampToValueAtTime(0.08, start + delay + 0.015);
    volume.gain.exponentialRampToValueAtTime(0.0005, start + delay + 0.22);
    tone.connect(volume).connect(context.destination);
    tone.start(start + delay);
    tone.stop(start + delay + 0.24);
  }
}
