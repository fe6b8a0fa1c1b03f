import type { Field } from '../config';
import type { Say, Word } from '../text/say';
import type { Core } from '../types';

export type Values = Record<string, string | boolean>;
export type Kind = NonNullable<Field['type']>;

const kinds: Record<string, Kind> = { email: 'email', phone: 'phone', group: 'select', message: 'textarea' };
const basic = ['name', 'email', 'phone'];
const words: Record<string, Word> = {
  name: 'name',
  email: 'email',
  phone: 'phone',
  group: 'group',
  message: 'messageLabel',
};

export const kindOf = ({ name, type }: Field): Kind => type ?? kinds[name] ?? 'text';

export function labelOf({ name, label }: Field, say: Say): string {
  const word = Object.hasOwn(words, name) ? words[name] : undefined;
  return label || (word ? say(word) : name);
}

export function optionsOf({ name, options }: Field, core: Core): { value: string; text: string }[] {
  if (name === 'group' && !options) return core.config.groups.map((group) => ({ value: group.id, text: group.name }));
  return (options ?? []).map((text) => ({ value: text, text }));
}

/** What is wrong with what was filled in, as a word; undefined if nothing is. */
export function fault(field: Field, value: string | boolean | undefined): Word | undefined {
  const text = typeof value === 'string' ? value.trim() : value ? 'yes' : '';
  if (!text) return field.required ? 'needed' : undefined;
  const kind = kindOf(field);
  if (kind === 'email' && !/^[^\s@]+@[^\s@.]+(?:\.[^\s@.]+)*\.[^\s@.]{2,}$/.test(text)) return 'badEmail';
  if (kind === 'phone' && !isPhone(text)) return 'badPhone';
  return undefined;
}

export const isPhone = (text: string): boolean =>
  /^\+?[\d\s().\-/]+$/.test(text) && (text.match(/\d/g)?.length ?? 0) > 5;

/** A number as calls want it: + and digits. */
export const dialled = (text: string): string => (text.trim().startsWith('+') ? '+' : '') + text.replace(/\D/g, '');

/** Tells the server what was filled in. Resolves with false if it refused some of it. */
export async function submit(core: Core, fields: readonly Field[], values: Values): Promise<boolean> {
  const layers = { basic: {} as Values, form: {} as Values };
  for (const { name } of fields) {
    const value = values[name];
    if (value === undefined || value === '') continue;
    if (name === 'group') core.setGroup(String(value));
    else if (name !== 'message') layers[basic.includes(name) ? 'basic' : 'form'][name] = String(value).trim();
  }
  const told = Object.entries(layers).filter(([, data]) => Object.keys(data).length > 0);
  const faults = await Promise.all(told.map(([layer, data]) => core.patch(layer as 'basic' | 'form', data)));
  return faults.every((one) => one === null);
}
