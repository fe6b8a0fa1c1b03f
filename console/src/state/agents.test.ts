import { expect, test } from 'vitest';
import { Agents } from './agents';

const named = (id: string, name: string) => ({ id, name, status: 'online' as const });

test('colleagues go by their first names, unless two share one', () => {
  const agents = new Agents();
  agents.replace([named('a1', 'Anna Lindqvist'), named('a2', 'Ben Okafor')], []);
  expect(['a1', 'a2', 'a3'].map((id) => agents.shortNameOf(id))).toEqual(['Anna', 'Ben', '']);
  agents.apply(named('a4', 'Anna Berg'));
  expect(['a1', 'a2', 'a4'].map((id) => agents.shortNameOf(id))).toEqual(['Anna Lindqvist', 'Ben', 'Anna Berg']);
});
