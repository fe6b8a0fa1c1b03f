import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { NewMessage } from '../../../widget/src/types';
import { leave, started } from './fake_widget';

beforeEach(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
});
afterEach(leave);

const message = (change: Partial<NewMessage> = {}): NewMessage => ({
  id: 'd9nKoegKSjmCtyK78',
  text: 'Hi',
  type: 'agent',
  auto: false,
  createdAt: 1482512803740,
  author: { id: 'a', name: 'Ann' },
  ...change,
});

test('CHATRA-JS-071 CHATRA-JS-072 CHATRA-JS-073 CHATRA-JS-074 a new message has an id, a text, a time and a side, and nothing else', () => {
  const onNewMessage = vi.fn();
  started({ onNewMessage }).emit('message', message());
  expect(onNewMessage.mock.calls).toEqual([
    [{ createdAt: 1482512803740, id: 'd9nKoegKSjmCtyK78', text: 'Hi', type: 'agent' }],
  ]);
});

test.each([
  ['visitor', false, 'client'],
  ['agent', false, 'agent'],
  ['agent', true, 'agent'],
  ['integration', false, 'agent'],
  ['bot', false, 'bot'],
] as const)('CHATRA-JS-071 CHATRA-JS-075 a message of a %s (automatic: %j) is of type %s', (type, auto, said) => {
  const onNewMessage = vi.fn();
  started({ onNewMessage }).emit('message', message({ type, auto }));
  expect(onNewMessage).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ type: said }));
});

test('CHATRA-JS-075 what the system says is nobody\u2019s message', () => {
  const onNewMessage = vi.fn();
  started({ onNewMessage }).emit('message', message({ type: 'system' }));
  expect(onNewMessage).not.toHaveBeenCalled();
});

test('CHATRA-JS-073 the text of a file is its name', () => {
  const onNewMessage = vi.fn();
  const file = { id: 'f', name: 'a.png', size: 1, type: 'image/png', url: '/f' };
  started({ onNewMessage }).emit('message', message({ text: '', file }));
  expect(onNewMessage).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ text: 'a.png' }));
});

test('CHATRA-JS-071 what the page throws is the page\u2019s own error, and stops nothing', () => {
  vi.useFakeTimers();
  const onNewMessage = vi.fn(() => {
    throw new Error('of the page');
  });
  const widget = started({ onNewMessage });
  expect(() => widget.emit('message', message())).not.toThrow();
  expect(() => vi.runAllTimers()).toThrow('of the page');
  vi.useRealTimers();
});
