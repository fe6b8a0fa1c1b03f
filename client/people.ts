/** What friends would call a person: the first word of the name. */
export const firstName = (name: string): string => name.trim().split(/\s+/)[0] ?? '';

/** Two letters for an avatar: of the first and the last word, or the first two of the only one. Empty for a name without any. */
export function initials(name: string): string {
  const words = name.match(/[\p{L}\p{N}]+/gu) ?? [];
  const [first = '', second = ''] = words[0] ?? '';
  const last = words.length > 1 ? [...(words.at(-1) ?? '')][0] : second;
  return `${first}${last}`.toUpperCase();
}

/** One of the six quiet tints, 1 to 6: the same name has the same one wherever it is shown. */
export function tintOf(name: string): number {
  let hash = 0;
  for (const c of name) hash = Math.imul(hash ^ (c.codePointAt(0) ?? 0), 0x9e3779b1);
  return ((hash >>> 16) % 6) + 1; // the upper bits: every letter reaches them
}
