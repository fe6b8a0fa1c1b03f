/**
 * What a person has written and the server has not settled yet. A message is kept before it is sent for the first
 * time and stays, through reloads and reconnects, until it is acknowledged or refused for good; acknowledged ones are
 * kept a while longer so that a history that was lost can be repaired.
 */

import * as limits from '../chat/limits.json';
import { newCMID } from './cmid';
import type { AckFrame, Code, FileInfo, NackFrame, NumberedEntry, SendFrame } from './frames';
import { Listeners } from './listeners';
import type { OutboxStore } from './outbox_store';

/** waiting: for its turn or a connection · sending: in flight · failed: refused for good · sent: acknowledged. */
export type OutboxState = 'waiting' | 'sending' | 'failed' | 'sent';

export interface OutboxItem {
  cmid: string;
  /** Empty for a visitor's own thread. */
  thread: string;
  text: string;
  note?: boolean;
  auto?: boolean;
  /** One that was uploaded; then `text` may be empty. */
  file?: FileInfo;
  /** A conversation that starts with this goes to that group. */
  group?: string;
  /** Left for later. */
  offline?: boolean;
  /** When the person pressed send, ms UTC. */
  at: number;
  /** Rises with every press; messages of a thread go out in this order. */
  order: number;
  state: OutboxState;
  /** Why it failed: code for programs, sentence for people. */
  failure?: { code: Code; message: string };
  /** Once sent: its position and time in the thread. */
  seq?: number;
  eid?: string;
  sentAt?: number;
}

export interface OutboxOptions {
  store: OutboxStore;
  /** Hands a frame to the server; false if there is no open connection. */
  send: (frame: SendFrame) => boolean;
}

const firstRetryMillis = 1000;
const lastRetryMillis = 30_000;

export class Outbox {
  /** Told after every change of an item that is not yet settled, or has just been. */
  readonly changes = new Listeners<void>();
  private items = new Map<string, OutboxItem>();
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();
  /** Pressed and not yet in the store: they and what follows them must not go out. */
  private readonly keeping = new Set<string>();
  private readonly retryMillis = new Map<string, number>();
  private lastOrder = 0;
  /** Pressed before it was known what an earlier page left; null from then on. */
  private early: string[] | null = [];

  constructor(private readonly options: OutboxOptions) {}

  /** False if what is written here does not survive a reload (the browser refuses storage). */
  get persistent(): boolean {
    return this.options.store.persistent;
  }

  /** Reads what an earlier page left. Call once, before `open`. What was in flight then is sent again. */
  async load(): Promise<void> {
    const left = (await this.options.store.load()).filter((item) => !this.items.has(item.cmid));
    for (const item of left) this.adopt(item);
    this.putEarlyLast(Math.max(...left.map((item) => item.order)));
    await this.forgetOld();
    this.changes.tell();
  }

  /** Keeps a new message, then sends it as soon as its turn comes. Resolves when it is kept. */
  async press(draft: Pick<OutboxItem, 'text'> & Partial<OutboxItem>): Promise<OutboxItem> {
    const at = Date.now();
    this.lastOrder = Math.max(this.lastOrder + 1, at);
    const item: OutboxItem = { thread: '', cmid: newCMID(), at, order: this.lastOrder, ...draft, state: 'waiting' };
    this.early?.push(item.cmid);
    await this.keep(item);
    return item;
  }

  /** Takes over a message that the same person wrote elsewhere, such as in another tab. Resolves when it is kept. */
  async take(item: OutboxItem): Promise<void> {
    if (this.items.has(item.cmid)) return;
    this.lastOrder = Math.max(this.lastOrder, item.order);
    await this.keep(item.state === 'sending' ? { ...item, state: 'waiting' } : item);
  }

  /** Unsettled messages of a thread, in their order. */
  unsettled(thread = ''): OutboxItem[] {
    return this.sorted().filter((i) => i.thread === thread && i.state !== 'sent');
  }

  get(cmid: string): OutboxItem | undefined {
    return this.items.get(cmid);
  }

  /** The connection is open and authenticated: everything unsettled goes out again, oldest first. */
  open(): void {
    this.requeue();
    for (const thread of new Set([...this.items.values()].map((i) => i.thread))) this.pump(thread);
  }

  /** The connection is gone: whether what was in flight arrived is unknown, so it will be sent again. */
  interrupted(): void {
    this.requeue();
    this.changes.tell();
  }

  /** Returns the message that the acknowledgement settles, or undefined if it is not ours. */
  acked(ack: Pick<AckFrame, 'cmid' | 'seq' | 'eid' | 'at'>): OutboxItem | undefined {
    const item = this.items.get(ack.cmid);
    if (!item) return undefined;
    this.set(item, { state: 'sent', seq: ack.seq, eid: ack.eid, sentAt: ack.at });
    this.changes.tell();
    void this.forgetOld();
    this.pump(item.thread);
    return item;
  }

  /** An entry with one of our ids was read from the thread: the same as its acknowledgement. */
  seen({ seq, entry }: NumberedEntry): void {
    const item = entry.cmid === undefined ? undefined : this.items.get(entry.cmid);
    if (item && item.state !== 'sent') this.acked({ cmid: item.cmid, seq, eid: entry.eid, at: entry.at });
  }

  nacked(nack: NackFrame): void {
    const item = this.items.get(nack.cmid);
    if (!item || item.state === 'sent') return;
    if (nack.retryable) return this.again(item, nack.afterMillis);
    this.set(item, { state: 'failed', failure: { code: nack.code, message: nack.message } });
    this.changes.tell();
    this.pump(item.thread);
  }

  /** Sends a failed message again under the same id, in its old place. */
  retry(cmid: string): void {
    const item = this.items.get(cmid);
    if (item?.state !== 'failed') return;
    const { failure: _, ...rest } = item;
    this.items.set(cmid, { ...rest, state: 'waiting' });
    void this.options.store.put({ ...rest, state: 'waiting' });
    this.changes.tell();
    this.pump(item.thread);
  }

  /** Deletes a failed message. One that may have reached the server cannot be deleted. */
  async discard(cmid: string): Promise<void> {
    if (this.items.get(cmid)?.state !== 'failed') return;
    this.items.delete(cmid);
    this.changes.tell();
    await this.options.store.remove([cmid]);
  }

  /** After a reset and its caught_up: offers again what was acknowledged and is not in `kept` (cmids of the log). */
  repair(thread: string, above: number, kept: ReadonlySet<string>): void {
    for (const item of this.sorted()) {
      const lost = item.state === 'sent' && item.thread === thread && (item.seq ?? 0) > above && !kept.has(item.cmid);
      if (lost) this.set(item, { state: 'waiting' });
    }
    this.changes.tell();
    this.pump(thread);
  }

  /** Log-out: nothing of this person stays. */
  async clear(): Promise<void> {
    this.close();
    this.items.clear();
    this.changes.tell();
    await this.options.store.clear();
  }

  /** Stops all timers; nothing is sent any more. */
  close(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }

  private async keep(item: OutboxItem): Promise<void> {
    this.items.set(item.cmid, item);
    this.keeping.add(item.cmid);
    this.changes.tell();
    await this.options.store.put(item);
    this.keeping.delete(item.cmid);
    this.pump(item.thread);
  }

  private adopt(item: OutboxItem): void {
    const state = item.state === 'sending' ? 'waiting' : item.state;
    this.items.set(item.cmid, { ...item, state });
    this.lastOrder = Math.max(this.lastOrder, item.order);
  }

  /** What was pressed on this page follows what an earlier one left, also if the clock stood still or went back since. */
  private putEarlyLast(top: number): void {
    const early = (this.early ?? []).flatMap((cmid) => this.items.get(cmid) ?? []);
    this.early = null;
    if (early[0] && early[0].order <= top) for (const item of early) this.set(item, { order: ++this.lastOrder });
  }

  private requeue(): void {
    this.close();
    this.retryMillis.clear();
    for (const item of this.items.values())
      if (item.state === 'sending') this.items.set(item.cmid, { ...item, state: 'waiting' });
  }

  /** Sends the first waiting message of the thread, unless one is in flight or its delay is not over. */
  private pump(thread: string): void {
    const next = this.sorted().find((i) => i.thread === thread && (i.state === 'waiting' || i.state === 'sending'));
    if (next?.state !== 'waiting' || this.keeping.has(next.cmid) || this.timers.has(thread)) return;
    const { cmid, text, note, auto, file, group, offline } = next;
    const frame: SendFrame = {
      ...{ t: 'send', cmid, text },
      ...(thread && { thread }),
      ...(note && { note }),
      ...(auto && { auto }),
      ...(file && { file: file.id }),
      ...(group && { group }),
      ...(offline && { offline }),
    };
    this.items.set(cmid, { ...next, state: 'sending' }); // before the answer can be here
    if (this.options.send(frame)) this.changes.tell();
    else this.items.set(cmid, next);
  }

  /** Holds the thread's whole queue, so that the order stays. */
  private again(item: OutboxItem, afterMillis = 0): void {
    const wait = Math.max(afterMillis, this.retryMillis.get(item.thread) ?? firstRetryMillis);
    this.retryMillis.set(item.thread, Math.min(2 * wait, lastRetryMillis));
    this.items.set(item.cmid, { ...item, state: 'waiting' });
    clearTimeout(this.timers.get(item.thread));
    const due = (): void => {
      this.timers.delete(item.thread);
      this.pump(item.thread);
    };
    this.timers.set(item.thread, setTimeout(due, wait * (0.5 + Math.random() / 2) + afterMillis / 2));
    this.changes.tell();
  }

  private set(item: OutboxItem, change: Partial<OutboxItem>): void {
    const next = { ...item, ...change };
    this.items.set(item.cmid, next);
    if (change.state === 'sent') this.retryMillis.delete(item.thread);
    void this.options.store.put(next);
  }

  /** Keeps the newest `outboxMessages` acknowledged messages, none older than `outboxMillis`. */
  private async forgetOld(): Promise<void> {
    const sent = this.sorted().filter((i) => i.state === 'sent');
    const tooMany = sent.length - limits.outboxMessages;
    const since = Date.now() - limits.outboxMillis;
    const old = sent.filter((item, i) => i < tooMany || item.at < since).map((i) => i.cmid);
    for (const cmid of old) this.items.delete(cmid);
    if (old.length) await this.options.store.remove(old);
  }

  private sorted(): OutboxItem[] {
    return [...this.items.values()].sort((a, b) => a.order - b.order);
  }
}
