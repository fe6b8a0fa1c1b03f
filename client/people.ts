/** What friends would call a person: the first word of the name. */
export const firstName = (name: string): string => name.trim().split(/\s+/)[0] ?? '';

/** One of the six quiet tints, 1 to 6: the same name has the same one wherever it is shown. */
export function tintOf(name: string): number {
  let hash = 0;
  for (const c of name) hash = Math.imul(hash ^ (c.codePointAt(0) ?? 0), 0x9e3779b1);
  return ((hash >>> 16) % 6) + 1; // the upper bits: every letter reaches them
}
