import type { User } from '../../../client/frames';
import type { AttributeCondition } from '../config';

/** What is so only while the visitor is here. */
export interface Live {
  secondsOnPage: number;
  secondsOnSite: number;
  url: string;
  /** He has clicked or pressed a key in this visit. */
  acted: boolean;
}

type Value = string | number | boolean | undefined;

const iso = (millis?: number): Value => (millis ? new Date(millis).toISOString() : undefined);

const ofTheMoment: Record<string, (live: Live) => Value> = {
  timeOnCurrentPage: (live) => live.secondsOnPage,
  currentPageUrl: (live) => live.url,
  currentSessionDuration: (live) => live.secondsOnSite,
  interactedInCurrentSession: (live) => live.acted,
};

const builtIn: Record<string, (user: User) => Value> = {
  id: (user) => user.externalId,
  name: (user) => user.name,
  email: (user) => user.email,
  phone: (user) => user.phone,
  city: (user) => user.city,
  country: (user) => user.country,
  totalVisits: (user) => user.totalVisits,
  totalTimeSpent: (user) => user.totalSeconds,
  lastVisitedAt: (user) => iso(user.lastVisitAt),
  lastActivityAt: (user) => iso(user.lastActiveAt),
  createdAt: (user) => iso(user.createdAt),
  signedUpOn: (user) => iso(user.signedUpAt),
};

/** The value by its name: of this moment, built in, or one of the account's own. Dates are ISO 8601. */
export function attributeOf(name: string, user: User | null, live: Live): Value {
  const now = Object.hasOwn(ofTheMoment, name) ? ofTheMoment[name]?.(live) : undefined;
  if (now !== undefined || !user) return now;
  const known = Object.hasOwn(builtIn, name) ? builtIn[name]?.(user) : undefined;
  return known ?? (Object.hasOwn(user.attributes, name) ? user.attributes[name] : undefined);
}

/** All that the condition names must fit. Text is compared without minding capitals; of what is not known only `known: false` and `isNot` are so. */
export function suits(value: Value, asked: AttributeCondition): boolean {
  const { is, isNot, contains, atLeast, below, after, before, known } = asked;
  const text = same(value);
  const number = Number(value);
  const date = Date.parse(String(value));
  return (
    (known === undefined || known === (value !== undefined)) &&
    (is === undefined || (value !== undefined && text === same(is))) &&
    (isNot === undefined || text !== same(isNot)) &&
    (contains === undefined || (value !== undefined && text.includes(same(contains)))) &&
    (atLeast === undefined || number >= atLeast) &&
    (below === undefined || number < below) &&
    (after === undefined || date > Date.parse(after)) &&
    (before === undefined || date < Date.parse(before))
  );
}

/** Attributes have no true and false: they are 1 and 0. */
function same(value: Value): string {
  return value === undefined ? '' : String(typeof value === 'boolean' ? Number(value) : value).toLowerCase();
}
