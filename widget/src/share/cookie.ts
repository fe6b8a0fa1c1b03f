import { maxTicketLength, type Ticket } from './ticket';

const named = (account: string): string => `confab_ticket_${account}`;
const secure = (): string => (location.protocol === 'https:' ? '; Secure' : '');

/** The ticket that a page of the same site left for all its hosts. */
export function readCookie(account: string): string | null {
  const start = `${named(account)}=`;
  const pair = document.cookie.split('; ').find((p) => p.startsWith(start));
  const ticket = pair?.slice(start.length);
  return ticket && ticket.length <= maxTicketLength ? ticket : null;
}

/** Leaves a ticket for all hosts of the site; null takes it away. */
export function writeCookie(account: string, ticket: Ticket | null): void {
  const domain = siteOf(location.hostname);
  if (!domain) return;
  const age = ticket ? Math.max(0, Math.floor((ticket.until - Date.now()) / 1000)) : 0;
  // biome-ignore lint/suspicious/noDocumentCookie: the cookie store is not there in all browsers
  document.cookie = `${named(account)}=${ticket?.ticket ?? ''}; Domain=${domain}; Path=/; Max-Age=${age}; SameSite=Lax${secure()}`;
}

/**
 * The shortest domain of the host that takes cookies: that is what its owner registered, for browsers take none for
 * what belongs to many. Null for an address or a name without dots.
 */
export function siteOf(host: string): string | null {
  const labels = host.split('.');
  if (/^[\d.]+$|:/.test(host)) return null;
  for (let from = labels.length - 2; from >= 0; from--) {
    const domain = labels.slice(from).join('.');
    if (takesCookies(domain)) return domain;
  }
  return null;
}

function takesCookies(domain: string): boolean {
  const probe = `confab_probe=1; Domain=${domain}; Path=/; SameSite=Lax${secure()}`;
  // biome-ignore lint/suspicious/noDocumentCookie: as above
  document.cookie = probe;
  const taken = document.cookie.includes('confab_probe=1');
  // biome-ignore lint/suspicious/noDocumentCookie: as above
  document.cookie = `${probe}; Max-Age=0`;
  return taken;
}
