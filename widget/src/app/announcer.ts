import type { Launcher } from '../loader/launcher';
import type { Emit, Events } from '../types';
import { sizeOf } from './size';

/** Tells the page of state and size, each only when it has changed since it was told last. */
export class Announcer {
  private lastState = JSON.stringify({ open: false, view: 'home', conversation: false });
  private lastSize = '';

  constructor(private readonly emit: Emit) {}

  state(state: Events['state']): void {
    const text = JSON.stringify(state);
    if (text === this.lastState) return;
    this.lastState = text;
    this.emit('state', state);
  }

  size(launcher: Launcher | null, open: boolean): void {
    const size = launcher && sizeOf(launcher, open);
    const text = JSON.stringify([size, open]);
    if (!size || text === this.lastSize) return;
    this.lastSize = text;
    this.emit('resize', size);
  }
}
