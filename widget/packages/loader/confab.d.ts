/**
 * Types of `window.confab`, the commands of the widget, for sites that use TypeScript. Every command may be called at
 * any time after the snippet; what is asked for happens later, in order, and nothing is returned or thrown.
 */

export interface Confab {
  (command: 'init', settings: InitSettings): void;
  /** Changes what is named. Another id, or null for it, begins with another visitor. */
  (command: 'update', change: UpdateSettings): void;
  (command: 'open', options?: { focus?: boolean }): void;
  (command: 'close' | 'toggle' | 'hide' | 'show' | 'feedback' | 'shutdown'): void;
  /** A place, or distances of the launcher from sides of the window in whole pixels. */
  (command: 'position', place: Place | Distances): void;
  /** The visitor says it. */
  (command: 'sendMessage', text: string): void;
  /** An agent says it by itself. */
  (command: 'sendAutoMessage', text: string): void;
  /** Names are a letter, then letters, digits and `_`; such as end in At, _at, On or _on need a date; null erases. */
  (command: 'setAttributes', attributes: Attributes): void;
  (command: 'event', name: string, data?: Record<string, unknown>): void;
  /** Another page, on sites that change it without a load; by default the address and title of now. */
  (command: 'page', page?: { url?: string; title?: string }): void;
  /** Whether pages and events of this page are recorded. */
  (command: 'track', on: boolean): void;
  /** Conversations that start from now on go to that group; null: to nobody in particular. */
  (command: 'setGroup', group: string | null): void;
  /** A language, or words of the widget in the site's own by their names. */
  (command: 'setLocale', locale: Language | Record<string, string>): void;
  /** Changes the colours that are named; null: as the account says. */
  (command: 'setColors', colors: Colors | null): void;
  (command: 'consent', agreed: boolean): void;
  (command: 'consent', kind: 'terms' | 'marketing', agreed: boolean): void;
  <E extends keyof ConfabEvents>(command: 'on', event: E, listener: (value: ConfabEvents[E]) => void): void;
  <E extends keyof ConfabEvents>(command: 'off', event: E, listener?: (value: ConfabEvents[E]) => void): void;
}

export type Language = 'en' | 'de' | 'fr' | 'es' | 'nl' | 'pt' | 'it' | 'ru';
/** Edge of the window and where on it: bottom left, centre, right; left top, middle, bottom; right the same. */
export type Place = 'bl' | 'bc' | 'br' | 'lt' | 'lm' | 'lb' | 'rt' | 'rm' | 'rb';
export interface Distances {
  top?: number;
  left?: number;
  right?: number;
  bottom?: number;
}
/** CSS colours. */
export interface Colors {
  buttonBg?: string;
  buttonText?: string;
  clientBubbleBg?: string;
  agentBubbleBg?: string;
}
export type Attributes = Record<string, string | number | boolean | Date | null>;

export interface UpdateSettings extends IdentitySettings, LookSettings {
  group?: string | null;
  attributes?: Attributes;
  hidden?: boolean;
}
export interface InitSettings extends IdentitySettings, LookSettings {
  accountId: string;
  /** Address of the node. Default: where the script came from. */
  server?: string;
  group?: string | null;
  attributes?: Attributes;
  /** No launcher until `show`. */
  hidden?: boolean;
  /** The chat fills this element, its id or a selector of it, without a launcher. */
  frame?: Element | string;
  /** Nothing is kept or sent before the visitor agrees. Default: as the account says. */
  askConsent?: boolean;
  onNewMessage?: (message: Message) => void;
  /** "Chat initiated by visitor" and eleven more, for counters of visits. */
  onAnalyticEvent?: (name: string) => void;
}
/** Who the visitor is: a secret of his own, or id and/or e-mail, proven by `hmac`, or a signed token. */
export interface IdentitySettings {
  clientId?: string | null;
  id?: string | number | null;
  email?: string | null;
  hmac?: string | null;
  jwt?: string | null;
  name?: string | null;
}
/** What is null is as the account says. Sizes in pixels. */
export interface LookSettings {
  title?: string | null;
  greeting?: string | null;
  position?: Place | 'left' | 'right' | null;
  buttonStyle?: 'round' | 'tab' | 'text' | 'none' | null;
  buttonSize?: number | null;
  buttonText?: string | null;
  /** Elements of the page that open the chat, in the launcher's stead. */
  selector?: string | null;
  width?: number | null;
  height?: number | null;
  zIndex?: number | null;
  theme?: 'auto' | 'light' | 'dark' | null;
  language?: Language | null;
  devices?: 'all' | 'mobile' | 'desktop' | null;
  colors?: Colors | null;
  strings?: Record<string, string> | null;
}

export interface Message {
  id: string;
  text: string;
  type: 'visitor' | 'agent' | 'integration' | 'bot' | 'system';
  /** Sent by a rule, not by hand. */
  auto: boolean;
  file?: { id: string; name: string; size: number; type: string; width?: number; height?: number; url: string };
  /** Milliseconds UTC. */
  createdAt: number;
  author: { id: string; name: string };
}
export interface User {
  id: string;
  no: number;
  level: 'anonymous' | 'claimed' | 'bound' | 'verified';
  externalId?: string;
  name?: string;
  email?: string;
  phone?: string;
  description?: string;
  attributes: Record<string, string | number>;
}

export interface ConfabEvents {
  ready: undefined;
  open: undefined;
  close: undefined;
  state: { open: boolean; view: string; conversation: boolean };
  resize: { width: number; height: number };
  message: Message;
  firstMessage: Message;
  unread: { count: number };
  userUpdate: User;
  event: { name: string; data: Record<string, unknown> };
  conversationStarted: { id: string; no: number; by: { kind: string; id?: string; name?: string } };
  conversationClosed: { id: string; reason: string };
  agentAssigned: { id: string; name: string; first: boolean };
  availability: { online: boolean; agents: { name: string }[] };
  connection: { state: 'connecting' | 'open' | 'waiting' | 'offline' | 'stopped' };
  identity: { level: string };
  queue: { position: number; waitMillis?: number };
  form: { kind: string; step: 'shown' | 'submitted'; values: Record<string, string | boolean> };
  rating: { conversation: string; score: number; comment: string };
  invite: { step: 'shown' | 'accepted' | 'rejected'; text: string; rule?: string };
  bot: { step: 'shown' | 'started' | 'option'; option?: string };
  call: { id: string; status: string; reason?: string };
  refused: { reason: 'account' | 'origin' };
}
