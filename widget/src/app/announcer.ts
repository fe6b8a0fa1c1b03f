import { Told } from '../core/told';
import type { Launcher } from '../loader/launcher';
import type { Emit, Events } from '../types';
import { sizeOf } from './size';

/** Tells the page of state and size, each only when it has changed since it was told last. */
export class Announcer {
  private readonly told: Told;

  constructor(private readonly emit: Emit) {
    this.told = new Told(emit);
    this.told.knows('state', { open: false, view: 'home', conversation: false });
  }

  state(state: Events['state']): void {
    this.told.tell('state', state);
  }

  size(launcher: Launcher | null, open: boolean): void {
    const size = launcher && sizeOf(launcher, open);
    if (size && !this.told.knows('resize', [size, open])) this.emit('resize', size);
  }
}
