import type { Proof } from '../../../client/frames';

/** Opens a session until then. Milliseconds UTC. */
export interface Ticket {
  ticket: string;
  until: number;
}

export const maxTicketLength = 4096;

/** Before a ticket ends. */
export const renewMillis = 4 * 60_000;

/** Asks the node for a ticket of who is proven. Null if there is none to be had. */
export async function askForTicket(server: string, account: string, visitor: Proof): Promise<Ticket | null> {
  try {
    const body = JSON.stringify({ account, visitor });
    const response = await fetch(`${server}/confab/share/ticket`, { method: 'POST', body, credentials: 'omit' });
    return response.ok ? ((await response.json()) as Ticket) : null;
  } catch {
    return null;
  }
}
