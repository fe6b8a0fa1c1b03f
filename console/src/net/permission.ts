import { signal } from '@preact/signals';
import type { Prefs } from '../state/prefs';

export type Grant = 'unsupported' | 'default' | 'granted' | 'denied';

/** The browser's leave to show notifications. Asked for by a button only, never at load. */
export class Permission {
  readonly grant = signal<Grant>(typeof Notification === 'undefined' ? 'unsupported' : Notification.permission);

  constructor(private readonly prefs: Prefs) {}

  /** Keeps up with what is granted in another tab or in the browser's settings. */
  async follow(): Promise<void> {
    if (this.grant.value === 'unsupported') return;
    const status = await navigator.permissions?.query({ name: 'notifications' }).catch(() => undefined);
    status?.addEventListener('change', () => {
      this.grant.value = Notification.permission;
    });
  }

  get on(): boolean {
    return this.prefs.desktop.value && this.grant.value === 'granted';
  }

  /** Call from a gesture. */
  async ask(): Promise<void> {
    if (this.grant.value === 'unsupported') return;
    this.grant.value = await Notification.requestPermission();
    this.prefs.set('desktop', this.grant.value === 'granted');
  }

  off(): void {
    this.prefs.set('desktop', false);
  }
}
