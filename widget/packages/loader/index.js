/**
 * Puts the widget's script on the page, once, and returns its command function, which may be called at once. Where there
 * is no page, as on a server, it does nothing and returns a function that does nothing.
 */
export function load({ host, nonce, integrity, ...settings }) {
  if (typeof document === 'undefined') return () => undefined;
  const first = !window.confab;
  if (first) window.confab = queueing();
  if (first) insert(new URL('/confab.js', host), nonce, integrity);
  const confab = (...args) => window.confab(...args);
  if (settings.accountId !== undefined) confab('init', settings);
  return confab;
}

function queueing() {
  const stub = (...args) => {
    stub.q.push(args);
  };
  stub.q = [];
  return stub;
}

function insert(address, nonce, integrity) {
  const script = document.createElement('script');
  script.async = true;
  script.src = address.href;
  if (nonce) script.nonce = nonce;
  if (integrity) Object.assign(script, { integrity, crossOrigin: 'anonymous' });
  document.head.append(script);
}
