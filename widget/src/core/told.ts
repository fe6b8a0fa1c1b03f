import type { Core, EventName, Events } from '../types';

type State = Pick<Events, 'connection' | 'unread' | 'availability' | 'identity' | 'userUpdate' | 'state'>;

/** Tells the page of states, each only when it has changed since it was told last. */
export class Told {
  private readonly last = new Map<EventName, string>();

  constructor(private readonly emit: <E extends EventName>(name: E, value: Events[E]) => void) {}

  tell<E extends keyof State>(name: E, value: State[E] | null): void {
    if (value !== null && !this.knows(name, value)) this.emit(name, value as Events[E]);
  }

  core({ connection, unread, availability, visitor, user }: Core): void {
    this.tell('connection', { state: connection });
    this.tell('unread', { count: unread });
    this.tell('availability', availability);
    this.tell('identity', visitor && { level: visitor.level });
    this.tell('userUpdate', user);
  }

  /** Whether that was told last; from here on it was. */
  knows(name: EventName, value: unknown): boolean {
    const text = JSON.stringify(value);
    const same = this.last.get(name) === text;
    this.last.set(name, text);
    return same;
  }

  /** Somebody else begins: what is the same of him is told again. */
  forget(): void {
    this.last.delete('identity');
    this.last.delete('userUpdate');
  }
}
