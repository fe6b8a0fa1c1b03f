const clicksForRage = 4;
const gapMillis = 500;
const reachPixels = 50;

/** Calls `angry` at the last of four clicks in one place of the page, each soon after the one before. */
export function watchRage(angry: () => void): void {
  let count = 0;
  let last = 0;
  let first = { x: 0, y: 0 };
  const clicked = (event: MouseEvent): void => {
    // Clicks by keyboard or script have no detail.
    if (event.button !== 0 || !event.detail || inWidget(event)) return;
    const { clientX: x, clientY: y, timeStamp } = event;
    const goesOn = timeStamp - last <= gapMillis && Math.hypot(x - first.x, y - first.y) <= reachPixels;
    if (!count || !goesOn) {
      count = 0;
      first = { x, y };
    }
    last = timeStamp;
    if (++count < clicksForRage) return;
    count = 0;
    angry();
  };
  addEventListener('click', clicked, true);
}

const inWidget = (event: Event): boolean =>
  event.composedPath().some((node) => node instanceof Element && node.hasAttribute('data-confab'));
