import { type Offset, screenSize } from '../loader/spot';

const startsAfterPixels = 6;

/** Lets a pointer drag a box about by its handle. `moved` is told where its top left corner is wanted, `dropped` that it is there. */
export function draggable(
  box: HTMLElement,
  handle: HTMLElement,
  moved: (left: number, top: number) => void,
  dropped: () => void,
): void {
  handle.addEventListener('pointerdown', (down) => {
    if (down.button !== 0 || !down.isPrimary) return;
    const { left, top } = box.getBoundingClientRect();
    let dragging = false;
    const move = (event: PointerEvent): void => {
      const [x, y] = [event.clientX - down.clientX, event.clientY - down.clientY];
      if (!dragging && Math.hypot(x, y) > startsAfterPixels) {
        dragging = true;
        handle.setPointerCapture?.(down.pointerId); // also over frames of the page
      }
      if (dragging) moved(left + x, top + y);
    };
    const end = (event: Event): void => {
      removeEventListener('pointermove', move);
      for (const name of ends) removeEventListener(name, end);
      if (!dragging) return;
      dropped();
      if (event.type === 'pointerup') swallowClick();
    };
    addEventListener('pointermove', move);
    for (const name of ends) addEventListener(name, end);
  });
}

const ends = ['pointerup', 'pointercancel'] as const;

/** The click that follows the release is not meant. */
function swallowClick(): void {
  const swallow = (event: Event): void => {
    event.stopPropagation();
    event.preventDefault();
  };
  addEventListener('click', swallow, { capture: true, once: true });
  setTimeout(() => removeEventListener('click', swallow, { capture: true }));
}

/** Distances from the two nearest sides, so that it stays on the screen when the window changes. */
export function offsetAt(left: number, top: number, { width, height }: DOMRect): Offset {
  const screen = screenSize();
  const x = Math.round(Math.min(Math.max(0, left), screen.width - width));
  const y = Math.round(Math.min(Math.max(0, top), screen.height - height));
  const [right, bottom] = [Math.round(screen.width - width - x), Math.round(screen.height - height - y)];
  return { ...(x <= right ? { left: x } : { right }), ...(y <= bottom ? { top: y } : { bottom }) };
}
