import { tintOf } from '../../client/people';

export { firstName } from '../../client/people';

/** Two letters for an avatar. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const first = [...(words[0] ?? '')];
  const second = words.length > 1 ? [...(words.at(-1) ?? '')][0] : first[1];
  return `${first[0] ?? ''}${second ?? ''}`.toUpperCase();
}

/** The colour behind somebody's initials. */
export const tint = (name: string): string => `var(--cf-p${tintOf(name)})`;
