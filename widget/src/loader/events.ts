import type { EventName, Events } from '../types';

type Listener = (value: never) => void;

export const eventNames: ReadonlySet<string> = new Set<EventName>([
  'ready',
  'open',
  'close',
  'message',
  'unread',
  'userUpdate',
  'conversationStarted',
  'conversationClosed',
  'agentAssigned',
  'availability',
  'connection',
  'identity',
]);

// Of these a listener that comes late is told the present state, once and not before its call has returned.
const states: ReadonlySet<string> = new Set<EventName>([
  'ready',
  'unread',
  'userUpdate',
  'availability',
  'connection',
  'identity',
]);

/** The page's listeners. What one of them throws is reported as the page's own error and stops nothing. */
export class PageEvents {
  private readonly listeners = new Map<string, Set<Listener>>();
  private readonly last = new Map<string, unknown>();

  on(name: EventName, listener: Listener): void {
    const all = this.listeners.get(name) ?? new Set();
    this.listeners.set(name, all.add(listener));
    if (this.last.has(name)) queueMicrotask(() => all.has(listener) && call(listener, this.last.get(name)));
  }

  off(name: EventName, listener?: Listener): void {
    if (listener) this.listeners.get(name)?.delete(listener);
    else this.listeners.delete(name);
  }

  readonly emit = <E extends EventName>(name: E, value: Events[E]): void => {
    if (states.has(name)) this.last.set(name, value);
    for (const listener of [...(this.listeners.get(name) ?? [])]) call(listener, value);
  };

  /** A new visitor begins: nothing that was said of the old one is told again. */
  forget(): void {
    this.last.clear();
  }
}

/** Calls a function of the page; its error reaches the page's own error handling, not our code. */
export function call(listener: (value: never) => void, value: unknown): void {
  try {
    listener(value as never);
  } catch (error) {
    setTimeout(() => {
      throw error;
    });
  }
}
