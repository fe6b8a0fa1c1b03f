import { signal } from '@preact/signals';
import { offline, Problem, problemOf } from '../net/problem';
import type { Me, SignedIn } from '../net/types';

/** What the session needs of the browser; tests give their own. */
export interface SessionDoors {
  fetch: typeof fetch;
  storage: Storage;
  /** Runs `work` while no other tab of this origin does. */
  exclusively: <T>(work: () => Promise<T>) => Promise<T>;
  /** Tells the other tabs of a new access token, and of theirs. */
  others: { tell: (news: News) => void; hear: (heard: (news: News) => void) => void };
  now: () => number;
}

export type News = { kind: 'token'; token: string; expiresAt: number; agent: Me } | { kind: 'left' };
export type Standing = 'starting' | 'out' | 'in' | 'unreachable';

const STORED = 'confab.console.refresh';
const EARLY_MILLIS = 60_000;

/**
 * Who is signed in, over reloads and in all tabs.
 *
 * The access token lives in memory. The refresh token lives in storage and changes with every use, so that one tab at a
 * time uses it: a second use of the same one would end the session for all, except for a short while in which the server
 * answers it again. That covers a lost answer, and storage that browsers show to other tabs a moment late.
 */
export class Session {
  readonly standing = signal<Standing>('starting');
  readonly me = signal<Me | null>(null);
  readonly token = signal('');
  /** Why it ended, if not by the agent's own wish. */
  readonly ended = signal<'' | 'expired' | 'revoked'>('');
  private expiresAt = 0;

  constructor(private readonly doors: SessionDoors) {
    doors.others.hear((news) => this.onNews(news));
  }

  /** Takes up the session of an earlier page, if there is one. */
  async resume(): Promise<void> {
    if (!this.doors.storage.getItem(STORED)) {
      this.standing.value = 'out';
      return;
    }
    try {
      await this.refresh('');
    } catch {
      if (this.standing.value === 'starting') this.standing.value = 'unreachable';
    }
  }

  /** Throws a Problem: `unauthorized`, `rate_limited`, `offline` … */
  async signIn(email: string, password: string): Promise<void> {
    this.take(await this.post('/confab/v1/session', { email, password }));
  }

  /** A token that is good for a while yet. Throws `unauthorized` after the end of the session, `offline` without an answer. */
  async fresh(): Promise<string> {
    if (this.token.value && this.doors.now() < this.expiresAt - EARLY_MILLIS) return this.token.value;
    return this.refresh(this.token.value);
  }

  /** Replaces a token that the server did not take. */
  async refresh(refused: string): Promise<string> {
    return this.doors.exclusively(async () => {
      if (this.token.value && this.token.value !== refused) return this.token.value;
      const refreshToken = this.doors.storage.getItem(STORED);
      if (!refreshToken) throw this.end('expired');
      // A token that has not run out is refused to those only whom somebody has signed out: what the socket says too,
      // but not always first.
      const early = this.token.value !== '' && this.doors.now() < this.expiresAt;
      try {
        this.take(await this.post('/confab/v1/session/refresh', { refreshToken }));
      } catch (error) {
        if (error instanceof Problem && (error.status === 401 || error.status === 403))
          throw this.end(early ? 'revoked' : 'expired');
        throw error;
      }
      return this.token.value;
    });
  }

  /** When the token should be replaced, in milliseconds from now; 0 if at once. */
  dueIn(): number {
    return Math.max(0, this.expiresAt - EARLY_MILLIS - this.doors.now());
  }

  async signOut(): Promise<void> {
    const token = this.token.value;
    const refreshToken = this.doors.storage.getItem(STORED);
    this.leave('');
    this.doors.others.tell({ kind: 'left' });
    await this.doors
      .fetch('/confab/v1/session', {
        method: 'DELETE',
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({ refreshToken }),
      })
      .catch(() => undefined); // this browser has forgotten both tokens in any case
  }

  /** The server ended it: password or role changed, deactivated, signed out elsewhere. */
  revoked(): void {
    this.end('revoked');
  }

  private async post(path: string, body: object): Promise<SignedIn> {
    const response = await this.doors
      .fetch(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })
      .catch(() => {
        throw offline();
      });
    if (!response.ok) throw await problemOf(response);
    return response.json();
  }

  private take(answer: SignedIn): void {
    this.doors.storage.setItem(STORED, answer.refreshToken);
    const expiresAt = typeof answer.expiresAt === 'number' ? answer.expiresAt : Date.parse(answer.expiresAt);
    this.hold(answer.token, expiresAt, answer.agent);
    this.doors.others.tell({ kind: 'token', token: answer.token, expiresAt, agent: answer.agent });
  }

  private hold(token: string, expiresAt: number, agent: Me): void {
    this.expiresAt = expiresAt;
    this.token.value = token;
    this.me.value = agent;
    this.ended.value = '';
    this.standing.value = 'in';
  }

  private onNews(news: News): void {
    if (news.kind === 'left') this.leave('');
    else if (this.me.value === null || this.me.value.id === news.agent.id)
      this.hold(news.token, news.expiresAt, news.agent);
    else this.leave('');
  }

  /** Only the first end says why: requests that were under way then, or begin later, find no session either. */
  private end(why: 'expired' | 'revoked'): Problem {
    if (this.standing.value !== 'out') this.leave(why);
    return new Problem('unauthorized', '', 401);
  }

  private leave(why: '' | 'expired' | 'revoked'): void {
    this.doors.storage.removeItem(STORED);
    this.token.value = '';
    this.me.value = null;
    this.expiresAt = 0;
    this.ended.value = why;
    this.standing.value = 'out';
  }
}
