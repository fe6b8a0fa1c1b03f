import type { Launcher } from '../loader/launcher';

export const panelOf = ({ root }: Launcher): HTMLElement | null => root.getElementById('panel');

/** Of what is to be seen: the panel if it is open, else the button. Pixels. */
export function sizeOf(launcher: Launcher, open: boolean): { width: number; height: number } {
  const { width = 0, height = 0 } = (open ? panelOf(launcher) : launcher.button)?.getBoundingClientRect() ?? {};
  return { width: Math.round(width), height: Math.round(height) };
}

/**
 * Tells at first and whenever its size changes, once the browser has laid it out by itself: to ask sooner makes a page
 * lay itself out twice. Returns the end of it.
 */
export function watchSize(element: HTMLElement | null, changed: () => void): () => void {
  if (!element || typeof ResizeObserver !== 'function') return () => undefined;
  const observer = new ResizeObserver(changed);
  observer.observe(element);
  return () => observer.disconnect();
}

const readingPixels = 60;

/** A launcher with words shrinks while the page is being read. Returns the end of it. */
export function drawBack(corner: HTMLElement): () => void {
  const scrolled = (): void => void corner.classList.toggle('small', scrollY > readingPixels);
  addEventListener('scroll', scrolled, { passive: true });
  return () => removeEventListener('scroll', scrolled);
}
