export interface Moments {
  /** It is looked at, or no longer. */
  looked: () => void;
  /** It is put away, and may come back as it was. */
  away: () => void;
  back: () => void;
}

/** Watches what becomes of the page. Returns the end of it. */
export function watchMoments({ looked, away, back }: Moments): () => void {
  const when = (work: () => void) => (event: PageTransitionEvent) => event.persisted && work();
  const [hidden, shown] = [when(away), when(back)];
  document.addEventListener('visibilitychange', looked);
  addEventListener('pagehide', hidden);
  addEventListener('pageshow', shown);
  return () => {
    document.removeEventListener('visibilitychange', looked);
    removeEventListener('pagehide', hidden);
    removeEventListener('pageshow', shown);
  };
}
