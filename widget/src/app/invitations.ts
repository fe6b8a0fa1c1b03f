import type { Core, Emit } from '../types';

export interface Invitation {
  text: string;
  group?: string;
  rule?: string;
}

/** The invitation to talk that stands on the screen, and what the visitor makes of it: one at a time. */
export class Invitations {
  private now: Invitation | null = null;
  private sent = false;
  private agreed = false;

  constructor(private readonly emit: Emit) {}

  get waiting(): Invitation | null {
    return this.now;
  }

  show(invitation: Invitation): void {
    this.now = invitation;
    this.sent = this.agreed = false;
    this.tell('shown');
  }

  /** The person opens the chat by hand. */
  agree(): void {
    this.agreed = true;
  }

  /** The words stand in the thread from now on. */
  say(core: Core): void {
    if (!this.now || this.sent) return;
    const { text, group } = this.now;
    this.sent = true;
    core.send(text, { auto: true, ...(group !== undefined && { group }) });
    if (this.agreed) this.accept();
  }

  accept(): void {
    if (this.now) this.tell('accepted');
    this.now = null;
  }

  reject(): void {
    if (this.now) this.tell('rejected');
    this.now = null;
  }

  private tell(step: 'shown' | 'accepted' | 'rejected'): void {
    const { text = '', rule } = this.now ?? {};
    this.emit('invite', { step, text, ...(rule !== undefined && { rule }) });
  }
}
