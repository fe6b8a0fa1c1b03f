import { beforeEach, expect, test, vi } from 'vitest';
import { load } from '../../packages/loader/index.js';

const scripts = () => [...document.head.querySelectorAll('script')];

beforeEach(() => {
  const { happyDOM } = window as unknown as { happyDOM: { settings: Record<string, boolean> } };
  happyDOM.settings.handleDisabledFileLoadingAsSuccess = true;
  for (const script of scripts()) script.remove();
  delete window.confab;
});

test('the script is put on the page once, and commands wait for it in order', () => {
  const confab = load({ host: 'https://chat.test', accountId: 'acme', nonce: 'n1' });
  load({ host: 'https://chat.test' })('open');
  confab('close');
  expect(scripts().map(({ src, async, nonce }) => [src, async, nonce])).toEqual([
    ['https://chat.test/confab.js', true, 'n1'],
  ]);
  expect(window.confab?.q).toEqual([['init', { accountId: 'acme' }], ['open'], ['close']]);
});

test('once the script is here commands go to it', () => {
  const confab = load({ host: 'https://chat.test' });
  const loaded = vi.fn();
  window.confab = loaded as never;
  confab('open');
  expect(loaded.mock.calls).toEqual([['open']]);
});

test('on a server nothing happens', () => {
  vi.stubGlobal('document', undefined);
  expect(load({ host: 'https://chat.test', accountId: 'acme' })('open')).toBeUndefined();
  expect(window.confab).toBeUndefined();
});
