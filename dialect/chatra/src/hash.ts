import type { Widget } from '../../../widget/src/types';

const hash = '#chatraChatExpanded';
const bare = (): string => location.href.split('#')[0] as string;
const here = (): boolean => location.href.endsWith(hash);

/** Links that open the chat, and, on phones and tablets, the address that lets the back button close it. */
export class ChatLink {
  private listening: AbortController | undefined;
  private adding = false;
  /** The newest entry of the browser's history is ours. */
  private pushed = false;
  private fresh = true;

  constructor(private readonly widget: Widget) {}

  /** `adds`: opening changes the address. A page at the address opens the chat, but not once more on a restart. */
  start(adds: boolean): void {
    this.adding = adds && this.widget.mobile;
    this.listening = new AbortController();
    const { signal } = this.listening;
    document.addEventListener('click', (event) => this.click(event), { capture: true, signal });
    addEventListener('hashchange', () => this.moved(), { signal });
    if (this.fresh && here()) this.widget.open();
    this.fresh = false;
  }

  stop(): void {
    this.listening?.abort();
  }

  opened(): void {
    if (!this.adding || this.pushed) return;
    // A page that was loaded with the address gets an entry without it, for the back button to go to.
    if (here()) history.replaceState(history.state, '', bare());
    history.pushState(history.state, '', bare() + hash);
    this.pushed = true;
  }

  closed(): void {
    if (this.pushed && here()) history.back();
    this.pushed = false;
  }

  private moved(): void {
    if (here()) this.widget.open();
    else if (this.pushed) {
      this.pushed = false;
      this.widget.close();
    }
  }

  private click(event: MouseEvent): void {
    const link = (event.composedPath()[0] as Element | undefined)?.closest?.<HTMLAnchorElement>('a[href]');
    if (event.ctrlKey || event.metaKey || event.shiftKey || !link || !leadsHere(link)) return;
    event.preventDefault();
    this.widget.open();
  }
}

function leadsHere(link: HTMLAnchorElement): boolean {
  const stays = !link.target || link.target === '_self';
  return stays && (link.getAttribute('href') === hash || link.href === bare() + hash);
}
