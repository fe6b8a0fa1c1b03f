/** Whom a list of people holds, as it is put together on the screen and as the server is asked. Pure. */
import type { AttributeType, Definition } from '../net/types';

export const UNIVERSES = ['all', 'signup', 'lead', 'anonymous'] as const;
export type Universe = (typeof UNIVERSES)[number];

export type Op =
  | 'is'
  | 'isNot'
  | 'contains'
  | 'startsWith'
  | 'above'
  | 'below'
  | 'after'
  | 'before'
  | 'inLast'
  | 'known'
  | 'unknown';

/** One line of the builder. The value is as it was written; numbers and days are read when the server is asked. */
export interface Condition {
  attribute: string;
  op: Op;
  value: string;
}

export interface Filter {
  match: 'all' | 'any';
  conditions: readonly Condition[];
}

export const NO_FILTER: Filter = { match: 'all', conditions: [] };

const OPERATORS: Record<AttributeType, readonly Op[]> = {
  string: ['is', 'isNot', 'contains', 'startsWith', 'known', 'unknown'],
  number: ['is', 'isNot', 'above', 'below', 'known', 'unknown'],
  date: ['after', 'before', 'inLast', 'is', 'isNot', 'known', 'unknown'],
  boolean: ['is', 'isNot', 'known', 'unknown'],
};

export const operatorsOf = (type: AttributeType): readonly Op[] => OPERATORS[type];

/** What stands for itself and needs no value. */
export const needsValue = (op: Op): boolean => op !== 'known' && op !== 'unknown';

export type Types = ReadonlyMap<string, AttributeType>;

export const typesBy = (all: readonly Definition[]): Types => new Map(all.map((d) => [d.name, d.type]));

/** Live attributes are of the moment: nobody is found by them. */
export const findable = (all: readonly Definition[]): Definition[] => all.filter((d) => !d.live);

/** A condition of the attribute that keeps what it can of one about another. */
export function about(attribute: string, type: AttributeType, before?: Condition): Condition {
  const ops = operatorsOf(type);
  const op = before && ops.includes(before.op) ? before.op : (ops[0] ?? 'is');
  const value = type === 'boolean' ? 'true' : before?.op === op ? before.value : '';
  return { attribute, op, value };
}

const DAY = /^\d{4}-\d\d-\d\d$/;

/** The value as the server reads it; undefined while there is none that means something. */
function meaningOf({ op, value }: Condition, type: AttributeType): string | number | boolean | undefined {
  const text = value.trim();
  if (!needsValue(op)) return true;
  if (op === 'inLast') return /^\d+$/.test(text) && Number(text) > 0 ? Number(text) : undefined;
  switch (type) {
    case 'number':
      return text !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined;
    case 'boolean':
      return text === 'true';
    case 'date':
      return DAY.test(text) ? text : undefined;
    default:
      return text === '' ? undefined : text;
  }
}

/** Whether the condition says something already. */
export const isWhole = (c: Condition, types: Types): boolean =>
  types.has(c.attribute) && meaningOf(c, types.get(c.attribute) ?? 'string') !== undefined;

interface Json {
  all?: unknown;
  any?: unknown;
  attribute?: unknown;
  is?: unknown;
  [operator: string]: unknown;
}

const universeJson = (universe: Universe): Json[] =>
  universe === 'all' ? [] : [{ attribute: 'universe', is: universe }];

function filterJson({ match, conditions }: Filter, types: Types): Json[] {
  const parts = conditions
    .filter((c) => isWhole(c, types))
    .map((c) => ({ attribute: c.attribute, [c.op]: meaningOf(c, types.get(c.attribute) ?? 'string') }));
  return parts.length === 0 ? [] : [{ [match]: parts }];
}

function searchJson(query: string): Json[] {
  const words = query.split(/\s+/).filter(Boolean);
  return words.map((word) => ({
    any: ['name', 'email'].map((attribute) => ({ attribute, contains: word })),
  }));
}

/** As the server is asked. Conditions that say nothing yet are left out; everybody is `{}`. */
export function encode(universe: Universe, filter: Filter, types: Types, query = ''): Json {
  const parts = [...universeJson(universe), ...filterJson(filter, types), ...searchJson(query)];
  return parts.length === 0 ? {} : parts.length === 1 ? (parts[0] as Json) : { all: parts };
}

/** What encode made, without a search; null of what the builder cannot show. */
export function decode(json: unknown): { universe: Universe; filter: Filter } | null {
  const parts = isObject(json) && Array.isArray(json.all) && json.all.some(isGroup) ? json.all : [json];
  let universe: Universe = 'all';
  let filter = NO_FILTER;
  for (const part of parts) {
    const named = universeOf(part);
    const group = filterOf(part);
    if (named) universe = named;
    else if (group && filter === NO_FILTER) filter = group;
    else return null;
  }
  return { universe, filter };
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isGroup = (value: unknown) => isObject(value) && ('all' in value || 'any' in value);

function universeOf(part: unknown): Universe | undefined {
  return isObject(part) && part.attribute === 'universe' ? UNIVERSES.find((u) => u === part.is) : undefined;
}

function filterOf(part: unknown): Filter | undefined {
  if (!isObject(part)) return undefined;
  if (Object.keys(part).length === 0) return { match: 'all', conditions: [] };
  const match = 'any' in part ? 'any' : 'all';
  const list = part[match] ?? [part];
  if (!Array.isArray(list)) return undefined;
  const conditions = list.map(conditionOf);
  return conditions.every((c) => c !== undefined) ? { match, conditions } : undefined;
}

const OPS = new Set<string>(Object.values(OPERATORS).flat());

function conditionOf(part: unknown): Condition | undefined {
  if (!isObject(part) || typeof part.attribute !== 'string') return undefined;
  const [op = '', ...more] = Object.keys(part).filter((key) => key !== 'attribute');
  const value = part[op];
  if (more.length > 0 || !OPS.has(op) || typeof value === 'object') return undefined;
  return { attribute: part.attribute, op: op as Op, value: needsValue(op as Op) ? String(value) : '' };
}
