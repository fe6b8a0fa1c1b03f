import { effect } from '@preact/signals';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Conversations } from './conversations';
import { Pace } from './pace';
import { aConversation } from './testing';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('the first asking runs at once, those in the gap run once at its end', () => {
  const work = vi.fn();
  const pace = new Pace(80, work);
  for (let i = 0; i < 5; i++) pace.ask();
  expect(work).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(79);
  expect(work).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1);
  expect(work).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(500);
  expect(work).toHaveBeenCalledTimes(2);
});

test('a hundred frames in a second are shown a dozen times, and the last one is among them', () => {
  const conversations = new Conversations(80);
  let shown = 0;
  const end = effect(() => {
    conversations.byId.value;
    shown++;
  });
  for (let i = 1; i <= 100; i++) {
    conversations.apply(aConversation({ top: 10 + i }));
    expect(conversations.get('c1')?.top).toBe(10 + i);
    vi.advanceTimersByTime(10);
  }
  vi.advanceTimersByTime(80);
  expect(shown).toBeLessThanOrEqual(15);
  expect(conversations.byId.value.get('c1')?.top).toBe(110);
  end();
});

test('what the agent did himself is shown at once', () => {
  const conversations = new Conversations(80);
  conversations.apply(aConversation({ top: 11 }));
  conversations.apply(aConversation({ top: 12 }));
  conversations.show();
  expect(conversations.byId.value.get('c1')?.top).toBe(12);
  conversations.close();
});
