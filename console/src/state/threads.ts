import { batch, type Signal, signal } from '@preact/signals';
import type { Link } from '../../../client/connection';
import type { Actor } from '../../../client/frames';
import { limits } from '../../../client/limits';
import type { Outbox, OutboxItem } from '../../../client/outbox';
import { serveOutbox, Talk } from '../../../client/talk';
import type { ThreadState } from '../../../client/thread';
import type { Typist } from '../../../client/typing';

/** One thread as it is shown. */
export interface ThreadView {
  readonly talk: Talk;
  readonly state: Signal<ThreadState>;
  readonly typists: Signal<readonly Typist[]>;
  readonly pending: Signal<readonly OutboxItem[]>;
  readonly loadingOlder: Signal<boolean>;
}

/** Threads looked at last stay live, so that going back to one is instant. */
const KEPT_THREADS = Math.min(20, limits.subscriptions);

/** The threads that this page follows, kept in step with the server over one connection. */
export class Threads {
  /** Where a visitor types, for the lists. */
  readonly typing = signal<ReadonlySet<string>>(new Set());
  private readonly held = new Map<string, ThreadView>();
  private readonly endServing: () => void;

  constructor(
    private readonly link: Link,
    private readonly outbox: Outbox,
    private readonly me: () => Actor,
  ) {
    // Before any talk, so that an acknowledged message is never both pending and in the thread.
    const ends = [
      serveOutbox(link, outbox),
      link.frames.add((frame) => frame.t === 'reset' && frame.gone && this.letGo(frame.thread)),
    ];
    this.endServing = () => {
      for (const end of ends) end();
    };
  }

  /** Follows the thread, if it does not yet; the one longest not looked at is let go. */
  view(thread: string): ThreadView {
    const view = this.held.get(thread) ?? this.hold(thread);
    this.held.delete(thread);
    this.held.set(thread, view);
    for (const oldest of this.held.keys()) {
      if (this.held.size <= KEPT_THREADS) break;
      this.letGo(oldest);
    }
    return view;
  }

  close(): void {
    for (const thread of [...this.held.keys()]) this.letGo(thread);
    this.endServing();
  }

  private hold(thread: string): ThreadView {
    const talk = new Talk({ link: this.link, outbox: this.outbox, thread, me: this.me });
    const view: ThreadView = {
      talk,
      state: signal(talk.state),
      typists: signal([]),
      pending: signal(talk.pending()),
      loadingOlder: signal(false),
    };
    talk.changes.add(() => this.show(thread, view));
    talk.follow();
    return view;
  }

  private letGo(thread: string): void {
    this.held.get(thread)?.talk.leave();
    this.held.delete(thread);
  }

  private show(thread: string, { talk, state, typists, pending, loadingOlder }: ThreadView): void {
    batch(() => {
      state.value = talk.state;
      typists.value = talk.typists.filter((typist) => typist.who.id !== this.me().id);
      const items = talk.pending();
      if (items.length > 0 || pending.value.length > 0) pending.value = items;
      loadingOlder.value = talk.loadingOlder;
      this.mark(
        thread,
        talk.typists.some((typist) => typist.who.kind === 'visitor'),
      );
    });
  }

  private mark(thread: string, on: boolean): void {
    if (this.typing.value.has(thread) === on) return;
    const next = new Set(this.typing.value);
    if (on) next.add(thread);
    else next.delete(thread);
    this.typing.value = next;
  }
}
