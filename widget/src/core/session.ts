import type { Layer, NumberedEntry, Proof, ServerFrame } from '../../../client/frames';
import { Listeners } from '../../../client/listeners';
import { type Asked, Requests } from '../../../client/requests';
import type { Talk } from '../../../client/talk';
import type { upload } from '../../../client/upload';
import type { Config, Language } from '../config';
import type { Core, CoreOptions, Emit, Fault, SendOptions, Upload } from '../types';
import { Agreement } from './agreement';
import { Attention } from './attention';
import { openConversation } from './facts';
import { Keep } from './keep';
import { authorOf, type Known, learn, nothingKnown } from './known';
import { watchMoments } from './moments';
import { tellNews } from './news';
import { OwnThread } from './own_thread';
import { watchPages } from './pages';
import { visitorSocket } from './socket';
import type { CoreParts } from './start';
import { Tabs, type TabWord } from './tabs';
import { Told } from './told';
import { Visitor } from './visitor';
import { Whereabouts } from './whereabouts';

/** The visitor on this page, as page and panel meet him: what they ask of him and what they are told. */
export class Session implements Core {
  readonly talk: Talk;
  readonly emit: Emit;
  availability: Known['availability'] = null;
  visitor: Known['visitor'] = null;
  user: Known['user'] = null;
  queue: Known['queue'] = null;
  call: Known['call'] = null;
  private readonly agreement: Agreement;
  private readonly keep: Keep;
  private readonly tabs: Tabs;
  private readonly who: Visitor;
  private readonly thread: OwnThread;
  private readonly attention: Attention;
  private readonly requests: Requests;
  private readonly whereabouts: Whereabouts;
  private readonly told: Told;
  private readonly changes = new Listeners<void>();
  private readonly ends: (() => void)[] = [];
  private over = false;

  constructor(
    private readonly options: CoreOptions,
    parts: CoreParts,
  ) {
    const { settings, config, emit } = options;
    const account = config.account.id;
    this.emit = emit;
    this.told = new Told(emit);
    this.agreement = new Agreement(options, parts.consent);
    this.keep = new Keep(account, () => !this.asksConsent);
    this.tabs = new Tabs({
      name: `confab:${account}`,
      identity: () => this.who.proof,
      connect: () =>
        visitorSocket(settings, this.who, this.whereabouts, this.talk, () => this.tabs.sayToAll({ k: 'refused' })),
      snapshot: () => ({ ...this.thread.snapshot, queue: this.queue, call: this.call }),
      welcomed: (snapshot) => {
        this.queue = snapshot.queue;
        this.call = snapshot.call;
        this.thread.restore(snapshot);
      },
      lease: parts.lease,
    });
    this.who = new Visitor(settings.identity, this.keep, this.tabs, () => this.startAnew());
    this.thread = new OwnThread(this.tabs, account, this.agreement.given, parts.outbox, () => authorOf(this.visitor));
    this.talk = this.thread.talk;
    this.attention = new Attention(this.tabs, parts.signals);
    this.requests = new Requests(this.tabs);
    this.whereabouts = new Whereabouts((frame) => this.tabs.send(frame));
    this.setGroup(settings.group);
  }

  begin(): this {
    const { tabs, talk } = this;
    this.ends.push(
      tabs.words.add((word) => this.heard(word)),
      tabs.frames.add((frame) => this.frame(frame)),
      tabs.states.add(() => this.changed()),
      talk.changes.add(() => this.changed()),
      talk.news.add((news) => this.news(news)),
      watchPages(() => this.moved()),
      watchMoments(
        () => this.looked(),
        () => tabs.pause(),
        () => tabs.resume(),
        () => this.whereabouts.acted(),
      ),
      this.thread.follow(), // what a frame says of the visitor was heard before
    );
    if (!this.asksConsent) this.goOn();
    return this;
  }

  /** From here on things are kept and sent. */
  private goOn(): void {
    this.agreement.give();
    this.who.recognise();
    void this.thread.outbox.load().then(() => this.over || this.tabs.start());
  }

  get config(): Config {
    return this.options.config;
  }

  get title(): string {
    const { account, widget } = this.config;
    return this.options.settings.look.title || widget.title || account.name;
  }

  get asksConsent(): boolean {
    return this.agreement.missing;
  }

  get connection() {
    return this.tabs.state;
  }

  get persistent(): boolean {
    return this.thread.outbox.persistent;
  }

  get conversation(): string | null {
    return openConversation(this.talk.state.entries) ?? (this.talk.pending().length ? '' : null);
  }

  get unread(): number {
    return this.thread.unread;
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
    set: (draft: string): void => {
      this.keep.change({ draft });
      if (draft) this.thread.prepare();
    },
  };

  watch(listener: () => void): () => void {
    return this.changes.add(listener);
  }

  // ---- what the visitor and the page do

  setOpen(open: boolean): void {
    this.thread.opened = open;
    this.changed();
  }

  send(text: string, options: SendOptions = {}): void {
    if (this.asksConsent) void this.agreement.given.then(() => this.send(text, options));
    else this.thread.send(text, options);
  }

  retry(cmid: string): void {
    this.tabs.sayToAll({ k: 'retry', cmid });
  }

  discard(cmid: string): void {
    this.tabs.sayToAll({ k: 'discard', cmid });
  }

  reconnect(): void {
    this.tabs.reconnect();
  }

  setGroup(group: string | null): void {
    this.thread.group = group;
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

  identify(proof: Proof): void {
    this.who.identify(proof);
  }

  reset(): void {
    this.who.become({});
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
    if (kind === 'terms') this.agreement.answer(value);
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

  // ---- what happens

  private frame(frame: ServerFrame): void {
    const change = learn(frame, this.call, this.emit);
    if (!change) return;
    if (change.visitor) this.greeted(change.visitor);
    Object.assign(this, change);
    this.changed();
  }

  private greeted(visitor: NonNullable<Known['visitor']>): void {
    if (this.who.isAnother(visitor)) void this.thread.outbox.clear();
    this.who.greeted(visitor);
  }

  private startAnew(): void {
    Object.assign(this, nothingKnown);
    this.requests.drop();
    this.told.forget();
    this.thread.clear();
  }

  private news(news: NumberedEntry): void {
    tellNews(news, this.talk.state.entries, this.thread.wroteHere(news), this.emit);
    if (!this.thread.missed(news)) return;
    const aloud = !this.muted && this.config.widget.sound !== false;
    this.attention.call(`(${Math.max(1, this.unread)}) ${this.options.newMessage()}`, aloud);
    this.options.onAttention(news);
  }

  private moved(): void {
    this.options.onPage?.();
    this.whereabouts.moved();
  }

  private looked(): void {
    if (document.visibilityState === 'visible') this.attention.rest();
    this.whereabouts.viewed();
    this.changed();
  }

  private changed(): void {
    this.thread.look();
    if (this.unread === 0) this.attention.rest();
    this.told.core(this);
    this.changes.tell();
  }

  private heard(word: TabWord): void {
    if (word.k === 'refused') this.emit('refused', { reason: 'origin' });
    if (word.k !== 'forget') return;
    this.stop();
    void this.thread.outbox.clear();
    this.options.onForgotten();
  }

  // ---- the end

  stop(): void {
    this.over = true;
    for (const end of this.ends.splice(0)) end();
    this.requests.close();
    this.tabs.stop();
    this.attention.end();
  }

  async forget(): Promise<void> {
    this.tabs.say({ k: 'forget' });
    this.stop();
    this.keep.clear();
    this.agreement.answer(false);
    this.agreement.give(); // the outbox can be emptied only once it is open
    await this.thread.outbox.clear();
  }
}
