import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Actor } from './frames';
import { limits } from './limits';
import { TypingReceiver, TypingSender, type Typist } from './typing';

const { typingGapMillis, typingShownMillis, typingPreviewRunes } = limits;
const anna: Actor = { kind: 'agent', id: 'a', name: 'Anna' };
const ben: Actor = { kind: 'agent', id: 'b', name: 'Ben' };
let said: [on: boolean, text?: string | undefined][];
let sender: TypingSender;
let typists: Typist[];
let receiver: TypingReceiver;

beforeEach(() => {
  vi.useFakeTimers();
  said = [];
  typists = [];
  sender = new TypingSender((...word) => said.push(word));
  receiver = new TypingReceiver((now) => {
    typists = now;
  });
});
afterEach(() => vi.useRealTimers());

test('a gap lies between two words about typing, and the last text is told', () => {
  for (const text of ['H', 'He', 'Hel', 'Hell']) sender.typed(text, true);
  expect(said).toEqual([[true, 'H']]);
  vi.advanceTimersByTime(typingGapMillis - 1);
  expect(said).toHaveLength(1);
  vi.advanceTimersByTime(1);
  expect(said).toEqual([
    [true, 'H'],
    [true, 'Hell'],
  ]);
});

test('empty text, sending and leaving say once that it stopped, and nothing follows', () => {
  sender.typed('H', true);
  sender.typed('He', true);
  sender.typed(' ', true);
  sender.stop();
  vi.advanceTimersByTime(10 * typingGapMillis);
  expect(said).toEqual([[true, 'H'], [false]]);
});

test('who never typed does not stop', () => {
  sender.stop();
  sender.typed('');
  expect(said).toEqual([]);
});

test('without preview no text leaves the box', () => {
  sender.typed('secret');
  expect(said).toEqual([[true]]);
});

test('a preview is cut between characters, not within them', () => {
  sender.typed('👍'.repeat(typingPreviewRunes + 1), true);
  expect([...(said[0]?.[1] ?? '')]).toHaveLength(typingPreviewRunes);
  expect(said[0]?.[1]?.endsWith('👍')).toBe(true);
});

test('each typist is forgotten after his own last word', () => {
  receiver.heard({ t: 'typing', who: anna, on: true, text: 'a' });
  vi.advanceTimersByTime(typingShownMillis - 1000);
  receiver.heard({ t: 'typing', who: ben, on: true });
  receiver.heard({ t: 'typing', who: anna, on: true, text: 'ab' });
  expect(typists).toEqual([
    { who: anna, text: 'ab' },
    { who: ben, text: '' },
  ]);
  vi.advanceTimersByTime(typingShownMillis - 1);
  expect(typists).toHaveLength(2);
  vi.advanceTimersByTime(1);
  expect(typists).toEqual([]);
});

test('a stop or a message ends the typing of that person alone', () => {
  for (const who of [anna, ben]) receiver.heard({ t: 'typing', who, on: true });
  receiver.heard({ t: 'typing', who: anna, on: false });
  expect(typists.map((t) => t.who)).toEqual([ben]);
  receiver.heard({ t: 'typing', who: anna, on: true });
  receiver.clear(ben);
  expect(typists.map((t) => t.who)).toEqual([anna]);
  receiver.clear();
  expect(typists).toEqual([]);
});

test('nobody in particular types: not shown', () => {
  receiver.heard({ t: 'typing', on: true });
  expect(typists).toEqual([]);
});
