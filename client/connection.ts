import * as limits from '../chat/limits.json';
import { type Reconnect, reconnectAfter } from './closing';
import type { AuthFrame, ClientFrame, HelloFrame, ServerFrame } from './frames';
import { subprotocol } from './frames';
import { Listeners } from './listeners';
import { parseFrame } from './parse';

/**
 * connecting: a socket is being opened or its hello awaited · open: hello was received · waiting: until the next
 * try · offline: the browser has no network, or says so · stopped: by us, or by a close that forbids another try.
 */
export type ConnectionState = 'connecting' | 'open' | 'waiting' | 'offline' | 'stopped';

/** What a thread or an outbox needs of the way to the server. */
export interface Link {
  readonly state: ConnectionState;
  readonly hello: HelloFrame | null;
  /** True if the frame was handed to an open connection. That says nothing about its arrival. */
  send(frame: ClientFrame): boolean;
  readonly frames: Listeners<ServerFrame>;
  readonly states: Listeners<ConnectionState>;
}

export interface ConnectionOptions {
  /** ws: or wss: address without credentials. */
  url: string;
  /** Asked before each try, so that tokens and cursors are the newest. A rejection counts as a failed try. */
  auth: () => AuthFrame | Promise<AuthFrame>;
  /** Until hello says so. Default: the visitors' of limits.json. */
  heartbeatMillis?: number;
  /** For tests: 0 ≤ value < 1. Default Math.random. */
  random?: () => number;
}

const firstWindowMillis = 1000;
const lastWindowMillis = 30_000;
const laterMillis = [5000, 15_000] as const;

/**
 * One socket that is kept alive until `stop`. After `auth` the server answers `hello`; from then on `frames` tells
 * every frame (hello included) and `send` works. Not started by its constructor.
 */
export class Connection implements Link {
  readonly frames = new Listeners<ServerFrame>();
  readonly states = new Listeners<ConnectionState>();
  state: ConnectionState = 'stopped';
  hello: HelloFrame | null = null;
  /** Why the last socket ended; null before the first end. */
  closed: { code: number; reconnect: Reconnect } | null = null;
  /** When the next try is due, by Date.now; 0 unless waiting. */
  retryAt = 0;

  private socket: WebSocket | null = null;
  private windowMillis = firstWindowMillis;
  private announcedWindow = 0;
  private unanswered = 0;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private beatTimer: ReturnType<typeof setTimeout> | undefined;
  private helloTimer: ReturnType<typeof setTimeout> | undefined;
  private watched = false;

  constructor(private readonly options: ConnectionOptions) {}

  start(): void {
    if (this.state !== 'stopped') return;
    this.watchNetwork(true);
    if (isOffline()) this.become('offline');
    else void this.connect();
  }

  /** Ends the socket with code 1000; `start` begins anew. */
  stop(): void {
    this.watchNetwork(false);
    this.drop(1000);
    this.become('stopped');
  }

  /** Tries at once instead of at the end of the wait, also after a stop by the server. */
  retryNow(): void {
    if (this.state === 'open' || this.state === 'connecting') return;
    this.watchNetwork(true);
    this.drop(1000);
    this.windowMillis = firstWindowMillis;
    void this.connect();
  }

  send(frame: ClientFrame): boolean {
    return this.state === 'open' && this.write(frame);
  }

  /** Sends `auth` again on the open socket, with what `options.auth` now says. Agents do it before a token ends. */
  async renew(): Promise<void> {
    const socket = this.socket;
    const frame = await this.options.auth();
    if (socket && socket === this.socket) this.write(frame);
  }

  private write(frame: ClientFrame): boolean {
    if (this.socket?.readyState !== 1) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  private async connect(): Promise<void> {
    clearTimeout(this.retryTimer);
    this.retryAt = 0;
    this.become('connecting');
    const socket = this.open();
    if (!socket) return this.retry('soon');
    socket.onopen = () => void this.greet(socket);
    socket.onmessage = (event) => socket === this.socket && this.receive(event.data);
    socket.onclose = (event) => socket === this.socket && this.ended(event.code);
    this.helloTimer = setTimeout(() => socket === this.socket && this.ended(1006), limits.authMillis);
  }

  private open(): WebSocket | null {
    try {
      this.socket = new WebSocket(this.options.url, subprotocol);
      return this.socket;
    } catch {
      return null;
    }
  }

  private async greet(socket: WebSocket): Promise<void> {
    try {
      const frame = await this.options.auth();
      if (socket === this.socket) this.write(frame);
    } catch {
      if (socket === this.socket) this.ended(1006);
    }
  }

  private receive(data: unknown): void {
    this.unanswered = 0;
    const frame = typeof data === 'string' ? parseFrame(data) : null;
    if (!frame) return;
    if (frame.t === 'hello') this.welcomed(frame);
    if (frame.t === 'reconnect') this.announcedWindow = frame.windowMillis;
    this.frames.tell(frame);
    if (frame.t === 'reconnect') this.moveWithin(frame.windowMillis);
  }

  private welcomed(frame: HelloFrame): void {
    clearTimeout(this.helloTimer);
    this.hello = frame;
    this.windowMillis = firstWindowMillis;
    this.announcedWindow = 0;
    this.beat(this.random() * this.heartbeatMillis());
    this.become('open');
  }

  private heartbeatMillis(): number {
    return this.hello?.heartbeatMillis || this.options.heartbeatMillis || limits.visitorHeartbeatMillis;
  }

  /** Pings, and counts the pings since the server was last heard: the third finds two answers missing. */
  private beat(afterMillis: number): void {
    clearTimeout(this.beatTimer);
    this.beatTimer = setTimeout(() => {
      if (this.unanswered >= 2) return this.ended(1006);
      this.unanswered++;
      this.write({ t: 'ping' });
      this.beat(this.heartbeatMillis());
    }, afterMillis);
  }

  /** The node stops: leave it at a random moment of the window, before it closes the socket. */
  private moveWithin(windowMillis: number): void {
    clearTimeout(this.retryTimer);
    this.retryTimer = setTimeout(() => {
      this.drop(1000);
      void this.connect();
    }, this.random() * windowMillis);
  }

  private ended(code: number): void {
    this.drop(1000);
    this.closed = { code, reconnect: reconnectAfter(code) };
    if (this.closed.reconnect !== 'no') return this.retry(this.closed.reconnect);
    this.watchNetwork(false);
    this.become('stopped');
  }

  private retry(when: 'soon' | 'later'): void {
    if (isOffline()) return this.become('offline');
    const wait = this.waitMillis(when);
    this.retryAt = Date.now() + wait;
    clearTimeout(this.retryTimer);
    this.retryTimer = setTimeout(() => void this.connect(), wait);
    this.become('waiting');
  }

  private waitMillis(when: 'soon' | 'later'): number {
    if (when === 'later') return laterMillis[0] + this.random() * (laterMillis[1] - laterMillis[0]);
    const window = this.announcedWindow || this.windowMillis;
    if (!this.announcedWindow) this.windowMillis = Math.min(2 * this.windowMillis, lastWindowMillis);
    this.announcedWindow = 0;
    return this.random() * window;
  }

  private drop(code: number): void {
    for (const timer of [this.retryTimer, this.beatTimer, this.helloTimer]) clearTimeout(timer);
    this.retryAt = 0;
    this.unanswered = 0;
    const socket = this.socket;
    this.socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    if (socket.readyState < 2) socket.close(code);
  }

  private become(state: ConnectionState): void {
    if (this.state === state) return;
    this.state = state;
    this.states.tell(state);
  }

  private random(): number {
    return (this.options.random ?? Math.random)();
  }

  private watchNetwork(on: boolean): void {
    if (this.watched === on || typeof addEventListener !== 'function') return;
    this.watched = on;
    const change = on ? addEventListener : removeEventListener;
    change('online', this.wentOnline);
    change('offline', this.wentOffline);
  }

  private readonly wentOnline = (): void => {
    if (this.state !== 'offline' && this.state !== 'waiting') return;
    this.windowMillis = firstWindowMillis;
    this.retry('soon');
  };

  private readonly wentOffline = (): void => {
    this.drop(1000);
    this.become('offline');
  };
}

const isOffline = (): boolean => typeof navigator !== 'undefined' && navigator.onLine === false;
