import { type Signal, signal } from '@preact/signals';
import type { Api } from '../net/api';
import type { LiveVisitor, VisitorDetail } from '../net/types';

export interface Detail {
  loading: 'loading' | 'ready' | 'failed' | 'gone';
  visitor?: VisitorDetail;
}

const KEPT = 30;

/** What the visitor pane shows, by visitor. Read anew when it is opened and when the visitor moves on. */
export class Details {
  private readonly byId = new Map<string, Signal<Detail>>();
  private readonly readFor = new Map<string, string>();

  constructor(private readonly api: Api) {}

  /** The detail as it is known; reads it if `live` is on another page than at the last reading. */
  of(id: string, live: LiveVisitor | undefined): Signal<Detail> {
    const detail = this.byId.get(id) ?? this.add(id);
    const stand = `${live?.page?.url ?? ''} ${live?.pageSince ?? ''} ${live?.conversation ?? ''} ${live?.online ?? ''}`;
    if (this.readFor.get(id) !== stand) {
      this.readFor.set(id, stand);
      void this.read(id);
    }
    return detail;
  }

  async read(id: string): Promise<void> {
    const detail = this.byId.get(id);
    if (!detail) return;
    try {
      detail.value = { loading: 'ready', visitor: await this.api.visitor(id) };
    } catch (error) {
      const gone = (error as { code?: string }).code === 'not_found';
      detail.value = { ...detail.peek(), loading: gone ? 'gone' : 'failed' };
    }
  }

  private add(id: string): Signal<Detail> {
    const detail = signal<Detail>({ loading: 'loading' });
    this.byId.set(id, detail);
    const oldest = this.byId.keys().next().value;
    if (this.byId.size > KEPT && oldest !== undefined) {
      this.byId.delete(oldest);
      this.readFor.delete(oldest);
    }
    return detail;
  }
}

export interface Step {
  url: string;
  title?: string;
  at: number;
  /** How long the visitor was there; 0 for the page that is shown now. */
  millis: number;
}

/** The pages before the present one, newest first, with the time spent on each. */
export function earlierPages(trail: readonly { url: string; title?: string; at: number }[], leftAt: number): Step[] {
  const rising = [...trail].sort((a, b) => a.at - b.at);
  const steps = rising.map((step, i) => ({ ...step, millis: Math.max(0, (rising[i + 1]?.at ?? leftAt) - step.at) }));
  return steps.slice(0, -1).reverse();
}
