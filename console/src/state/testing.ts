import type { Conversation, LiveVisitor } from '../net/types';

/** A conversation as the server tells it, with what a test wants otherwise. */
export function aConversation(more: Partial<Conversation> = {}): Conversation {
  return {
    id: 'c1',
    no: 1,
    thread: 't1',
    visitor: 'v1',
    state: 'active',
    startedAt: 1000,
    agents: ['me'],
    assignee: 'me',
    acceptedAt: 1500,
    top: 10,
    unread: 0,
    visitorName: 'Maya',
    visitorLevel: 'claimed',
    ...more,
  };
}

export const said = (at: number, seq: number, by: 'visitor' | 'agent' = 'visitor') => ({
  seq,
  kind: 'message',
  author: { kind: by, id: by },
  text: 'words',
  at,
});

export function aVisitor(more: Partial<LiveVisitor> = {}): LiveVisitor {
  return {
    id: 'v1',
    name: 'Maya',
    level: 'claimed',
    page: { url: 'https://a.test/tents', title: 'Tents' },
    pageSince: 1000,
    visit: { no: 1, startedAt: 0, pages: 1 },
    device: {},
    thread: 't1',
    online: true,
    since: 0,
    ...more,
  };
}

/** Storage of one browser, in memory. */
export function aStorage(start: Record<string, string> = {}): Storage {
  const kept = new Map(Object.entries(start));
  return {
    get length() {
      return kept.size;
    },
    key: (i) => [...kept.keys()][i] ?? null,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
    clear: () => kept.clear(),
  };
}
