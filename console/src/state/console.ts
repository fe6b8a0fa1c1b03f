import { computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import type { Connection } from '../../../client/connection';
import type { Actor, ServerFrame } from '../../../client/frames';
import { Outbox } from '../../../client/outbox';
import type { OutboxStore } from '../../../client/outbox_store';
import { Api } from '../net/api';
import type { Agent, ChosenStatus, Contact, Conversation, LiveVisitor, Me, Status } from '../net/types';
import { t } from '../text/en';
import { Actions } from './actions';
import { Agents } from './agents';
import { Amends } from './amends';
import { type Call, callOf } from './attention';
import type { Clock } from './clock';
import { Contacts } from './contacts';
import { Conversations, countsOf, isMine, listOf } from './conversations';
import { Details } from './details';
import { Drafts } from './drafts';
import { Importing } from './importing';
import { Inbox } from './inbox';
import { Line } from './line';
import { isHot, type Mark, markOf } from './marks';
import { Merging } from './merging';
import { Offers } from './offers';
import { SHOW_MILLIS } from './pace';
import { People } from './people';
import type { Prefs } from './prefs';
import type { Route } from './route';
import type { Session } from './session';
import { Settings } from './settings';
import { Threads } from './threads';
import { Toasts } from './toasts';
import { Uploads } from './uploads';
import { Visitors } from './visitors';

export type Overlay = '' | 'commands' | 'assign' | 'help' | 'close' | 'closeNext' | 'signOut' | 'me' | 'question';

/** Asked before something that cannot be undone. */
export interface Question {
  title: string;
  text: string;
  go: string;
  danger?: boolean;
  yes: () => void;
}

export interface ConsoleDoors {
  session: Session;
  connection: Connection;
  outboxStore: OutboxStore;
  storage: Storage;
  fetch: typeof fetch;
  clock: Clock;
  prefs: Prefs;
  route: Route;
  call: (call: Call) => void;
}

/** Everything of one signed-in agent: made at signing in, closed at signing out. */
export class Console {
  readonly api: Api;
  readonly agents = new Agents();
  readonly conversations = new Conversations(SHOW_MILLIS);
  readonly visitors: Visitors;
  readonly drafts: Drafts;
  readonly outbox: Outbox;
  readonly threads: Threads;
  readonly toasts: Toasts;
  readonly actions: Actions;
  readonly inbox: Inbox;
  readonly details: Details;
  readonly people: People;
  readonly amends: Amends;
  readonly uploads: Uploads;
  readonly settings: Settings;
  readonly contacts: Contacts;
  readonly importing: Importing;
  readonly line: Line;
  readonly offers = new Offers();
  readonly me: Me;
  readonly account = signal('');
  /** Hosts to which links that a page names may lead, of all channels together: of which one a visitor is, is not told. */
  readonly safeHosts = signal<readonly string[] | null>(null);
  readonly status = signal<Status>('offline');
  readonly overlay = signal<Overlay>('');
  readonly question = signal<Question | null>(null);
  /** The composer shall take the focus; it takes this back. */
  readonly compose = signal(false);
  /** The search of the visitors' screen shall take the focus. */
  readonly seek = signal(false);
  readonly counts = computed(() => countsOf(this.conversations.open.value, this.me.id, this.clock.now.value));
  readonly hotQueue: ReadonlySignal<boolean> = computed(() =>
    this.conversations.open.value.some((c) => c.state === 'waiting' && isHot(this.markOf(c))),
  );
  readonly offer = computed(() => {
    this.skips.value;
    return this.offers.next(this.conversations.open.value, this.me.id, this.status.value, this.clock.now.value);
  });
  readonly shownList = computed(() => {
    const place = this.route.place.value;
    const name = place.screen === 'list' ? place.list : 'mine';
    return listOf(name, this.conversations.open.value, this.conversations.closed.value, this.me.id);
  });
  readonly current = computed(() => {
    const place = this.route.place.value;
    return place.screen === 'list' ? this.conversations.byId.value.get(place.conversation) : undefined;
  });
  readonly clock: Clock;
  readonly route: Route;
  readonly prefs: Prefs;
  readonly session: Session;
  readonly connection: Connection;
  private readonly skips = signal(0);
  private readonly ends: (() => void)[];

  constructor(private readonly doors: ConsoleDoors) {
    const { session, connection, clock, storage } = doors;
    const now = () => clock.now.peek();
    this.clock = clock;
    this.route = doors.route;
    this.prefs = doors.prefs;
    this.session = session;
    this.connection = connection;
    this.me = session.me.value as Me;
    this.api = new Api(session, doors.fetch);
    this.visitors = new Visitors(Date.now, SHOW_MILLIS);
    this.drafts = new Drafts(storage, this.me.id, Date.now);
    this.outbox = new Outbox({ store: doors.outboxStore, send: (frame) => connection.send(frame) });
    this.threads = new Threads(connection, this.outbox, () => this.author());
    this.toasts = new Toasts(Date.now);
    this.actions = new Actions(this.api, this.conversations, this.agents, this.toasts, () => this.me.id);
    this.inbox = new Inbox(this.api, this.conversations, this.visitors, this.agents);
    this.details = new Details(this.api);
    this.people = new People(this.api, this.toasts);
    this.amends = new Amends(this.api, this.toasts, this.me, now);
    this.uploads = new Uploads(connection);
    this.settings = new Settings(this.api, this.toasts);
    this.contacts = new Contacts(this.api, this.settings, doors.prefs);
    this.importing = new Importing(this.api);
    this.line = new Line(connection, session, now);
    this.ends = [connection.frames.add((frame) => this.onFrame(frame)), this.loadCurrent()];
  }

  async start(): Promise<void> {
    this.clock.each(this.tick);
    await this.outbox.load();
    this.connection.start();
    await Promise.all([this.inbox.load(), this.loadMe(), this.loadAccount()]);
  }

  close(): void {
    for (const end of this.ends) end();
    this.clock.drop(this.tick);
    this.line.close();
    this.threads.close();
    this.uploads.close();
    this.conversations.close();
    this.visitors.close();
    this.outbox.close();
    this.connection.stop();
  }

  /** Forgets everything of this agent in this browser. */
  async signOut(): Promise<void> {
    this.drafts.clear();
    await this.outbox.clear();
    await this.session.signOut();
  }

  author = (): Actor => ({ kind: 'agent', id: this.me.id, name: this.me.name });

  markOf(c: Conversation): Mark {
    return markOf(
      c,
      this.conversations.waitingSince(c),
      this.visitors.isPresent(c.visitor),
      this.me.id,
      this.clock.now.value,
    );
  }

  /** The open conversation of a visitor; the lists know it, also where the roster does not. */
  chatOf(visitor: Pick<LiveVisitor, 'thread' | 'conversation'>): Conversation | undefined {
    const named = visitor.conversation ? this.conversations.byId.value.get(visitor.conversation) : undefined;
    return named && named.state !== 'closed' ? named : this.conversations.ofThread(visitor.thread);
  }

  /** Sets the status at once and takes it back if the server does not. */
  async setStatus(status: ChosenStatus): Promise<void> {
    const before = this.status.value;
    this.status.value = status;
    try {
      await this.api.setStatus(status);
    } catch {
      this.status.value = before;
      this.toasts.say(t.statusFailed);
    }
  }

  skip(id: string): void {
    this.offers.skip(id);
    this.skips.value++;
  }

  async acceptAndOpen(c: Conversation): Promise<void> {
    this.skip(c.id);
    if (!(await this.actions.accept(c))) return;
    this.route.go({ screen: 'list', list: 'mine', conversation: c.id, pane: false });
    this.compose.value = true;
  }

  /** Goes `by` rows down the list that is shown. */
  step(by: 1 | -1): void {
    const list = this.shownList.value;
    const place = this.route.place.value;
    if (place.screen !== 'list' || list.length === 0) return;
    const at = list.findIndex((c) => c.id === place.conversation);
    const next = list[at < 0 ? 0 : Math.min(Math.max(at + by, 0), list.length - 1)];
    if (next) this.route.conversation(next.id, place.conversation ? 'replace' : 'push');
  }

  /** The row after the one that is shown, before it goes from the list. */
  nextOf(id: string): string {
    const list = this.shownList.value;
    const at = list.findIndex((c) => c.id === id);
    return (list[at + 1] ?? list[at - 1])?.id ?? '';
  }

  /** A contact that may be the same person as another. */
  merging = (contact: Contact): Merging => new Merging(this.api, contact);

  ask(question: Question): void {
    this.question.value = question;
    this.overlay.value = 'question';
  }

  private tick = () => {
    this.toasts.tick();
    this.line.tick();
  };

  private onFrame(frame: ServerFrame): void {
    if (frame.t === 'hello') this.welcomed(frame);
    else if (frame.t === 'conversation' && frame.gone) this.left(frame.conversation as unknown as Conversation);
    else if (frame.t === 'conversation') this.changed(frame.conversation as unknown as Conversation);
    else if (frame.t === 'visitor') this.visitors.apply(frame.visitor as unknown as LiveVisitor, frame.gone ?? false);
    else if (frame.t === 'agent') this.agentChanged(frame.agent);
    else if (frame.t === 'contact') this.people.changed(frame);
    else if (frame.t === 'stale') this.missed();
  }

  private missed(): void {
    void this.inbox.load();
    this.people.missed();
  }

  private welcomed(hello: Extract<ServerFrame, { t: 'hello' }>): void {
    const first = !this.line.state.peek().before;
    if (hello.agent && hello.agent.status !== 'offline') this.status.value = hello.agent.status;
    if (first) return;
    this.missed();
    void this.loadAccount();
  }

  private agentChanged(agent: Agent): void {
    this.agents.apply(agent);
    // Offline is nothing that is chosen: it is a lease that ran out and is taken up again with the next hello.
    if (agent.id === this.me.id && agent.status !== 'offline') this.status.value = agent.status;
  }

  private changed(c: Conversation): void {
    const before = this.conversations.apply(c);
    if (before?.agents.length && c.agents.length === 0) this.offers.forget(c.id);
    const call = callOf(before, c, this.me.id);
    if (call) this.doors.call(call);
    this.follow(c);
  }

  /** It went where the agent sees nothing. */
  private left({ id, top }: Pick<Conversation, 'id' | 'top'>): void {
    const shown = this.current.peek()?.id === id;
    this.offers.forget(id);
    if (!this.conversations.lose(id, top) || !shown) return;
    this.toasts.say(t.thread.left);
    const place = this.route.place.peek();
    if (place.screen === 'list') this.route.go({ ...place, conversation: '', pane: false }, 'replace');
  }

  /** A reply to a closed chat started a new one: the screen goes with it. */
  private follow(c: Conversation): void {
    const shown = this.current.peek();
    if (!shown || shown.id === c.id || shown.thread !== c.thread || shown.state !== 'closed') return;
    if (!isMine(c, this.me.id)) return;
    this.conversations.show();
    this.route.go({ screen: 'list', list: 'mine', conversation: c.id, pane: false }, 'replace');
  }

  private async loadMe(): Promise<void> {
    try {
      const me = await this.api.me();
      this.account.value = me.account?.name ?? '';
      if (this.status.value === 'offline' && me.status) this.status.value = me.status;
    } catch {
      // the account's name is missing, and the status comes with hello
    }
  }

  /** Until it is known where links may lead, none is shown. */
  private async loadAccount(): Promise<void> {
    try {
      const { channels = [] } = await this.api.account();
      this.safeHosts.value = channels.flatMap((c) => c.safeUrls);
    } catch {
      // what was known holds until the next hello
    }
  }

  /** Reads the conversation in the address bar if the lists do not hold it. */
  readonly missing = signal<'' | 'loading' | 'not_found' | 'failed'>('');
  readonly retries = signal(0);

  private loadCurrent(): () => void {
    return effect(() => {
      this.retries.value;
      const place = this.route.place.value;
      const id = place.screen === 'list' ? place.conversation : '';
      if (place.screen === 'list' && place.thread) {
        void this.findThread(place.thread);
        return;
      }
      if (!id || this.conversations.get(id)) {
        this.missing.value = '';
        return;
      }
      this.missing.value = 'loading';
      this.api.conversation(id).then(
        (c) => this.found(id, c),
        (error: { code?: string }) => this.lost(id, error?.code === 'not_found' ? 'not_found' : 'failed'),
      );
    });
  }

  /** Goes to the last conversation of a thread, which is what links from elsewhere name. */
  private async findThread(thread: string): Promise<void> {
    let to = '';
    try {
      const { data } = await this.api.conversationsOf(thread);
      for (const c of data) this.conversations.apply(c);
      to = data[0]?.id ?? '';
      if (!to) this.toasts.say(t.thread.notFound);
    } catch (error) {
      this.toasts.say((error as { code?: string }).code === 'not_found' ? t.thread.notFound : t.thread.failed);
    }
    const place = this.route.place.peek();
    if (place.screen !== 'list' || place.thread !== thread) return;
    this.route.go({ screen: 'list', list: 'mine', conversation: to, pane: false }, 'replace');
  }

  private found(id: string, c: Conversation): void {
    this.conversations.apply(c);
    this.conversations.show();
    this.lost(id, '');
  }

  private lost(id: string, why: '' | 'not_found' | 'failed'): void {
    const place = this.route.place.peek();
    if (place.screen === 'list' && place.conversation === id)
      this.missing.value = this.conversations.get(id) ? '' : why;
  }
}
