import { newToken } from '../../../client/cmid';
import { Connection } from '../../../client/connection';
import type {
  Actor,
  AuthFrame,
  Availability,
  ClientFrame,
  HelloFrame,
  HelloVisitor,
  NumberedEntry,
  Page,
  Proof,
  ServerFrame,
} from '../../../client/frames';
import { JournalStore } from '../../../client/journal';
import { Listeners } from '../../../client/listeners';
import { Outbox } from '../../../client/outbox';
import { MemoryStore, type OutboxStore, openOutboxStore } from '../../../client/outbox_store';
import { serveOutbox, Talk } from '../../../client/talk';
import { countUnread } from '../../../client/timeline';
import type { Core, CoreOptions } from '../types';
import { identityKey, Keep } from './keep';
import { currentPage, watchPages } from './pages';
import { Sound } from './sound';
import { Tabs, type TabWord } from './tabs';

const authRefused = 4001;
const mostUnread = 99; // above it the badge says 99+

/** The visitor on this page: his thread and outbox, the way to the server, what the page and the panel are told. */
export class Session implements Core {
  readonly talk: Talk;
  availability: Availability | null = null;
  visitor: HelloVisitor | null = null;
  private readonly outbox: Outbox;
  private readonly tabs: Tabs;
  private readonly keep: Keep;
  private readonly changes = new Listeners<void>();
  private readonly tab = String(Math.random()).slice(2);
  private readonly sound = new Sound(() => this.armed());
  private readonly store: OutboxStore;
  private readonly ends: (() => void)[] = [];
  private identity: Proof;
  private soundingTab = '';
  private opened = false;
  private told = { unread: -1, user: '', level: '', connection: '', availability: '' };
  private page = '';
  private tokenRefused = false;

  constructor(private readonly options: CoreOptions) {
    const { accountId, identity } = options.settings;
    this.identity = identity;
    this.keep = new Keep(accountId);
    this.tabs = new Tabs({
      name: `confab:${accountId}`,
      identity: () => this.identity,
      connect: () => this.connect(),
      snapshot: () => ({ thread: this.talk.state, items: this.talk.pending() }),
      welcomed: ({ thread, items }) => {
        this.talk.restore(thread);
        for (const item of items) void this.outbox.take(item);
      },
      heard: (word) => this.heard(word),
    });
    this.store = new JournalStore(accountId, new LateStore(openOutboxStore(accountId)));
    this.outbox = new Outbox({ store: this.store, send: (frame) => this.tabs.send(frame) });
    this.talk = new Talk({ link: this.tabs, outbox: this.outbox, me: () => this.me() });
  }

  begin(): this {
    this.ends.push(
      this.tabs.frames.add((frame) => this.frame(frame)),
      serveOutbox(this.tabs, this.outbox),
      this.tabs.states.add(() => this.changed()),
      this.talk.changes.add(() => this.changed()),
      this.talk.news.add((news) => this.news(news)),
      watchPages(() => this.viewed()),
    );
    this.listen();
    this.talk.follow();
    this.ends.push(this.tabs.frames.add(({ t }) => (t === 'caught_up' || t === 'entries') && this.loadUnread())); // after talk
    void this.outbox.load().then(() => this.tabs.start());
    return this;
  }

  get title(): string {
    return this.options.settings.title || this.keep.read().account || '';
  }

  get connection() {
    return this.tabs.state;
  }

  get persistent(): boolean {
    return this.outbox.persistent;
  }

  get unread(): number {
    return countUnread(
      this.talk.state.entries,
      this.talk.seenByMe(),
      (author, auto) => author.kind === 'visitor' && !auto,
    );
  }

  get muted(): boolean {
    return this.keep.read().muted === true;
  }

  set muted(muted: boolean) {
    this.keep.change({ muted });
    this.changes.tell();
  }

  readonly draft = {
    get: (): string => this.keep.read().draft ?? '',
    set: (draft: string): void => this.keep.change({ draft }),
  };

  watch(listener: () => void): () => void {
    return this.changes.add(listener);
  }

  setOpen(open: boolean): void {
    this.opened = open;
    this.changed();
  }

  send(text: string, auto = false): void {
    void this.talk.send(text, auto ? { auto } : {});
    const item = this.talk.pending().at(-1);
    if (item) this.tabs.say({ k: 'press', item });
  }

  retry(cmid: string): void {
    this.outbox.retry(cmid);
    this.tabs.say({ k: 'retry', cmid });
  }

  discard(cmid: string): void {
    void this.outbox.discard(cmid);
    this.tabs.say({ k: 'discard', cmid });
  }

  reconnect(): void {
    this.tabs.reconnect();
  }

  identify(identity: Proof): void {
    this.tabs.say({ k: 'identify', identity });
    this.identified(identity);
  }

  stop(): void {
    for (const end of this.ends.splice(0)) end();
    this.talk.leave();
    this.tabs.stop();
    this.outbox.close();
    this.sound.end();
  }

  async forget(): Promise<void> {
    this.tabs.say({ k: 'forget' });
    this.stop();
    this.keep.clear();
    await this.outbox.clear();
  }

  // ---- the server

  private connect(): Connection {
    const { server } = this.options.settings;
    const url = `${server.replace(/^http/, 'ws')}/ws`;
    const connection = new Connection({ url, auth: () => this.auth() });
    connection.states.add(() => this.refused(connection));
    return connection;
  }

  private auth(): AuthFrame {
    const token = this.token();
    const page = { ...currentPage(), ...(!this.page && outsideReferrer()) };
    this.page = page.url;
    return {
      t: 'auth',
      account: this.options.settings.accountId,
      visitor: { token, ...this.identity },
      page,
      device: device(),
      ...this.talk.position(),
    };
  }

  /** Kept before it is shown for the first time: who leaves before `hello` comes back as the same visitor. */
  private token(): string {
    const { token = newToken() } = this.keep.read();
    this.keep.change({ token });
    return token;
  }

  /** A token that the server does not know any more is dropped, once; then the visitor is a new one. */
  private refused(connection: Connection): void {
    if (connection.state !== 'stopped' || connection.closed?.code !== authRefused) return;
    if (this.tokenRefused || !this.keep.read().token) return;
    this.tokenRefused = true;
    const { token: _, visitor: __, ...rest } = this.keep.read();
    this.keep.clear();
    this.keep.change(rest);
    connection.retryNow();
  }

  private frame(frame: ServerFrame): void {
    if (frame.t === 'hello') this.greeted(frame);
    if (frame.t === 'availability') this.availability = { online: frame.online, agents: frame.agents };
    if (frame.t === 'availability') this.changed();
  }

  private greeted({ account, visitor, availability }: HelloFrame): void {
    if (account?.name) this.keep.change({ account: account.name });
    if (availability) this.availability = { online: availability.online, agents: availability.agents ?? [] };
    if (!visitor) return;
    const identity = identityKey(this.identity);
    const kept = this.keep.read();
    const another = kept.visitor !== undefined && kept.visitor !== visitor.id && (kept.identity ?? '') !== identity;
    if (another) void this.outbox.clear(); // what another person wrote is not sent in this one's name
    const token = visitor.token ?? kept.token;
    this.keep.change({ visitor: visitor.id, identity, ...(token !== undefined && { token }) });
    this.visitor = visitor;
    this.changed();
  }

  private me(): Actor {
    const { id, name } = this.visitor ?? {};
    return { kind: 'visitor', ...(id && { id }), ...(name && { name }) };
  }

  // ---- the other tabs

  private heard(word: TabWord): void {
    if (word.k === 'press') void this.outbox.take(word.item);
    if (word.k === 'retry') this.outbox.retry(word.cmid);
    if (word.k === 'discard') void this.outbox.discard(word.cmid);
    if (word.k === 'identify') this.identified(word.identity);
    if (word.k === 'join' && identityKey(word.identity)) this.identified(word.identity);
    if (word.k === 'armed') this.soundingTab = word.tab;
    if (word.k === 'ask') this.asked(word.frame);
    if (word.k === 'forget') this.forgotten();
  }

  private asked(frame: ClientFrame): void {
    if (frame.t === 'seen' && frame.thread) this.talk.noteSeen(frame.seq);
  }

  private identified(identity: Proof): void {
    if (JSON.stringify(identity) === JSON.stringify(this.identity)) return;
    this.identity = identity;
    this.tabs.renew();
  }

  private forgotten(): void {
    this.stop();
    void this.outbox.clear();
    this.options.onForgotten();
  }

  private armed(): void {
    if (this.soundingTab === this.tab) return;
    this.soundingTab = this.tab;
    this.tabs.say({ k: 'armed', tab: this.tab });
  }

  // ---- the page

  private listen(): void {
    const look = (): void => {
      if (document.visibilityState === 'visible') this.viewed();
      this.changed();
    };
    document.addEventListener('visibilitychange', look);
    this.ends.push(() => document.removeEventListener('visibilitychange', look));
  }

  private viewed(): void {
    const page = currentPage();
    if (page.url === this.page || document.visibilityState !== 'visible') return;
    if (this.tabs.send({ t: 'page', ...page })) this.page = page.url;
  }

  /** What is unread and not loaded could not be counted: older pages are asked for until what was seen is reached, or enough. */
  private loadUnread(): void {
    const { current, entries } = this.talk.state;
    const oldest = entries[0]?.seq ?? 0;
    if (current && oldest > this.talk.seenByMe() + 1 && this.unread <= mostUnread) this.talk.loadOlder();
  }

  private changed(): void {
    if (this.opened && document.visibilityState === 'visible' && this.talk.state.current) this.talk.markSeen();
    this.tellPage();
    this.changes.tell();
  }

  /** Tells the page's listeners what has changed since they were told last. */
  private tellPage(): void {
    const { emit } = this.options;
    const { visitor, availability, unread, connection } = this;
    if (this.differs('connection', connection)) emit('connection', { state: connection });
    if (this.differs('unread', unread)) emit('unread', { count: unread });
    if (availability && this.differs('availability', JSON.stringify(availability))) emit('availability', availability);
    if (!visitor) return;
    const { id, level, name = '', email = '' } = visitor;
    if (this.differs('level', level)) emit('identity', { level });
    if (this.differs('user', JSON.stringify([id, level, name, email]))) emit('userUpdate', { id, level, name, email });
  }

  private differs(what: keyof Session['told'], value: string | number): boolean {
    if (this.told[what] === value) return false;
    this.told = { ...this.told, [what]: value };
    return true;
  }

  private news(news: NumberedEntry): void {
    const { entry } = news;
    const { emit } = this.options;
    if (entry.kind === 'conversation.started')
      emit('conversationStarted', { id: entry.conversation ?? '', no: entry.no ?? 0 });
    if (entry.kind === 'conversation.closed')
      emit('conversationClosed', { id: entry.conversation ?? '', reason: entry.reason ?? '' });
    if (entry.kind === 'conversation.accepted')
      emit('agentAssigned', { id: entry.author.id ?? '', name: entry.author.name ?? '' });
    if (entry.kind !== 'message' || (entry.author.kind === 'visitor' && !entry.auto)) return;
    if (this.opened && document.visibilityState === 'visible' && document.hasFocus()) return;
    if (this.soundingTab === this.tab && !this.muted) this.sound.play();
    this.options.onAttention(news);
  }
}

/** Where the visitor came from, unless it was a page of this site. */
function outsideReferrer(): Pick<Page, 'referrer'> {
  const { referrer } = document;
  return !referrer || referrer.startsWith(`${location.origin}/`) ? {} : { referrer };
}

function device() {
  const { width, height } = screen;
  const timezone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return { language: navigator.language, timezone, screen: `${width}x${height}` };
}

/** Opening the database takes a moment; what is asked before waits for it, in order. */
class LateStore implements OutboxStore {
  private opened: OutboxStore = new MemoryStore();
  private isOpen = false;

  constructor(private readonly opening: Promise<OutboxStore>) {
    void opening.then((store) => {
      this.opened = store;
      this.isOpen = true;
    });
  }

  /** Believed until it turns out otherwise. */
  get persistent(): boolean {
    return !this.isOpen || this.opened.persistent;
  }
  async load() {
    return (await this.opening).load();
  }
  async put(item: Parameters<OutboxStore['put']>[0]) {
    await (await this.opening).put(item);
  }
  async remove(cmids: string[]) {
    await (await this.opening).remove(cmids);
  }
  async clear() {
    await (await this.opening).clear();
  }
}
