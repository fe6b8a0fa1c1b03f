import type { Icon } from '../icons';

export function element<K extends keyof HTMLElementTagNameMap>(tag: K, className = ''): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (made instanceof HTMLButtonElement) made.type = 'button';
  return made;
}

const svg = 'http://www.w3.org/2000/svg';

export function draw({ box, width, paths }: Icon, size: number): SVGElement {
  const made = document.createElementNS(svg, 'svg');
  const attributes = { viewBox: `0 0 ${box} ${box}`, width: size, height: size, fill: 'none', stroke: 'currentColor' };
  const all = {
    ...attributes,
    'stroke-width': width,
    'stroke-linecap': 'round',
    'stroke-linejoin': 'round',
    'aria-hidden': true,
  };
  for (const [name, value] of Object.entries(all)) made.setAttribute(name, String(value));
  for (const d of paths) {
    const path = document.createElementNS(svg, 'path');
    path.setAttribute('d', d);
    made.append(path);
  }
  return made;
}

/** Sets what has a value and takes away what has none. Allowed by policies that forbid inline styles. */
export function style(target: HTMLElement, properties: Record<string, string | null>): void {
  for (const [name, value] of Object.entries(properties)) {
    if (value === null) target.style.removeProperty(name);
    else target.style.setProperty(name, value);
  }
}

export const pixels = (value: number | null | undefined): string | null => (value == null ? null : `${value}px`);

export function whenBody(work: () => void): void {
  if (document.body) work();
  else addEventListener('DOMContentLoaded', work, { once: true });
}

/** Once everything else on the page is loaded and nothing is to do. */
export function whenIdle(work: () => void): void {
  const idle = (): void => {
    if (typeof requestIdleCallback === 'function') requestIdleCallback(work, { timeout: 3000 });
    else setTimeout(work, 200);
  };
  if (document.readyState === 'complete') idle();
  else addEventListener('load', idle, { once: true });
}
