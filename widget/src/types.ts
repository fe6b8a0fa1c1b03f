/** How the three scripts of the widget meet: the loader (with the launcher), the core, and the panel. */
import type { Availability, ConnectionState, HelloVisitor, NumberedEntry, Proof, Talk } from '../../client/index';

/** What a page may say in `data-` attributes or in `confab('init', {…})`. */
export interface Settings {
  accountId: string;
  /** Address of the node, without a path. Default: where the script came from. */
  server: string;
  identity: Proof;
  /** Shown over the panel; default: the name of the account. */
  title: string;
  greeting: string;
  position: 'right' | 'left';
  theme: 'auto' | 'light' | 'dark';
  /** No launcher until `show`. */
  hidden: boolean;
  /** CSS colours, by the names of the site's four. */
  colors: { buttonBg?: string; buttonText?: string; clientBubbleBg?: string; agentBubbleBg?: string };
  zIndex?: number;
  onNewMessage?: (message: NewMessage) => void;
}

export interface NewMessage {
  id: string;
  text: string;
  type: 'visitor' | 'agent' | 'integration' | 'bot' | 'system';
  /** Milliseconds UTC. */
  createdAt: number;
  author: { id: string; name: string };
}

/** What `confab('on', name, listener)` is told, by name. */
export interface Events {
  ready: undefined;
  open: undefined;
  close: undefined;
  message: NewMessage;
  unread: { count: number };
  userUpdate: { id: string; level: string; name: string; email: string };
  conversationStarted: { id: string; no: number };
  conversationClosed: { id: string; reason: string };
  agentAssigned: { id: string; name: string };
  availability: Availability;
  connection: { state: ConnectionState };
  identity: { level: string };
}
export type EventName = keyof Events;
export type Emit = <E extends EventName>(name: E, value: Events[E]) => void;

/** The core: one per page, shared by launcher and panel. No method throws. */
export interface Core {
  readonly talk: Talk;
  /** What the panel is called: by the page, else by the account; empty until one of them is known. */
  readonly title: string;
  readonly connection: ConnectionState;
  /** Null until the first hello. */
  readonly visitor: HelloVisitor | null;
  readonly availability: Availability | null;
  /** False if what is written here does not survive a reload. */
  readonly persistent: boolean;
  /** Messages to this visitor that nobody has seen. */
  readonly unread: number;
  muted: boolean;
  /** Told after every change of anything above. Returns the end of it. */
  watch(listener: () => void): () => void;
  /** The panel is on the screen: what arrives while the page is visible counts as seen. */
  setOpen(open: boolean): void;
  send(text: string, auto?: boolean): void;
  retry(cmid: string): void;
  discard(cmid: string): void;
  reconnect(): void;
  identify(identity: Proof): void;
  readonly draft: { get(): string; set(text: string): void };
  /** Ends everything and leaves what is kept. */
  stop(): void;
  /** Log-out: ends everything in all tabs and forgets the visitor. */
  forget(): Promise<void>;
}

export interface CoreOptions {
  settings: Settings;
  emit: Emit;
  /** A message came that calls for attention: from the other side, while nobody looks. */
  onAttention: (message: NumberedEntry) => void;
  /** Another tab logged out. */
  onForgotten: () => void;
}
export type StartCore = (options: CoreOptions) => Core;

export interface Panel {
  /** `focus`: the person asked for it, so the keyboard goes to the message box. */
  open(focus: boolean): void;
  close(): void;
  remove(): void;
}
export interface PanelOptions {
  root: ShadowRoot;
  core: Core;
  settings: Settings;
  /** The person closes the panel from inside. */
  onClose: () => void;
}
export type MountPanel = (options: PanelOptions) => Panel;
