import * as limits from '../chat/limits.json';
import type { Link } from './connection';
import { type AckFrame, type Actor, actorKey, type Marker, type NumberedEntry, type ServerFrame } from './frames';
import { Listeners } from './listeners';
import type { Outbox, OutboxItem } from './outbox';
import {
  apply,
  applyAck,
  emptyThread,
  interrupted,
  position,
  type Step,
  subscribeFrame,
  type ThreadState,
} from './thread';
import { TypingReceiver, TypingSender, type Typist } from './typing';

export interface TalkOptions {
  link: Link;
  outbox: Outbox;
  /** Id of the thread; empty for a visitor, whose own thread `hello` names. */
  thread?: string;
  /** Who writes here, as entries will name him. */
  me: () => Actor;
}

/**
 * One thread as a person reads and writes it: follows it through reconnects and resets, and joins thread, outbox,
 * markers and typing into one state. `follow` starts it, `leave` ends it.
 */
export class Talk {
  /** Told after every change of `state`, `typists` or the outbox. */
  readonly changes = new Listeners<void>();
  /** Told of each entry that was newly created, by anybody, once; never of history. */
  readonly news = new Listeners<NumberedEntry>();
  state: ThreadState;
  typists: Typist[] = [];
  /** True while an older page is on its way. */
  loadingOlder = false;

  private readonly told = new Set<string>();
  private readonly stops: (() => void)[] = [];
  /** Said on this connection; `seenTop` outlives it. */
  private marked = { delivered: 0, seen: 0 };
  private seenTop = 0;
  private readonly receiver = new TypingReceiver((typists) => {
    this.typists = typists;
    this.changes.tell();
  });
  private readonly sender = new TypingSender((on, text) => {
    const frame = { t: 'typing' as const, thread: this.state.thread, on };
    this.options.link.send(text === undefined ? frame : { ...frame, text });
  });

  constructor(private readonly options: TalkOptions) {
    this.state = emptyThread(options.thread ?? '');
  }

  /** What the server knows of this person's reading. */
  private mine(): Marker | undefined {
    return this.state.markers[actorKey(this.options.me())];
  }

  private get ownThread(): boolean {
    return !this.options.thread;
  }

  follow(): void {
    const { link, outbox } = this.options;
    this.stops.push(
      link.frames.add((frame) => this.receive(frame)),
      link.states.add((state) => state !== 'open' && this.interrupted()),
      outbox.changes.add(() => this.changes.tell()),
    );
    if (link.state === 'open') this.subscribe();
  }

  leave(): void {
    this.sender.stop();
    this.receiver.clear();
    for (const stop of this.stops.splice(0)) stop();
    if (!this.ownThread) this.options.link.send({ t: 'unsubscribe', thread: this.state.thread });
  }

  /** `cursor` and `known` for `auth`; empty if nothing was read yet. */
  position(): ReturnType<typeof position> {
    return position(this.state);
  }

  /** Takes over what another reader of the same person has read, on the same link. */
  restore(state: ThreadState): void {
    this.state = state;
    for (const { entry } of state.entries) this.remember(entry);
    this.changes.tell();
  }

  /** Keeps and sends a message. Resolves when it is kept; its fate is read from `pending` and the thread. */
  async send(text: string, more: Pick<OutboxItem, 'note' | 'auto' | 'file' | 'group' | 'offline'> = {}): Promise<void> {
    this.sender.stop();
    await this.options.outbox.press({ text, thread: this.options.thread ?? '', ...more });
  }

  /** Unsettled messages of this thread, in order. */
  pending() {
    return this.options.outbox.unsettled(this.options.thread ?? '');
  }

  /** The text of the message box as it is now; `preview` shows it to the other side. */
  typed(text: string, preview = false): void {
    this.sender.typed(text, preview);
  }

  /** Asks for the page before the oldest entry, unless one is on its way or there is none. */
  loadOlder(): void {
    const oldest = this.state.entries[0]?.seq;
    if (this.loadingOlder || this.state.complete || oldest === undefined) return;
    const { thread } = this.state;
    this.loadingOlder = this.options.link.send({ t: 'history', thread, before: oldest, limit: limits.historyPage });
    this.changes.tell();
  }

  /** Everything applied so far was shown to the person. Repeated calls say nothing twice. */
  markSeen(): void {
    const have = this.state.have ?? 0;
    if (have <= Math.max(this.marked.seen, this.mine()?.seen ?? 0)) return;
    if (!this.options.link.send({ t: 'seen', thread: this.state.thread, seq: have })) return;
    this.marked = { delivered: Math.max(this.marked.delivered, have), seen: have };
    this.noteSeen(have);
  }

  /** The same person has seen up to `seq`, here or in another place. */
  noteSeen(seq: number): void {
    if (seq <= this.seenTop) return;
    this.seenTop = seq;
    this.changes.tell();
  }

  /** How far this person has seen the thread, on whatever device. */
  seenByMe(): number {
    return Math.max(this.seenTop, this.mine()?.seen ?? 0);
  }

  /** How far the others are: the furthest `delivered` and `seen` of anybody but this person. */
  others(): { delivered: number; seen: number } {
    const me = actorKey(this.options.me());
    const theirs = Object.entries(this.state.markers).filter(([key]) => key !== me);
    const furthest = (of: (m: Marker) => number) => theirs.reduce((top, [, m]) => Math.max(top, of(m)), 0);
    return { delivered: furthest((m) => m.delivered), seen: furthest((m) => m.seen) };
  }

  private receive(frame: ServerFrame): void {
    if (frame.t === 'hello') return this.greeted(frame.visitor?.thread);
    if (!('thread' in frame) || frame.thread !== this.state.thread) return;
    if (frame.t === 'typing') return this.receiver.heard(frame);
    if (frame.t === 'nack') return; // the outbox hears it where the link is served
    if (frame.t === 'ack') return this.acked(frame);
    if (frame.t === 'entries' && frame.history) this.loadingOlder = false;
    if (frame.t === 'reset' && frame.common) this.seenTop = Math.min(this.seenTop, frame.common[0]);
    this.take(apply(this.state, frame));
  }

  /** Visitors are subscribed to their own thread by `auth`; it may be another one than before. */
  private greeted(thread: string | undefined): void {
    if (!this.ownThread) return this.subscribe();
    if (thread && thread !== this.state.thread) this.begin(thread);
  }

  private begin(thread: string): void {
    this.state = emptyThread(thread);
    this.marked = { delivered: 0, seen: 0 };
    this.seenTop = 0;
    this.told.clear();
    this.receiver.clear();
    this.changes.tell();
  }

  private subscribe(): void {
    if (this.state.thread) this.options.link.send(subscribeFrame(this.state));
  }

  private interrupted(): void {
    this.state = interrupted(this.state);
    this.loadingOlder = false;
    this.marked = { delivered: 0, seen: 0 };
    this.receiver.clear();
    this.changes.tell();
  }

  // The outbox settles the message first: who draws sees it either pending or in the thread, never both.
  private acked(ack: AckFrame): void {
    const item = this.options.outbox.get(ack.cmid);
    if (!item) return;
    const { text, note, auto, file } = item;
    const author = ack.author ?? this.options.me();
    const own = { author, text, ...(note && { note }), ...(auto && { auto }), ...(file && { file }) };
    this.take(applyAck(this.state, ack, own));
  }

  private take(step: Step): void {
    const before = this.state;
    this.state = step.state;
    for (const numbered of step.fresh) this.arrived(numbered, before.begun);
    if (step.resubscribe) this.subscribe();
    if (step.repairAbove !== null) this.repair(step.repairAbove);
    if (this.state.current) this.markDelivered();
    this.changes.tell();
  }

  private arrived(numbered: NumberedEntry, begun: boolean): void {
    const { entry } = numbered;
    this.options.outbox.seen(numbered);
    if (entry.kind === 'message') this.receiver.clear(entry.author);
    if (this.remember(entry) && begun) this.news.tell(numbered);
  }

  /** False if it was known: after a reset the same message may come again under another number. */
  private remember({ eid, cmid, author }: NumberedEntry['entry']): boolean {
    const key = cmid ? `${actorKey(author)}|${cmid}` : eid;
    if (this.told.has(key)) return false;
    this.told.add(key);
    return true;
  }

  // What the server has trimmed is gone from its memory of ids too: offered again it would stand there twice.
  private repair(above: number): void {
    const kept = new Set(this.state.entries.flatMap((e) => e.entry.cmid ?? []));
    const from = Math.max(above, this.state.truncatedFrom - 1);
    this.options.outbox.repair(this.options.thread ?? '', from, kept);
  }

  private markDelivered(): void {
    const have = this.state.have ?? 0;
    if (have <= Math.max(this.marked.delivered, this.mine()?.delivered ?? 0)) return;
    if (this.options.link.send({ t: 'delivered', thread: this.state.thread, seq: have })) this.marked.delivered = have;
  }
}

/** Lets an outbox live on a connection: sends when it opens, and hears what the server answers. Returns the end of it. */
export function serveOutbox(link: Link, outbox: Outbox): () => void {
  const heard = (frame: ServerFrame): void => {
    if (frame.t === 'hello') outbox.open();
    if (frame.t === 'ack') outbox.acked(frame);
    if (frame.t === 'nack') outbox.nacked(frame);
  };
  const stops = [link.frames.add(heard), link.states.add((state) => state !== 'open' && outbox.interrupted())];
  return () => {
    for (const stop of stops) stop();
  };
}
