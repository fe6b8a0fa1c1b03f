import type { Proof } from '../../../client/frames';

type Raw = Record<string, unknown>;
type Warn = (message: string) => void;

/** Whom the page says its user is, in the page's words; nobody in particular if all are null. */
export interface Identity {
  id: string | null;
  email: string | null;
  hmac: string | null;
  /** Of a login that was borrowed from another domain. */
  ticket: string | null;
}

export const nobody: Identity = { id: null, email: null, hmac: null, ticket: null };

export const isSomebody = ({ id, email, ticket }: Identity): boolean => (id ?? email ?? ticket) !== null;

/** A text of the options; undefined if it is missing or, with a warning, if it is none. */
export function textOf(raw: Raw, name: string, warn: Warn): string | undefined {
  const value = raw[name];
  if (value == null) return undefined;
  if (typeof value === 'string' && value) return value;
  if (name === 'id' && Number.isFinite(value)) return String(value);
  return void warn(`${name} is not a text`);
}

/** Whom the options of `init` name. */
export function identityOf(raw: Raw, warn: Warn): Identity {
  return settle({
    id: textOf(raw, 'id', warn) ?? null,
    email: textOf(raw, 'email', warn) ?? null,
    hmac: textOf(raw, 'hmac', warn) ?? null,
    ticket: null,
  });
}

/** Who it is after `update`; `now` itself if the options name nobody. `id: null` is nobody, unless an e-mail comes with it. */
export function changed(now: Identity, raw: Raw, warn: Warn): Identity {
  const id = textOf(raw, 'id', warn);
  const email = textOf(raw, 'email', warn);
  const hmac = textOf(raw, 'hmac', warn);
  if (raw.id === null && (email || isSomebody(now)))
    return settle({ ...nobody, email: email ?? null, hmac: hmac ?? null });
  if (!id && !email && !hmac) return now;
  const renamed = id !== undefined && id !== signed(now);
  const next = { id: id ?? now.id, email: email ?? (renamed ? null : now.email), hmac: hmac ?? now.hmac, ticket: null };
  if (!hmac && signed(next) !== signed(now)) next.hmac = null;
  return settle(next);
}

/** Whether `next` is another person than `now`, not the same one better known. Without an id the e-mail is the id. */
export function isOther(now: Identity, next: Identity): boolean {
  if (now.ticket) return !next.ticket;
  return isSomebody(now) && keyOf(now) !== keyOf(next);
}

const keyOf = ({ id, email }: Identity): string | undefined => id ?? email?.toLowerCase();

export function proofOf({ id, email, hmac, ticket }: Identity): Proof {
  return { ...(id && { id }), ...(email && { email }), ...(hmac && { hmac }), ...(ticket && { ticket }) };
}

const signed = ({ id, email }: Identity): string | null => id ?? email;

/** A proof of nobody is none; hex digits may come in either case. */
const settle = (who: Identity): Identity => ({
  ...who,
  hmac: signed(who) === null ? null : (who.hmac?.toLowerCase() ?? null),
});
