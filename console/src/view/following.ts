/** A press that the page follows itself; with Ctrl, ⌘ or ⇧ the browser does, to a new tab or window. */
export const following = (go: () => void) => (event: MouseEvent) => {
  event.stopPropagation();
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  go();
};
