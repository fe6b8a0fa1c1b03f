/**
 * The little markup that messages may carry: **bold**, *italic* or _italic_, ~~strike~~, `code`, fenced code, lists and
 * [links](https://…). Anything else is text. Gives a tree to draw nodes from; takes time in proportion to the text.
 */
import { address, splitLinks } from './text';

export type Block =
  | { kind: 'text'; spans: Span[] }
  | { kind: 'code'; text: string }
  | { kind: 'list'; ordered: boolean; start: number; items: Span[][] };
export type Span =
  | { kind: 'text'; text: string }
  | { kind: 'code'; text: string }
  | { kind: 'link'; text: string; href: string }
  | { kind: 'bold' | 'italic' | 'strike'; spans: Span[] };

const fence = /^\s*```\w*\s*$/;
const listItem = /^ {0,3}(?:[-*•]|(\d{1,4})[.)])[ \t]+(\S.*)$/;

export function parseMarkdown(text: string): Block[] {
  const blocks: Block[] = [];
  const lines = text.split('\n');
  const lastFence = lines.findLastIndex((line) => fence.test(line));
  let plain: string[] = [];
  const flush = (): void => {
    const run = plain.join('\n').replace(/^\n+/, '').trimEnd();
    if (run) blocks.push({ kind: 'text', spans: parseSpans(run) });
    plain = [];
  };
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] as string;
    const item = listItem.exec(line);
    if (i < lastFence && fence.test(line)) {
      flush();
      let end = i + 1;
      while (!fence.test(lines[end] as string)) end++;
      blocks.push({ kind: 'code', text: lines.slice(i + 1, end).join('\n') });
      i = end;
    } else if (item) {
      flush();
      addItem(blocks, item[1], item[2] as string, listItem.test(lines[i - 1] ?? ''));
    } else plain.push(line);
  }
  flush();
  return blocks;
}

function addItem(blocks: Block[], number: string | undefined, text: string, goesOn: boolean): void {
  const ordered = number !== undefined;
  const last = blocks.at(-1);
  const item = parseSpans(text.trimEnd());
  if (goesOn && last?.kind === 'list' && last.ordered === ordered) last.items.push(item);
  else blocks.push({ kind: 'list', ordered, start: ordered ? Number(number) : 1, items: [item] });
}

type Style = 'bold' | 'italic' | 'strike';
interface Open {
  style: Style | null;
  mark: string;
  spans: Span[];
}

const marks: Record<string, Style> = { '**': 'bold', '*': 'italic', _: 'italic', '~~': 'strike' };
const special = /[*_~`[]|https?:\/\/|www\./gi;
const namedLink = /\[([^[\]\n]{1,500})\]\(([^\s()<>]{1,2000})\)/y;
const bareLink = /[^\s<>"']+/y;
const wordy = /[\p{L}\p{N}]/u;

/** One pass; a style is open at most once at a time, so that what is open is never deep. */
function parseSpans(text: string): Span[] {
  const open: Open[] = [{ style: null, mark: '', spans: [] }];
  const top = (): Open => open.at(-1) as Open;
  const say = (run: string): void => {
    for (const part of splitLinks(run)) top().spans.push(span(part));
  };
  let from = 0;
  let noMoreCode = false;
  const take = (end: number, found: Span | null): void => {
    if (found) top().spans.push(found);
    from = end;
    special.lastIndex = end;
  };
  special.lastIndex = 0;
  for (let hit = special.exec(text); hit; hit = special.exec(text)) {
    const at = hit.index;
    const char = hit[0];
    if (char === '`') {
      const end: number = noMoreCode ? -1 : text.indexOf('`', at + 1);
      noMoreCode = end < 0;
      if (end <= at + 1) continue;
      say(text.slice(from, at));
      take(end + 1, { kind: 'code', text: text.slice(at + 1, end) });
    } else if (char === '[') {
      namedLink.lastIndex = at;
      const [whole = '', label = '', to = ''] = namedLink.exec(text) ?? [];
      const href = whole && address(to);
      if (!href) continue;
      say(text.slice(from, at));
      take(at + whole.length, { kind: 'link', text: label, href });
    } else if (char.length > 1) {
      bareLink.lastIndex = at;
      const run = (bareLink.exec(text)?.[0] ?? '').replace(/[*_~`]{1,8}$/, '');
      say(text.slice(from, at + run.length));
      take(Math.max(at + run.length, at + 1), null);
    } else {
      const mark = text.startsWith(char + char, at) ? char + char : char;
      const style = Object.hasOwn(marks, mark) ? marks[mark] : undefined;
      special.lastIndex = at + mark.length;
      if (!style) continue;
      const before = text[at - 1] ?? ' ';
      const after = text[at + mark.length] ?? ' ';
      const opened = open.findIndex((o) => o.mark === mark);
      const closes = opened > 0 && before.trim() !== '' && (mark.length > 1 || !wordy.test(after));
      const opens =
        !open.some((o) => o.style === style) && after.trim() !== '' && (mark.length > 1 || !wordy.test(before));
      if (!closes && !opens) continue;
      say(text.slice(from, at));
      if (closes) close(open, opened);
      else open.push({ style, mark, spans: [] });
      take(at + mark.length, null);
    }
  }
  say(text.slice(from));
  while (open.length > 1) giveUp(open);
  return top().spans;
}

const span = ({ text, href }: { text: string; href?: string }): Span =>
  href ? { kind: 'link', text, href } : { kind: 'text', text };

function close(open: Open[], index: number): void {
  while (open.length > index + 1) giveUp(open);
  const { style, spans } = open.pop() as Open;
  (open.at(-1) as Open).spans.push({ kind: style as Style, spans });
}

/** What was opened and never closed is text. */
function giveUp(open: Open[]): void {
  const { mark, spans } = open.pop() as Open;
  const under = (open.at(-1) as Open).spans;
  under.push({ kind: 'text', text: mark });
  for (const one of spans) under.push(one);
}
