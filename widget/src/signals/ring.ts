/** Two soft notes, a fourth apart, a third of a second in all. */
export function ring(context: AudioContext): void {
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
