import { checkAttributes } from '../../../widget/src/attributes';
import type { Fault, Settings, Widget } from '../../../widget/src/types';
import { changed, type Identity, identityOf, isOther, isSomebody, nobody, proofOf, textOf } from './identity';
import { Listeners } from './listeners';
import { moved, type Offset } from './position';
import { watchRage } from './rage';
import { userOf } from './user';

type Raw = Record<string, unknown>;
type Args = readonly unknown[];

/** Borrows the login of another domain of the site: a ticket for the session, or null. */
export type Borrow = (account: string, domain: string) => Promise<string | null>;
/** Tells the site's other domains of the login that this page has proven, from now on. */
export type Lend = (account: string, proof: Settings['identity']) => void;

export interface Options {
  widget: Widget;
  /** Address of the node, without a path. */
  server: string;
  borrow: Borrow;
  lend: Lend;
}

const userUpdate = 'userUpdate';
const savedMoment = 'saved_moment';
const initNames = 'doChat doTimeTravel doTracking id email hmac name customAttributes';
const updatable = new Set(initNames.split(' '));

const isObject = (value: unknown): value is Raw => typeof value === 'object' && value !== null && !Array.isArray(value);
const isPlain = (value: unknown): value is Raw =>
  isObject(value) && [Object.prototype, null].includes(Object.getPrototypeOf(value));

/** Scripts in the head run before there is a place for the widget. */
const whenBody = (): Promise<void> | null =>
  document.body
    ? null
    : new Promise((done) => document.addEventListener('DOMContentLoaded', () => done(), { once: true }));

/** The commands of `Pavior`. Bad input is named once in the console and changes nothing; nothing throws. */
export class Commands {
  /** What a recorder is told: whether it may run, and whether this is the page's main frame. */
  readonly recording = { on: false, isTop: window === window.top };
  private readonly widget: Widget;
  private readonly listeners = new Listeners();
  private readonly warned = new Set<string>();
  private team = '';
  private who: Identity = nobody;
  private chat = false;
  private silenced = false;
  private offset: Offset = {};
  private rage: boolean | null = null; // null: nobody watches yet
  private user: ReturnType<typeof userOf> | null = null;
  /** Commands that wait: for the session, or until another person's has begun. Null: none has to. */
  private waiting: Args[] | null = null;
  private start = 0; // counts `init`
  private begun = false;
  /** This dialect started the widget. */
  private owner = false;

  constructor(private readonly options: Options) {
    const { widget } = options;
    this.widget = widget;
    widget.on('ready', () => this.release());
    widget.on('refused', ({ reason }) => this.refused(reason));
    widget.on('userUpdate', (user) => {
      this.judge(user.level);
      this.user = userOf(user);
      this.listeners.tell(userUpdate, this.user);
    });
    widget.on('event', ({ name, data }) => name !== userUpdate && this.listeners.tell(name, data));
  }

  /** Runs one command. The result is always undefined. */
  readonly run = (...args: Args): void => {
    const [name, ...rest] = args;
    try {
      if (typeof name !== 'string' || !Object.hasOwn(this.table, name))
        this.warn(`there is no command "${String(name)}"`);
      else if (name === 'init' || name === 'on' || name === 'off') this.table[name]?.(rest);
      else if (!this.team) this.warn(`${name}: call init first`);
      else if (this.waiting) this.waiting.push(args);
      else this.table[name]?.(rest);
    } catch (error) {
      this.warn(`${String(name)} failed: ${String(error)}`);
    }
  };

  private readonly table: Record<string, (args: Args) => void> = {
    init: ([raw]) => this.init(raw),
    update: ([raw]) => this.update(raw),
    position: ([sides]) => this.withChat('position', () => this.position(sides)),
    inboundMessage: ([raw]) => this.withChat('inboundMessage', () => this.say(raw)),
    open: () => this.withChat('open', () => this.widget.open({ focus: true })),
    close: () => this.withChat('close', () => this.widget.close()),
    hide: () => this.withChat('hide', () => this.widget.hide()),
    show: () => this.withChat('show', () => this.widget.show()),
    on: ([name, listener]) => this.on(name, listener),
    off: ([name, listener]) => this.pair('off', name, listener, (n, l) => this.listeners.remove(n, l)),
    track: ([raw]) => this.track(raw),
    event: ([name, data]) => this.event(name, data),
    feedback: ([what]) => this.feedback(what),
  };

  private init(raw: unknown): void {
    if (!isObject(raw)) return this.fail('init: options are missing');
    const team = raw.teamId ?? raw.teamVanityId;
    if (typeof team !== 'string' || !team) return this.fail('init: teamId is missing');
    const same = team === this.team;
    if (this.team && !same) this.tearDown();
    const before = this.who;
    this.team = team;
    this.user = same ? this.user : null;
    this.who = identityOf(raw, this.warn);
    this.record(this.flag(raw, 'doTimeTravel', 'doTracking') ?? false);
    this.chat = this.flag(raw, 'doChat') ?? false;
    this.setRage(this.flag(raw, 'quadClickForFeedback', 'rageClickForFeedback') ?? false);
    this.begun = false;
    this.waiting ??= [];
    const start = ++this.start;
    const pending = this.pending(raw, same ? before : nobody);
    if (pending) void pending.then(() => start === this.start && this.begin(raw));
    else this.begin(raw);
  }

  /** What has to happen before the widget starts: null if nothing has to. */
  private pending(raw: Raw, before: Identity): Promise<void> | null {
    const domain = this.lender(raw);
    if (!domain) return isOther(before, this.who) ? this.reset() : whenBody();
    return this.options
      .borrow(this.team, domain)
      .catch(() => null)
      .then(async (ticket) => {
        if (!ticket) this.warn('shareAuth: there is no login to share');
        this.who = { ...nobody, ticket };
        await (isOther(before, this.who) ? this.reset() : whenBody());
      });
  }

  /** The first script of the page that starts the widget says how it looks; others only say who the user is. */
  private begin(raw: Raw): void {
    const { widget } = this;
    this.begun = true;
    if (widget.started && !this.owner) {
      if (isSomebody(this.who)) this.identify();
    } else {
      this.owner = true;
      this.offset = {};
      widget.init({
        account: this.team,
        server: this.options.server,
        identity: proofOf(this.who),
        group: null,
        hidden: !this.chat,
        look: { offset: null },
      });
      this.allowRules();
    }
    this.describe(raw);
    if (widget.ready) this.release();
  }

  private lender(raw: Raw): string | null {
    const { shareAuth } = raw;
    if (shareAuth == null) return null;
    if (typeof shareAuth !== 'string' || !shareAuth) return this.none('shareAuth is not a domain');
    if (isSomebody(this.who)) return this.none('shareAuth is ignored: the user is given');
    return shareAuth;
  }

  private none(message: string): null {
    this.warn(message);
    return null;
  }

  private update(raw: unknown): void {
    if (!isObject(raw)) return this.warn('update: options are missing');
    for (const name of Object.keys(raw)) if (!updatable.has(name)) this.warn(`update: ${name} cannot be changed`);
    const travel = this.flag(raw, 'doTimeTravel', 'doTracking');
    if (travel !== undefined) this.record(travel);
    const chat = this.flag(raw, 'doChat');
    if (chat !== undefined) this.setChat(chat);
    const before = this.who;
    this.who = changed(before, raw, this.warn);
    if (!isOther(before, this.who)) {
      if (this.who !== before) this.identify();
      return this.describe(raw);
    }
    this.waiting = [];
    this.user = null;
    void this.reset().then(() => {
      if (isSomebody(this.who)) this.identify();
      this.describe(raw);
      this.release();
    });
  }

  private reset(): Promise<void> {
    this.user = null;
    return this.widget.reset().catch(() => {});
  }

  private identify(): void {
    this.widget.identify(proofOf(this.who));
  }

  /** Name, e-mail and attributes, as far as the options name them. */
  private describe(raw: Raw): void {
    const { widget } = this;
    const name = textOf(raw, 'name', this.warn);
    const email = this.who.id && textOf(raw, 'email', this.warn);
    if (name || email) this.tried('name', widget.patch('basic', { ...(name && { name }), ...(email && { email }) }));
    if (raw.customAttributes == null) return;
    const attributes = checkAttributes(raw.customAttributes, this.warn);
    if (Object.keys(attributes).length) this.tried('customAttributes', widget.patch('attributes', attributes));
  }

  /** Nothing invites by itself while the chat is off; the account's rules hold again once it is on. */
  private allowRules(): void {
    if (!this.chat) this.widget.setRules([]);
    else if (this.silenced) this.widget.setRules(this.widget.config?.widget.rules ?? []);
    this.silenced = !this.chat;
  }

  private setChat(on: boolean): void {
    this.chat = on;
    this.allowRules();
    if (on) this.widget.show();
    else this.widget.hide();
  }

  private withChat(command: string, work: () => void): void {
    if (this.chat) work();
    else this.warn(`${command}: doChat is off`);
  }

  private position(sides: unknown): void {
    if (!isObject(sides)) return this.warn('position: sides are missing');
    const offset = moved(this.offset, sides, this.warn);
    if (offset === this.offset) return;
    this.offset = offset;
    this.widget.look({ offset });
  }

  private say(raw: unknown): void {
    const message = isObject(raw) && raw.message;
    if (typeof message !== 'string' || !message.trim()) return this.warn('inboundMessage: message is missing');
    this.widget.send(message);
  }

  private on(name: unknown, listener: unknown): void {
    this.pair('on', name, listener, (n, l) => {
      this.listeners.add(n, l);
      if (n === userUpdate && this.user) queueMicrotask(() => this.user && this.listeners.tellOne(n, l, this.user));
    });
  }

  private pair(
    what: string,
    name: unknown,
    listener: unknown,
    work: (n: string, l: (v: unknown) => void) => void,
  ): void {
    if (typeof name !== 'string' || !name || typeof listener !== 'function')
      return this.warn(`${what}: give the name of an event and a function`);
    work(name, listener as (value: unknown) => void);
  }

  private track(raw: unknown): void {
    if (!isObject(raw) || typeof raw.doTracking !== 'boolean')
      return this.warn('track: doTracking is not true or false');
    const isTop = this.flag(raw, 'isTop') ?? window === window.top;
    this.record(raw.doTracking, isTop);
  }

  private record(on: boolean, isTop = this.recording.isTop): void {
    Object.assign(this.recording, { on, isTop });
  }

  private event(name: unknown, data: unknown = {}): void {
    if (typeof name !== 'string' || !name) return this.warn('event: the name is missing');
    if (!isPlain(data)) return this.warn('event: data is not an object');
    if (this.travels('event')) this.tried('event', this.widget.event(name, data));
  }

  private feedback(what: unknown): void {
    if (what !== savedMoment) return this.warn(`feedback: the one argument is "${savedMoment}"`);
    if (this.travels('feedback')) this.widget.feedback();
  }

  private travels(what: string): boolean {
    if (!this.recording.on) this.warn(`${what}: doTimeTravel is off`);
    return this.recording.on;
  }

  private setRage(on: boolean): void {
    if (on && !this.recording.on) this.warn('quadClickForFeedback has no effect while doTimeTravel is off');
    if (on && this.rage === null) watchRage(() => this.rage && this.recording.on && this.widget.feedback());
    if (on || this.rage) this.rage = on;
  }

  /** An option that is true or false; undefined if it is neither given nor, with a warning, one of the two. */
  private flag(raw: Raw, name: string, alias = name): boolean | undefined {
    const value = raw[name] ?? raw[alias];
    if (typeof value === 'boolean') return value;
    if (value != null) this.warn(`${name} is not true or false`);
    return undefined;
  }

  /** What level the server gave to the identity in force. */
  private judge(level: string): void {
    if (this.who.hmac && level === 'claimed')
      this.warn('hmac does not belong to this user: the user is not authenticated');
    if (this.who.hmac && level === 'verified') this.options.lend(this.team, proofOf(this.who));
  }

  private release(): void {
    if (!this.begun) return;
    const commands = this.waiting ?? [];
    this.waiting = null;
    for (const args of commands) this.run(...args);
  }

  private refused(reason: string): void {
    this.fail(reason === 'account' ? `there is no team "${this.team}"` : 'this page may not use the chat of the team');
    this.team = '';
    this.waiting = null;
    this.who = nobody;
  }

  private tearDown(): void {
    if (this.owner) this.widget.remove();
    this.waiting = null;
  }

  private tried(what: string, work: Promise<Fault | null>): void {
    void work.then(
      (fault) => fault && this.warn(`${what}: ${fault.message}`),
      () => {},
    );
  }

  private readonly warn = (message: string): void => {
    if (this.warned.has(message)) return;
    this.warned.add(message);
    console.warn(`Pavior: ${message}`);
  };

  private fail(message: string): void {
    console.error(`Pavior: ${message}`);
  }
}
