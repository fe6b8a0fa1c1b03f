import type { Setup } from './setup';

// biome-ignore lint/suspicious/noExplicitAny: what other scripts left on the page
type Any = any;

/** Tells the counters of the page, if it has any and lets us. Nothing of theirs stops anything of ours. */
export function count(name: string, setup: Setup): void {
  if (!setup.disableGaTracking) quietly(() => google(name, setup.gaTrackingId));
  if (!setup.disableYaTracking) quietly(() => yandex(name, setup.yaCounterId));
}

function quietly(work: () => void): void {
  try {
    work();
  } catch {}
}

/** What happens without the visitor doing anything must not count against a site's bounce rate. */
const passive = (name: string, flag: string) => (/by agent$|shown$/.test(name) ? { [flag]: true } : {});

function google(name: string, id?: string): void {
  const { gtag, dataLayer, GoogleAnalyticsObject }: Any = window;
  const ga = (window as Any)[GoogleAnalyticsObject || 'ga'];
  const tag = () => {
    const to = id ?? Array.from<Any>(dataLayer ?? []).find((call) => call[0] === 'config')?.[1];
    gtag?.('event', name, { event_category: 'Chatra', send_to: to, ...passive(name, 'non_interaction') });
  };
  if (!ga) return tag();
  // Runs at once, or when their script is there.
  ga(() =>
    quietly(() => {
      const tracker = ga.getAll().find((t: Any) => !id || t.get('trackingId') === id);
      if (!tracker) return tag();
      tracker.send('event', { eventCategory: 'Chatra', eventAction: name, ...passive(name, 'nonInteraction') });
    }),
  );
}

function yandex(name: string, id?: number): void {
  const { ym, Ya }: Any = window;
  const old = id ? `yaCounter${id}` : Object.keys(window).find((key) => /^yaCounter\d+$/.test(key));
  const counter = old && (window as Any)[old];
  if (counter) return counter.reachGoal(name);
  const first = () => Ya?.Metrika2?.counters?.()[0]?.id ?? ym?.a?.find((call: Any) => call[1] === 'init')?.[0];
  const to = id ?? first();
  if (to) ym?.(to, 'reachGoal', name);
}
