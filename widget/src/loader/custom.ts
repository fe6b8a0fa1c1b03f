/** Elements of the page that open and close the chat, now or later. False if the selector is none. */
export function watchSelector(selector: string, clicked: () => void): (() => void) | false {
  try {
    document.querySelector(selector);
  } catch {
    return false;
  }
  const click = (event: MouseEvent): void => {
    const from = event.composedPath()[0];
    if (from instanceof Element && from.closest(selector)) clicked();
  };
  document.addEventListener('click', click);
  return () => document.removeEventListener('click', click);
}
