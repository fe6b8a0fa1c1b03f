import type { Election } from '../core/elect';
import { storage } from '../core/local';

const leaseMillis = 5000;
const renewMillis = 1500;

/** For pages without Web Locks (plain http): a lease in localStorage. Two leaders for a moment do no harm. */
export class LeaseElection implements Election {
  private readonly id = String(Math.random());
  private readonly timer: ReturnType<typeof setInterval>;
  private leads = false;

  constructor(
    private readonly key: string,
    private readonly lead: () => void,
    private readonly follow: () => void,
  ) {
    this.timer = setInterval(() => this.renew(), renewMillis);
    addEventListener('pagehide', this.free);
    if (!document.hidden) this.renew(); // a tab that was hidden and stepped down lets the others go first
  }

  leave(): void {
    clearInterval(this.timer);
    removeEventListener('pagehide', this.free);
    this.free();
  }

  private renew(): void {
    const [holder, until] = (storage()?.getItem(this.key) ?? '').split(' ');
    const mine = holder === this.id;
    if (!mine && Number(until) > Date.now()) return this.become(false);
    storage()?.setItem(this.key, `${this.id} ${Date.now() + leaseMillis}`);
    this.become(mine);
  }

  private become(leads: boolean): void {
    if (this.leads === leads) return;
    this.leads = leads;
    if (leads) this.lead();
    else this.follow();
  }

  private readonly free = (): void => {
    if (storage()?.getItem(this.key)?.startsWith(this.id)) storage()?.removeItem(this.key);
    this.leads = false;
  };
}
