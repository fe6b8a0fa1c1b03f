import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Listeners } from '../../../client/listeners';
import * as signals from '../signals/main';
import { Attention, type LoadSignals } from './attention';
import type { TabWord } from './tabs';

const attentions: Attention[] = [];
const made = (leads: boolean, load: LoadSignals = async () => signals) => {
  const words = new Listeners<TabWord>();
  const sayToAll = vi.fn((word: TabWord) => words.tell(word));
  const attention = new Attention({ leads, words, sayToAll }, load);
  attentions.push(attention);
  return { attention, words, sayToAll };
};

const loaded = () => new Promise<void>((resolve) => queueMicrotask(resolve));

beforeEach(() => {
  document.title = 'Tents';
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(true);
});
afterEach(() => {
  for (const each of attentions.splice(0)) each.end();
});

test('until a person did something, the tab that leads calls, and no other', async () => {
  made(false).attention.call('(1) New message', false);
  await loaded();
  expect(document.title).toBe('Tents');
  made(true).attention.call('(1) New message', false);
  await loaded();
  expect(document.title).toBe('(1) New message – Tents');
});

test('then the last one where he did', async () => {
  const { attention, words, sayToAll } = made(false);
  dispatchEvent(new Event('pointerdown'));
  dispatchEvent(new Event('pointerdown'));
  expect(sayToAll).toHaveBeenCalledTimes(1);
  attention.call('(1) New message', false);
  await loaded();
  expect(document.title).toBe('(1) New message – Tents');
  attention.rest();
  words.tell({ k: 'armed', tab: 'another tab' });
  attention.call('(2) New message', false);
  await loaded();
  expect(document.title).toBe('Tents');
});

test('a page that is looked at keeps its title', async () => {
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(false);
  made(true).attention.call('(1) New message', false);
  await loaded();
  expect(document.title).toBe('Tents');
});

test('what was seen before the signals are loaded is not called out', async () => {
  const { attention } = made(true);
  attention.call('(1) New message', false);
  attention.rest();
  await loaded();
  expect(document.title).toBe('Tents');
});

test('signals that do not load are asked for again with the next message', async () => {
  const load = vi.fn<LoadSignals>().mockRejectedValueOnce(new Error('no network')).mockResolvedValue(signals);
  const { attention } = made(true, load);
  attention.call('(1) New message', false);
  await loaded();
  expect(document.title).toBe('Tents');
  attention.call('(2) New message', false);
  await loaded();
  expect(document.title).toBe('(2) New message – Tents');
});
