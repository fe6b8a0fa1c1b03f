import type { EventName, Events } from '../types';

type Listener = (value: never) => void;

// Of these a listener that comes late is told the present state, once and not before its call has returned.
const states: ReadonlySet<string> = new Set<EventName>([
  'ready',
  'unread',
  'userUpdate',
  'availability',
  'connection',
  'identity',
  'refused',
]);

/** The page's listeners. What one of them throws is reported as the page's own error and stops nothing. */
export class PageEvents {
  /** By name, in the order they came, beside the script each came through. */
  private readonly listeners = new Map<string, Map<Listener, object>>();
  private readonly last = new Map<string, unknown>();

  on(name: EventName, listener: Listener, script: object): void {
    const all = this.listeners.get(name) ?? new Map<Listener, object>();
    if (!all.has(listener)) this.listeners.set(name, all.set(listener, script));
    if (this.last.has(name)) queueMicrotask(() => this.tellLate(name, listener));
  }

  /** Without a listener: all that came through this script. */
  off(name: EventName, listener: Listener | undefined, script: object): void {
    const all = this.listeners.get(name);
    for (const [each, by] of all ?? []) if (listener ? each === listener : by === script) all?.delete(each);
  }

  readonly emit = <E extends EventName>(name: E, value: Events[E]): void => {
    if (states.has(name)) this.last.set(name, value);
    for (const listener of [...(this.listeners.get(name)?.keys() ?? [])]) call(listener, value);
  };

  /** A new visitor begins: nothing that was said of the old one is told again. */
  forget(): void {
    this.last.clear();
  }

  private tellLate(name: string, listener: Listener): void {
    if (this.last.has(name) && this.listeners.get(name)?.has(listener)) call(listener, this.last.get(name));
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
