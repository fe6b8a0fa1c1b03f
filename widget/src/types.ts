/** How the scripts of the widget meet: the loader (with the launcher), the core, the panel, and the shims of dialects. */
import type {
  Actor,
  Availability,
  CallStatus,
  ConnectionState,
  FileInfo,
  HelloVisitor,
  Layer,
  NumberedEntry,
  Proof,
  Talk,
  User,
} from '../../client/index';
import type { upload } from '../../client/upload';
import type { ButtonStyle, Colors, Config, Language, Place, Rule, Theme } from './config';
import type { Extras } from './extras/cards';
import type { Thread } from './panel/talk';
import type { Catalogue } from './text/say';

/** How a page starts the widget. */
export interface Settings {
  /** An account's id or another of its names: config.ts. */
  account: string;
  /** Address of the node, without a path. Default: where the script came from. */
  server: string;
  identity: Proof;
  /** Conversations that start here go to that group; null: to nobody in particular. */
  group: string | null;
  /** No launcher until `show`. */
  hidden: boolean;
  /** Nothing is kept or sent until `consent(true)`, or until the visitor agrees in the panel. Default: as the account says. */
  askConsent?: boolean;
  look: Look;
}

/** What the page chose of the widget's look. What is missing or null is as the account says. */
export interface Look {
  title?: string | null;
  greeting?: string | null;
  place?: Place | null;
  /** Distances of the launcher from sides of the window, px; they outrank `place`. top beats bottom, left beats right. */
  offset?: { top?: number; left?: number; right?: number; bottom?: number } | null;
  button?: ButtonStyle | 'none' | null;
  buttonSize?: number | null;
  buttonText?: string | null;
  /** Elements of the page that are the launcher, by CSS selector, also such as come later; ours is not drawn. */
  selector?: string | null;
  /** The panel fills this element of the page, without a launcher. */
  frame?: Element | null;
  width?: number | null;
  height?: number | null;
  zIndex?: number | null;
  colors?: Colors | null;
  theme?: Theme | null;
  language?: Language | null;
  /** Words of the catalogue in the page's own words, by their names. */
  strings?: Record<string, string> | null;
  devices?: 'all' | 'mobile' | 'desktop' | null;
}

export interface NewMessage {
  id: string;
  text: string;
  type: 'visitor' | 'agent' | 'integration' | 'bot' | 'system';
  /** Sent by a rule, not by hand. */
  auto: boolean;
  file?: FileInfo;
  /** Milliseconds UTC. */
  createdAt: number;
  author: { id: string; name: string };
}

/** What the panel shows. `call` is the form with a phone number; `menu`, on phones, the choice between chat and call. */
export type View = 'home' | 'chat' | 'call' | 'menu' | 'offline' | 'form' | 'consent' | 'blocked';
export type FormKind = 'contacts' | 'prechat' | 'offline' | 'call';

/** What `on(name, listener)` is told, by name. */
export interface Events {
  ready: undefined;
  open: undefined;
  close: undefined;
  /** Open or closed, what is shown, or whether there is a conversation has changed. */
  state: { open: boolean; view: View; conversation: boolean };
  /** The widget takes another place on the page. Pixels. */
  resize: { width: number; height: number };
  message: NewMessage;
  /** The visitor's first message in a thread that held none. */
  firstMessage: NewMessage;
  unread: { count: number };
  userUpdate: User;
  /** The name of an event that this page recorded, and its data. */
  event: { name: string; data: Record<string, unknown> };
  conversationStarted: { id: string; no: number; by: Actor };
  conversationClosed: { id: string; reason: string };
  /** An agent has taken a conversation; `first`: it had waited. */
  agentAssigned: { id: string; name: string; first: boolean };
  availability: Availability;
  connection: { state: ConnectionState };
  identity: { level: string };
  queue: { position: number; waitMillis?: number };
  form: { kind: FormKind; step: 'shown' | 'submitted'; values: Record<string, string | boolean> };
  rating: { conversation: string; score: number; comment: string };
  invite: { step: 'shown' | 'accepted' | 'rejected'; text: string; rule?: string };
  bot: { step: 'shown' | 'started' | 'option'; option?: string };
  call: { id: string; status: CallStatus; reason?: string };
  /** The server does not know the account, or does not let this page in; nothing is shown. */
  refused: { reason: 'account' | 'origin' };
}
export type EventName = keyof Events;
export type Listener<E extends EventName> = (value: Events[E]) => void;
export type Emit = <E extends EventName>(name: E, value: Events[E]) => void;

/** Why something that was asked for did not happen; `message` is for people, in English. */
export interface Fault {
  code: string;
  message: string;
  field?: string;
}

/**
 * The widget of this page, whatever dialect its page speaks: there is one, and the first script that starts it draws the
 * launcher. No method throws. What needs the server waits, in order, until the session is open; before `init` only `on`
 * and `off` do anything. Promises resolve with null when it is done, or with what went wrong.
 */
export interface Widget {
  /**
   * Starts, or starts again with other settings: the visitor stays the same unless the identity says otherwise. From
   * another script than the one whose `init` drew the widget it only joins: of the settings nothing but the identity is
   * taken, if it is stronger than the one in force.
   */
  init(settings: Settings): void;
  /** From `init` to `remove` or `shutdown`. */
  readonly started: boolean;
  /** Log-out: takes the widget off the page, and nothing of the visitor stays in this browser. */
  shutdown(): Promise<void>;
  /** Takes the widget off the page; the visitor stays. */
  remove(): void;

  /** The session was open once: what is below is known. */
  readonly ready: boolean;
  readonly opened: boolean;
  readonly view: View;
  /** An open conversation, or messages of the past, are there. */
  readonly talking: boolean;
  /** Phone or tablet, decided once. */
  readonly mobile: boolean;
  readonly user: User | null;
  readonly config: Config | null;
  readonly availability: Availability | null;

  /** `focus`: the keyboard goes to the message box. False if what is asked for cannot be shown. */
  open(options?: { view?: View; focus?: boolean }): boolean;
  close(): void;
  toggle(): void;
  show(): void;
  /** Closes too. Until `show`, or the page's end. */
  hide(): void;
  /** Changes what is named. */
  look(change: Look): void;

  identify(proof: Proof): void;
  /** A fresh, anonymous visitor from now on; nothing of the one before is shown. */
  reset(): Promise<void>;
  patch(layer: Layer, data: Record<string, unknown>, replace?: boolean): Promise<Fault | null>;
  event(name: string, data: Record<string, unknown>): Promise<Fault | null>;
  /** Whether pages and events of this page are recorded. Default true; while false `event` is refused. */
  track(on: boolean): void;
  /** Another page, on sites that change it without a load; by default the address and title of now. */
  page(page?: { url?: string; title?: string }): void;
  consent(kind: 'terms' | 'marketing', value: boolean): Promise<Fault | null>;
  setGroup(group: string | null): void;
  /** `auto`: an agent says it by itself. `offline`: left for later. */
  send(text: string, options?: { auto?: boolean; offline?: boolean; group?: string }): void;
  /**
   * Shows the text as an invitation to talk: on a card, or in the opened chat at once. Who accepts it finds it in his
   * thread. False while nobody is there or a conversation goes on.
   */
  invite(text: string, group?: string, options?: { open?: boolean; rule?: string }): boolean;
  /** The rules of this page, in the place of the account's. */
  setRules(rules: Rule[]): void;
  feedback(): void;
  call(phone: string): Promise<Fault | null>;

  on<E extends EventName>(name: E, listener: Listener<E>): void;
  off<E extends EventName>(name: E, listener?: Listener<E>): void;
}

export interface SendOptions {
  auto?: boolean;
  offline?: boolean;
  group?: string;
  file?: FileInfo;
}

/** A file on its way to the server. */
export interface Upload {
  readonly done: Promise<FileInfo>;
  cancel(): void;
}

/** The core: one per page, shared by launcher and panel. No method throws. */
export interface Core {
  readonly talk: Talk;
  readonly config: Config;
  /** What the panel is called: by the page, else by the account; empty until one of them is known. */
  readonly title: string;
  readonly connection: ConnectionState;
  /** Null until the first hello. */
  readonly visitor: HelloVisitor | null;
  readonly user: User | null;
  readonly availability: Availability | null;
  /** Null unless the visitor waits. */
  readonly queue: { position: number; waitMillis?: number } | null;
  readonly call: { id: string; status: CallStatus; reason?: string } | null;
  /** Id of the conversation that goes on, as far as the thread is loaded; empty if it is not known yet, null if none. */
  readonly conversation: string | null;
  /** Nothing is kept or sent before the visitor agrees: `consent('terms', true)`. */
  readonly asksConsent: boolean;
  /** False if what is written here does not survive a reload. */
  readonly persistent: boolean;
  /** Messages to this visitor that nobody has seen. */
  readonly unread: number;
  muted: boolean;
  /** Pages and events are recorded. */
  tracking: boolean;
  readonly emit: Emit;
  /** Told after every change of anything above. Returns the end of it. */
  watch(listener: () => void): () => void;
  /** The panel is on the screen: what arrives while the page is visible counts as seen. */
  setOpen(open: boolean): void;
  send(text: string, options?: SendOptions): void;
  retry(cmid: string): void;
  discard(cmid: string): void;
  reconnect(): void;
  identify(identity: Proof): void;
  /** A fresh, anonymous visitor from now on, in all tabs. */
  reset(): void;
  patch(layer: Layer, data: Record<string, unknown>, replace?: boolean): Promise<Fault | null>;
  event(name: string, data: Record<string, unknown>): Promise<Fault | null>;
  consent(kind: 'terms' | 'marketing', value: boolean): Promise<Fault | null>;
  rate(conversation: string, score: number, comment: string): Promise<Fault | null>;
  feedback(text: string): Promise<Fault | null>;
  requestCall(phone: string): Promise<Fault | null>;
  /** Rejects with a Fault; `progress` is told bytes. `start` is client/upload.ts, which is loaded with what sends files. */
  upload(file: File, progress: (sent: number, size: number) => void, start: typeof upload): Upload;
  setGroup(group: string | null): void;
  page(page?: { url?: string; title?: string }): void;
  readonly draft: { get(): string; set(text: string): void };
  /** The visitor's own choice, kept like `muted`; it outranks the page's and the account's. */
  language?: Language;
  /** Ends everything and leaves what is kept. */
  stop(): void;
  /** Log-out: ends everything in all tabs and forgets the visitor. */
  forget(): Promise<void>;
}

export interface CoreOptions {
  settings: Settings;
  config: Config;
  emit: Emit;
  /** A message came that calls for attention: from the other side, while nobody looks. */
  onAttention: (message: NumberedEntry) => void;
  /** Another tab logged out. */
  onForgotten: () => void;
  /** "New message" in the visitor's language, for the title of a hidden page. */
  newMessage: () => string;
  /** The site shows another page, without a load. */
  onPage?: () => void;
}
export type StartCore = (options: CoreOptions) => Core;

export interface Panel {
  /** `focus`: the person asked for it, so the keyboard goes to the message box. */
  open(options: { focus: boolean; view?: View }): void;
  close(): void;
  /** The look has changed: words, title, colours. */
  redraw(): void;
  remove(): void;
}
export interface PanelOptions {
  root: ShadowRoot;
  /** Gives the root one more style sheet. */
  wear: (css: string) => void;
  core: Core;
  /** As it stands: read again on `redraw`. */
  look: () => Look;
  /** The panel fills its frame: no shadow, no minimising. */
  framed: boolean;
  mobile: boolean;
  /** The person closes the panel from inside. */
  onClose: () => void;
  onView: (view: View) => void;
  /** Address of the node, without a path. */
  server: string;
  /** Loads the words of a language other than English. */
  language: (code: Language) => Promise<Catalogue>;
  /** Loads what few visitors meet. Rejects if it cannot be had; it is asked again then. */
  extras: () => Promise<Extras>;
  /** Loads what shows a thread. Rejects likewise. */
  thread: () => Promise<Thread>;
}
export type MountPanel = (options: PanelOptions) => Panel;
