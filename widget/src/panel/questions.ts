import type { Field } from '../config';
import type { Core } from '../types';

/** Fields that are not answered by what is known of the visitor; none if only his message would be left. */
export function unknownFields(core: Core, fields: readonly Field[] = []): Field[] {
  const { user, visitor } = core;
  const known: Record<string, string | undefined> = {
    name: user?.name,
    email: user?.email ?? visitor?.email,
    phone: user?.phone,
  };
  const left = fields.filter(({ name }) => !(Object.hasOwn(known, name) && known[name]));
  return left.some(({ name }) => name !== 'message') ? left : [];
}
