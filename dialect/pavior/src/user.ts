import type { User } from '../../../client/frames';

const iso = (millis?: number): string | null => (millis === undefined ? null : new Date(millis).toISOString());

/** Attributes that a site's server sets by these names are no custom ones. What is counted here outranks what it says. */
const builtIn = [
  'firstName',
  'lastName',
  'city',
  'country',
  'totalVisits',
  'lastVisitedAt',
  'lastActivityAt',
  'emailSubscription',
  'totalTimeSpent',
] as const;

type Attributes = Record<string, string | number | boolean>;

function parted(attributes: Attributes) {
  const own: Partial<Attributes> = {};
  const custom = { ...attributes };
  for (const name of builtIn) {
    own[name] = attributes[name];
    delete custom[name];
  }
  return { own, custom };
}

/** What listeners of `userUpdate` are given; null where it is not known. */
export function userOf(user: User) {
  const { name, email, phone, city, country, level, externalId, signedUpAt, consents } = user;
  const isAuthenticated = level === 'verified';
  const { own, custom } = parted(user.attributes);
  const said = level === 'anonymous' ? null : (externalId ?? email ?? null); // without an id the e-mail is the id
  return {
    id: said,
    email: email ?? null,
    name: name ?? null,
    firstName: own.firstName ?? null,
    lastName: own.lastName ?? null,
    phone: phone ?? null,
    city: city ?? own.city ?? null,
    country: country ?? own.country ?? null,
    totalVisits: user.totalVisits ?? own.totalVisits ?? null,
    lastVisitedAt: iso(user.lastVisitAt) ?? own.lastVisitedAt ?? null,
    lastActivityAt: iso(user.lastActiveAt) ?? own.lastActivityAt ?? null,
    createdAt: iso(user.createdAt),
    signedUpOn: iso(signedUpAt),
    emailSubscription: own.emailSubscription ?? consents?.marketing !== false,
    totalTimeSpent: user.totalSeconds ?? own.totalTimeSpent ?? null,
    universe: isAuthenticated || signedUpAt !== undefined ? 'signup' : level === 'anonymous' ? 'anonymous' : 'lead',
    isAuthenticated,
    customAttributes: custom,
  };
}
