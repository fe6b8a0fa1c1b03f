import { tintOf } from '../../client/people';

export { firstName, initials } from '../../client/people';

/** The colour behind somebody's initials. */
export const tint = (name: string): string => `var(--cf-p${tintOf(name)})`;
