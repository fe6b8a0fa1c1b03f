/** The script tag this code came from, while it runs for the first time; later, one with our name in its address. */
export function ownScript(): HTMLScriptElement | null {
  const current = document.currentScript;
  if (current instanceof HTMLScriptElement) return current;
  return document.querySelector<HTMLScriptElement>('script[src*="/confab.js"]');
}

/** Address of the node that served the script, without a path. */
export function serverOf(script: HTMLScriptElement | null): string {
  try {
    return new URL(script?.src || location.href, location.href).origin;
  } catch {
    return location.origin;
  }
}
