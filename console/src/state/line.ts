import { signal } from '@preact/signals';
import type { Connection, ConnectionState } from '../../../client/connection';
import type { Session } from './session';

export interface LineState {
  state: ConnectionState;
  /** Since when it is not open, or has been open again, ms UTC. */
  since: number;
  /** Whether it was open before: the first connecting is no trouble. */
  before: boolean;
}

const TOKEN_TRIES_MILLIS = 10_000;
const TOLD_AFTER_MILLIS = 2_000;

/** Keeps the connection and the session together: fresh tokens to the socket, the server's verdicts to the session. */
export class Line {
  readonly state = signal<LineState>({ state: 'stopped', since: 0, before: false });
  /** The last stretch without a connection was long enough to be told. */
  readonly trouble = signal(false);
  private readonly ends: (() => void)[];
  private tokenTriedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly connection: Connection,
    private readonly session: Session,
    private readonly now: () => number,
  ) {
    this.ends = [
      connection.states.add((state) => this.onState(state)),
      session.token.subscribe((token) => {
        if (token && connection.state === 'open') void connection.renew();
      }),
    ];
  }

  /** Call each second: replaces the token before it runs out. */
  tick(): void {
    if (this.session.standing.value === 'in' && this.session.dueIn() === 0) this.freshen();
  }

  close(): void {
    for (const end of this.ends) end();
  }

  private onState(state: ConnectionState): void {
    const last = this.state.value;
    if (state === 'open') this.trouble.value = last.before && this.now() - last.since >= TOLD_AFTER_MILLIS;
    const stillAway = last.state !== 'open' && state !== 'open' && last.since > 0;
    this.state.value = {
      state,
      since: stillAway ? last.since : this.now(),
      before: last.before || last.state === 'open',
    };
    if (state !== 'stopped') return;
    if (this.connection.closed?.code === 4010) this.session.revoked();
    if (this.connection.closed?.code === 4001) this.freshen(() => this.connection.retryNow());
  }

  private freshen(then?: () => void): void {
    if (this.now() - this.tokenTriedAt < TOKEN_TRIES_MILLIS) return;
    this.tokenTriedAt = this.now();
    this.session.refresh(this.session.token.value).then(then, () => undefined); // the end of the session shows itself
  }
}
