/** What is asked of the server under an id: sent again after each reconnect until it is answered. */
import { newCMID } from './cmid';
import type { Link } from './connection';
import type { CallNewsFrame, Code, DoneFrame, ErrorFrame, RequestFrame, ServerFrame, TicketFrame } from './frames';

/** Why something that was asked for did not happen; `message` is for people, in English. */
export interface RequestFault {
  code: Code | 'cancelled' | 'network';
  message: string;
  field?: string;
}

export type Answer = DoneFrame | TicketFrame | CallNewsFrame;
type WithoutID<F> = F extends unknown ? Omit<F, 'id'> : never;
/** A request as it is asked; its id is made here. */
export type Asked = WithoutID<RequestFrame>;

interface Pending {
  frame: RequestFrame;
  resolve: (answer: Answer) => void;
  reject: (fault: RequestFault) => void;
}

const passing: ReadonlySet<Code> = new Set(['unavailable', 'draining', 'rate_limited']);
const laterMillis = 1000;
const cancelled: RequestFault = { code: 'cancelled', message: 'Nobody waits for it any more.' };

export class Requests {
  private readonly pending = new Map<string, Pending>();
  private readonly timers = new Set<ReturnType<typeof setTimeout>>();
  private readonly stop: () => void;
  private closed = false;

  constructor(private readonly link: Link) {
    this.stop = link.frames.add((frame) => this.heard(frame));
  }

  /** Resolves with the answer, however many connections that takes; rejects with a RequestFault. */
  ask(asked: Asked): Promise<Answer> {
    if (this.closed) return Promise.reject(cancelled);
    const frame = { ...asked, id: newCMID() } as RequestFrame;
    return new Promise((resolve, reject) => {
      this.pending.set(frame.id, { frame, resolve, reject });
      this.link.send(frame); // else with the next hello
    });
  }

  /** Nothing is asked any more; what is unanswered is rejected as `cancelled`. */
  close(): void {
    this.closed = true;
    this.stop();
    this.drop();
  }

  /** Gives up what is unanswered, as `cancelled`: whom it was for is gone. More may be asked. */
  drop(): void {
    for (const timer of this.timers) clearTimeout(timer);
    for (const { reject } of this.pending.values()) reject(cancelled);
    this.pending.clear();
  }

  private heard(frame: ServerFrame): void {
    if (frame.t === 'hello') for (const { frame } of this.pending.values()) this.link.send(frame);
    if (frame.t === 'contact' || !('id' in frame) || !frame.id) return;
    const asked = this.pending.get(frame.id);
    if (!asked) return;
    if (frame.t === 'error' && passing.has(frame.code)) return this.later(asked, frame);
    this.pending.delete(frame.id);
    if (frame.t === 'error') asked.reject(faultOf(frame));
    else asked.resolve(frame);
  }

  private later({ frame }: Pending, { afterMillis = laterMillis }: ErrorFrame): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      if (this.pending.has(frame.id)) this.link.send(frame);
    }, afterMillis);
    this.timers.add(timer);
  }
}

const faultOf = ({ code, message, field }: ErrorFrame): RequestFault => ({
  code,
  message,
  ...(field !== undefined && { field }),
});
