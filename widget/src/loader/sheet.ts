/** Gives a shadow root a style sheet without any inline style, so that a strict policy of the page allows it. */
export function addSheet(root: ShadowRoot, css: string): void {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  } catch {
    const style = document.createElement('style'); // browsers before 2023
    style.textContent = css;
    root.prepend(style);
  }
}
