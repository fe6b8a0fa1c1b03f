import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Actor, Entry, FileInfo, NumberedEntry } from './frames';
import type { OutboxItem } from './outbox';
import { countUnread, type ShownMessage, timeline } from './timeline';

const anna: Actor = { kind: 'agent', id: 'anna' };
const maya: Actor = { kind: 'visitor', id: 'maya' };
const own = (author: Actor): boolean => author.kind === 'visitor';
const file: FileInfo = {
  id: 'F',
  name: 'a.png',
  size: 9,
  type: 'image/png',
  width: 3,
  height: 2,
  url: '/confab/files/F/a.png',
};

const log = (...entries: (Partial<Entry> & { eid: string })[]): NumberedEntry[] =>
  entries.map((entry, i) => ({ seq: i + 1, entry: { kind: 'message', author: anna, at: 1000 + i, ...entry } }));
const shown = (entries: NumberedEntry[], more = {}): ShownMessage[] =>
  timeline(entries, { own, ...more }).flatMap((row) => (row.kind === 'group' ? row.messages : []));

test('an edited message stands in its place with its last text', () => {
  const entries = log(
    { eid: 'a', text: 'Helo' },
    { eid: 'b', text: 'world' },
    { eid: 'c', kind: 'message.edited', target: 'a', text: 'Hell' },
    { eid: 'd', kind: 'message.edited', target: 'a', text: 'Hello' },
    { eid: 'e', kind: 'message.edited', target: 'unknown', text: 'x' },
  );
  expect(shown(entries).map((m) => [m.eid, m.text, m.editedAt])).toEqual([
    ['a', 'Hello', 1003],
    ['b', 'world', undefined],
  ]);
});

test('a deleted message keeps its place and nothing of what it said, whatever comes later', () => {
  const entries = log(
    { eid: 'a', text: 'secret', file, choices: ['x'] },
    { eid: 'b', kind: 'message.edited', target: 'a', text: 'secret too' },
    { eid: 'c', kind: 'message.deleted', target: 'a' },
    { eid: 'd', kind: 'message.edited', target: 'a', text: 'secret again' },
  );
  const [message] = shown(entries);
  expect(message).toMatchObject({ eid: 'a', text: '', deleted: true });
  expect(JSON.stringify(message)).not.toMatch(/secret|png|x"|editedAt/);
});

test('edits and deletions are no rows of their own, also where all events are shown', () => {
  const entries = log(
    { eid: 'a', text: 'x' },
    { eid: 'b', kind: 'message.deleted', target: 'a' },
    { eid: 'c', kind: 'conversation.closed' },
  );
  const rows = timeline(entries, { own, shows: () => true });
  expect(rows.map((row) => row.kind)).toEqual(['day', 'group', 'event']);
});

test('what was deleted is not unread', () => {
  const entries = log(
    { eid: 'a', text: 'x' },
    { eid: 'b', text: 'y' },
    { eid: 'c', text: 'z', author: maya },
    { eid: 'd', kind: 'message.deleted', target: 'a' },
  );
  expect(countUnread(entries.slice(0, 3), 0, own)).toBe(2);
  expect(countUnread(entries, 0, own)).toBe(1);
  const kinds = timeline(entries, { own, unreadAfter: 0 }).map((row) => row.kind);
  expect(kinds).toEqual(['day', 'group', 'unread', 'group', 'group']);
});

test('files and choices are shown, of kept and of pending messages', () => {
  const entries = log({ eid: 'a', file }, { eid: 'b', text: 'Which?', choices: ['One', 'Two'] });
  const item: OutboxItem = { cmid: 'c', thread: '', text: '', file, at: 1, order: 1, state: 'waiting' };
  expect(shown(entries, { pending: [item] })).toMatchObject([
    { text: '', file },
    { choices: ['One', 'Two'] },
    { key: 'c', seq: 0, file, item },
  ]);
});

test('the golden entries are drawn as they are meant', () => {
  const folder = join(import.meta.dirname, '../wire/testdata/entries');
  const entries = readdirSync(folder)
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Entry)
    .sort((a, b) => a.eid.localeCompare(b.eid))
    .map((entry, i) => ({ seq: i + 1, entry }));
  expect(shown(entries)).toMatchObject([
    { deleted: true, text: '' },
    { text: 'Your bill, again', editedAt: 1790000000123, file: { name: 'bill.pdf', type: 'application/pdf' } },
    { choices: ['An order', 'Something else'] },
  ]);
  const events = timeline(entries, { own, shows: () => true }).flatMap((row) =>
    row.kind === 'event' ? row.entry : [],
  );
  expect(events).toMatchObject([
    { score: 4, comment: 'Quick' },
    { offline: true, no: 7 },
    { kind: 'call', call: { status: 'end', clientAt: 1790000020000, endedAt: 1790000180000 } },
    { kind: 'conversation.linked', link: 'https://crm.example.com/7' },
    { kind: 'conversation.card', card: { assign: true, error: 'Lead not found' } },
  ]);
});
