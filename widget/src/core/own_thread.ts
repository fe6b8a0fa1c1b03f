import type { Actor, NumberedEntry } from '../../../client/frames';
import { JournalStore } from '../../../client/journal';
import { Outbox } from '../../../client/outbox';
import { serveOutbox, Talk } from '../../../client/talk';
import { emptyThread } from '../../../client/thread';
import { countUnread } from '../../../client/timeline';
import type { SendOptions } from '../types';
import { LateStore, type LoadOutbox } from './late_store';
import type { Snapshot, Tabs, TabWord } from './tabs';

const mostUnread = 99; // above it the badge says 99+

/** The visitor's own thread, what he writes in it and what of it he sees: the same in all tabs. */
export class OwnThread {
  readonly talk: Talk;
  readonly outbox: Outbox;
  /** Conversations that start here go to it. */
  group: string | null = null;
  /** The panel is on the screen. */
  opened = false;
  private readonly store: LateStore;
  /** Written on this page, by cmid. */
  private readonly mine = new Set<string>();

  constructor(
    private readonly tabs: Tabs,
    account: string,
    agreed: Promise<void>,
    script: LoadOutbox,
    me: () => Actor,
  ) {
    this.store = new LateStore(account, agreed, script);
    this.outbox = new Outbox({ store: new JournalStore(account, this.store), send: (frame) => tabs.send(frame) });
    this.talk = new Talk({ link: tabs, outbox: this.outbox, me });
    tabs.words.add((word) => this.heard(word));
  }

  /** Returns the end of it. */
  follow(): () => void {
    const { tabs, talk, outbox } = this;
    const unserve = serveOutbox(tabs, outbox);
    talk.follow();
    const unload = tabs.frames.add(({ t }) => (t === 'caught_up' || t === 'entries') && this.loadUnread()); // after talk
    return () => {
      unserve();
      unload();
      talk.leave();
      outbox.close();
    };
  }

  /** What a tab that joins must know. */
  get snapshot(): Pick<Snapshot, 'thread' | 'items'> {
    return { thread: this.talk.state, items: this.talk.pending() };
  }

  restore({ thread, items }: Pick<Snapshot, 'thread' | 'items'>): void {
    this.talk.restore(thread);
    for (const item of items) void this.outbox.take(item);
  }

  clear(): void {
    void this.outbox.clear();
    this.talk.restore(emptyThread(''));
  }

  get unread(): number {
    return countUnread(this.talk.state.entries, this.talk.seenByMe(), isOwn);
  }

  send(text: string, options: SendOptions): void {
    const group = options.group ?? this.group;
    void this.talk.send(text, { ...options, ...(group && { group }) });
    const item = this.talk.pending().at(-1);
    if (!item) return;
    this.mine.add(item.cmid);
    this.tabs.say({ k: 'press', item });
  }

  /** Something is being written. */
  prepare(): void {
    this.store.prepare();
  }

  wroteHere({ entry: { cmid = '' } }: NumberedEntry): boolean {
    return this.mine.has(cmid);
  }

  /** What he looks at counts as seen. */
  look(): void {
    if (this.read && this.talk.state.current) this.talk.markSeen();
  }

  /** From the other side, while he looks elsewhere. */
  missed({ entry }: NumberedEntry): boolean {
    return entry.kind === 'message' && !isOwn(entry.author, entry.auto === true) && !(this.read && document.hasFocus());
  }

  private get read(): boolean {
    return this.opened && document.visibilityState === 'visible';
  }

  private heard(word: TabWord): void {
    if (word.k === 'press') void this.outbox.take(word.item);
    if (word.k === 'retry') this.outbox.retry(word.cmid);
    if (word.k === 'discard') void this.outbox.discard(word.cmid);
    if (word.k === 'ask' && word.frame.t === 'seen' && word.frame.thread) this.talk.noteSeen(word.frame.seq);
  }

  /** What is unread and not loaded could not be counted: older pages are asked for until what was seen is reached, or enough. */
  private loadUnread(): void {
    const { current, entries } = this.talk.state;
    const oldest = entries[0]?.seq ?? 0;
    if (current && oldest > this.talk.seenByMe() + 1 && this.unread <= mostUnread) this.talk.loadOlder();
  }
}

const isOwn = (author: Actor, auto: boolean): boolean => author.kind === 'visitor' && !auto;
