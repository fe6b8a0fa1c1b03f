import { computed, signal } from '@preact/signals';
import type { Api } from '../net/api';
import type { Definition, ImportReport } from '../net/types';
import { nameFrom, titleOf } from './attributes';
import { type Line, parseCsv } from './csv';

export const STEPS = ['file', 'columns', 'check', 'done'] as const;
export type Step = (typeof STEPS)[number];

/** Where a column goes: to an attribute of that name; '' leaves it out. */
export type Target = string;

export interface Table {
  name: string;
  text: string;
  heads: readonly string[];
  lines: readonly Line[];
}

export const KEYS = ['id', 'email'] as const;
export type KeyName = (typeof KEYS)[number];

export const MOST_BYTES = 64 << 20;
export const PREVIEWED = 5;

export type FileFault = '' | 'large' | 'empty' | 'heads' | 'unreadable';

/** Reads a file of people. The first line names the columns. */
export function tableOf(name: string, text: string): Table | FileFault {
  const [head, ...lines] = parseCsv(text);
  if (!head || lines.length === 0) return 'empty';
  const heads = head.cells.map((cell) => cell.trim());
  const named = heads.filter(Boolean);
  if (named.length === 0 || new Set(named).size < named.length) return 'heads';
  return { name, text, heads, lines };
}

const letters = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '');
const OTHER_NAMES: Record<string, string> = {
  userid: 'id',
  externalid: 'id',
  mail: 'email',
  emailaddress: 'email',
  fullname: 'name',
  telephone: 'phone',
  phonenumber: 'phone',
};

/** The attribute that the head of a column most likely means; '' if there is none. */
export function guess(head: string, all: readonly Definition[]): Target {
  const plain = letters(head);
  const found = all.find((d) => !d.live && [d.name, d.title].some((name) => letters(name) === plain));
  return found?.name ?? OTHER_NAMES[plain] ?? '';
}

/** Targets of all columns, none twice. */
export function guessAll(heads: readonly string[], all: readonly Definition[]): Target[] {
  const taken = new Set<Target>();
  return heads.map((head) => {
    const target = guess(head, all);
    if (!target || taken.has(target)) return '';
    taken.add(target);
    return target;
  });
}

export type MappingFault = '' | 'key' | 'nothing' | 'twice' | 'keyEmpty';

/** What keeps the import from being tried, as far as the file tells. */
export function mappingFault(table: Table, targets: readonly Target[], key: KeyName): MappingFault {
  const used = targets.filter(Boolean);
  if (used.length === 0) return 'nothing';
  if (new Set(used).size < used.length) return 'twice';
  const at = targets.indexOf(key);
  if (at < 0) return 'key';
  return keyFault(table, at);
}

function keyFault(table: Table, at: number): MappingFault {
  const values = table.lines.map((line) => line.cells[at]?.trim().toLowerCase() ?? '');
  if (values.every((value) => !value)) return 'keyEmpty';
  return '';
}

/** Attributes that an import may write: all but those of the moment and those that come of what people do. */
const NOT_WRITTEN = new Set(['totalVisits', 'totalTimeSpent', 'lastVisitedAt', 'lastActivityAt', 'city', 'country']);
export const writable = (all: readonly Definition[]): Definition[] =>
  all.filter((d) => !d.live && !(d.origin === 'builtin' && NOT_WRITTEN.has(d.name)));

/** A name for a new attribute that a column would go to. */
export const newName = (head: string): { name: string; title: string } => {
  const name = nameFrom(head);
  return { name, title: titleOf(name) };
};

/** One import, from the file to the report. Nothing is written before the last step. */
export class Importing {
  readonly step = signal<Step>('file');
  readonly table = signal<Table | null>(null);
  readonly targets = signal<readonly Target[]>([]);
  readonly key = signal<KeyName>('email');
  readonly keep = signal(true);
  readonly report = signal<ImportReport | null>(null);
  readonly fault = computed<MappingFault>(() =>
    this.table.value ? mappingFault(this.table.value, this.targets.value, this.key.value) : 'nothing',
  );

  constructor(private readonly api: Api) {}

  /** Takes a file. What is wrong with it comes back. */
  async take(file: File, all: readonly Definition[]): Promise<FileFault> {
    if (file.size > MOST_BYTES) return 'large';
    const text = await file.text().catch(() => null);
    if (text === null) return 'unreadable';
    const table = tableOf(file.name, text);
    if (typeof table === 'string') return table;
    const targets = guessAll(table.heads, all);
    this.table.value = table;
    this.targets.value = targets;
    this.key.value = targets.includes('id') ? 'id' : 'email';
    this.report.value = null;
    this.step.value = 'columns';
    return '';
  }

  map(column: number, target: Target): void {
    this.targets.value = this.targets.peek().map((old, i) => (i === column ? target : old));
    this.report.value = null;
  }

  /** Tries it without writing anything, or does it. Throws a Problem. */
  async run(dryRun: boolean): Promise<void> {
    const table = this.table.peek();
    if (!table) return;
    this.report.value = await this.api.importContacts(
      {
        key: this.key.peek(),
        keep: this.keep.peek(),
        dryRun,
        columns: Object.fromEntries(
          table.heads.flatMap((head, i) => {
            const target = this.targets.peek()[i];
            return head && target ? [[head, target]] : [];
          }),
        ),
      },
      table.text,
    );
    this.step.value = dryRun ? 'check' : 'done';
  }

  again(): void {
    this.table.value = null;
    this.report.value = null;
    this.step.value = 'file';
  }
}
