/** Reads tables of values parted by commas or semicolons, as RFC 4180 has them. Pure. */

/** What parts the values: of those that may, the one that the first line has most of. */
export function delimiterOf(text: string): string {
  const [line = ''] = text.split(/\r?\n/, 1);
  const bare = line.replace(/"[^"]*"/g, '');
  const count = (d: string) => bare.split(d).length;
  return count(';') > count(',') ? ';' : ',';
}

export interface Line {
  /** In the file, the first being 1: a value may hold line ends. */
  no: number;
  cells: string[];
}

/** The lines, at most so many. Lines without any value are left out. */
export function parseCsv(text: string, most = Number.POSITIVE_INFINITY): Line[] {
  const source = text.replace(/^\uFEFF/, '');
  const delimiter = delimiterOf(source);
  const lines: Line[] = [];
  let at = 0;
  let no = 1;
  while (at < source.length && lines.length < most) {
    const begun = no;
    const cells: string[] = [];
    let more = true;
    while (more) {
      const { value, next } = cellAt(source, at, delimiter);
      no += value.split('\n').length - 1;
      cells.push(value);
      more = source[next] === delimiter;
      at = more ? next + 1 : next;
    }
    if (source[at] === '\r') at++;
    if (source[at] === '\n') at++;
    no++;
    if (cells.some((cell) => cell.trim() !== '')) lines.push({ no: begun, cells });
  }
  return lines;
}

function cellAt(source: string, from: number, delimiter: string): { value: string; next: number } {
  if (source[from] !== '"') {
    let next = from;
    while (next < source.length && source[next] !== delimiter && source[next] !== '\n' && source[next] !== '\r') next++;
    return { value: source.slice(from, next), next };
  }
  let value = '';
  let at = from + 1;
  while (at < source.length) {
    const end = source.indexOf('"', at);
    if (end < 0) return { value: value + source.slice(at), next: source.length };
    value += source.slice(at, end);
    if (source[end + 1] !== '"') return tail(source, end + 1, delimiter, value);
    value += '"';
    at = end + 2;
  }
  return { value, next: at };
}

/** What follows a closing quote before the next delimiter belongs to the value. */
function tail(source: string, from: number, delimiter: string, value: string): { value: string; next: number } {
  let next = from;
  while (next < source.length && source[next] !== delimiter && source[next] !== '\n' && source[next] !== '\r') next++;
  return { value: value + source.slice(from, next), next };
}
