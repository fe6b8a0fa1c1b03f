import type { Launcher } from '../loader/launcher';

const panelOf = ({ root }: Launcher): HTMLElement | null => root.getElementById('panel');

/** Of what is to be seen: the panel if it is open, else the button. Pixels. */
export function sizeOf(launcher: Launcher, open: boolean): { width: number; height: number } {
  const { width = 0, height = 0 } = (open ? panelOf(launcher) : launcher.button)?.getBoundingClientRect() ?? {};
  return { width: Math.round(width), height: Math.round(height) };
}

/**
 * Tells of the button's size, then whenever it or the panel's changes, once the browser has laid them out by itself:
 * to ask sooner makes a page lay itself out twice. Returns the end of it.
 */
export function watchSize(launcher: Launcher, changed: () => void): () => void {
  if (typeof ResizeObserver !== 'function') return () => undefined;
  const observer = new ResizeObserver(changed);
  for (const each of [launcher.button, panelOf(launcher)]) if (each) observer.observe(each);
  return () => observer.disconnect();
}

const readingPixels = 60;

/** A launcher with words shrinks while the page is being read. Returns the end of it. */
export function drawBack(corner: HTMLElement): () => void {
  const scrolled = (): void => void corner.classList.toggle('small', scrollY > readingPixels);
  addEventListener('scroll', scrolled, { passive: true });
  return () => removeEventListener('scroll', scrolled);
}
