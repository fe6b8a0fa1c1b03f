import type { Widget } from '../../../widget/src/types';
import { callPage } from './callbacks';

/** What the page may know of its visitor's calls, and telling it. */
export class Calls {
  private asked = false;
  private current = '';
  private over = '';

  constructor(private readonly widget: Widget) {
    widget.on('call', ({ id, status, reason }) => {
      if (id === this.over) return;
      if (status === 'end' || status === 'error') return this.end(id, status === 'end', reason);
      const begins = status === 'start' && id !== this.current;
      this.current = id;
      if (begins) callPage('jivo_onCallStart');
    });
  }

  /** One goes on. */
  private get busy(): boolean {
    return this.asked || this.current !== '';
  }

  /** Not their time, or one goes on. */
  get unavailable(): boolean {
    const times = this.widget.config?.callTimes;
    const now = Date.now();
    return this.busy || (!!times && !times.some(([from, until]) => from <= now && now < until));
  }

  async start(phone: string): Promise<void> {
    this.asked = true;
    const fault = await this.widget.call(phone);
    this.asked = false;
    if (fault) callPage('jivo_onCallEnd', { result: 'fail', reason: fault.message });
  }

  private end(id: string, well: boolean, reason = 'error'): void {
    this.over = id;
    this.current = '';
    callPage('jivo_onCallEnd', well ? { result: 'ok' } : { result: 'fail', reason });
  }
}

const loose = /[\s.\-()[\]]/g;

/** The number as + and digits, or null if it is none. */
export function readPhone(raw: unknown): string | null {
  const number = typeof raw === 'string' ? raw.replace(loose, '') : '';
  return /^\+\d{7,15}$/.test(number) ? number : null;
}
