import { signal } from '@preact/signals';

export interface Toast {
  id: number;
  text: string;
  action?: { label: string; run: () => void };
  until: number;
}

const SHOWN_MILLIS = 8_000;

/** One thing that was just done, said once, for 8 seconds. The next replaces it. */
export class Toasts {
  readonly current = signal<Toast | null>(null);
  private heldAt = 0;
  private count = 0;

  constructor(private readonly now: () => number) {}

  say(text: string, action?: Toast['action']): void {
    this.heldAt = 0;
    this.current.value = { id: ++this.count, text, until: this.now() + SHOWN_MILLIS, ...(action ? { action } : {}) };
  }

  /** Under the pointer or the focus its time stands still. */
  hold(): void {
    if (this.current.value && !this.heldAt) this.heldAt = this.now();
  }

  release(): void {
    const toast = this.current.value;
    if (toast && this.heldAt) this.current.value = { ...toast, until: toast.until + this.now() - this.heldAt };
    this.heldAt = 0;
  }

  dismiss(): void {
    this.heldAt = 0;
    this.current.value = null;
  }

  /** Call each second. */
  tick(): void {
    const toast = this.current.value;
    if (toast && !this.heldAt && this.now() >= toast.until) this.dismiss();
  }

  secondsLeft(now: number): number {
    const toast = this.current.value;
    return toast ? Math.max(0, Math.ceil((toast.until - (this.heldAt || now)) / 1000)) : 0;
  }
}
