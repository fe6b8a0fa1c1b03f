import { computed, signal } from '@preact/signals';
import type { Conversation } from '../net/types';
import { Pace } from './pace';

export type ListName = 'mine' | 'queue' | 'open' | 'closed';
export const LIST_NAMES: readonly ListName[] = ['mine', 'queue', 'open', 'closed'];

export type Loading = 'idle' | 'loading' | 'ready' | 'failed';

/**
 * All conversations that this page knows: every open one, and those closed ones that were looked at. Under many frames
 * `byId` follows what is known by up to showMillis; `get` never does.
 */
export class Conversations {
  readonly byId = signal<ReadonlyMap<string, Conversation>>(new Map());
  readonly open = computed(() => [...this.byId.value.values()].filter(isOpen));
  readonly closed = computed(() => [...this.byId.value.values()].filter((c) => !isOpen(c)).sort(byClosing));
  readonly loading = signal<Loading>('idle');
  readonly closedLoading = signal<Loading>('idle');
  readonly closedNext = signal<string | null>('');
  /** Last number that was shown here, by thread: what the server has not yet been told is read all the same. */
  private readonly shown = new Map<string, number>();
  private readonly waits = new Map<string, number>();
  /** What the agent may not see any more, with the number up to which that is so. */
  private readonly lost = new Map<string, number>();
  private touched = new Set<string>();
  private known = new Map<string, Conversation>();
  private readonly pace: Pace;

  constructor(showMillis = 0) {
    this.pace = new Pace(showMillis, () => {
      this.byId.value = new Map(this.known);
    });
  }

  get(id: string): Conversation | undefined {
    return this.known.get(id);
  }

  /** Shows what is known at once: the agent waits for what he has done himself. */
  show(): void {
    this.pace.now();
  }

  close(): void {
    this.pace.stop();
  }

  ofThread(thread: string): Conversation | undefined {
    return this.open.value.find((c) => c.thread === thread);
  }

  /** Takes a newer state of one. Returns what was known before. */
  apply(c: Conversation): Conversation | undefined {
    const before = this.known.get(c.id);
    this.touched.add(c.id);
    if (before && before.top > c.top) return before; // an answer overtaken by a frame
    if (c.top <= (this.lost.get(c.id) ?? -1)) return undefined;
    this.lost.delete(c.id);
    this.known.set(c.id, this.prepare(c));
    this.pace.ask();
    return before;
  }

  /** The agent may not see it any more; what is older of it is passed over. Tells whether it was known. */
  lose(id: string, top: number): boolean {
    this.lost.set(id, top);
    this.touched.delete(id);
    const known = this.known.delete(id);
    this.show();
    return known;
  }

  /** Marks the beginning of a load of all that is open; what changes meanwhile wins over the answer. */
  beginLoad(): void {
    this.touched = new Set();
  }

  /** Takes the answer of a full load: open ones that are not in it are no longer open. */
  replaceOpen(loaded: readonly Conversation[]): void {
    const next = new Map<string, Conversation>();
    for (const c of this.known.values()) if (!isOpen(c) || this.touched.has(c.id)) next.set(c.id, c);
    for (const c of loaded) {
      if (c.top <= (this.lost.get(c.id) ?? -1)) continue;
      const known = next.get(c.id);
      if (!known || (!this.touched.has(c.id) && known.top <= c.top)) next.set(c.id, this.prepare(c));
    }
    this.known = next;
    this.show();
    this.loading.value = 'ready';
  }

  addClosed(loaded: readonly Conversation[], next: string | null): void {
    for (const c of loaded) if (!this.known.has(c.id)) this.known.set(c.id, this.prepare(c));
    this.show();
    this.closedNext.value = next;
    this.closedLoading.value = 'ready';
  }

  /** What stands in the thread up to seq has been looked at on this screen. */
  see(thread: string, seq: number): void {
    if ((this.shown.get(thread) ?? 0) >= seq) return;
    this.shown.set(thread, seq);
    let changed = false;
    for (const c of this.known.values()) {
      if (c.thread !== thread || c.unread === 0 || (c.last?.seq ?? 0) > seq) continue;
      this.known.set(c.id, { ...c, unread: 0 });
      changed = true;
    }
    if (changed) this.show();
  }

  /** Since when the visitor has had no answer; 0 if nobody is owed one. A second message does not start the wait anew. */
  waitingSince(c: Conversation): number {
    return this.waits.get(c.id) ?? 0;
  }

  clear(): void {
    this.known = new Map();
    this.show();
    this.loading.value = 'idle';
    this.closedLoading.value = 'idle';
    this.closedNext.value = '';
    this.waits.clear();
    this.shown.clear();
    this.lost.clear();
  }

  private prepare(c: Conversation): Conversation {
    if (!isOwed(c)) this.waits.delete(c.id);
    else if (!this.waits.has(c.id))
      this.waits.set(c.id, c.lastAgentAt ? (c.lastVisitorAt ?? c.startedAt) : c.startedAt);
    const read = (this.shown.get(c.thread) ?? 0) >= (c.last?.seq ?? Infinity);
    return read && c.unread > 0 ? { ...c, unread: 0 } : c;
  }
}

export const isOpen = (c: Conversation): boolean => c.state !== 'closed';

export const isMine = (c: Conversation, me: string): boolean =>
  isOpen(c) && (c.agents.includes(me) || c.assignee === me);

/** Whether the visitor spoke last. */
export const isOwed = (c: Conversation): boolean =>
  isOpen(c) && (c.lastVisitorAt ?? 0) > 0 && (c.lastVisitorAt ?? 0) > (c.lastAgentAt ?? 0);

/** When something was last said in it. */
export const activeAt = (c: Conversation): number => c.last?.at ?? c.closedAt ?? c.startedAt;

const QUIET_MILLIS = 10 * 60_000;

/** Answered, and nothing said for a while: shown below the others and not counted. */
export const isQuiet = (c: Conversation, now: number): boolean => !isOwed(c) && now - activeAt(c) > QUIET_MILLIS;

const byClosing = (a: Conversation, b: Conversation) => (b.closedAt ?? 0) - (a.closedAt ?? 0) || b.no - a.no;
const byActivity = (a: Conversation, b: Conversation) => activeAt(b) - activeAt(a) || b.no - a.no;
const byWaiting = (a: Conversation, b: Conversation) => a.startedAt - b.startedAt || a.no - b.no;

/** What a list holds, in its order. */
export function listOf(
  name: ListName,
  open: readonly Conversation[],
  closed: readonly Conversation[],
  me: string,
): Conversation[] {
  switch (name) {
    case 'mine':
      return open.filter((c) => isMine(c, me)).sort(byActivity);
    case 'queue':
      return open.filter((c) => c.state === 'waiting').sort(byWaiting);
    case 'open':
      return [...open].sort(byActivity);
    case 'closed':
      return [...closed];
  }
}

/** Counts for the rail. `hot`: somebody in the queue waits too long. */
export function countsOf(open: readonly Conversation[], me: string, now: number) {
  return {
    mine: open.filter((c) => isMine(c, me) && !isQuiet(c, now)).length,
    queue: open.filter((c) => c.state === 'waiting').length,
    open: open.length,
    unread: open.reduce((sum, c) => sum + (isMine(c, me) ? c.unread : 0), 0),
  };
}
