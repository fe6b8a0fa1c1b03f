import type { Status } from '../net/types';
import { t } from '../text/en';

/** Presence as a shape: disc, disc with bar, crescent, dotted ring, ring. `named`: the word does not stand beside it. */
export function Presence({ status, size = 10, named = false }: { status: Status; size?: number; named?: boolean }) {
  return (
    <span class={`pres ${status}`}>
      <svg width={size} height={size} viewBox="0 0 12 12" aria-hidden="true">
        {SHAPES[status]()}
      </svg>
      {named && <span class="vh">{t.status[status]}</span>}
    </span>
  );
}

const SHAPES: Record<Status, () => preact.JSX.Element> = {
  online: () => <circle cx="6" cy="6" r="5" fill="currentColor" />,
  busy: () => (
    <>
      <circle cx="6" cy="6" r="5" fill="currentColor" />
      <path class="pres-bar" d="M3.6 6h4.8" />
    </>
  ),
  away: () => <path d="M6 1a5 5 0 1 0 5 5 3.8 3.8 0 0 1-5-5z" fill="currentColor" />,
  invisible: () => <circle class="pres-ring pres-dotted" cx="6" cy="6" r="4.2" />,
  offline: () => <circle class="pres-ring" cx="6" cy="6" r="4" />,
};
