import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Chatra, type FakeWidget, leave, started } from './fake_widget';

const hash = '#chatraChatExpanded';
let back: ReturnType<typeof vi.spyOn>;
beforeEach(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  history.replaceState(null, '', '/shop?q=1');
  // What a browser does later, the test does when it wants it.
  back = vi.spyOn(history, 'back').mockImplementation(() => undefined);
});
afterEach(leave);

const phone = (setup: object = {}): FakeWidget =>
  started(setup, (w) => {
    w.mobile = true;
  });

function moveTo(address: string): void {
  history.replaceState(null, '', address);
  dispatchEvent(new Event('hashchange'));
}

/** Whether the click was taken from the browser. It goes nowhere in any case. */
function click(html: string, init: MouseEventInit = {}): boolean {
  document.body.innerHTML = html;
  let taken = false;
  const stay = (event: Event) => {
    taken = event.defaultPrevented;
    event.preventDefault();
  };
  document.body.addEventListener('click', stay, { once: true });
  const event = new MouseEvent('click', { bubbles: true, cancelable: true, composed: true, ...init });
  (document.querySelector('i') ?? document.querySelector('a'))?.dispatchEvent(event);
  return taken;
}

test.each([
  `<a href="${hash}">Chat</a>`,
  `<a href="${hash}" target="_self"><i>Chat</i></a>`,
  `<a href="/shop?q=1${hash}">Chat</a>`,
])('CHATRA-JS-013 a link opens the chat and goes nowhere: %s', (html) => {
  const widget = started();
  expect(click(html)).toBe(true);
  expect(widget.open).toHaveBeenCalledTimes(1);
});

test.each([
  ['<a href="#other">x</a>', {}],
  ['<a>x</a>', {}],
  [`<a href="/else${hash}">x</a>`, {}],
  [`<a href="${hash}" target="_blank">x</a>`, {}],
  [`<a href="${hash}">x</a>`, { ctrlKey: true }],
])('CHATRA-JS-013 other links, other pages and other tabs are the browser\u2019s: %s %j', (html, init) => {
  const widget = started();
  expect(click(html, init)).toBe(false);
  expect(widget.open).not.toHaveBeenCalled();
});

test('CHATRA-JS-013 a page opened at the address has the chat open', () => {
  history.replaceState(null, '', hash);
  const widget = started();
  expect(widget.open).toHaveBeenCalledTimes(1);
  Chatra('minimizeWidget');
  Chatra('restart');
  expect(widget.open).toHaveBeenCalledTimes(1);
});

test('CHATRA-JS-013 a page that moves to the address opens the chat; one at another does not', () => {
  const widget = started();
  expect(widget.open).not.toHaveBeenCalled();
  moveTo(hash);
  expect(widget.open).toHaveBeenCalledTimes(1);
});

test('CHATRA-JS-079 on a phone the open chat stands in the address, and back closes it', () => {
  const widget = phone();
  const length = history.length;
  Chatra('openChat');
  expect(location.href).toMatch(/\/shop\?q=1#chatraChatExpanded$/);
  expect(history.length).toBe(length + 1);
  moveTo('/shop?q=1');
  expect(widget.close).toHaveBeenCalledTimes(1);
  expect(back).not.toHaveBeenCalled();
});

test('CHATRA-JS-079 who closes the chat himself has the address of before', () => {
  phone();
  Chatra('openChat');
  Chatra('minimizeWidget');
  expect(back).toHaveBeenCalledTimes(1);
});

test('CHATRA-JS-079 a chat that is closed twice goes back once, and opens with an address again', () => {
  const widget = phone();
  Chatra('openChat');
  Chatra('minimizeWidget');
  moveTo('/shop?q=1');
  widget.emit('close', undefined);
  expect(back).toHaveBeenCalledTimes(1);
  Chatra('openChat');
  expect(location.hash).toBe(hash);
});

test('CHATRA-JS-079 a page that has moved on by itself is not taken back', () => {
  phone();
  Chatra('openChat');
  history.replaceState(null, '', '/cart');
  Chatra('minimizeWidget');
  expect(back).not.toHaveBeenCalled();
});

test('CHATRA-JS-079 a page opened at the address can go back to itself', () => {
  history.replaceState(null, '', hash);
  const entry = vi.spyOn(history, 'replaceState');
  const added = vi.spyOn(history, 'pushState');
  phone();
  const paths = ({ mock }: typeof entry | typeof added) => mock.calls.map((call) => new URL(String(call[2])));
  expect(paths(entry).map((url) => url.hash)).toEqual(['']);
  expect(paths(added).map((url) => url.hash)).toEqual([hash]);
});

test('CHATRA-JS-079 desktops keep their address', () => {
  const widget = started();
  Chatra('openChat');
  expect(widget.opened).toBe(true);
  expect(location.hash).toBe('');
});

test('CHATRA-JS-080 disableChatOpenHash leaves the address alone, and links still work', () => {
  const widget = phone({ disableChatOpenHash: true });
  Chatra('openChat');
  expect(location.hash).toBe('');
  Chatra('minimizeWidget');
  expect(back).not.toHaveBeenCalled();
  click(`<a href="${hash}">Chat</a>`);
  expect(widget.opened).toBe(true);
});

test('a frame is always open: it has no address', () => {
  const frame = document.createElement('div');
  const widget = phone({ mode: 'frame', injectTo: frame });
  widget.emit('open', undefined);
  expect(location.hash).toBe('');
});

test('CHATRA-JS-134 after kill the address is as before, and links do nothing', () => {
  const widget = phone();
  Chatra('openChat');
  Chatra('kill');
  expect(back).toHaveBeenCalledTimes(1);
  widget.open.mockClear();
  click(`<a href="${hash}">Chat</a>`);
  moveTo(hash);
  expect(widget.open).not.toHaveBeenCalled();
});
