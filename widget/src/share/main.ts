import type { Proof } from '../../../client/frames';
import { readCookie, writeCookie } from './cookie';
import { answerMillis, askFrame } from './frame';
import { leaveForHelper } from './helper';
import { askForTicket, renewMillis, type Ticket } from './ticket';

const page = '/confab/share.html';

interface Borrowing {
  /** Address of the node, without a path. */
  server: string;
  account: string;
  /** Where the users of the site log in, with or without a scheme. */
  domain: string;
  /** Told each ticket that follows the first, before that one ends. False: it is of no use any more. */
  renewed: (ticket: string) => boolean;
}

let borrowing = 0;

/**
 * The login of another domain of the site: what a host of the same site left in a cookie, else what the node's own page
 * keeps, else what the helper page on the domain itself keeps. Null if none of them has one within three seconds.
 */
export async function borrow(options: Borrowing): Promise<string | null> {
  clearInterval(borrowing);
  const { server, account, renewed } = options;
  const late = new Promise<null>((done) => setTimeout(() => done(null), answerMillis));
  const found = await Promise.race([search(options), late]);
  if (!found) return null;
  borrowing = keepFresh(server, account, { ticket: found }, ({ ticket }) => {
    if (!renewed(ticket)) clearInterval(borrowing);
  });
  return found;
}

async function search({ server, account, domain }: Borrowing): Promise<string | null> {
  const left = readCookie(account);
  const fresh = left && (await askForTicket(server, account, { ticket: left }));
  if (fresh) return fresh.ticket;
  const pages = [ownPage(server, account), helperOf(domain)];
  return firstOf(pages.map((address) => (address ? askFrame(address, { account }) : null)));
}

const ownPage = (server: string, account: string): string => `${server}${page}?account=${encodeURIComponent(account)}`;

/** The helper page of a domain; null if it is none. */
function helperOf(domain: string): string | null {
  try {
    const { protocol, origin } = new URL(domain.includes('://') ? domain : `${location.protocol}//${domain}`);
    return /^https?:$/.test(protocol) ? origin + page : null;
  } catch {
    return null;
  }
}

/** The first ticket that comes; null if all say that they have none. */
function firstOf(answers: (Promise<string | null> | null)[]): Promise<string | null> {
  return Promise.any(answers.map(async (answer) => (await answer) ?? Promise.reject())).catch(() => null);
}

interface Lending {
  server: string;
  account: string;
  /** Null: the login is over. */
  proof: Proof | null;
}

let lending = 0;
let rounds = 0;

/** Leaves tickets of this page's login wherever `borrow` looks, as long as the page is open or until the login is over. */
export async function lend({ server, account, proof }: Lending): Promise<void> {
  clearInterval(lending);
  const round = ++rounds;
  const own = ownPage(server, account);
  const leave = (ticket: Ticket | null): void => {
    writeCookie(account, ticket);
    leaveForHelper(account, server, page, ticket);
    void askFrame(own, ticket ? { account, keep: ticket.ticket } : { account, forget: true });
  };
  if (!proof) return leave(null);
  const ticket = await askForTicket(server, account, proof);
  if (!ticket || round !== rounds) return;
  leave(ticket);
  lending = keepFresh(server, account, proof, leave);
}

/** Tells ticket after ticket, until there is none to be had. A ticket is its own proof of the next. */
function keepFresh(server: string, account: string, proof: Proof, tell: (ticket: Ticket) => void): number {
  let next = proof;
  return window.setInterval(async () => {
    const ticket = await askForTicket(server, account, next);
    if (!ticket) return;
    if (proof.ticket) next = { ticket: ticket.ticket };
    tell(ticket);
  }, renewMillis);
}
