/**
 * Watches what becomes of the page, and returns the end of it. `looked`: it is looked at, or no longer. `away`: it is put
 * away, and may come `back` as it was. `acted`, often: the visitor clicks, touches, presses a key or scrolls.
 */
export function watchMoments(looked: () => void, away: () => void, back: () => void, acted: () => void): () => void {
  const end = new AbortController();
  const on = <Name extends keyof WindowEventMap>(event: Name, work: (event: WindowEventMap[Name]) => unknown): void =>
    addEventListener(event, work, { capture: true, passive: true, signal: end.signal });
  on('visibilitychange' as keyof WindowEventMap, looked);
  on('pagehide', (moment) => moment.persisted && away());
  on('pageshow', (moment) => moment.persisted && back());
  // Pages scroll by themselves too, which is no act: wheels, keys and what is dragged are a person's.
  on('pointerdown', acted);
  on('keydown', acted);
  on('wheel', acted);
  return () => end.abort();
}
