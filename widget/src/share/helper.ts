import type { Ticket } from './ticket';

/** Keeps a ticket for the helper page of this host, if the site has put it there: as that page reads it. */
export function leaveForHelper(account: string, server: string, path: string, ticket: Ticket | null): void {
  const name = `confab_share_${account}`;
  const text = ticket ? JSON.stringify({ server, ...ticket }) : '';
  const seconds = ticket ? Math.max(0, Math.floor((ticket.until - Date.now()) / 1000)) : 0;
  const frames = location.protocol === 'https:' ? 'SameSite=None; Secure' : 'SameSite=Lax';
  // biome-ignore lint/suspicious/noDocumentCookie: the cookie store is not there in all browsers
  document.cookie = `${name}=${encodeURIComponent(text)}; Path=${path}; Max-Age=${seconds}; ${frames}`;
  try {
    if (ticket) localStorage.setItem(name, text);
    else localStorage.removeItem(name);
  } catch {}
}
