import { computed, signal } from '@preact/signals';
import type { Api } from '../net/api';
import type { AttributeType, Contact, Definition, Segment } from '../net/types';
import { codeOf } from './faults';
import { decode, encode, type Filter, NO_FILTER, typesBy, type Universe } from './filter';
import type { Prefs } from './prefs';
import { Reading, type ReadingState } from './reading';
import type { Settings } from './settings';

/** Columns beside the name's, until others are chosen. */
export const FIRST_COLUMNS: readonly string[] = ['email', 'universe', 'lastVisitedAt', 'totalVisits', 'createdAt'];

/** In which order: by an attribute, the greatest first if down. */
export interface Order {
  by: string;
  down: boolean;
}

/** Which people are shown: all that the server is asked by. */
export interface Wish {
  universe: Universe;
  filter: Filter;
  /** The segment that was chosen; '' as soon as anything of it is changed. */
  segment: string;
  query: string;
  order: Order;
}

const FIRST: Wish = {
  universe: 'all',
  filter: NO_FILTER,
  segment: '',
  query: '',
  order: { by: 'createdAt', down: true },
};

/**
 * The people of the account, page by page. What is shown stays until the answer to the next wish is there, and never
 * changes by itself.
 */
export class Contacts {
  readonly wish = signal<Wish>(FIRST);
  readonly rows = signal<readonly Contact[]>([]);
  readonly count = signal(0);
  readonly next = signal<string | null>(null);
  readonly state = signal<ReadingState>('idle');
  /** The answer to the newest wish is not there yet. */
  readonly busy = signal(false);
  readonly segments: Reading<readonly Segment[]>;
  readonly definitions = computed<readonly Definition[]>(() => this.settings.attributes.list.value.value ?? []);
  readonly types = computed(() => typesBy(this.definitions.value));
  /** A filter that the builder cannot show, of the segment that was chosen. */
  private foreign: unknown = null;
  private asked = 0;

  constructor(
    private readonly api: Api,
    private readonly settings: Settings,
    private readonly prefs: Prefs,
  ) {
    this.segments = new Reading(async () => (await api.segments()).data);
  }

  readonly columns = computed<readonly string[]>(() => this.prefs.columns.value ?? FIRST_COLUMNS);

  /** Shows a column, or does so no more. A new one comes last. */
  toggleColumn(name: string): void {
    const shown = this.columns.peek();
    this.prefs.set('columns', shown.includes(name) ? shown.filter((c) => c !== name) : [...shown, name]);
  }

  /** What the builder shows may not be all that is asked: a segment of another making is taken as it is. */
  get isForeign(): boolean {
    return this.foreign !== null;
  }

  /** What the server is asked by. */
  query(): unknown {
    const { universe, filter, query } = this.wish.peek();
    const own = encode(universe, filter, this.types.peek(), query);
    return this.foreign === null ? own : { all: [this.foreign, own] };
  }

  /** Wishes for something else. Of a segment the order and the words may change without leaving it. */
  async want(change: Partial<Wish>): Promise<void> {
    const leaves = 'filter' in change || 'universe' in change;
    if (leaves) this.foreign = null;
    this.wish.value = { ...this.wish.peek(), ...(leaves ? { segment: '' } : {}), ...change };
    await this.load();
  }

  async choose(segment: Segment): Promise<void> {
    const known = decode(segment.filter);
    this.foreign = known ? null : segment.filter;
    const { universe, filter } = known ?? FIRST;
    this.wish.value = { ...this.wish.peek(), universe, filter, segment: segment.id };
    await this.load();
  }

  /** Everybody again, in the order that is. */
  clear(): Promise<void> {
    return this.want({ universe: 'all', filter: NO_FILTER, query: '' });
  }

  load = (): Promise<void> => this.read('');
  more = (): Promise<void> => this.read(this.next.peek() ?? '');

  /** Throws a Problem. */
  async saveSegment(name: string): Promise<void> {
    const { universe, filter } = this.wish.peek();
    const made = await this.api.addSegment(name, encode(universe, filter, this.types.peek()));
    this.segments.put([...(this.segments.value.peek() ?? []).filter((s) => s.id !== made.id), made]);
    this.wish.value = { ...this.wish.peek(), segment: made.id };
  }

  /** Throws a Problem. Who is shown stays. */
  async removeSegment(id: string): Promise<void> {
    await this.api.removeSegment(id);
    this.segments.put((this.segments.value.peek() ?? []).filter((s) => s.id !== id));
    if (this.wish.peek().segment === id) this.wish.value = { ...this.wish.peek(), segment: '' };
  }

  /** Makes one again that was just removed; it has another id then. */
  async restoreSegment({ name, filter }: Segment): Promise<void> {
    const made = await this.api.addSegment(name, filter).catch(() => null);
    if (made) this.segments.put([...(this.segments.value.peek() ?? []), made]);
  }

  /** All of those who are found, as a file. Throws a Problem. */
  csv = (): Promise<Blob> => this.api.contactsCsv(this.query(), this.sort());

  private sort(): string {
    const { by, down } = this.wish.peek().order;
    return `${down ? '-' : ''}${by}`;
  }

  private async read(after: string): Promise<void> {
    const turn = ++this.asked;
    this.busy.value = true;
    if (this.state.peek() !== 'ready') this.state.value = 'loading';
    try {
      const page = await this.api.contacts(this.query(), this.sort(), after);
      if (turn !== this.asked) return;
      const shown = new Set(after ? this.rows.peek().map((c) => c.id) : []);
      this.rows.value = after ? [...this.rows.peek(), ...page.data.filter((c) => !shown.has(c.id))] : page.data;
      this.next.value = page.next ?? null;
      this.count.value = page.count;
      this.state.value = 'ready';
    } catch (error) {
      if (turn !== this.asked) return;
      this.state.value = codeOf(error) === 'forbidden' ? 'forbidden' : 'failed';
    }
    this.busy.value = false;
  }
}

/** What is known of a person under an attribute's name. */
export function knownOf(contact: Contact, name: string): unknown {
  switch (name) {
    case 'id':
      return contact.externalId;
    case 'name':
    case 'email':
    case 'phone':
    case 'universe':
    case 'level':
    case 'createdAt':
    case 'emailSubscription':
      return contact[name];
    case 'signedUpOn':
      return contact.signedUpAt;
    default:
      return contact.attributes[name];
  }
}

/** Attributes that a column may show: all but those of the moment. The name has its own. */
export const columnsOf = (all: readonly Definition[]): Definition[] => all.filter((d) => !d.live && d.name !== 'name');

export const typeOf = (all: readonly Definition[], name: string): AttributeType =>
  all.find((d) => d.name === name)?.type ?? 'string';
