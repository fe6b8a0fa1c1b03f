import { signal } from '@preact/signals';
import { LIST_NAMES, type ListName } from './conversations';

export const SECTIONS = ['agents', 'groups', 'attributes', 'privacy', 'webhooks', 'integrations'] as const;
export type Section = (typeof SECTIONS)[number];

/** Where the console is: a list with perhaps a conversation open, the people with perhaps one of them, or the settings. */
export type Place =
  | {
      screen: 'list';
      list: ListName;
      conversation: string;
      pane: boolean /** Its last conversation is looked for. */;
      thread?: string;
    }
  | { screen: 'visitors'; visitor: string }
  | { screen: 'contacts'; contact: string; importing?: boolean }
  /** Without a section where there is room for the choice of sections only; `id` is of what the section lists, `item` of what that has. */
  | { screen: 'settings'; section: Section | ''; id: string; item: string };

const ROOT = '/console';
const IMPORT = 'import'; // no id is as short

export function parse(path: string): Place {
  const [first = '', second = '', third = '', fourth = ''] = path
    .slice(ROOT.length)
    .split('/')
    .filter(Boolean)
    .map(decode);
  if (first === 'visitors') return { screen: 'visitors', visitor: second };
  if (first === 'contacts')
    return second === IMPORT
      ? { screen: 'contacts', contact: '', importing: true }
      : { screen: 'contacts', contact: second };
  if (first === 'settings') {
    const section = SECTIONS.find((name) => name === second) ?? '';
    return { screen: 'settings', section, id: section && third, item: section && third && fourth };
  }
  if (first === 'chat' && second)
    return { screen: 'list', list: 'mine', conversation: '', pane: false, thread: second };
  const list = LIST_NAMES.find((name) => name === first) ?? 'mine';
  return { screen: 'list', list, conversation: second, pane: second !== '' && third === 'visitor' };
}

export function format(place: Place): string {
  return [ROOT, ...partsOf(place).filter(Boolean).map(encodeURIComponent)].join('/');
}

function partsOf(place: Place): string[] {
  switch (place.screen) {
    case 'visitors':
      return ['visitors', place.visitor];
    case 'contacts':
      return ['contacts', place.importing ? IMPORT : place.contact];
    case 'settings':
      return ['settings', place.section, place.id, place.item];
    case 'list':
      return place.thread ? ['chat', place.thread] : [place.list, place.conversation, place.pane ? 'visitor' : ''];
  }
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

  contacts(contact = ''): void {
    this.go({ screen: 'contacts', contact });
  }

  importing(): void {
    this.go({ screen: 'contacts', contact: '', importing: true });
  }

  settings(section: Section | '' = '', id = '', item = ''): void {
    this.go({ screen: 'settings', section, id, item });
  }

  close(): void {
    this.window.removeEventListener('popstate', this.back);
  }

  private back = () => {
    this.place.value = parse(this.window.location.pathname);
  };
}
