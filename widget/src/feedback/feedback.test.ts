import { afterEach, expect, test, vi } from 'vitest';
import type { Fault } from '../types';
import { openFeedback } from './main';

function page(answers: (Fault | null)[] = [null], words = { language: 'en', strings: {} as Record<string, string> }) {
  const before = document.createElement('button');
  const host = document.createElement('div');
  document.body.append(before, host);
  const root = host.attachShadow({ mode: 'open' });
  before.focus();
  const send = vi.fn(async (_: string) => answers.shift() ?? null);
  const onClose = vi.fn();
  const open = () => openFeedback({ root, send, words, onClose });
  const find = <E extends HTMLElement>(what: string): E | null => root.querySelector<E>(what);
  const button = (text: string) => [...root.querySelectorAll('button')].find((b) => b.textContent === text);
  const write = (text: string): void => {
    const area = find<HTMLTextAreaElement>('textarea')!;
    area.value = text;
    area.dispatchEvent(new Event('input'));
  };
  return { before, root, send, onClose, open, find, button, write };
}

const turn = () => new Promise<void>((done) => setTimeout(done));

afterEach(() => document.body.replaceChildren());

test('PAV-JS-101 the box asks, takes the keyboard, and sends what was written', async () => {
  const { open, find, root, write, button, send } = page();
  open();
  expect(find('[role="dialog"]')?.getAttribute('aria-labelledby')).toBe(find('h2')?.id);
  expect(find('label')?.textContent).toContain('Tell us what happened');
  expect(root.activeElement?.tagName).toBe('TEXTAREA');
  write('  The button does nothing ');
  button('Send')?.click();
  await turn();
  expect(send.mock.calls).toEqual([['The button does nothing']]);
  expect(find('[role="status"]')?.textContent).toBe('Thank you. We have it.');
  expect(find('textarea')).toBeNull();
  expect(root.activeElement).toBe(button('Close'));
});

test('nothing is sent while nothing is written', () => {
  const { open, write, button, send } = page();
  open();
  expect(button('Send')?.getAttribute('aria-disabled')).toBe('true');
  write(' \n ');
  button('Send')?.click();
  expect(send).not.toHaveBeenCalled();
  write('x');
  expect(button('Send')?.getAttribute('aria-disabled')).toBe('false');
});

test('what could not be sent stays, and is sent again on demand', async () => {
  const { open, find, write, button, send } = page([{ code: 'unavailable', message: 'no' }, null]);
  open();
  write('Broken');
  button('Send')?.click();
  button('Send')?.click();
  await turn();
  expect(send).toHaveBeenCalledTimes(1);
  expect(find('[role="alert"]')?.textContent).toBe('This could not be sent.');
  expect(find<HTMLTextAreaElement>('textarea')?.value).toBe('Broken');
  button('Try again')?.click();
  await turn();
  expect(find('[role="alert"]')).toBeNull();
  expect(find('[role="status"]')).not.toBeNull();
});

test('Esc and Cancel close the box and put the keyboard back; keys do not reach the page', () => {
  const { before, open, find, button, onClose } = page();
  const heard = vi.fn();
  addEventListener('keydown', heard);
  open();
  find('textarea')?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, composed: true }));
  expect(find('.feedback')).toBeNull();
  expect(document.activeElement).toBe(before);
  open();
  button('Cancel')?.click();
  expect(find('.feedback')).toBeNull();
  expect(onClose).toHaveBeenCalledTimes(2);
  expect(heard).not.toHaveBeenCalled();
  removeEventListener('keydown', heard);
});

test('it opens once', () => {
  const { root, open, write, find } = page();
  open();
  write('half a thought');
  open();
  expect(root.querySelectorAll('.feedback')).toHaveLength(1);
  expect(find<HTMLTextAreaElement>('textarea')?.value).toBe('half a thought');
});

test('it speaks the language of the widget and the words of the site', () => {
  const { open, button, find } = page([], { language: 'de', strings: { feedbackSend: 'Ab die Post' } });
  open();
  expect(find('h2')?.textContent).toBe('Stimmt etwas nicht?');
  expect(button('Ab die Post')).toBeDefined();
  const other = page([], { language: 'xx', strings: {} });
  other.open();
  expect(other.find('h2')?.textContent).toBe('Something not right?');
});
