import * as limits from '../../../chat/limits.json';
import type { Page } from '../../../client/frames';

/** The page of now, within the server's limits. */
export function currentPage(): Page {
  const url = location.href.length > limits.pageUrlBytes ? location.origin + location.pathname : location.href;
  return {
    url: url.slice(0, limits.pageUrlBytes),
    title: [...document.title].slice(0, limits.pageTitleRunes).join(''),
  };
}

/**
 * Watches navigation within the page, as single-page sites do it. `changed` is told at most every `pageGapMillis`, a
 * moment after the address changed, when the site has had the time to set the new title. Returns the end of it.
 */
export function watchPages(changed: () => void): () => void {
  let last = location.href;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = (): void => {
    if (location.href === last) return;
    last = location.href;
    clearTimeout(timer);
    timer = setTimeout(changed, limits.pageGapMillis);
  };
  const unwraps = [wrap('pushState', look), wrap('replaceState', look)];
  addEventListener('popstate', look);
  addEventListener('hashchange', look);
  return () => {
    clearTimeout(timer);
    for (const unwrap of unwraps) unwrap();
    removeEventListener('popstate', look);
    removeEventListener('hashchange', look);
  };
}

/** Lets `after` run once the site's own call is done. Whoever wrapped the function after us keeps his wrapper. */
function wrap(name: 'pushState' | 'replaceState', after: () => void): () => void {
  const original = history[name];
  let live = true;
  const wrapped: typeof original = function (this: History, ...args) {
    original.apply(this, args);
    if (live) after();
  };
  history[name] = wrapped;
  return () => {
    live = false;
    if (history[name] === wrapped) history[name] = original;
  };
}
