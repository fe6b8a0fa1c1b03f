let loading = false;

/**
 * `init` puts the page's settings where the script looks for them, and loads the script, or starts the widget again. Every
 * other call goes to the widget; those made too early wait for it.
 */
export function Chatra(method, ...args) {
  if (typeof window === 'undefined') return; // a server draws the page
  if (method === 'init') init(args[0]);
  else if (window.Chatra) window.Chatra(method, ...args);
  else console.error(`Chatra: call init before ${String(method)}`);
}

function init(config) {
  const { ID, setup, integration, host = '' } = config || {};
  if (!ID) {
    console.error('Chatra: init needs an ID');
    return;
  }
  window.ChatraID = ID;
  window.ChatraSetup = setup;
  window.ChatraIntegration = integration;
  window.Chatra ??= queueing();
  if (window.Chatra.restart) window.Chatra('restart');
  else if (!loading) load(host);
}

/** Calls of before the script is there. */
function queueing() {
  const stub = (...args) => stub.q.push(args);
  stub.q = [];
  return stub;
}

function load(host) {
  loading = true;
  const script = document.createElement('script');
  script.async = true;
  script.src = `${address(host)}/chatra.js`;
  script.onerror = () => {
    loading = false; // the next init tries again
    console.error(`Chatra: ${script.src} does not load`);
    script.remove();
  };
  document.head.append(script);
}

/** `chat.example`, `https://chat.example` and `https://chat.example/` are one; empty is the page's own. */
function address(host) {
  const bare = String(host).replace(/\/+$/, '');
  return !bare || /^(https?:)?\/\//.test(bare) ? bare : `https://${bare}`;
}

export default Chatra;
