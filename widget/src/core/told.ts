import type { EventName, Events } from '../types';

type State = Pick<Events, 'connection' | 'unread' | 'availability' | 'identity' | 'userUpdate'>;

/** Tells the page of states, each only when it has changed since it was told last. */
export class Told {
  private readonly last = new Map<EventName, string>();

  constructor(private readonly emit: <E extends EventName>(name: E, value: Events[E]) => void) {}

  tell<E extends keyof State>(name: E, value: State[E] | null): void {
    const text = JSON.stringify(value);
    if (value === null || this.last.get(name) === text) return;
    this.last.set(name, text);
    this.emit(name, value as Events[E]);
  }

  /** Somebody else begins: what is the same of him is told again. */
  forget(): void {
    this.last.delete('identity');
    this.last.delete('userUpdate');
  }
}
