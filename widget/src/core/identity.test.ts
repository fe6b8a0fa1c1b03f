import { describe, expect, test } from 'vitest';
import type { Proof } from '../../../client/frames';
import { stronger } from '../proof';
import { nobody, verdict, type Who, whoOf } from './identity';

const jwt = (sub: string, exp = 1): string => `h.${btoa(JSON.stringify({ sub, exp })).replace(/=/g, '')}.s`;
const a = { id: 'a' };
const proven = { id: 'a', hmac: 'x' };

test.each<[string, Proof, Proof, string]>([
  ['PAV-JS-056 anonymous, then claimed', {}, a, 'join'],
  ['PAV-JS-056 anonymous, then proven', {}, proven, 'join'],
  ['CHATRA-JS-063 anonymous, then bound', {}, { clientId: 'c1' }, 'join'],
  ['claimed, then proven', a, proven, 'join'],
  ['claimed e-mail as the id, then proven', { email: 'm@a.test' }, { email: 'm@a.test', hmac: 'x' }, 'join'],
  ['PAV-JS-055 same id, new e-mail', { ...a, email: 'one' }, { ...a, email: 'two' }, 'same'],
  ['same person by another token', { jwt: jwt('a') }, { jwt: jwt('a', 2) }, 'same'],
  ['same id, by token instead of hmac', proven, { jwt: jwt('a') }, 'same'],
  ['a login of another domain, by its next ticket', { ticket: 'a' } as Proof, { ticket: 'b' } as Proof, 'same'],
  ['a login of another domain, then nobody', { ticket: 'a' } as Proof, {}, 'fresh'],
  ['nobody, again', {}, {}, 'same'],
  ['PAV-JS-053 another id', a, { id: 'b' }, 'fresh'],
  ['PAV-JS-053 another e-mail where it is the id', { email: 'one' }, { email: 'two' }, 'fresh'],
  ['another client id', { clientId: 'c1' }, { clientId: 'c2' }, 'fresh'],
  ['CHATRA-JS-063 bound, then a page without client id', { clientId: 'c1' }, {}, 'fresh'],
  ['proven, then the same id without proof', proven, a, 'fresh'],
  ['PAV-JS-054 claimed, then nobody', a, {}, 'fresh'],
])('%s', (_, before, after, wanted) => {
  expect(verdict(whoOf(before), whoOf(after))).toBe(wanted);
});

test('what an older version kept of somebody belongs to nobody else', () => {
  expect(verdict({ level: 'maya' as never, key: '' }, nobody)).toBe('fresh');
});

test('only a better proof is stronger', () => {
  expect([stronger(proven, {}), stronger(a, {}), stronger({}, a), stronger(a, proven)]).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test('no secret is kept', () => {
  const secret = 'Zk3nTq0x8VwJrL2mXb9aYg';
  expect(JSON.stringify([whoOf({ clientId: secret }), whoOf({ token: secret })])).not.toContain(secret);
});

describe('over random sequences of log-ins, log-outs and page loads', () => {
  const proofs: Proof[] = [
    ...[
      {},
      a,
      proven,
      { id: 'b' },
      { id: 'b', hmac: 'y' },
      { email: 'a' },
      { email: 'm@x', hmac: 'z' },
      { email: 'm@x' },
    ],
    ...[{ clientId: 'c1' }, { clientId: 'c2' }, { jwt: jwt('a') }, { jwt: jwt('ü') }, { id: 'a', email: 'new@x' }],
  ];
  const random = seeded(7);
  const walks = Array.from({ length: 400 }, () => walk(40));

  /** The token at each step, beside who it was shown for. */
  function walk(steps: number): { token: number; who: Who }[] {
    let [token, who] = [0, nobody];
    return Array.from({ length: steps }, () => {
      const next = whoOf(proofs[Math.floor(random() * proofs.length)] as Proof);
      if (verdict(who, next) === 'fresh') token++;
      who = next;
      return { token, who };
    });
  }

  test('one token never stands for two identities, and anonymous history joins one at most', () => {
    for (const shown of walks) {
      const keys = new Map<number, Set<string>>();
      for (const { token, who } of shown) if (who.key) keys.set(token, (keys.get(token) ?? new Set()).add(who.key));
      expect([...keys.values()].map((k) => k.size).filter((n) => n > 1)).toEqual([]);
    }
  });

  test('a token is never shown again for less than it has been shown for', () => {
    const rank = { anonymous: 0, claimed: 1, bound: 2, verified: 2 };
    for (const shown of walks)
      shown.forEach(({ token, who }, i) => {
        const before = shown[i - 1];
        if (before?.token === token) expect(rank[who.level]).toBeGreaterThanOrEqual(rank[before.who.level]);
      });
  });

  test('a visitor who only becomes known better keeps his token', () => {
    for (const shown of walks)
      shown.forEach(({ token, who }, i) => {
        const before = shown[i - 1];
        if (before && (before.who === nobody || (before.who.key === who.key && before.who.level === who.level)))
          expect(token).toBe(before.token);
      });
  });
});

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}
