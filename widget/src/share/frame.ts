import { maxTicketLength } from './ticket';

/** What is asked of a page that keeps logins: its ticket, to keep one, or to forget it. */
export interface Question {
  account: string;
  keep?: string;
  forget?: true;
}

export const answerMillis = 3000;

/** Asks the page at `address` in a hidden frame. Null if it has no ticket, or does not answer in time. */
export function askFrame(address: string, question: Question, millis = answerMillis): Promise<string | null> {
  const { origin } = new URL(address);
  const id = crypto.getRandomValues(new Uint32Array(4)).join('-');
  const frame = document.createElement('iframe');
  frame.hidden = true;
  frame.title = '';
  frame.setAttribute('aria-hidden', 'true');
  frame.src = address;
  return new Promise((done) => {
    const end = (ticket: string | null): void => {
      clearTimeout(timer);
      removeEventListener('message', heard);
      frame.remove();
      done(ticket);
    };
    const heard = (event: MessageEvent): void => {
      if (event.source !== frame.contentWindow || event.origin !== origin) return;
      const answer = ticketIn(event.data, id);
      if (answer !== undefined) end(answer);
    };
    const timer = setTimeout(() => end(null), millis);
    addEventListener('message', heard);
    frame.addEventListener('load', () =>
      frame.contentWindow?.postMessage({ confab: 'share', id, ...question }, origin),
    );
    document.body.append(frame);
  });
}

/** Undefined if it is not the answer. */
function ticketIn(data: unknown, id: string): string | null | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const { confab, id: answered, ticket } = data as Record<string, unknown>;
  if (confab !== 'share' || answered !== id) return undefined;
  return typeof ticket === 'string' && ticket !== '' && ticket.length <= maxTicketLength ? ticket : null;
}
