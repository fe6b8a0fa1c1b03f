import type { Field } from '../config';
import { unknownFields } from '../panel/questions';
import type { Core } from '../types';

/** Those of the offline form: there is always a message to write. */
export function offlineFields(
  core: Core,
  fields: readonly Field[] = [{ name: 'name' }, { name: 'email', required: true }],
): Field[] {
  const asked = unknownFields(
    core,
    fields.filter(({ name }) => name !== 'message'),
  );
  const message = fields.find(({ name }) => name === 'message');
  return [...asked, { ...message, name: 'message', required: true }];
}
