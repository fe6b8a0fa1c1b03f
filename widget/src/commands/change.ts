import type { Proof } from '../../../client/frames';
import type { Raw, Warn } from '../loader/read';
import { identityNames, readIdentity } from '../loader/settings';
import type { Offset } from '../loader/spot';

/** The identity after `update`: what it does not name stays, and a proof stands for the person it was made for. */
export function updatedIdentity(before: Proof, raw: Raw, warn: Warn): Proof | null {
  if (!identityNames.some((name) => raw[name] !== undefined)) return null;
  const given = readIdentity(raw, warn);
  const kept: Proof = { ...before };
  const another = (['clientId', 'id', 'jwt'] as const).some(
    (name) => raw[name] !== undefined && raw[name] !== before[name],
  );
  if (another) for (const name of identityNames) delete kept[name];
  else for (const name of identityNames) if (raw[name] === null) delete kept[name];
  if (!kept.id && raw.email !== undefined && raw.email !== before.email) delete kept.hmac; // it was of that e-mail
  return { ...kept, ...given };
}

/** Distances after some of them were named: the other side of the same axis is let go. Null: none was. */
export function movedOffset(before: Offset, raw: Raw, warn: Warn): Offset | null {
  const offset: Offset = { ...before };
  let moved = false;
  for (const [first, second] of [['top', 'bottom'] as const, ['left', 'right'] as const]) {
    const side = [first, second].find((name) => distance(raw, name, warn) !== undefined);
    if (!side) continue;
    delete offset[first];
    delete offset[second];
    offset[side] = raw[side] as number;
    moved = true;
  }
  return moved ? offset : null;
}

function distance(raw: Raw, name: string, warn: Warn): unknown {
  if (raw[name] !== undefined && !Number.isInteger(raw[name])) warn(`position: ${name} is not a whole number`);
  return Number.isInteger(raw[name]) ? raw[name] : undefined;
}
