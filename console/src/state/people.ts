import { type Signal, signal } from '@preact/signals';
import type { ContactFrame } from '../../../client/frames';
import type { Api } from '../net/api';
import type { Contact, Happening } from '../net/types';
import { t } from '../text/en';
import { codeOf, sentenceOf } from './faults';
import type { Toasts } from './toasts';

export interface Person {
  loading: 'loading' | 'ready' | 'failed' | 'gone';
  contact?: Contact;
  /** Events, feedback and consents, newest first. */
  did: readonly Happening[];
}

const KEPT = 30;
/** Pages and visits stand between what is told here: so many pages of the history are read for it at most. */
const MOST_PAGES = 3;
const ENOUGH = 8;
const TOLD = ['event', 'feedback', 'consent'];

/** What is known of the people behind visitors, by visitor: read when it is shown, and again when the server says that it changed. */
export class People {
  private readonly byId = new Map<string, Signal<Person>>();
  /** Read since the connection last opened. */
  private readonly fresh = new Set<string>();
  private readonly reading = new Set<string>();
  private readonly again = new Set<string>();
  private shown = '';

  constructor(
    private readonly api: Api,
    private readonly toasts: Toasts,
  ) {}

  of(visitor: string): Signal<Person> {
    const person = this.byId.get(visitor) ?? this.add(visitor);
    this.shown = visitor;
    if (!this.fresh.has(visitor)) void this.read(visitor);
    return person;
  }

  /** Something else is known: whoever of them is held here is read again. */
  changed({ id, visitors }: Pick<ContactFrame, 'id' | 'visitors'>): void {
    for (const [visitor, person] of this.byId) {
      if (visitor === id || visitors.includes(visitor) || person.peek().contact?.id === id) void this.read(visitor);
    }
  }

  /** Changes may have been missed: who is shown is read again at once, the others when they are. */
  missed(): void {
    this.fresh.clear();
    if (this.byId.has(this.shown)) void this.read(this.shown);
  }

  /** One reading at a time; one asked for meanwhile follows it, so that the last answer is the newest. */
  async read(visitor: string): Promise<void> {
    this.fresh.add(visitor);
    if (this.reading.has(visitor)) {
      this.again.add(visitor);
      return;
    }
    this.reading.add(visitor);
    await this.readOnce(visitor);
    this.reading.delete(visitor);
    if (this.again.delete(visitor)) await this.read(visitor);
  }

  async block(visitor: string, name: string, blocked: boolean): Promise<void> {
    try {
      const contact = await this.api.block(visitor, blocked);
      const person = this.byId.get(visitor);
      if (person) person.value = { ...person.peek(), loading: 'ready', contact };
      this.toasts.say((blocked ? t.pane.isBlocked : t.pane.isUnblocked)(name), {
        label: t.act.undo,
        run: () => void this.block(visitor, name, !blocked),
      });
    } catch (error) {
      this.toasts.say(sentenceOf(codeOf(error)));
    }
  }

  private async readOnce(visitor: string): Promise<void> {
    const person = this.byId.get(visitor);
    if (!person) return;
    try {
      const [contact, did] = await Promise.all([this.api.contact(visitor), this.did(visitor)]);
      person.value = { loading: 'ready', contact, did };
    } catch (error) {
      person.value = { ...person.peek(), loading: codeOf(error) === 'not_found' ? 'gone' : 'failed' };
      this.fresh.delete(visitor);
    }
  }

  private async did(visitor: string): Promise<Happening[]> {
    const all: Happening[] = [];
    let after = '';
    for (let page = 0; page < MOST_PAGES && all.length <= ENOUGH; page++) {
      const { data, next } = await this.api.history(visitor, after);
      all.push(...data.filter((h) => TOLD.includes(h.kind)));
      if (!next) break;
      after = next;
    }
    return all;
  }

  private add(visitor: string): Signal<Person> {
    const person = signal<Person>({ loading: 'loading', did: [] });
    this.byId.set(visitor, person);
    const oldest = this.byId.keys().next().value;
    if (this.byId.size > KEPT && oldest !== undefined) {
      this.byId.delete(oldest);
      this.fresh.delete(oldest);
    }
    return person;
  }
}

/** What somebody did, by the name that the site has for it: how often, and when first and last. */
export interface Deed {
  name: string;
  count: number;
  /** ms UTC; NaN if it cannot be read. */
  first: number;
  last: number;
}

/** Of a contact's attributes those that are made of events, as events. The latest first. */
export function deedsOf({ attributes }: Pick<Contact, 'attributes'>): Deed[] {
  const names = Object.keys(attributes).flatMap((key) =>
    isGenerated(key, attributes) ? [key.slice(0, -' count'.length)] : [],
  );
  const at = (key: string) => Date.parse(String(attributes[key] ?? ''));
  const deeds = names.map((name) => ({
    name,
    count: Number(attributes[`${name} count`]),
    first: at(`${name} first`),
    last: at(`${name} last`),
  }));
  return deeds.sort((a, b) => b.last - a.last);
}

const isGenerated = (key: string, attributes: Contact['attributes']) =>
  key.endsWith(' count') && `${key.slice(0, -' count'.length)} last` in attributes;
