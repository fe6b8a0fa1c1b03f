/** Two letters for an avatar. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const first = [...(words[0] ?? '')];
  const second = words.length > 1 ? [...(words.at(-1) ?? '')][0] : first[1];
  return `${first[0] ?? ''}${second ?? ''}`.toUpperCase();
}

/** What friends would call a person: the first word of the name. */
export const firstName = (name: string): string => name.trim().split(/\s+/)[0] ?? '';

/** One of the six quiet tints, always the same for the same name. */
export function tint(name: string): string {
  let hash = 7;
  for (const c of name) hash = (hash * 31 + (c.codePointAt(0) ?? 0)) >>> 0;
  return `var(--cf-p${(hash % 6) + 1})`;
}
