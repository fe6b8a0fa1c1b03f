import { checkAttributes } from '../../../widget/src/attributes';
import type { Fault, Settings, Widget } from '../../../widget/src/types';
import { changed, type Identity, identityOf, isOther, isSomebody, nobody, proofOf, textOf } from './identity';
import { Listeners } from './listeners';
import { moved, type Offset } from './position';
import { watchRage } from './rage';
import { userOf } from './user';

type Raw = Record<string, unknown>;
type Args = readonly unknown[];

export interface Options {
  widget: Widget;
  /** Address of the node, without a path. */
  server: string;
  /**
   * Borrows the login of another domain of the site: a ticket for the session, or null. `renewed` is told the tickets
   * that follow, and says whether they are of use.
   */
  borrow: (account: string, domain: string, renewed: (ticket: string) => boolean) => Promise<string | null>;
  /** Tells the site's other domains of the login that this page has proven, from now on; null: that it is over. */
  lend: (account: string, proof: Settings['identity'] | null) => void;
}

export interface Commands {
  /** Runs one command. The result is always undefined. */
  run: (...args: Args) => void;
  /** What a recorder is told: whether it may run, and whether this is the page's main frame. */
  recording: { on: boolean; isTop: boolean };
}

const userUpdate = 'userUpdate';
const savedMoment = 'saved_moment';
const updatable = 'doChat doTimeTravel doTracking id email hmac name customAttributes'.split(' ');

const isObject = (value: unknown): value is Raw => typeof value === 'object' && value !== null && !Array.isArray(value);
const isPlain = (value: unknown): value is Raw =>
  isObject(value) && [Object.prototype, null].includes(Object.getPrototypeOf(value));

/** Scripts in the head run before there is a place for the widget. */
const whenBody = (): Promise<void> | null =>
  document.body
    ? null
    : new Promise((done) => document.addEventListener('DOMContentLoaded', () => done(), { once: true }));

/**
 * The commands of `Pavior`. Bad input is named once in the console and changes nothing; nothing throws. Functions around
 * shared variables, not a class: names of members stay in the built script, those of variables do not.
 */
export function commandsOf({ widget, server, borrow, lend }: Options): Commands {
  const recording = { on: false, isTop: window === window.top };
  const listeners = new Listeners();
  const warned = new Set<string>();
  let team = '';
  let who: Identity = nobody;
  let chat = false;
  let silenced = false;
  let offset: Offset = {};
  let rage: boolean | null = null; // null: nobody watches yet
  let user: ReturnType<typeof userOf> | null = null;
  /** Commands that wait: for the session, or until another person's has begun. Null: none has to. */
  let waiting: Args[] | null = null;
  let starts = 0; // counts `init`
  let begun = false;
  let owner = false; // this dialect started the widget

  const run = (...args: Args): void => {
    const [name, ...rest] = args;
    try {
      if (typeof name !== 'string' || !Object.hasOwn(table, name)) warn(`there is no command "${String(name)}"`);
      else if (name === 'init' || name === 'on' || name === 'off') table[name]?.(rest);
      else if (!team) warn(`${name}: call init first`);
      else if (waiting) waiting.push(args);
      else table[name]?.(rest);
    } catch (error) {
      warn(`${String(name)} failed: ${String(error)}`);
    }
  };

  const table: Record<string, (args: Args) => void> = {
    init: ([raw]) => init(raw),
    update: ([raw]) => update(raw),
    position: ([sides]) => withChat('position', () => position(sides)),
    inboundMessage: ([raw]) => withChat('inboundMessage', () => say(raw)),
    open: () => withChat('open', () => widget.open({ focus: true })),
    close: () => withChat('close', () => widget.close()),
    hide: () => withChat('hide', () => widget.hide()),
    show: () => withChat('show', () => widget.show()),
    on: ([name, listener]) => on(name, listener),
    off: ([name, listener]) => pair('off', name, listener, (n, l) => listeners.remove(n, l)),
    track: ([raw]) => track(raw),
    event: ([name, data]) => event(name, data),
    feedback: ([what]) => feedback(what),
  };

  function init(raw: unknown): void {
    if (!isObject(raw)) return fail('init: options are missing');
    const named = raw.teamId ?? raw.teamVanityId;
    if (typeof named !== 'string' || !named) return fail('init: teamId is missing');
    if (team && named !== team) tearDown();
    team = named;
    const before = who;
    who = identityOf(raw, warn);
    begun = false;
    record(flag(raw, 'doTimeTravel', 'doTracking') ?? false);
    chat = flag(raw, 'doChat') ?? false;
    setRage(flag(raw, 'quadClickForFeedback', 'rageClickForFeedback') ?? false);
    waiting ??= [];
    const start = ++starts;
    const first = prepared(raw, before);
    if (first) void first.then(() => start === starts && begin(raw));
    else begin(raw);
  }

  /** What has to happen before the widget starts: null if nothing has to. */
  function prepared(raw: Raw, before: Identity): Promise<void> | null {
    const domain = lender(raw);
    if (!domain) return isOther(before, who) ? reset() : whenBody();
    return borrow(team, domain, renewed)
      .catch(() => null)
      .then(async (ticket) => {
        if (!ticket) warn('shareAuth: there is no login to share');
        who = { ...nobody, ticket };
        await (isOther(before, who) ? reset() : whenBody());
      });
  }

  /** Where another script has started the widget it is not for this one to say how it looks; it only says who the user is. */
  function begin(raw: Raw): void {
    begun = true;
    owner ||= !widget.started;
    offset = {};
    widget.init({
      account: team,
      server,
      identity: proofOf(who),
      group: null,
      hidden: !chat,
      look: { offset: null },
    });
    if (owner) {
      allowRules();
      widget.track(recording.on);
    }
    describe(raw);
    if (widget.ready) release();
  }

  function renewed(ticket: string): boolean {
    if (!who.ticket) return false;
    who = { ...who, ticket };
    identify();
    return true;
  }

  function lender(raw: Raw): string | null {
    const { shareAuth } = raw;
    if (shareAuth == null) return null;
    if (typeof shareAuth !== 'string' || !shareAuth) return none('shareAuth is not a domain');
    if (isSomebody(who)) return none('shareAuth is ignored: the user is given');
    return shareAuth;
  }

  function none(message: string): null {
    warn(message);
    return null;
  }

  function update(raw: unknown): void {
    if (!isObject(raw)) return warn('update: options are missing');
    for (const name of Object.keys(raw)) if (!updatable.includes(name)) warn(`update: ${name} cannot be changed`);
    const travel = flag(raw, 'doTimeTravel', 'doTracking');
    if (travel !== undefined) record(travel);
    const talk = flag(raw, 'doChat');
    if (talk !== undefined) setChat(talk);
    const before = who;
    who = changed(before, raw, warn);
    if (!isOther(before, who)) {
      if (who !== before) identify();
      return describe(raw);
    }
    waiting = [];
    void reset().then(() => {
      if (isSomebody(who)) identify();
      describe(raw);
      release();
    });
  }

  function reset(): Promise<void> {
    lend(team, null);
    user = null;
    return widget.reset().catch(() => {});
  }

  function identify(): void {
    widget.identify(proofOf(who));
  }

  /** Name, e-mail and attributes, as far as the options name them. */
  function describe(raw: Raw): void {
    const name = textOf(raw, 'name', warn);
    const email = who.id && textOf(raw, 'email', warn);
    if (name || email) tried('name', widget.patch('basic', { ...(name && { name }), ...(email && { email }) }));
    if (raw.customAttributes == null) return;
    const attributes = checkAttributes(raw.customAttributes, warn);
    if (Object.keys(attributes).length) tried('customAttributes', widget.patch('attributes', attributes));
  }

  /** Nothing invites by itself while the chat is off; the account's rules hold again once it is on. */
  function allowRules(): void {
    if (!chat) widget.setRules([]);
    else if (silenced) widget.setRules(widget.config?.widget.rules ?? []);
    silenced = !chat;
  }

  function setChat(on: boolean): void {
    chat = on;
    allowRules();
    if (on) widget.show();
    else widget.hide();
  }

  function withChat(command: string, work: () => void): void {
    if (chat) work();
    else warn(`${command}: doChat is off`);
  }

  function position(sides: unknown): void {
    if (!isObject(sides)) return warn('position: sides are missing');
    const next = moved(offset, sides, warn);
    if (next === offset) return;
    offset = next;
    widget.look({ offset: next });
  }

  function say(raw: unknown): void {
    const message = isObject(raw) && raw.message;
    if (typeof message !== 'string' || !message.trim()) return warn('inboundMessage: message is missing');
    widget.send(message);
  }

  function on(name: unknown, listener: unknown): void {
    pair('on', name, listener, (n, l) => {
      listeners.add(n, l);
      if (n === userUpdate && user) queueMicrotask(() => user && listeners.tellOne(n, l, user));
    });
  }

  function pair(
    what: string,
    name: unknown,
    listener: unknown,
    work: (n: string, l: (v: unknown) => void) => void,
  ): void {
    if (typeof name !== 'string' || !name || typeof listener !== 'function')
      return warn(`${what}: give the name of an event and a function`);
    work(name, listener as (value: unknown) => void);
  }

  function track(raw: unknown): void {
    if (!isObject(raw) || typeof raw.doTracking !== 'boolean') return warn('track: doTracking is not true or false');
    const isTop = flag(raw, 'isTop') ?? window === window.top;
    record(raw.doTracking, isTop);
  }

  function record(on: boolean, isTop = recording.isTop): void {
    Object.assign(recording, { on, isTop });
    if (begun && owner) widget.track(on);
  }

  function event(name: unknown, data: unknown = {}): void {
    if (typeof name !== 'string' || !name) return warn('event: the name is missing');
    if (!isPlain(data)) return warn('event: data is not an object');
    if (travels('event')) tried('event', widget.event(name, data));
  }

  function feedback(what: unknown): void {
    if (what !== savedMoment) return warn(`feedback: the one argument is "${savedMoment}"`);
    if (travels('feedback')) widget.feedback();
  }

  function travels(what: string): boolean {
    if (!recording.on) warn(`${what}: doTimeTravel is off`);
    return recording.on;
  }

  function setRage(on: boolean): void {
    if (on && !recording.on) warn('quadClickForFeedback has no effect while doTimeTravel is off');
    if (on && rage === null) watchRage(() => rage && recording.on && widget.feedback());
    if (on || rage) rage = on;
  }

  /** An option that is true or false; undefined if it is neither given nor, with a warning, one of the two. */
  function flag(raw: Raw, name: string, alias = name): boolean | undefined {
    const value = raw[name] ?? raw[alias];
    if (typeof value === 'boolean') return value;
    if (value != null) warn(`${name} is not true or false`);
    return undefined;
  }

  /** What level the server gave to the identity in force. */
  function judge(level: string): void {
    if (who.hmac && level === 'claimed') warn('hmac does not belong to this user: the user is not authenticated');
    if (who.hmac && level === 'verified') lend(team, proofOf(who));
  }

  function release(): void {
    if (!begun) return;
    const commands = waiting ?? [];
    waiting = null;
    for (const args of commands) run(...args);
  }

  function refused(reason: string): void {
    if (!team) return;
    fail(reason === 'account' ? `there is no team "${team}"` : 'this page may not use the chat of the team');
    team = '';
    waiting = null;
    who = nobody;
  }

  function tearDown(): void {
    if (owner) widget.remove();
    owner = false;
    lend(team, null);
    who = nobody;
    user = waiting = null;
  }

  function tried(what: string, work: Promise<Fault | null>): void {
    void work.then(
      (fault) => fault && warn(`${what}: ${fault.message}`),
      () => {},
    );
  }

  const warn = (message: string): void => {
    if (warned.has(message)) return;
    warned.add(message);
    console.warn(`Pavior: ${message}`);
  };

  function fail(message: string): void {
    console.error(`Pavior: ${message}`);
  }

  widget.on('ready', release);
  widget.on('refused', ({ reason }) => refused(reason));
  widget.on('userUpdate', (news) => {
    judge(news.level);
    user = userOf(news);
    listeners.tell(userUpdate, user);
  });
  widget.on('event', ({ name, data }) => name !== userUpdate && listeners.tell(name, data));
  return { run, recording };
}
