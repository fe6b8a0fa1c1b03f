import type { LeaseElection } from '../lease/main';
import { storage } from './local';

/** Which tab of the site leads. Exactly one holds the lock; the next one gets it when that one goes away, however. */
export interface Election {
  /** Steps down; the tab takes part no more. */
  leave(): void;
}

/** What leads where there are no Web Locks. */
export type LoadLease = () => Promise<{ LeaseElection: typeof LeaseElection }>;

/** `lead` is called when this tab leads, `follow` if it stops leading without wanting to. */
export function elect(name: string, lead: () => void, follow: () => void, load: LoadLease): Election {
  if (navigator.locks) return byLock(name, lead);
  if (typeof BroadcastChannel === 'function' && storage()) return byLease(name, lead, follow, load);
  lead(); // nobody to talk to: every tab stands alone, which costs sockets and nothing else
  return { leave: () => undefined };
}

function byLease(name: string, lead: () => void, follow: () => void, load: LoadLease): Election {
  let left = false;
  let lease: Election | undefined;
  load().then(
    ({ LeaseElection }) => {
      if (!left) lease = new LeaseElection(name, lead, follow);
    },
    () => left || lead(), // not loaded: alone
  );
  return {
    leave: () => {
      left = true;
      lease?.leave();
    },
  };
}

function byLock(name: string, lead: () => void): Election {
  const waiting = new AbortController();
  let release = (): void => undefined;
  const held = (): Promise<void> => {
    lead();
    return new Promise((resolve) => {
      release = resolve;
    });
  };
  navigator.locks.request(name, { signal: waiting.signal }, held).catch(() => undefined);
  return {
    leave: () => {
      waiting.abort();
      release();
    },
  };
}
