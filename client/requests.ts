import { newCMID } from './cmid';
import type { Link } from './connection';
import type { CallNewsFrame, Code, DoneFrame, ErrorFrame, RequestFrame, ServerFrame, TicketFrame } from './frames';

type WithoutId<F> = F extends unknown ? Omit<F, 'id'> : never;
/** A request before it has its id. */
export type Request = WithoutId<RequestFrame>;
export type Answer = DoneFrame | TicketFrame | CallNewsFrame;

/** Why a request was refused; what `ask` rejects with. */
export interface Refusal {
  code: Code | 'ended';
  message: string;
  field?: string;
}

interface Asked {
  frame: RequestFrame;
  resolve: (answer: Answer) => void;
  reject: (refusal: Refusal) => void;
}

const again: ReadonlySet<Code> = new Set(['rate_limited', 'unavailable', 'draining', 'internal']);
const retryMillis = 2000;

/**
 * Frames that the server answers under an id. Each waits for an open link and is sent again, in order, after every new
 * hello until its answer is here; none outlives the page.
 */
export class Requests {
  private readonly waiting = new Map<string, Asked>();
  private readonly stops: (() => void)[];
  private readonly timers = new Set<ReturnType<typeof setTimeout>>();

  constructor(private readonly link: Link) {
    this.stops = [link.frames.add((frame) => this.heard(frame))];
  }

  /** Resolves with the answer; rejects with a Refusal once the server refuses for good, or with code `ended`. */
  ask(request: Request): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const frame = { ...request, id: newCMID() } as RequestFrame;
      this.waiting.set(frame.id, { frame, resolve, reject });
      this.link.send(frame);
    });
  }

  /** Gives up all that is not answered: the person it was for is gone. */
  drop(): void {
    const all = [...this.waiting.values()];
    this.waiting.clear();
    for (const { reject } of all) reject({ code: 'ended', message: 'The session is over.' });
  }

  end(): void {
    for (const stop of this.stops.splice(0)) stop();
    for (const timer of this.timers) clearTimeout(timer);
    this.drop();
  }

  private heard(frame: ServerFrame): void {
    if (frame.t === 'hello') return this.resend();
    if (!('id' in frame) || typeof frame.id !== 'string') return;
    if (frame.t === 'error') return this.failed(frame.id, frame);
    if (frame.t === 'done' || frame.t === 'upload' || frame.t === 'call') this.take(frame.id)?.resolve(frame);
  }

  private resend(): void {
    for (const { frame } of this.waiting.values()) this.link.send(frame);
  }

  private failed(id: string, { code, message, field, afterMillis = retryMillis }: ErrorFrame): void {
    if (again.has(code)) return this.later(id, afterMillis);
    this.take(id)?.reject({ code, message, ...(field !== undefined && { field }) });
  }

  private later(id: string, millis: number): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      const asked = this.waiting.get(id);
      if (asked) this.link.send(asked.frame);
    }, millis);
    this.timers.add(timer);
  }

  private take(id: string): Asked | undefined {
    const asked = this.waiting.get(id);
    this.waiting.delete(id);
    return asked;
  }
}
