import type { Condition, Rule } from '../config';

type Raw = Record<string, unknown>;

const isObject = (raw: unknown): raw is Raw => typeof raw === 'object' && raw !== null && !Array.isArray(raw);
const isText = (raw: unknown): raw is string => typeof raw === 'string' && raw !== '';
const isNumber = (raw: unknown): raw is number => typeof raw === 'number' && raw >= 0 && Number.isFinite(raw);

/**
 * The rules in what a page gave, a list or an object with a list `rules`, or a sentence that says what is wrong with it.
 * One rule that cannot be understood spoils all: a condition left out would make the rest show where it must not.
 */
export function checkRules(raw: unknown): Rule[] | string {
  const list = isObject(raw) ? raw.rules : raw;
  if (!Array.isArray(list)) return 'Rules must be an array, or an object with an array "rules".';
  const ids = new Set<unknown>();
  for (const [i, rule] of list.entries()) {
    const fault = faultOf(rule) || (ids.has(rule.id) && `The id "${rule.id}" stands there twice.`);
    if (fault) return `Rule ${i + 1}: ${fault}`;
    ids.add(rule.id);
  }
  return list;
}

function faultOf(rule: unknown): string | undefined {
  if (!isObject(rule)) return 'It is not an object.';
  const { id, when, once, invite, conditions } = rule;
  if (!isText(id)) return 'It has no id.';
  if (!oneOf(when, ['online', 'offline', 'any'])) return 'when is online, offline or any.';
  if (!oneOf(once, ['page', 'visit', 'ever'])) return 'once is page, visit or ever.';
  if (!isObject(invite) || !isText(invite.text)) return 'invite.text is missing.';
  if (invite.group !== undefined && typeof invite.group !== 'string') return 'invite.group is not text.';
  if (!Array.isArray(conditions)) return 'conditions is not an array.';
  const bad = conditions.findIndex((condition) => !isCondition(condition));
  return bad < 0 ? undefined : `Condition ${bad + 1} is none of those that there are.`;
}

const oneOf = (value: unknown, words: string[]): boolean => value === undefined || words.includes(value as string);

function isCondition(raw: unknown): raw is Condition {
  if (!isObject(raw)) return false;
  switch (raw.type) {
    case 'seconds_on_page':
    case 'seconds_on_site':
    case 'pages_viewed':
    case 'visits':
      return isNumber(raw.atLeast);
    case 'url':
    case 'title':
    case 'referrer':
      return comparesText(raw);
    case 'scrolled':
      return isNumber(raw.percent) && raw.percent <= 100;
    case 'leaving':
      return true;
    case 'attribute':
      return isText(raw.name) && comparesAttribute(raw);
  }
  return false;
}

const isDate = (raw: unknown): boolean => isText(raw) && !Number.isNaN(Date.parse(raw));
const isSome = (raw: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof raw);
const comparisons: Record<string, (raw: unknown) => boolean> = {
  is: isSome,
  isNot: isSome,
  contains: isText,
  atLeast: Number.isFinite,
  below: Number.isFinite,
  after: isDate,
  before: isDate,
  known: (raw) => typeof raw === 'boolean',
};

function comparesAttribute({ type: _, name: __, ...asked }: Raw): boolean {
  const given = Object.entries(asked);
  return (
    given.length > 0 && given.every(([how, value]) => Object.hasOwn(comparisons, how) && comparisons[how]?.(value))
  );
}

function comparesText({ is, contains, matches }: Raw): boolean {
  const given = [is, contains, matches].filter((value) => value !== undefined);
  return given.length > 0 && given.every((value) => typeof value === 'string') && isPattern(matches);
}

function isPattern(matches: unknown): boolean {
  try {
    return matches === undefined || !!new RegExp(matches as string);
  } catch {
    return false;
  }
}
