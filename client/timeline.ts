/** From entries to what is drawn: groups of one author, day separators, events. Pure; words are the caller's. */
import { type Actor, actorKey, type Entry, type FileInfo, type NumberedEntry } from './frames';
import type { OutboxItem } from './outbox';

/** A message as it is shown. `seq` 0: not acknowledged yet, then `item` is its place in the outbox. */
export interface ShownMessage {
  /** Stays the same from pressing send on: the cmid if there is one, else the eid. */
  key: string;
  seq: number;
  author: Actor;
  at: number;
  text: string;
  note: boolean;
  auto: boolean;
  /** Missing while it is not acknowledged. */
  eid?: string;
  file?: FileInfo;
  /** Answers that are offered. */
  choices?: string[];
  /** Its author has given it another text since; ms UTC. */
  editedAt?: number;
  /** Its author has taken it back: there is no text any more. */
  deleted?: true;
  item?: OutboxItem;
}

export type TimelineRow =
  | { kind: 'day'; key: string; at: number }
  | { kind: 'unread'; key: string }
  | { kind: 'hole'; key: string }
  | { kind: 'damaged'; key: string; at: number }
  | { kind: 'event'; key: string; seq: number; entry: Entry }
  | { kind: 'group'; key: string; author: Actor; own: boolean; note: boolean; auto: boolean; messages: ShownMessage[] };

export interface TimelineOptions {
  /** Whose messages are "own". `auto`: sent by a rule of the page in the name of an agent. */
  own: (author: Actor, auto: boolean) => boolean;
  /** Unsettled messages, in order; they stand last. */
  pending?: readonly OutboxItem[];
  /** Author of the pending ones. */
  me?: Actor;
  /** A divider stands before the first entry of somebody else above this number. */
  unreadAfter?: number;
  /** Which events are shown. Default: none. */
  shows?: (entry: Entry) => boolean;
  /** Entries below this number are gone: the hole is shown before it. */
  truncatedFrom?: number;
}

const groupGapMillis = 3 * 60_000;

export function timeline(entries: readonly NumberedEntry[], options: TimelineOptions): TimelineRow[] {
  const rows: TimelineRow[] = [];
  const draw = new Drawer(rows, options, changesOf(entries));
  for (const numbered of entries) draw.entry(numbered);
  const kept = new Set(entries.map((e) => e.entry.cmid));
  for (const item of options.pending ?? []) if (!kept.has(item.cmid)) draw.message(pendingMessage(item, options.me));
  return rows;
}

/** Messages by others, by hand or by rule, above `after`. */
export function countUnread(
  entries: readonly NumberedEntry[],
  after: number,
  own: (author: Actor, auto: boolean) => boolean,
): number {
  const changes = changesOf(entries);
  const counts = ({ seq, entry }: NumberedEntry): boolean =>
    seq > after &&
    entry.kind === 'message' &&
    !own(entry.author, entry.auto === true) &&
    !changes.get(entry.eid)?.deleted;
  return entries.filter(counts).length;
}

type Change = Pick<ShownMessage, 'text' | 'editedAt' | 'deleted'>;

/** What became of messages, by eid: the last text that each was given, unless it was taken back. */
function changesOf(entries: readonly NumberedEntry[]): Map<string, Change> {
  const changes = new Map<string, Change>();
  for (const { entry } of entries) {
    if (!entry.target || changes.get(entry.target)?.deleted) continue;
    if (entry.kind === 'message.edited') changes.set(entry.target, { text: entry.text ?? '', editedAt: entry.at });
    if (entry.kind === 'message.deleted') changes.set(entry.target, { text: '', deleted: true });
  }
  return changes;
}

function pendingMessage(item: OutboxItem, me: Actor = { kind: 'visitor' }): ShownMessage {
  const { cmid, text, at, file } = item;
  const message = { key: cmid, seq: 0, author: me, at, text, note: item.note === true, auto: item.auto === true, item };
  return file ? { ...message, file } : message;
}

class Drawer {
  private day = '';
  private divided = false;
  private holed = false;

  constructor(
    private readonly rows: TimelineRow[],
    private readonly options: TimelineOptions,
    private readonly changes: ReadonlyMap<string, Change>,
  ) {}

  entry({ seq, entry }: NumberedEntry): void {
    this.hole(seq);
    if (entry.kind === 'message') return this.kept(seq, entry);
    if (entry.kind === 'damaged')
      return this.other(entry.at, { kind: 'damaged', key: entry.eid || `#${seq}`, at: entry.at });
    if (entry.kind === 'message.edited' || entry.kind === 'message.deleted') return; // shown at their messages
    if (this.options.shows?.(entry)) this.other(entry.at, { kind: 'event', key: entry.eid, seq, entry });
  }

  message(message: ShownMessage): void {
    this.separate(message.at);
    const last = this.rows.at(-1);
    if (last?.kind === 'group' && joins(last, message)) last.messages.push(message);
    else this.rows.push(this.group(message));
  }

  private kept(seq: number, entry: Entry): void {
    const { eid, author, at, text = '', note = false, auto = false, file, choices } = entry;
    const change = this.changes.get(eid);
    if (!change?.deleted) this.divide(seq, this.options.own(author, auto));
    const message = { key: entry.cmid ?? eid, eid, seq, author, at, text, note, auto, ...change };
    this.message(change?.deleted ? message : { ...message, ...(file && { file }), ...(choices && { choices }) });
  }

  private other(at: number, row: TimelineRow): void {
    this.separate(at);
    this.rows.push(row);
  }

  private group(message: ShownMessage): TimelineRow {
    const { key, author, note, auto } = message;
    return {
      kind: 'group',
      key: `g${key}`,
      author,
      own: this.options.own(author, auto),
      note,
      auto,
      messages: [message],
    };
  }

  private separate(at: number): void {
    const day = at > 0 ? new Date(at).toDateString() : this.day;
    if (day === this.day) return;
    this.day = day;
    this.rows.push({ kind: 'day', key: `d${day}`, at });
  }

  private divide(seq: number, own: boolean): void {
    const after = this.options.unreadAfter;
    if (this.divided || after === undefined || seq <= after || own) return;
    this.divided = true;
    this.rows.push({ kind: 'unread', key: 'unread' });
  }

  private hole(seq: number): void {
    const from = this.options.truncatedFrom ?? 0;
    if (this.holed || from < 2 || seq < from) return;
    this.holed = true;
    this.rows.push({ kind: 'hole', key: 'hole' });
  }
}

function joins(group: TimelineRow & { kind: 'group' }, message: ShownMessage): boolean {
  const last = group.messages.at(-1);
  return (
    last !== undefined &&
    actorKey(group.author) === actorKey(message.author) &&
    group.note === message.note &&
    group.auto === message.auto &&
    message.at - last.at < groupGapMillis
  );
}
