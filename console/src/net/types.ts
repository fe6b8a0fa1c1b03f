/** The objects of the REST API and of the inbox frames. Times are milliseconds UTC. */
import type { CardInfo } from '../../../client/frames';

export type Level = 'anonymous' | 'claimed' | 'bound' | 'verified';
export type ConversationState = 'waiting' | 'active' | 'closed';
export type Status = 'online' | 'busy' | 'away' | 'invisible' | 'offline';
export type ChosenStatus = Exclude<Status, 'offline'>;

export interface Me {
  id: string;
  account: string;
  name: string;
  email: string;
  role: string;
  /** Sees the conversations of his groups, his own, and what is nobody's yet. */
  limited?: boolean;
}

export interface Page {
  url: string;
  title?: string;
  referrer?: string;
}

export interface LastEntry {
  seq: number;
  kind: string;
  author: { kind: string; id?: string; name?: string };
  text?: string;
  at: number;
  note?: boolean;
  deletedAt?: number;
}

export interface Conversation {
  id: string;
  no: number;
  thread: string;
  visitor: string;
  state: ConversationState;
  startedAt: number;
  startedOn?: Page;
  group?: string;
  assignee?: string;
  agents: string[];
  acceptedBy?: string;
  acceptedAt?: number;
  closedAt?: number;
  closeReason?: string;
  last?: LastEntry;
  top: number;
  unread: number;
  lastVisitorAt?: number;
  lastAgentAt?: number;
  visitorName: string;
  visitorLevel: Level;
  /** What another system says of the visitor, and the record there that the conversation was tied to. */
  card?: CardInfo;
  linkedTo?: string;
}

export interface LiveVisitor {
  id: string;
  name: string;
  email?: string;
  level: Level;
  page: Page;
  pageSince: number;
  visit: { no: number; startedAt: number; pages: number };
  referrer?: string;
  device: { language?: string; timezone?: string; screen?: string; browser?: string; os?: string };
  node?: string;
  thread: string;
  conversation?: string;
  online: boolean;
  since: number;
}

export interface TrailStep {
  url: string;
  title?: string;
  at: number;
}

export interface VisitorDetail extends LiveVisitor {
  trail?: TrailStep[];
  conversations?: Conversation[];
}

/** Who said an entry of a layer: the team, the page of somebody proven, or the page of somebody who is not. */
export type Source = 'team' | 'proven' | 'said';
export type Fact = string | number | boolean;

export interface PanelField {
  title?: string;
  content?: string;
  link?: string;
  key?: string;
  /** Of the site's own systems; else the page's. */
  source?: 'team';
}

export interface Contact {
  id: string;
  externalId?: string;
  level: Level;
  name?: string;
  email?: string;
  phone?: string;
  description?: string;
  /** Those made of events are among them. */
  attributes: Record<string, Fact>;
  layers: {
    basic: Record<string, string>;
    form: Record<string, string>;
    /** From the page: visitors can forge it, as they can those lines of `panel` that have no source. */
    integration: Record<string, Fact>;
    panel: PanelField[];
    attributes: Record<string, Fact>;
  };
  /** Of each entry of the layers (`basic.name`), and of `panel`. */
  sources: Record<string, Source>;
  consents: Record<string, { value: boolean; at: number }>;
  blocked: boolean;
  signedUpAt?: number;
  createdAt?: number;
  universe?: 'anonymous' | 'lead' | 'signup';
  emailSubscription?: boolean;
  thread: string;
  visitors: string[];
}

/** One line of what a person did; of the last three one is there, as kind says. */
export interface Happening {
  kind: string;
  id?: string;
  at: number;
  event?: { name: string; data: Record<string, unknown> };
  feedback?: { text: string; page?: { url: string; title?: string } };
  consent?: { kind: string; value: boolean };
}

/** What is kept of visitors. */
export interface Privacy {
  addresses: 'shortened' | 'whole';
  queries: 'kept' | 'cleaned' | 'removed';
  /** Without a visit or a conversation, after which who is nobody in particular is erased; 0 is never. */
  forgetAnonymousDays?: number;
}

export interface Account {
  id: string;
  name: string;
  privacy?: Privacy;
  allowedOrigins?: string[];
  /** Whether the deployment sends mail, and from which address. */
  mail?: { on: boolean; from?: string };
  channels?: { widgetId: string; name: string; safeUrls: string[] }[];
}

export interface Agent {
  id: string;
  name: string;
  status: Status;
  no?: number;
  /** To admins. */
  email?: string;
  role?: 'agent' | 'admin';
  groups?: string[];
  limited?: boolean;
}

export interface Group {
  id: string;
  name: string;
  no?: number;
}

/** A key without its text. Of a pair it is the secret half. */
export interface Key {
  id: string;
  /** `server`, or what the pair is for. */
  kind: string;
  public?: string;
  masked: string;
  createdAt?: number;
  /** Void from then on. */
  until?: number;
}

export interface RevealedKey extends Key {
  key: string;
}

export interface List<T> {
  data: T[];
  next?: string | null;
}

export interface SignedIn {
  token: string;
  expiresAt: number | string;
  refreshToken: string;
  agent: Me;
}

export type WebhookState = 'healthy' | 'resting' | 'disabled';

/** An address that is told what happens, and how it does. */
export interface Webhook {
  id: string;
  dialect: string;
  url: string;
  state: WebhookState;
  createdAt: number;
  disabledAt?: number;
  waiting: number;
  oldestAt?: number;
  lastDeliveredAt?: number;
  lastAnswer?: number;
  /** A sentence. */
  lastError?: string;
  lastErrorAt?: number;
  numericIds?: boolean;
}

/** In the answer that adds it only: the secret, if what is sent is signed. */
export interface AddedWebhook extends Webhook {
  secret?: string;
}

export interface Dialect {
  id: string;
  signed: boolean;
  /** Its webhooks may have ids sent as numbers. */
  numericIds?: boolean;
}

export type DeliveryStatus = 'waiting' | 'delivered' | 'parked';

/** One thing that a webhook was or is to be told. */
export interface Delivery {
  id: string;
  webhook: string;
  type: string;
  thread: string;
  conversation?: string;
  status: DeliveryStatus;
  tries: number;
  replays: number;
  createdAt: number;
  lastTriedAt?: number;
  nextTryAt?: number;
  endedAt?: number;
  /** Status of HTTP. */
  lastAnswer?: number;
  lastError?: string;
  /** Milliseconds. */
  lastTook?: number;
  /** As it is sent. */
  body: string;
}

export type AttributeType = 'string' | 'number' | 'date' | 'boolean';

/** An attribute that people may have. */
export interface Definition {
  name: string;
  title: string;
  type: AttributeType;
  origin: 'builtin' | 'custom' | 'said';
  /** Of the moment: nobody is found by it. */
  live?: boolean;
  createdAt?: number;
}

/** A page of people, and how many there are on all. */
export interface ContactList extends List<Contact> {
  count: number;
}

/** A filter with a name, for everybody of the account. */
export interface Segment {
  id: string;
  name: string;
  /** As the server reads it. */
  filter: unknown;
}

/** How a table becomes people. */
export interface ImportOptions {
  key: 'id' | 'email';
  /** What is known already stays; else it is overwritten. */
  keep: boolean;
  /** Nothing is written. */
  dryRun: boolean;
  /** By the heads of columns the attributes that they become; others are left out. */
  columns: Record<string, string>;
}

/** What came of an import, or would come of it. */
export interface ImportReport {
  rows: number;
  created: number;
  updated: number;
  unchanged: number;
  refused: number;
  /** The first hundred. */
  faults: { line: number; column?: string; message: string }[];
  /** Attributes that were defined. */
  attributes: string[];
  dryRun: boolean;
}
