/** Parts of a label, those that matched the query marked. */
export interface Part {
  text: string;
  hit: boolean;
}

/** Finds every word of the query at the beginning of a word of the label. Null if one is missing. */
export function match(label: string, query: string): Part[] | null {
  const hits: [number, number][] = [];
  for (const word of fold(query).split(/\s+/).filter(Boolean)) {
    const at = startOf(fold(label), word);
    if (at < 0) return null;
    hits.push([at, at + word.length]);
  }
  return split(label, hits);
}

const fold = (text: string) => text.toLocaleLowerCase();

function startOf(label: string, word: string): number {
  for (let at = label.indexOf(word); at >= 0; at = label.indexOf(word, at + 1)) {
    if (at === 0 || !/[\p{L}\p{N}]/u.test(label[at - 1] ?? '')) return at;
  }
  return -1;
}

function split(label: string, hits: [number, number][]): Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (const [from, to] of hits.sort((a, b) => a[0] - b[0])) {
    if (from < at) continue;
    if (from > at) parts.push({ text: label.slice(at, from), hit: false });
    parts.push({ text: label.slice(from, to), hit: true });
    at = to;
  }
  if (at < label.length) parts.push({ text: label.slice(at), hit: false });
  return parts;
}
