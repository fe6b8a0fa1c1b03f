import { newToken } from '../../../client/cmid';
import { Connection } from '../../../client/connection';
import type {
  Actor,
  AuthFrame,
  Availability,
  ClientFrame,
  HelloFrame,
  HelloVisitor,
  Layer,
  NumberedEntry,
  Proof,
  ServerFrame,
  User,
} from '../../../client/frames';
import { JournalStore } from '../../../client/journal';
import { Listeners } from '../../../client/listeners';
import { Outbox } from '../../../client/outbox';
import { type OutboxStore, openOutboxStore } from '../../../client/outbox_store';
import { type Asked, Requests } from '../../../client/requests';
import { serveOutbox, Talk } from '../../../client/talk';
import { emptyThread } from '../../../client/thread';
import { countUnread } from '../../../client/timeline';
import type { upload } from '../../../client/upload';
import type { Config, Language } from '../config';
import type * as consent from '../consent';
import type { Core, CoreOptions, Emit, Fault, SendOptions, Upload } from '../types';
import { Attention, type LoadSignals } from './attention';
import type { LoadLease } from './elect';
import { openConversation } from './facts';
import { verdict, type Who, whoOf } from './identity';
import { Keep, type Kept, whoKept } from './keep';
import { LateStore } from './late_store';
import { watchMoments } from './moments';
import { tellNews } from './news';
import { watchPages } from './pages';
import { device } from './place';
import { Tabs, type TabWord } from './tabs';
import { Token } from './token';
import { Told } from './told';
import { Whereabouts } from './whereabouts';

const [authRefused, forbidden] = [4001, 4003];
const mostUnread = 99; // above it the badge says 99+

/** What a core loads later. */
export interface CoreParts {
  signals: LoadSignals;
  lease: LoadLease;
  /** The loader's, which asks too: where there is no storage it remembers for both. */
  consent: Pick<typeof consent, 'agree' | 'asksConsent'>;
}

/** The visitor on this page: his thread and outbox, the way to the server, what the page and the panel are told. */
export class Session implements Core {
  readonly talk: Talk;
  readonly emit: Emit;
  availability: Availability | null = null;
  visitor: HelloVisitor | null = null;
  user: User | null = null;
  queue: Core['queue'] = null;
  call: Core['call'] = null;
  private readonly outbox: Outbox;
  private readonly requests: Requests;
  private readonly tabs: Tabs;
  private readonly keep: Keep;
  private readonly token: Token;
  private readonly changes = new Listeners<void>();
  private readonly attention = new Attention({
    onTaken: (tab) => this.tabs.say({ k: 'armed', tab }),
    leads: () => this.tabs.leads,
    signals: () => this.parts.signals(),
  });
  private readonly whereabouts = new Whereabouts((frame) => this.tabs.send(frame));
  private readonly told: Told;
  private readonly store: OutboxStore;
  private readonly ends: (() => void)[] = [];
  /** Written on this page, by cmid. */
  private readonly mine = new Set<string>();
  private agreed: () => void = () => undefined;
  private readonly agreement = new Promise<void>((resolve) => {
    this.agreed = resolve;
  });
  private identity: Proof;
  private group: string | null;
  private opened = false;
  private over = false;

  constructor(
    private readonly options: CoreOptions,
    private readonly parts: CoreParts,
  ) {
    const { settings, config, emit } = options;
    const account = config.account.id;
    this.emit = emit;
    this.told = new Told(emit);
    this.identity = settings.identity;
    this.group = settings.group;
    this.keep = new Keep(account, () => !this.asksConsent);
    this.token = new Token(this.keep);
    this.tabs = new Tabs({
      name: `confab:${account}`,
      identity: () => this.identity,
      connect: () => this.connect(),
      snapshot: () => ({ thread: this.talk.state, items: this.talk.pending(), queue: this.queue }),
      welcomed: ({ thread, items, queue }) => {
        this.queue = queue;
        this.talk.restore(thread);
        for (const item of items) void this.outbox.take(item);
      },
      heard: (word) => this.heard(word),
      lease: parts.lease,
    });
    this.store = new JournalStore(account, new LateStore(account, this.agreement, openOutboxStore));
    this.outbox = new Outbox({ store: this.store, send: (frame) => this.tabs.send(frame) });
    this.talk = new Talk({ link: this.tabs, outbox: this.outbox, me: () => this.me() });
    this.requests = new Requests(this.tabs);
  }

  begin(): this {
    this.ends.push(
      this.tabs.frames.add((frame) => this.frame(frame)),
      serveOutbox(this.tabs, this.outbox),
      this.tabs.states.add(() => this.changed()),
      this.talk.changes.add(() => this.changed()),
      this.talk.news.add((news) => this.news(news)),
      watchPages(() => this.moved()),
      watchMoments({
        looked: () => this.looked(),
        away: () => this.tabs.pause(),
        back: () => this.tabs.resume(),
      }),
    );
    this.talk.follow();
    this.ends.push(this.tabs.frames.add(({ t }) => (t === 'caught_up' || t === 'entries') && this.loadUnread())); // after talk
    if (!this.asksConsent) this.goOn();
    return this;
  }

  /** From here on things are kept and sent. */
  private goOn(): void {
    this.agreed();
    this.recognise();
    void this.outbox.load().then(() => this.over || this.tabs.start());
  }

  get config(): Config {
    return this.options.config;
  }

  get title(): string {
    const { account, widget } = this.config;
    return this.options.settings.look.title || widget.title || account.name;
  }

  get asksConsent(): boolean {
    return this.parts.consent.asksConsent(this.options.settings, this.config);
  }

  get connection() {
    return this.tabs.state;
  }

  get persistent(): boolean {
    return this.outbox.persistent;
  }

  get conversation(): string | null {
    return openConversation(this.talk.state.entries) ?? (this.talk.pending().length ? '' : null);
  }

  get unread(): number {
    return countUnread(this.talk.state.entries, this.talk.seenByMe(), isOwn);
  }

  get muted(): boolean {
    return this.keep.read().muted === true;
  }

  set muted(muted: boolean) {
    this.keep.change({ muted });
    this.changes.tell();
  }

  // Missing until the visitor has chosen; an accessor cannot say so.
  get language(): Language {
    return this.keep.read().language as Language;
  }

  set language(language: Language) {
    this.keep.change({ language });
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

  // ---- what the visitor and the page do

  send(text: string, options: SendOptions = {}): void {
    if (this.asksConsent) return void this.agreement.then(() => this.send(text, options));
    const group = options.group ?? this.group;
    void this.talk.send(text, { ...options, ...(group && { group }) });
    const item = this.talk.pending().at(-1);
    if (!item) return;
    this.mine.add(item.cmid);
    this.tabs.say({ k: 'press', item });
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

  setGroup(group: string | null): void {
    this.group = group;
  }

  patch(layer: Layer, data: Record<string, unknown>, replace = false): Promise<Fault | null> {
    return this.ask({ t: 'person', layer, data, ...(replace && { replace }) });
  }

  async event(name: string, data: Record<string, unknown>): Promise<Fault | null> {
    if (!this.tracking) return { code: 'forbidden', message: 'This page records no events.' };
    const fault = await this.ask({ t: 'event', name, data });
    if (!fault) this.emit('event', { name, data });
    return fault;
  }

  async consent(kind: 'terms' | 'marketing', value: boolean): Promise<Fault | null> {
    const waited = this.asksConsent;
    if (kind === 'terms') this.parts.consent.agree(this.config.account.id, value);
    if (!waited) return this.ask({ t: 'consent', kind, value });
    if (this.asksConsent) return null; // refused: nothing is known here that could be told
    this.goOn();
    this.changed();
    void this.ask({ t: 'consent', kind, value });
    return null;
  }

  rate(conversation: string, score: number, comment: string): Promise<Fault | null> {
    return this.ask({ t: 'rate', conversation, score, ...(comment && { comment }) });
  }

  feedback(text: string): Promise<Fault | null> {
    return this.ask({ t: 'feedback', text });
  }

  requestCall(phone: string): Promise<Fault | null> {
    return this.ask({ t: 'call', phone });
  }

  upload(file: File, progress: (sent: number, size: number) => void, start: typeof upload): Upload {
    return start(this.tabs, this.options.settings.server, file, progress);
  }

  private ask(request: Asked): Promise<Fault | null> {
    return this.requests.ask(request).then(
      () => null,
      (fault: Fault) => fault,
    );
  }

  // ---- who the visitor is

  /** A page has begun: its visitor is the browser's of before, or somebody else. */
  private recognise(): void {
    if (verdict(this.who(), whoOf(this.identity)) === 'fresh') this.become(this.identity);
    else this.noteWho(this.identity);
  }

  private who(): Who {
    return whoKept(this.keep.read());
  }

  private noteWho(proof: Proof): void {
    const after = whoOf(proof);
    if (verdict(this.who(), after) === 'join') this.keep.change({ who: after });
  }

  identify(proof: Proof): void {
    if (verdict(this.who(), whoOf(proof)) === 'fresh') return this.become(proof);
    this.tabs.say({ k: 'identify', identity: proof });
    this.identified(proof);
  }

  reset(): void {
    this.become({});
  }

  /** Somebody else from now on, in all tabs. */
  private become(proof: Proof): void {
    const token = newToken();
    this.keepNew(token, proof);
    this.tabs.say({ k: 'identify', identity: proof, token });
    this.startAnew(proof);
  }

  private keepNew(token: string, proof: Proof): void {
    const { muted, language } = this.keep.read();
    this.keep.put({ token, who: whoOf(proof), ...(muted && { muted }), ...(language && { language }) });
  }

  /** Nothing of the visitor before is shown from this moment, nor sent in the name of the next. */
  private startAnew(proof: Proof): void {
    this.identity = proof;
    this.visitor = this.user = this.queue = this.call = null;
    this.requests.drop();
    this.told.forget();
    void this.outbox.clear();
    this.talk.restore(emptyThread(''));
    this.tabs.renew();
  }

  /** The same visitor, of whom this is known now. A newer token or ticket of the same person needs no new session. */
  private identified(proof: Proof): void {
    const [before, after] = [this.identity, proof].map(({ jwt, ticket, ...rest }: Proof & { ticket?: string }) =>
      JSON.stringify([rest, !jwt, !ticket]),
    );
    const renew = before !== after;
    this.identity = proof;
    this.noteWho(proof);
    if (renew) this.tabs.renew();
  }

  stop(): void {
    this.over = true;
    for (const end of this.ends.splice(0)) end();
    this.talk.leave();
    this.requests.close();
    this.tabs.stop();
    this.outbox.close();
    this.attention.end();
  }

  async forget(): Promise<void> {
    this.tabs.say({ k: 'forget' });
    this.stop();
    this.keep.clear();
    this.parts.consent.agree(this.config.account.id, false);
    this.agreed(); // the outbox can be emptied only once it is open
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
    const token = this.token.get();
    return {
      t: 'auth',
      account: this.options.settings.account,
      visitor: { token, ...this.identity },
      page: this.whereabouts.first(),
      device: device(),
      ...this.talk.position(),
    };
  }

  private refused(connection: Connection): void {
    if (connection.state !== 'stopped') return;
    if (connection.closed?.code === authRefused && this.token.drop()) connection.retryNow(); // as a new visitor
    if (connection.closed?.code !== forbidden) return;
    this.tabs.say({ k: 'refused' });
    this.emit('refused', { reason: 'origin' });
  }

  private frame(frame: ServerFrame): void {
    if (frame.t === 'hello') return this.greeted(frame);
    if (frame.t === 'availability') this.availability = { online: frame.online, agents: frame.agents };
    else if (frame.t === 'user') this.user = frame.user;
    else if (frame.t === 'queue') this.queued(frame);
    else if (frame.t === 'call') this.called(frame.call);
    else return;
    this.changed();
  }

  private queued({ position, waitMillis }: { position: number; waitMillis?: number }): void {
    const queue = { position, ...(waitMillis !== undefined && { waitMillis }) };
    this.queue = position > 0 ? queue : null;
    this.emit('queue', queue);
  }

  private called({ id, status, reason }: NonNullable<Core['call']>): void {
    this.call = { id, status, ...(reason !== undefined && { reason }) };
    this.emit('call', this.call);
  }

  private greeted({ visitor, availability, user }: HelloFrame): void {
    if (availability) this.availability = { online: availability.online, agents: availability.agents ?? [] };
    if (!visitor) return;
    this.dropOfAnother(visitor.id);
    this.visitor = visitor;
    this.user = user ?? userOf(visitor);
    this.queue = null; // whoever waits is told anew
    this.keep.change(this.recognised(visitor));
    this.changed();
  }

  /** Whose a ticket is only the server knows: what another person wrote is not sent in this one's name. */
  private dropOfAnother(id: string): void {
    const { visitor, who } = this.keep.read();
    if (who?.key === 'ticket' && visitor !== undefined && visitor !== id) void this.outbox.clear();
  }

  /** How well the server knows him may be less than the page claimed. */
  private recognised({ id, token, level }: HelloVisitor): Partial<Kept> {
    const { key } = whoOf(this.identity);
    const who: Who = level === 'anonymous' ? { level, key: '' } : { level, key };
    return { visitor: id, who, ...(token !== undefined && { token }) };
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
    if (word.k === 'identify') this.heardIdentity(word);
    if (word.k === 'join' && whoOf(word.identity).key) this.identified(word.identity);
    if (word.k === 'armed') this.attention.taken(word.tab);
    if (word.k === 'ask') this.asked(word.frame);
    if (word.k === 'forget') this.forgotten();
    if (word.k === 'refused') this.emit('refused', { reason: 'origin' });
  }

  private heardIdentity({ identity, token }: { identity: Proof; token?: string }): void {
    if (token === undefined) return this.identified(identity);
    this.keepNew(token, identity);
    this.startAnew(identity);
  }

  private asked(frame: ClientFrame): void {
    if (frame.t === 'seen' && frame.thread) this.talk.noteSeen(frame.seq);
  }

  private forgotten(): void {
    this.stop();
    void this.outbox.clear();
    this.options.onForgotten();
  }

  // ---- the page

  private looked(): void {
    if (document.visibilityState === 'visible') this.seen();
    this.changed();
  }

  private seen(): void {
    this.attention.rest();
    this.whereabouts.viewed();
  }

  private moved(): void {
    this.options.onPage?.();
    this.whereabouts.moved();
  }

  page(page: { url?: string; title?: string } = {}): void {
    this.whereabouts.name(page);
  }

  get tracking(): boolean {
    return this.whereabouts.tracking;
  }

  set tracking(on: boolean) {
    this.whereabouts.tracking = on;
  }

  /** What is unread and not loaded could not be counted: older pages are asked for until what was seen is reached, or enough. */
  private loadUnread(): void {
    const { current, entries } = this.talk.state;
    const oldest = entries[0]?.seq ?? 0;
    if (current && oldest > this.talk.seenByMe() + 1 && this.unread <= mostUnread) this.talk.loadOlder();
  }

  private changed(): void {
    if (this.opened && document.visibilityState === 'visible' && this.talk.state.current) this.talk.markSeen();
    this.tellListeners();
    this.changes.tell();
  }

  private tellListeners(): void {
    const { told, unread } = this;
    if (unread === 0) this.attention.rest();
    told.tell('connection', { state: this.connection });
    told.tell('unread', { count: unread });
    told.tell('availability', this.availability);
    if (this.visitor) told.tell('identity', { level: this.visitor.level });
    told.tell('userUpdate', this.user);
  }

  private news(news: NumberedEntry): void {
    const { entry } = news;
    tellNews(news, this.talk.state.entries, this.mine.has(entry.cmid ?? ''), this.emit);
    if (entry.kind !== 'message' || isOwn(entry.author, entry.auto === true)) return;
    if (this.opened && document.visibilityState === 'visible' && document.hasFocus()) return;
    const aloud = !this.muted && this.config.widget.sound !== false;
    this.attention.call(`(${Math.max(1, this.unread)}) ${this.options.newMessage()}`, aloud);
    this.options.onAttention(news);
  }
}

const isOwn = (author: Actor, auto: boolean): boolean => author.kind === 'visitor' && !auto;

/** What a server that says no more of a visitor knows of him. */
function userOf({ id, no = 0, level, name, email }: HelloVisitor): User {
  return { id, no, level, attributes: {}, ...(name && { name }), ...(email && { email }) };
}
