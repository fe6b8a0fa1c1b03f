import { computed, signal } from '@preact/signals';
import type { LiveVisitor } from '../net/types';
import type { Loading } from './conversations';
import { Pace } from './pace';

export type SortKey = 'name' | 'level' | 'page' | 'time' | 'from' | 'visits';
export interface Sorting {
  key: SortKey;
  down: boolean;
}

/** Who is on the site, as it changes. Under many frames `byId` follows by up to showMillis. */
export class Visitors {
  readonly byId = signal<ReadonlyMap<string, LiveVisitor>>(new Map());
  readonly present = computed(() => [...this.byId.value.values()].filter((v) => v.online));
  readonly loading = signal<Loading>('idle');
  /** When each was first seen here, to point out who has just come; 0 for those of the first load. */
  private readonly arrivals = new Map<string, number>();
  private touched = new Set<string>();

  private known = new Map<string, LiveVisitor>();
  private readonly pace: Pace;

  constructor(
    private readonly now: () => number,
    showMillis = 0,
  ) {
    this.pace = new Pace(showMillis, () => {
      this.byId.value = new Map(this.known);
    });
  }

  get(id: string): LiveVisitor | undefined {
    return this.byId.value.get(id);
  }

  close(): void {
    this.pace.stop();
  }

  isPresent(id: string): boolean {
    return this.byId.value.get(id)?.online ?? false;
  }

  arrivedAt(id: string): number {
    return this.arrivals.get(id) ?? 0;
  }

  apply(v: LiveVisitor, gone: boolean): void {
    this.touched.add(v.id);
    const before = this.known.get(v.id);
    if (gone) {
      this.arrivals.delete(v.id);
      if (before) this.known.set(v.id, { ...before, ...v, online: false }); // its conversation still shows where it was
    } else {
      if (!before?.online) this.arrivals.set(v.id, this.now());
      this.known.set(v.id, v);
    }
    this.pace.ask();
  }

  beginLoad(): void {
    this.touched = new Set();
  }

  /** Takes the answer of a full load; frames that came meanwhile win. */
  replace(loaded: readonly LiveVisitor[]): void {
    const next = new Map<string, LiveVisitor>();
    for (const v of this.known.values()) next.set(v.id, this.touched.has(v.id) ? v : { ...v, online: false });
    for (const v of loaded) {
      if (this.touched.has(v.id)) continue;
      if (!this.arrivals.has(v.id)) this.arrivals.set(v.id, 0);
      next.set(v.id, v);
    }
    this.known = next;
    this.pace.now();
    this.loading.value = 'ready';
  }

  clear(): void {
    this.known = new Map();
    this.pace.now();
    this.loading.value = 'idle';
    this.arrivals.clear();
  }
}

const RANK = { anonymous: 0, claimed: 1, bound: 2, verified: 3 } as const;

/** Text of a visitor that the search looks through. */
const searchable = (v: LiveVisitor) =>
  [v.name, v.email, v.page?.title, v.page?.url, v.referrer, v.device?.browser, v.device?.os]
    .filter(Boolean)
    .join('\n')
    .toLowerCase();

/** Those whose name, address, page, origin or device holds every word of the query. */
export function search(visitors: readonly LiveVisitor[], query: string): LiveVisitor[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return visitors.filter((v) => words.every((word) => searchable(v).includes(word)));
}

function compare(a: LiveVisitor, b: LiveVisitor, key: SortKey, from: (v: LiveVisitor) => string): number {
  switch (key) {
    case 'name':
      return a.name.localeCompare(b.name);
    case 'level':
      return RANK[a.level] - RANK[b.level];
    case 'page':
      return (a.page.title || a.page.url).localeCompare(b.page.title || b.page.url);
    case 'time':
      return b.pageSince - a.pageSince;
    case 'from':
      return from(a).localeCompare(from(b));
    case 'visits':
      return a.visit.no - b.visit.no;
  }
}

/** In the order asked for; equal ones by arrival, so that rows do not change places. */
export function sorted(
  visitors: readonly LiveVisitor[],
  sorting: Sorting,
  from: (v: LiveVisitor) => string,
): LiveVisitor[] {
  const sign = sorting.down ? -1 : 1;
  return [...visitors].sort(
    (a, b) => sign * compare(a, b, sorting.key, from) || a.since - b.since || a.id.localeCompare(b.id),
  );
}

/** How many rows would come, go or change place if the table were not held still. */
export function changesBetween(held: readonly LiveVisitor[], current: readonly LiveVisitor[]): number {
  const before = new Map(held.map((v) => [v.id, v]));
  let changes = 0;
  for (const v of current) {
    const was = before.get(v.id);
    if (!was || was.page.url !== v.page.url || was.conversation !== v.conversation) changes++;
    before.delete(v.id);
  }
  return changes + before.size;
}
