import { signal } from '@preact/signals';
import type { Api } from '../net/api';
import type { AddedWebhook, Delivery, DeliveryStatus, Dialect, Webhook } from '../net/types';
import { t } from '../text/en';
import { codeOf, sentenceOf } from './faults';
import { Reading, type ReadingState } from './reading';
import type { Toasts } from './toasts';

/** Addresses that are told what happens, and what they were told. */
export class Webhooks {
  readonly list: Reading<readonly Webhook[]>;
  readonly dialects: Reading<readonly Dialect[]>;
  readonly log: Deliveries;
  /** The secret of the one that was just added or renewed, until somebody has kept it. */
  readonly fresh = signal<{ webhook: string; secret: string } | null>(null);

  constructor(
    private readonly api: Api,
    private readonly toasts: Toasts,
  ) {
    this.list = new Reading(async () => (await api.webhooks()).data);
    this.dialects = new Reading(async () => (await api.dialects()).data);
    this.log = new Deliveries(api, toasts);
  }

  /** Throws a Problem: `bad_field`, `conflict` … */
  async add(hook: { dialect: string; url: string; numericIds?: boolean }): Promise<AddedWebhook> {
    const { secret, ...made } = await this.api.addWebhook(hook);
    this.list.put([...(this.list.value.peek() ?? []), made]);
    this.fresh.value = secret ? { webhook: made.id, secret } : null;
    return made;
  }

  async remove(id: string): Promise<boolean> {
    return this.tell(t.settings.webhooks.removed, async () => {
      await this.api.removeWebhook(id);
      this.list.put((this.list.value.peek() ?? []).filter((w) => w.id !== id));
    });
  }

  async setDisabled(id: string, disabled: boolean): Promise<boolean> {
    return this.tell(disabled ? t.settings.webhooks.disabled : t.settings.webhooks.enabled, async () =>
      this.put(await this.api.setWebhookDisabled(id, disabled)),
    );
  }

  async renew(id: string): Promise<boolean> {
    return this.tell('', async () => {
      this.fresh.value = { webhook: id, secret: (await this.api.renewWebhookSecret(id)).secret };
    });
  }

  private put(changed: Webhook): void {
    this.list.put((this.list.value.peek() ?? []).map((w) => (w.id === changed.id ? changed : w)));
  }

  private async tell(done: string, work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      if (done) this.toasts.say(done);
      return true;
    } catch (error) {
      this.toasts.say(sentenceOf(codeOf(error)));
      return false;
    }
  }
}

/** Deliveries of one webhook, newest first, page by page. Another webhook or status begins anew. */
export class Deliveries {
  readonly items = signal<readonly Delivery[]>([]);
  readonly state = signal<ReadingState>('idle');
  readonly next = signal<string | null>(null);
  readonly status = signal<DeliveryStatus | ''>('');
  private webhook = '';
  private asked = 0;

  constructor(
    private readonly api: Api,
    private readonly toasts: Toasts,
  ) {}

  async open(webhook: string, status: DeliveryStatus | ''): Promise<void> {
    if (webhook !== this.webhook || status !== this.status.peek()) {
      this.items.value = [];
      this.state.value = 'loading';
    }
    this.webhook = webhook;
    this.status.value = status;
    await this.read('');
  }

  more = (): Promise<void> => this.read(this.next.peek() ?? '');

  one = (id: string): Reading<Delivery> => new Reading(() => this.api.delivery(id));

  /** Sends it again; how it went shows on the next reading. */
  async replay(delivery: Reading<Delivery>, id: string): Promise<void> {
    try {
      delivery.put(await this.api.replay(id));
      this.toasts.say(t.settings.deliveries.replayed);
    } catch (error) {
      const code = codeOf(error);
      this.toasts.say(code === 'conflict' ? t.settings.deliveries.blocked : sentenceOf(code));
    }
  }

  private async read(after: string): Promise<void> {
    const turn = ++this.asked;
    if (this.state.peek() !== 'ready') this.state.value = 'loading';
    try {
      // A page may be empty although more follow: it is looked on until something is found.
      let page = await this.api.deliveries(this.webhook, this.status.peek(), after);
      while (page.data.length === 0 && page.next && turn === this.asked)
        page = await this.api.deliveries(this.webhook, this.status.peek(), page.next);
      if (turn !== this.asked) return;
      this.items.value = after ? [...this.items.peek(), ...page.data] : page.data;
      this.next.value = page.next ?? null;
      this.state.value = 'ready';
    } catch (error) {
      if (turn !== this.asked) return;
      const shown = this.items.peek().length > 0;
      this.state.value = shown ? 'ready' : 'failed';
      if (shown) this.toasts.say(sentenceOf(codeOf(error)));
    }
  }
}
