import type { Widget } from '../../../widget/src/types';

const hash = '#chatraChatExpanded';
const bare = (): string => location.href.split('#')[0] as string;
const here = (): boolean => location.href.endsWith(hash);

export interface ChatLink {
  /** `adds`: opening changes the address. */
  start(adds: boolean): void;
  stop(): void;
  opened(): void;
  closed(): void;
}

/** Links that open the chat, and, on phones and tablets, the address that lets the back button close it. */
export function chatLink(widget: Widget): ChatLink {
  let listening: AbortController | undefined;
  let adding = false;
  let pushed = false; // the newest entry of the browser's history is ours
  let fresh = true;

  const moved = (): void => {
    if (here()) widget.open();
    else if (pushed) {
      pushed = false;
      widget.close();
    }
  };
  const click = (event: MouseEvent): void => {
    const link = (event.composedPath()[0] as Element | undefined)?.closest?.<HTMLAnchorElement>('a[href]');
    if (event.ctrlKey || event.metaKey || event.shiftKey || !link || !leadsHere(link)) return;
    event.preventDefault();
    widget.open();
  };

  return {
    start(adds) {
      adding = adds && widget.mobile;
      listening = new AbortController();
      const { signal } = listening;
      document.addEventListener('click', click, { capture: true, signal });
      addEventListener('hashchange', moved, { signal });
      if (fresh && here()) widget.open();
      fresh = false;
    },
    stop() {
      listening?.abort();
    },
    opened() {
      if (!adding || pushed) return;
      // A page that was loaded with the address gets an entry without it, for the back button to go to.
      if (here()) history.replaceState(history.state, '', bare());
      history.pushState(history.state, '', bare() + hash);
      pushed = true;
    },
    closed() {
      if (pushed && here()) history.back();
      pushed = false;
    },
  };
}

function leadsHere(link: HTMLAnchorElement): boolean {
  const stays = !link.target || link.target === '_self';
  return stays && (link.getAttribute('href') === hash || link.href === bare() + hash);
}
