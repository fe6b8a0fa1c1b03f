import type { User } from '../../../client/frames';

const iso = (millis?: number): string | null => (millis === undefined ? null : new Date(millis).toISOString());

/** What listeners of `userUpdate` are given; null where it is not known. */
export function userOf(user: User) {
  const { name, email, phone, city, country, level, externalId, signedUpAt, consents } = user;
  const isAuthenticated = level === 'verified';
  const said = level === 'anonymous' ? null : (externalId ?? email ?? null); // without an id the e-mail is the id
  return {
    id: said,
    email: email ?? null,
    name: name ?? null,
    firstName: null,
    lastName: null,
    phone: phone ?? null,
    city: city ?? null,
    country: country ?? null,
    totalVisits: user.totalVisits ?? null,
    lastVisitedAt: iso(user.lastVisitAt),
    lastActivityAt: iso(user.lastActiveAt),
    createdAt: iso(user.createdAt),
    signedUpOn: iso(signedUpAt),
    emailSubscription: consents?.marketing !== false,
    totalTimeSpent: user.totalSeconds ?? null,
    universe: isAuthenticated || signedUpAt !== undefined ? 'signup' : level === 'anonymous' ? 'anonymous' : 'lead',
    isAuthenticated,
    customAttributes: { ...user.attributes },
  };
}
