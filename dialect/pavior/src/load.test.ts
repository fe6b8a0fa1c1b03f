import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Widget } from '../../../widget/src/types';
import { fakePage } from './fake';
import { install } from './load';

const widget = vi.fn((_: string): Widget => fakePage().widget);
const load = vi.fn();

function script(src: string): void {
  const tag = document.createElement('script');
  tag.type = 'text/plain'; // so that nothing is fetched
  tag.src = src;
  document.head.append(tag);
}

beforeEach(() => {
  widget.mockClear();
});
afterEach(() => {
  delete window.Pavior;
  delete window.MomentCRM;
  document.head.replaceChildren();
});

test('PAV-JS-001 PAV-JS-002 PAV-JS-003 once the script has run both names are one function', () => {
  install(widget, load);
  expect(window.Pavior).toBeTypeOf('function');
  expect(window.MomentCRM).toBe(window.Pavior);
});

test('PAV-JS-002 the two names share one state', () => {
  const page = fakePage();
  install(() => page.widget, load);
  window.Pavior?.('init', { teamId: 'acme', doChat: true });
  page.tell('ready', undefined);
  page.asked();
  window.MomentCRM?.('open');
  expect(page.asked().map(([name]) => name)).toEqual(['open']);
});

test('PAV-JS-004 a second load does nothing', () => {
  install(widget, load);
  const first = window.Pavior;
  install(widget, load);
  expect(window.Pavior).toBe(first);
  expect(widget).toHaveBeenCalledTimes(1);
});

test('PAV-JS-004 the server is where the script came from, however it was loaded', () => {
  script('https://cdn.test/other.js');
  script('https://chat.node.test:8443/embed?team=acme');
  install(widget, load);
  expect(widget).toHaveBeenCalledWith('https://chat.node.test:8443');
});

test('PAV-JS-004 a tag in the head: commands wait until there is a body', async () => {
  const page = fakePage();
  install(() => page.widget, load);
  const body = document.body;
  body.remove();
  window.Pavior?.('init', { teamId: 'acme', doChat: true });
  expect(page.asked()).toEqual([]);
  document.documentElement.append(body);
  document.dispatchEvent(new Event('DOMContentLoaded'));
  await Promise.resolve();
  expect(page.asked().map(([name]) => name)).toEqual(['init']);
});
