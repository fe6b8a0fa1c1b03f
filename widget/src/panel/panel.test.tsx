import { act, cleanup, render, screen } from '@testing-library/preact';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ConnectionState, NumberedEntry } from '../../../client/index';
import { apply, emptyThread } from '../../../client/thread';
import type { Core, Settings } from '../types';
import { PanelView } from './panel';

const anna = { kind: 'agent', id: 'anna', name: 'Anna' } as const;

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

/** A panel on a core of which nothing but the connection changes. */
function panel(entries: NumberedEntry[]) {
  const listeners = new Set<() => void>();
  const state = apply(emptyThread('thread'), { t: 'entries', thread: 'thread', entries }).state;
  const nothing = () => undefined;
  const reading = { pending: () => [], seenByMe: () => 99, others: () => ({ delivered: 0, seen: 0 }) };
  const talk = { state, typists: [], typed: nothing, loadOlder: nothing, ...reading };
  const core = {
    talk,
    title: 'Tern Outdoor',
    connection: 'open' as ConnectionState,
    availability: { online: true, agents: [{ name: 'Anna' }] },
    persistent: true,
    unread: 0,
    muted: false,
    draft: { get: () => '', set: nothing },
    watch: (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const become = (connection: ConnectionState) =>
    act(() => {
      core.connection = connection;
      for (const tell of listeners) tell();
    });
  const opening = { focus: false, unreadAfter: undefined };
  render(
    <PanelView
      core={core as unknown as Core}
      settings={{ greeting: '' } as Settings}
      opening={opening}
      phone={false}
      onClose={nothing}
    />,
  );
  return become;
}

const talkWithAnna: NumberedEntry[] = [
  { seq: 1, entry: { eid: 'a', kind: 'conversation.started', author: { kind: 'visitor' }, at: 1, conversation: 'c' } },
  { seq: 2, entry: { eid: 'b', kind: 'conversation.accepted', author: anna, at: 2, conversation: 'c' } },
];

for (const [where, entries, online] of [
  ['home', [], 'Online, ready to answer'],
  ['a conversation', talkWithAnna, /^\s*Online/],
] as const)
  test(`${where} says nobody is online while the visitor is not`, async () => {
    const become = panel([...entries]);
    expect(screen.getByText(online)).toBeTruthy();
    await become('offline');
    expect(screen.queryByText(online)).toBeNull();
    await become('waiting');
    await become('open');
    expect(screen.getByText(online)).toBeTruthy();
    await become('waiting'); // a short trouble is none to speak of
    expect(screen.getByText(online)).toBeTruthy();
    await act(async () => void (await vi.advanceTimersByTimeAsync(2500)));
    expect(screen.queryByText(online)).toBeNull();
  });
