import type { Conversation, Status } from '../net/types';

export const OFFER_MILLIS = 30_000;
export const OFFER_HURRY_MILLIS = 5_000;

/**
 * Which waiting conversation is offered to this agent, one at a time, each once for OFFER_MILLIS. Whoever does not take
 * it leaves it in the queue, where it can be taken still.
 */
export class Offers {
  private readonly passed = new Set<string>();
  private current: { id: string; until: number } | null = null;

  /** Call with every change and every second. Only agents who are online are offered anything. */
  next(
    open: readonly Conversation[],
    me: string,
    status: Status,
    now: number,
  ): { conversation: Conversation; until: number } | null {
    const offerable = (c: Conversation) =>
      c.state === 'waiting' && (!c.assignee || c.assignee === me) && !c.agents.includes(me) && !this.passed.has(c.id);
    if (this.current && now >= this.current.until) this.skip(this.current.id);
    const held = this.current && open.find((c) => c.id === this.current?.id && offerable(c));
    if (held && this.current && status === 'online') return { conversation: held, until: this.current.until };
    this.current = null;
    if (status !== 'online') return null;
    const first = open.filter(offerable).sort((a, b) => a.startedAt - b.startedAt)[0];
    if (!first) return null;
    this.current = { id: first.id, until: now + OFFER_MILLIS };
    return { conversation: first, until: this.current.until };
  }

  skip(id: string): void {
    this.passed.add(id);
    if (this.current?.id === id) this.current = null;
  }

  /** A conversation that comes back into the queue is offered again. */
  forget(id: string): void {
    this.passed.delete(id);
  }
}
