import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Attention } from './attention';

const attentions: Attention[] = [];
const made = (leads: boolean) => {
  const onTaken = vi.fn();
  const attention = new Attention({ onTaken, leads: () => leads });
  attentions.push(attention);
  return { attention, onTaken };
};

beforeEach(() => {
  document.title = 'Tents';
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(true);
});
afterEach(() => {
  for (const each of attentions.splice(0)) each.end();
});

test('until a person did something, the tab that leads calls, and no other', () => {
  made(false).attention.call('(1) New message', false);
  expect(document.title).toBe('Tents');
  made(true).attention.call('(1) New message', false);
  expect(document.title).toBe('(1) New message – Tents');
});

test('then the last one where he did', () => {
  const { attention, onTaken } = made(false);
  dispatchEvent(new Event('pointerdown'));
  dispatchEvent(new Event('pointerdown'));
  expect(onTaken).toHaveBeenCalledTimes(1);
  attention.call('(1) New message', false);
  expect(document.title).toBe('(1) New message – Tents');
  attention.rest();
  attention.taken('another tab');
  attention.call('(2) New message', false);
  expect(document.title).toBe('Tents');
});

test('a page that is looked at keeps its title', () => {
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(false);
  made(true).attention.call('(1) New message', false);
  expect(document.title).toBe('Tents');
});
