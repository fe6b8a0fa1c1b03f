import type { ConnectionState, Link } from '../../../client/connection';
import type { ClientFrame, HelloFrame, Proof, ServerFrame } from '../../../client/frames';
import { Listeners } from '../../../client/listeners';
import type { OutboxItem } from '../../../client/outbox';
import type { ThreadState } from '../../../client/thread';
import type { Core } from '../types';
import { type Election, elect, type LoadLease } from './elect';

/** What one tab says to the others. */
export type TabWord =
  | { k: 'join'; identity: Proof }
  | ({ k: 'welcome' } & Snapshot)
  | { k: 'state'; state: ConnectionState; hello: HelloFrame | null }
  | { k: 'frame'; frame: ServerFrame }
  | { k: 'ask'; frame: ClientFrame }
  | { k: 'press'; item: OutboxItem }
  | { k: 'retry' | 'discard'; cmid: string }
  /** With a token: somebody else begins, whose it is. */
  | { k: 'identify'; identity: Proof; token?: string }
  /** The page may not talk to the account. */
  | { k: 'refused' }
  | { k: 'reconnect' }
  | { k: 'visible' }
  | { k: 'armed'; tab: string }
  | { k: 'forget' };

/** Everything a tab that joins must know. */
export interface Snapshot {
  state: ConnectionState;
  hello: HelloFrame | null;
  thread: ThreadState;
  items: OutboxItem[];
  queue: { position: number; waitMillis?: number } | null;
  call: Core['call'];
}

const slowedMillis = 60_000;

/** What of BroadcastChannel is used. */
export interface Channel {
  postMessage(word: TabWord): void;
  onmessage: ((event: MessageEvent<TabWord>) => void) | null;
  close(): void;
}

export interface TabsOptions {
  name: string;
  identity: () => Proof;
  /** Opens the one socket, when this tab leads. */
  connect: () => Connector;
  snapshot: () => Pick<Snapshot, 'thread' | 'items' | 'queue' | 'call'>;
  welcomed: (snapshot: Snapshot) => void;
  lease: LoadLease;
  /** For tests. */
  elect?: typeof elect;
  channel?: Channel | null;
}

/** A link that can be started and ended; `Connection` is one. */
export interface Connector extends Link {
  start(): void;
  stop(): void;
  retryNow(): void;
}

/**
 * The way to the server for this tab: its own socket if it leads, else through the tab that does. Every tab hears every
 * frame and applies it by the reader's rules, so whichever leads next knows what the last one knew.
 */
export class Tabs implements Link {
  readonly frames = new Listeners<ServerFrame>();
  readonly states = new Listeners<ConnectionState>();
  /** What is said to this tab. */
  readonly words = new Listeners<TabWord>();
  state: ConnectionState = 'connecting';
  hello: HelloFrame | null = null;

  private connection: Connector | null = null;
  private readonly channel: Channel | null;
  private election: Election | null = null;
  private hiddenSince = 0;

  constructor(private readonly options: TabsOptions) {
    this.channel = options.channel === undefined ? openChannel(options.name) : options.channel;
    if (this.channel) this.channel.onmessage = ({ data }) => this.receive(data);
  }

  get leads(): boolean {
    return this.connection !== null;
  }

  start(): void {
    document.addEventListener('visibilitychange', this.looked);
    this.say({ k: 'join', identity: this.options.identity() });
    this.elect();
  }

  private elect(): void {
    this.election = (this.options.elect ?? elect)(this.options.name, this.lead, this.unlead, this.options.lease);
  }

  /** Steps down and closes the socket; the next tab takes over. */
  stop(): void {
    document.removeEventListener('visibilitychange', this.looked);
    this.election?.leave();
    this.unlead();
    if (this.channel) this.channel.onmessage = null;
    this.channel?.close();
  }

  /** The page is put away and may come back: it holds nothing meanwhile, and knows that it has missed something. */
  pause(): void {
    this.election?.leave();
    this.unlead();
    this.become('connecting', null);
  }

  resume(): void {
    this.say({ k: 'join', identity: this.options.identity() });
    this.elect();
  }

  /** Messages go out from the leading tab alone: each tab has them all, and one of them must keep the order. */
  send(frame: ClientFrame): boolean {
    if (this.connection) return this.sendLeading(frame);
    if (frame.t === 'send' || this.state !== 'open' || !this.channel) return false;
    this.say({ k: 'ask', frame });
    return true;
  }

  // The other tabs learn what was seen as if one of them had asked for it.
  private sendLeading(frame: ClientFrame): boolean {
    if (frame.t === 'seen') this.say({ k: 'ask', frame });
    return this.connection?.send(frame) === true;
  }

  /** Tells the other tabs. */
  say(word: TabWord): void {
    try {
      this.channel?.postMessage(word);
    } catch {} // a closed channel: the page is going away
  }

  /** Tells all tabs, this one too. */
  sayToAll(word: TabWord): void {
    this.say(word);
    this.words.tell(word);
  }

  reconnect(): void {
    if (this.connection) this.connection.retryNow();
    else this.say({ k: 'reconnect' });
  }

  /** The socket is opened anew, with the identity of now. */
  renew(): void {
    this.hello = null;
    this.connection?.stop();
    this.connection?.start();
  }

  private readonly looked = (): void => {
    this.hiddenSince = document.hidden ? Date.now() : 0;
    if (!document.hidden && !this.connection) this.say({ k: 'visible' });
  };

  // Browsers slow down the clocks of tabs that were hidden for long: one that is looked at keeps time better.
  private yieldTo(): void {
    if (!this.connection || !this.hiddenSince || Date.now() - this.hiddenSince < slowedMillis) return;
    this.election?.leave();
    this.unlead();
    this.elect();
  }

  private readonly lead = (): void => {
    const connection = this.options.connect();
    this.connection = connection;
    connection.frames.add((frame) => this.deliver(frame));
    connection.states.add((state) => {
      if (this.connection === connection) this.become(state, state === 'open' ? connection.hello : this.hello);
    });
    connection.start(); // which becomes something else, and that is said
  };

  private readonly unlead = (): void => {
    const connection = this.connection;
    this.connection = null;
    connection?.stop();
    if (connection) this.become('connecting', null);
  };

  private deliver(frame: ServerFrame): void {
    this.hello = absorb(this.hello, frame);
    if (frame.t !== 'pong') this.say({ k: 'frame', frame });
    this.frames.tell(frame);
  }

  private become(state: ConnectionState, hello: HelloFrame | null): void {
    this.hello = hello;
    if (this.connection) this.say({ k: 'state', state, hello });
    if (state === this.state) return;
    this.state = state;
    this.states.tell(state);
  }

  private receive(word: TabWord): void {
    if (word.k === 'join' && this.connection) this.welcome();
    if (word.k === 'welcome' && !this.connection) this.join(word);
    if (word.k === 'frame' && !this.connection) this.deliverFollowing(word.frame);
    if (word.k === 'state' && !this.connection) this.become(word.state, word.hello);
    if (word.k === 'ask' && this.connection) this.connection.send(word.frame);
    if (word.k === 'visible') this.yieldTo();
    if (word.k === 'reconnect') this.connection?.retryNow();
    this.words.tell(word);
  }

  private welcome(): void {
    const { state, hello } = this;
    this.say({ k: 'welcome', state, hello, ...this.options.snapshot() });
  }

  // Every follower hears each welcome; who knows the state of the socket already has no use for it.
  private join(snapshot: Snapshot): void {
    if (this.hello) return;
    this.become(snapshot.state, snapshot.hello);
    if (snapshot.hello) this.frames.tell(snapshot.hello);
    this.options.welcomed(snapshot);
  }

  private deliverFollowing(frame: ServerFrame): void {
    this.hello = absorb(this.hello, frame);
    this.frames.tell(frame);
  }
}

/** What `hello` would say now, for tabs that come later. */
function absorb(hello: HelloFrame | null, frame: ServerFrame): HelloFrame | null {
  if (frame.t === 'hello') return frame;
  if (hello && frame.t === 'user') return { ...hello, user: frame.user };
  if (hello && frame.t === 'availability')
    return { ...hello, availability: { online: frame.online, agents: frame.agents } };
  return hello;
}

function openChannel(name: string): Channel | null {
  return typeof BroadcastChannel === 'function' ? new BroadcastChannel(name) : null;
}
