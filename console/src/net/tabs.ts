import type { News, SessionDoors } from '../state/session';

/** Runs work in one tab at a time; alone in this tab where the browser has no locks. */
export function exclusively(name: string): SessionDoors['exclusively'] {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>): Promise<T> => {
    if (navigator.locks) return navigator.locks.request(name, work) as Promise<T>;
    const next = last.then(work, work);
    last = next.catch(() => undefined);
    return next;
  };
}

/** Calls back once this tab is the leading one; the lead passes on when it is closed. */
export function lead(name: string, won: () => void): void {
  if (!navigator.locks) return won();
  void navigator.locks.request(name, () => {
    won();
    return new Promise<never>(() => undefined);
  });
}

export function news(name: string): SessionDoors['others'] {
  const channel = new BroadcastChannel(name);
  return {
    tell: (news) => channel.postMessage(news),
    hear: (heard) => channel.addEventListener('message', (event: MessageEvent<News>) => heard(event.data)),
  };
}
