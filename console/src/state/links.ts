/** Which links of what a page says may be followed by an agent. Pure. */

/**
 * The address that a link opens, or undefined if it must not be shown: only http and https, and if there are safe
 * places only to their hosts and below them. Hosts are compared as the browser reads them, never as text.
 */
export function openable(link: string | undefined, safe: readonly string[]): string | undefined {
  const url = parsed(link ?? '');
  if (!url || !/^https?:$/.test(url.protocol)) return undefined;
  const host = bare(url.hostname);
  const lies = (place: string) => host === place || host.endsWith(`.${place}`);
  return safe.length === 0 || safe.map(hostOf).some((place) => place !== '' && lies(place)) ? url.href : undefined;
}

/** A safe place is a domain, perhaps with a port, or an address of which only the host counts. Empty if it is neither. */
function hostOf(place: string): string {
  const url = parsed(/^[a-z][a-z\d+.-]*:\/\//i.test(place) ? place : `https://${place.replace(/^\*\./, '')}`);
  return bare(url?.hostname ?? '');
}

const bare = (host: string) => host.replace(/\.+$/, '');

function parsed(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
