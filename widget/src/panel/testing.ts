import { act, fireEvent, type queries, within } from '@testing-library/preact';
import type { Actor, ConnectionState, Entry, NumberedEntry, OutboxItem, Talk } from '../../../client/index';
import { apply, emptyThread } from '../../../client/thread';
import type { Config, WidgetConfig } from '../config';
import { extras } from '../extras/main';
import { addSheet } from '../loader/sheet';
import { thread } from '../thread/main';
import type { Core, Emit, EventName, Events, Look, Panel, PanelOptions, SendOptions, View } from '../types';
import { mountPanel } from './main';

export const anna: Actor = { kind: 'agent', id: 'anna', name: 'Anna Lindqvist' };
export const visitor: Actor = { kind: 'visitor', id: 'v1' };
export const bot: Actor = { kind: 'bot', id: 'bot' };

export interface Emitted<E extends EventName = EventName> {
  name: E;
  value: Events[E];
}

/** A core without a server: what it is told is kept, and what it tells is set by the test. */
export class FakeCore implements Core {
  readonly config: Config;
  title = 'Tern Outdoor';
  connection: ConnectionState = 'open';
  visitor: Core['visitor'] = { id: 'v1', thread: 't', level: 'anonymous' };
  user: Core['user'] = { id: 'v1', no: 1, level: 'anonymous', attributes: {} };
  availability: Core['availability'] = { online: true, agents: [{ name: 'Anna Lindqvist' }] };
  queue: Core['queue'] = null;
  call: Core['call'] = null;
  conversation: string | null = null;
  asksConsent = false;
  tracking = true;
  persistent = true;
  unread = 0;
  muted = false;
  /** Of every request, by its name and arguments. */
  readonly calls: unknown[][] = [];
  readonly emitted: Emitted[] = [];
  /** What requests are answered with. */
  answer: { code: string; message: string } | null = null;
  readonly talk: Talk;
  readonly draft = { get: () => this.written, set: (text: string) => this.write(text) };
  private written = '';
  private readonly listeners = new Set<() => void>();
  private readonly newsListeners = new Set<(entry: NumberedEntry) => void>();
  private readonly items: OutboxItem[] = [];
  private readonly state = { ...emptyThread('t') };
  private seq = 0;

  constructor(widget: WidgetConfig = {}, more: Partial<Config> = {}) {
    this.config = { account: { id: 'acme', name: 'Acme' }, groups: [], calls: false, widget, ...more };
    const nothing = () => undefined;
    this.talk = {
      state: this.state,
      typists: [],
      loadingOlder: false,
      typed: nothing,
      loadOlder: nothing,
      pending: () => this.items,
      seenByMe: () => 0,
      others: () => ({ delivered: 0, seen: 0 }),
      news: { add: (l: (e: NumberedEntry) => void) => this.listen(this.newsListeners, l) },
    } as unknown as Talk;
    this.history([]);
  }

  readonly emit: Emit = (name, value) => void this.emitted.push({ name, value });

  watch(listener: () => void): () => void {
    return this.listen(this.listeners, listener);
  }

  /** Changes what is named, and tells. */
  become(
    change: Partial<
      Pick<FakeCore, 'connection' | 'availability' | 'queue' | 'call' | 'user' | 'visitor' | 'asksConsent'>
    >,
  ): void {
    Object.assign(this, change);
    for (const tell of this.listeners) tell();
  }

  /** What the thread held before the panel saw it. */
  history(entries: Partial<Entry>[]): this {
    const numbered = entries.map((entry) => this.numbered(entry));
    this.talk.state = apply(this.talk.state, { t: 'entries', thread: 't', entries: numbered }).state;
    this.talk.state = { ...this.talk.state, begun: true, complete: true };
    return this;
  }

  /** Something new in the thread; own messages settle. */
  arrives(...entries: Partial<Entry>[]): void {
    for (const entry of entries) {
      const numbered = this.numbered(entry);
      this.items.splice(0, entry.author?.kind === 'visitor' ? 1 : 0);
      this.talk.state = apply(this.talk.state, { t: 'entry', thread: 't', ...numbered }).state;
      for (const tell of this.newsListeners) tell(numbered);
    }
    this.become({});
  }

  types(who: Actor): void {
    this.talk.typists = [{ who, at: Date.now() } as unknown as Talk['typists'][number]];
    this.become({});
  }

  send(text: string, options?: SendOptions): void {
    this.calls.push(options && Object.keys(options).length ? ['send', text, options] : ['send', text]);
    const at = Date.now();
    this.items.push({ cmid: `c${this.calls.length}`, thread: '', text, at, order: at, state: 'sending' });
    this.become({});
  }
  patch = (...args: unknown[]) => this.asked('patch', ...args);
  event = (...args: unknown[]) => this.asked('event', ...args);
  consent = (...args: unknown[]) => this.asked('consent', ...args);
  rate = (...args: unknown[]) => this.asked('rate', ...args);
  feedback = (...args: unknown[]) => this.asked('feedback', ...args);
  requestCall = (...args: unknown[]) => this.asked('requestCall', ...args);
  forget = () => Promise.resolve();
  upload(file: File) {
    this.calls.push(['upload', file.name]);
    return { done: new Promise<never>(() => undefined), cancel: () => undefined };
  }
  setGroup = (group: string | null) => this.did('setGroup', group);
  retry = (cmid: string) => this.did('retry', cmid);
  discard = (cmid: string) => this.did('discard', cmid);
  reconnect = () => this.did('reconnect');
  setOpen = () => undefined;
  identify = () => undefined;
  reset = () => undefined;
  page = () => undefined;
  stop = () => undefined;

  private write(text: string): void {
    this.written = text;
  }
  private did(...call: unknown[]): void {
    this.calls.push(call);
  }
  private async asked(...call: unknown[]) {
    this.calls.push(call);
    return this.answer;
  }
  private listen<L>(to: Set<L>, listener: L): () => void {
    to.add(listener);
    return () => void to.delete(listener);
  }
  private numbered(entry: Partial<Entry>): NumberedEntry {
    const seq = ++this.seq;
    const at = Date.now() - (100 - seq) * 1000;
    return { seq, entry: { eid: `e${seq}`, kind: 'message', author: visitor, at, conversation: 'c1', ...entry } };
  }
}

/** The mounted panel, and what it told its page. */
export interface Opened {
  panel: Panel;
  /** Found in the panel alone. */
  in: ReturnType<typeof within<typeof queries>>;
  box: HTMLElement;
  root: ShadowRoot;
  closed: number;
  views: View[];
}

export interface Opening extends Partial<PanelOptions> {
  page?: Look;
  focus?: boolean;
  view?: View;
}

/** Mounts a panel on the core and opens it, as the loader does. */
export async function openPanel(
  core: Core,
  { page = {}, focus = false, view, ...options }: Opening = {},
): Promise<Opened> {
  const host = document.createElement('div');
  document.body.append(host);
  const root = host.attachShadow({ mode: 'open' });
  const launcher = document.createElement('button');
  launcher.id = 'launcher';
  root.append(launcher);
  const told = { closed: 0, views: [] as View[] };
  const panel = mountPanel({
    root,
    wear: (css) => addSheet(root, css),
    core,
    look: () => page,
    framed: false,
    server: 'https://node.example',
    mobile: false,
    onClose: () => void told.closed++,
    onView: (shown) => void told.views.push(shown),
    language: () => Promise.reject(new Error('no such file')),
    extras: () => Promise.resolve(extras),
    thread: () => Promise.resolve(thread),
    ...options,
  });
  await settle(() => panel.open({ focus, ...(view && { view }) }));
  const box = root.getElementById('panel') as HTMLElement;
  return Object.assign(told, { panel, in: within(box), box, root });
}

/** Does it, and lets everything that it started settle and be drawn. */
export async function settle(work: () => unknown = () => undefined): Promise<void> {
  await act(async () => void (await work()));
  for (let round = 0; round < 4; round++) await act(async () => void (await Promise.resolve()));
}

/** Writes into a field, as a person does. */
export function write(field: Element, value: string): Promise<void> {
  return settle(() => fireEvent.input(field, { target: { value } }));
}
export const press = (button: Element): Promise<void> => settle(() => fireEvent.click(button));
