/** Safe reading of a message's text: plain runs and links, never markup. */
export type TextPart = { text: string; href?: string };

const link = /\b(?:https?:\/\/|mailto:|tel:\+?\d|www\.)[^\s<>"']+|\b[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+\b/gi;
const trailing = '.,;:!?)]}\'"»”';
const allowed = /^(?:https?|mailto|tel):$/;

/** Splits text into runs; those that are an address of http, https, mailto or tel carry an `href`. */
export function splitLinks(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const match of text.matchAll(link)) {
    const shown = trimmed(match[0]);
    const href = address(shown);
    if (!href) continue;
    if (match.index > end) parts.push({ text: text.slice(end, match.index) });
    parts.push({ text: shown, href });
    end = match.index + shown.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end) });
  return parts;
}

/** A closing bracket belongs to the link if its opening one does. */
function trimmed(found: string): string {
  let end = found.length;
  while (end > 0 && trailing.includes(found[end - 1] as string)) end--;
  const bracketed = found[end] === ')' && found.lastIndexOf('(', end) >= 0;
  return found.slice(0, bracketed ? end + 1 : end);
}

/** Where a link may lead: an address of http, https, mailto or tel, made whole; undefined if it is none. */
export function address(shown: string): string | undefined {
  const full = /^[a-z]+:/i.test(shown) ? shown : shown.includes('@') ? `mailto:${shown}` : `https://${shown}`;
  try {
    const url = new URL(full);
    return allowed.test(url.protocol) ? url.href : undefined;
  } catch {
    return undefined;
  }
}

const onlyEmoji =
  /^(?:\p{Extended_Pictographic}(?:\uFE0F|\u200D\p{Extended_Pictographic}|[\u{1F3FB}-\u{1F3FF}])*\s*){1,3}$/u;

/** One to three emoji and nothing else. */
export const isEmojiOnly = (text: string): boolean => onlyEmoji.test(text.trim());
