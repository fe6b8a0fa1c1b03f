import { expect, test } from 'vitest';
import type { Entry, NumberedEntry } from '../../../client/frames';
import { isFirstMessage, openConversation } from './facts';

const at = (seq: number, more: Partial<Entry>): NumberedEntry => ({
  seq,
  entry: { eid: `e${seq}`, kind: 'message', author: { kind: 'visitor' }, at: seq, ...more },
});
const started = (seq: number, conversation: string) => at(seq, { kind: 'conversation.started', conversation });
const closed = (seq: number, conversation: string) => at(seq, { kind: 'conversation.closed', conversation });

test.each([
  ['nothing', [], null],
  ['one that was started', [started(1, 'a')], 'a'],
  ['one whose start is not loaded', [at(70, { conversation: 'a' })], 'a'],
  ['one that was closed', [started(1, 'a'), closed(2, 'a')], null],
  ['the next one', [started(1, 'a'), closed(2, 'a'), started(3, 'b')], 'b'],
  ['one that was closed and judged', [closed(2, 'a'), at(3, { kind: 'conversation.rated', conversation: 'a' })], null],
  ['messages of no conversation', [at(1, {})], null],
])('%s', (_, entries, open) => {
  expect(openConversation(entries as NumberedEntry[])).toBe(open);
});

test('a message is not the first where the beginning is not loaded', () => {
  const [early, late] = [at(1, {}), at(51, {})];
  expect([isFirstMessage([early], early), isFirstMessage([late], late)]).toEqual([true, false]);
});
