import type { Page } from '../../../client/frames';

/** Where the visitor came from, unless it was a page of this site. */
export function outsideReferrer(): Pick<Page, 'referrer'> {
  const { referrer } = document;
  return !referrer || referrer.startsWith(`${location.origin}/`) ? {} : { referrer };
}

export function device() {
  const { width, height } = screen;
  const { Temporal } = globalThis as { Temporal?: { Now: { timeZoneId(): string } } };
  // To ask Intl takes tens of milliseconds of the page's start.
  const timezone = Temporal?.Now.timeZoneId() ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  return { language: navigator.language, timezone, screen: `${width}x${height}` };
}
