import type { Call } from '../state/attention';

/** Hz and start in seconds of each note. Two rising notes: somebody new; one soft one: a message; falling: handed over. */
const TUNES: Record<Call['kind'], readonly (readonly [number, number])[]> = {
  queue: [
    [587, 0],
    [880, 0.14],
  ],
  message: [[784, 0]],
  handed: [
    [880, 0],
    [587, 0.14],
  ],
};
const NOTE_SECONDS = 0.32;
const LOUDNESS = 0.12;

/** Short tones, made here. A browser plays none before the first gesture on the page. */
export class Sound {
  private context: AudioContext | undefined;

  /** Call from a gesture. */
  arm(): void {
    if (typeof AudioContext === 'undefined') return;
    this.context ??= new AudioContext();
    if (this.context.state === 'suspended') void this.context.resume().catch(() => undefined);
  }

  play(kind: Call['kind']): void {
    const context = this.context;
    if (context?.state !== 'running') return;
    for (const [pitch, start] of TUNES[kind]) note(context, pitch, context.currentTime + start);
  }
}

function note(context: AudioContext, pitch: number, at: number): void {
  const tone = context.createOscillator();
  const volume = context.createGain();
  tone.type = 'sine';
  tone.frequency.value = pitch;
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(LOUDNESS, at + 0.015);
  volume.gain.exponentialRampToValueAtTime(0.001, at + NOTE_SECONDS);
  tone.connect(volume).connect(context.destination);
  tone.start(at);
  tone.stop(at + NOTE_SECONDS);
}
