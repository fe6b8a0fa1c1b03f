import { useEffect, useReducer, useRef, useState } from 'preact/hooks';
import type { ConnectionState } from '../../../client/connection';
import type { Core } from '../types';

/** Draws the component again after every change of the core. */
export function useCore(core: Core): void {
  const [, again] = useReducer<number, void>((n) => n + 1, 0);
  useEffect(() => {
    again(); // what has changed between drawing and watching
    return core.watch(() => again());
  }, [core]);
}

export type BannerKind = 'none' | 'connecting' | 'offline' | 'connected' | 'stopped';

const quietMillis = 2000;
const offlineMillis = 10_000;
const connectedMillis = 2000;

/** What the banner says: nothing for the first 2 s of a trouble, and nothing if there was none to speak of. */
export function useBanner(state: ConnectionState): BannerKind {
  const [kind, show] = useState<BannerKind>('none');
  const open = state === 'open';
  const trouble = state === 'connecting' || state === 'waiting';
  useEffect(() => {
    if (state === 'stopped') return later(quietMillis, () => show('stopped'));
    if (state === 'offline') show('offline');
    if (open) show((was) => (was === 'none' || was === 'connected' ? was : 'connected'));
    return undefined;
  }, [state]);
  useEffect(() => {
    if (!trouble) return undefined;
    const first = later(quietMillis, () => show((was) => (was === 'offline' ? was : 'connecting')));
    const second = later(offlineMillis, () => show('offline'));
    return () => {
      first();
      second();
    };
  }, [trouble]);
  useEffect(() => (kind === 'connected' ? later(connectedMillis, () => show('none')) : undefined), [kind]);
  return kind;
}

function later(millis: number, work: () => void): () => void {
  const timer = setTimeout(work, millis);
  return () => clearTimeout(timer);
}

/** What is true, but while `busy` what was true before: nothing changes under the fingers of somebody who writes. */
export function useSteady(wanted: boolean, busy: () => boolean): boolean {
  const kept = useRef(wanted);
  if (kept.current !== wanted && !busy()) kept.current = wanted;
  return kept.current;
}
