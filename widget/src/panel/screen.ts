/** The page behind a panel that is the screen: it neither scrolls nor takes the keyboard, and is afterwards as it was. */
export class PageBehind {
  private undo: (() => void) | null = null;

  /** `host` is what stays in reach. */
  hold(host: Element): void {
    if (this.undo) return;
    const page = document.documentElement;
    const { style } = page;
    const was = style.getPropertyValue('overflow');
    const priority = style.getPropertyPriority('overflow');
    const [x, y] = [scrollX, scrollY];
    style.setProperty('overflow', 'hidden', 'important');
    const others = [...(host.parentElement?.children ?? [])].filter(
      (one): one is HTMLElement => one instanceof HTMLElement && one !== host && !one.inert,
    );
    for (const one of others) one.inert = true;
    this.undo = () => {
      for (const one of others) one.inert = false;
      style.setProperty('overflow', was, priority); // nothing takes it away
      if (!page.getAttribute('style')) page.removeAttribute('style');
      if (scrollX !== x || scrollY !== y) scrollTo({ left: x, top: y, behavior: 'instant' });
    };
  }

  release(): void {
    this.undo?.();
    this.undo = null;
  }
}
