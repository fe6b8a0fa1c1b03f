import type { Level, Proof } from '../../../client/frames';

/**
 * Whom a visitor's token stands for: how well he is known, and what tells him from others. Kept in the browser, so it
 * holds no secret. Anonymous has an empty key.
 */
export interface Who {
  level: Level;
  key: string;
}

/** same: goes on as he is · join: the visitor stays and is known better from now on · fresh: somebody else, with a token of his own. */
export type Verdict = 'same' | 'join' | 'fresh';

export const nobody: Who = { level: 'anonymous', key: '' };

const strength: Record<Level, number> = { anonymous: 0, claimed: 1, bound: 2, verified: 2 };

/** What a page's proof claims; the server may believe less of it. */
export function whoOf({ token, clientId, id, email, hmac, jwt, ticket }: Proof & { ticket?: string }): Who {
  if (clientId) return { level: 'bound', key: `client ${fingerprint(clientId)}` };
  if (jwt) return { level: 'verified', key: `id ${subject(jwt)}` };
  if (ticket) return { level: 'verified', key: 'ticket' }; // a new one every few minutes; only the server knows whose
  if (token) return { level: 'claimed', key: `token ${fingerprint(token)}` };
  const key = id ? `id ${id}` : email ? `id ${email}` : '';
  return { level: key ? (hmac ? 'verified' : 'claimed') : 'anonymous', key };
}

/**
 * What becomes of the visitor when the page says who he is. History of an anonymous visitor joins whoever he turns out
 * to be; of anybody else it stays with that one, and who was proven is nobody's without a proof.
 */
export function verdict(before: Who, after: Who): Verdict {
  const [was = 3, is] = [strength[before.level], strength[after.level]];
  if (before.key !== after.key) return was === 0 ? 'join' : 'fresh';
  return is < was ? 'fresh' : is > was ? 'join' : 'same';
}

/** `sub` of a token that the server will check. */
function subject(jwt: string): string {
  try {
    const body = (jwt.split('.')[1] ?? '').replace(/-/g, '+').replace(/_/g, '/');
    const bytes = Uint8Array.from(atob(body), (c) => c.charCodeAt(0));
    const { sub } = JSON.parse(new TextDecoder().decode(bytes)) as { sub?: unknown };
    if (typeof sub === 'string' && sub) return sub;
  } catch {}
  return `? ${fingerprint(jwt)}`;
}

/** 64 bits that tell long random secrets apart and do not lead back to them: two multiplicative hashes. */
const fingerprint = (text: string): string => hash(text, 2654435761) + hash(text, 1597334677);

function hash(text: string, factor: number): string {
  let hash = 1;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), factor);
  return (hash >>> 0).toString(36);
}
