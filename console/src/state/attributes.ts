import type { Api } from '../net/api';
import type { AttributeType, Definition } from '../net/types';
import { t } from '../text/en';
import { Reading } from './reading';

/** The account's attributes: those that every account has, then its own. */
export class Attributes {
  readonly list: Reading<readonly Definition[]>;

  constructor(private readonly api: Api) {
    this.list = new Reading(async () => (await api.attributes()).data);
  }

  /** Throws a Problem: `taken`, `bad_field` … */
  async add(name: string, type: AttributeType): Promise<Definition> {
    const made = await this.api.addAttribute(name, type);
    this.list.put([...(this.list.value.peek() ?? []).filter((d) => d.name !== made.name), made]);
    return made;
  }
}

const NAME = /^[A-Za-z][A-Za-z0-9_]*$/;
const DATED = /(At|_at|On|_on)$/;
export const MOST_NAME = 64;

export type NameFault = '' | 'empty' | 'bad' | 'long' | 'taken';

/** What is wrong with the name of a new attribute. */
export function nameFault(name: string, known: readonly Pick<Definition, 'name'>[]): NameFault {
  if (!name) return 'empty';
  if (!NAME.test(name)) return 'bad';
  if (name.length > MOST_NAME) return 'long';
  return known.some((d) => d.name === name) ? 'taken' : '';
}

/** Names with such an end are dates, whatever is wished. */
export const isDated = (name: string): boolean => DATED.test(name);

/** The types that an attribute of this name may have. */
export const typesOf = (name: string): readonly AttributeType[] =>
  isDated(name) ? ['date'] : ['string', 'number', 'date'];

/** As people read it: parted at _ and before a capital after a small letter or digit, each word with a capital. */
export const titleOf = (name: string): string =>
  name
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1_$2')
    .split('_')
    .filter(Boolean)
    .map((word) => word[0]?.toUpperCase() + word.slice(1))
    .join(' ');

/** How an attribute is called: built-in ones have names of their own, others those that were given or follow from the name. */
export const calledOf = (d: Pick<Definition, 'name' | 'title' | 'origin'>): string =>
  (d.origin === 'builtin' && t.contacts.builtIn[d.name]) || d.title || titleOf(d.name);

/** The name of an attribute for the head of a column in a file: "Is active" and "is-active" become isActive. */
export function nameFrom(head: string): string {
  const words = head
    .normalize('NFKD')
    .split(/[^A-Za-z0-9_]+/)
    .filter(Boolean);
  const name = words
    .map((word, i) => (i === 0 ? word[0]?.toLowerCase() : word[0]?.toUpperCase()) + word.slice(1))
    .join('');
  return name.replace(/^[^A-Za-z]+/, '').slice(0, MOST_NAME);
}
