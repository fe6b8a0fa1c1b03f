import { signal } from '@preact/signals';
import { LIST_NAMES, type ListName } from './conversations';

/** Where the console is: a list with perhaps a conversation open, or the visitors with perhaps one of them. */
export type Place =
  | {
      screen: 'list';
      list: ListName;
      conversation: string;
      pane: boolean /** Its last conversation is looked for. */;
      thread?: string;
    }
  | { screen: 'visitors'; visitor: string };

const ROOT = '/console';

export function parse(path: string): Place {
  const [first = '', second = '', third = ''] = path.slice(ROOT.length).split('/').filter(Boolean).map(decode);
  if (first === 'visitors') return { screen: 'visitors', visitor: second };
  if (first === 'chat' && second)
    return { screen: 'list', list: 'mine', conversation: '', pane: false, thread: second };
  const list = LIST_NAMES.find((name) => name === first) ?? 'mine';
  return { screen: 'list', list, conversation: second, pane: second !== '' && third === 'visitor' };
}

export function format(place: Place): string {
  const parts =
    place.screen === 'visitors'
      ? ['visitors', place.visitor]
      : place.thread
        ? ['chat', place.thread]
        : [place.list, place.conversation, place.pane ? 'visitor' : ''];
  return [ROOT, ...parts.filter(Boolean).map(encodeURIComponent)].join('/');
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The address bar as state. */
export class Route {
  readonly place = signal<Place>({ screen: 'list', list: 'mine', conversation: '', pane: false });

  constructor(
    private readonly window: Pick<Window, 'history' | 'location' | 'addEventListener' | 'removeEventListener'>,
  ) {
    this.place.value = parse(window.location.pathname);
    window.addEventListener('popstate', this.back);
  }

  go(place: Place, how: 'push' | 'replace' = 'push'): void {
    const path = format(place);
    if (path !== this.window.location.pathname) {
      if (how === 'push') this.window.history.pushState(null, '', path);
      else this.window.history.replaceState(null, '', path);
    }
    this.place.value = place;
  }

  list(list: ListName): void {
    this.go({ screen: 'list', list, conversation: '', pane: false });
  }

  conversation(id: string, how: 'push' | 'replace' = 'push'): void {
    const now = this.place.value;
    const list = now.screen === 'list' ? now.list : 'mine';
    this.go({ screen: 'list', list, conversation: id, pane: false }, how);
  }

  visitors(visitor = ''): void {
    this.go({ screen: 'visitors', visitor });
  }

  close(): void {
    this.window.removeEventListener('popstate', this.back);
  }

  private back = () => {
    this.place.value = parse(this.window.location.pathname);
  };
}
