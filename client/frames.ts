/**
 * What travels on the socket: docs/protocol.md in types. A frame is one JSON object whose field `t` is its type.
 * Times are milliseconds UTC since 1970; numbers of entries start at 1.
 */
import type { limits } from './limits';

export const subprotocol = 'confab.v1.json';

/** The last entry that somebody has: its number and its identity. `[0, '']` is before the first. */
export type Cursor = readonly [seq: number, eid: string];

export type ActorKind = 'visitor' | 'agent' | 'integration' | 'bot' | 'system';

export interface Actor {
  kind: ActorKind;
  id?: string;
  name?: string;
}

export interface Page {
  url: string;
  title?: string;
  referrer?: string;
}

export type EntryKind =
  | 'message'
  | 'message.edited'
  | 'message.deleted'
  | 'conversation.started'
  | 'conversation.accepted'
  | 'conversation.joined'
  | 'conversation.left'
  | 'conversation.assigned'
  | 'conversation.closed'
  | 'conversation.rated'
  | 'episode.started'
  | 'episode.finished'
  | 'call'
  | 'conversation.linked'
  | 'conversation.card'
  | 'hidden'
  | 'damaged';

/** A message or an event of a thread. `kind` may hold a word this client does not know: show nothing for it. */
export interface Entry {
  eid: string;
  kind: EntryKind;
  author: Actor;
  at: number;
  conversation?: string;
  cmid?: string;
  text?: string;
  note?: boolean;
  auto?: boolean;
  /** Then `text` may be empty. */
  file?: FileInfo;
  /** Answers that a bot or an integration offers. */
  choices?: string[];
  /** Of a message that was taken back before it was read: then it has no text, file or choices. */
  deletedAt?: number;
  /** `message.edited`, `message.deleted`: eid of the message. */
  target?: string;
  /** `conversation.rated`: 1 to 5. */
  score?: number;
  comment?: string;
  /** `conversation.started`: left for later. */
  offline?: boolean;
  no?: number;
  episode?: string;
  reason?: string;
  agent?: Actor;
  group?: string;
  page?: Page;
  /** `call`: agents alone read of it here. */
  call?: CallInfo;
  /** `conversation.linked`: the record of another system that an agent tied the conversation to. Agents alone read of it. */
  link?: string;
  /** `conversation.card`: what another system says of the visitor. Agents alone read of it. */
  card?: CardInfo;
}

/** What another system says of a conversation's visitor. */
export interface CardInfo {
  /** Of its own record of him. */
  url?: string;
  /** An agent may tie the conversation to the record. */
  assign?: boolean;
  page?: Page;
  /** Who it says he is. */
  contact?: { name?: string; email?: string; phone?: string };
  /** Why it did not take the last tie. */
  error?: string;
}

/** How a telephone call with the visitor goes, all of it: of the entries that tell of one call the last holds. */
export interface CallInfo {
  id: string;
  phone: string;
  status: CallStatus;
  /** Why it failed. */
  reason?: string;
  /** Where it can be heard again. */
  recordUrl?: string;
  createdAt: number;
  agentAt?: number;
  clientAt?: number;
  endedAt?: number;
}

/** A file of the file store. */
export interface FileInfo {
  id: string;
  name: string;
  /** Bytes. */
  size: number;
  /** Of its content, found by looking at it. */
  type: string;
  /** Pixels, of an image that may be shown. */
  width?: number;
  height?: number;
  /** A path of the node. */
  url: string;
}

export interface NumberedEntry {
  seq: number;
  entry: Entry;
}

/** Everything up to `delivered` is stored at that person's, everything up to `seen` was shown. Both only rise. */
export interface Marker {
  who: Actor;
  delivered: number;
  seen: number;
}

/** Who a visitor is. Everything is optional; docs/protocol.md, "Connecting". */
export interface Proof {
  token?: string;
  clientId?: string;
  id?: string;
  email?: string;
  hmac?: string;
  jwt?: string;
  /** Of a proven session elsewhere. */
  ticket?: string;
  name?: string;
}

export interface Device {
  language?: string;
  timezone?: string;
  screen?: string;
}

export interface Availability {
  online: boolean;
  agents: { name: string }[];
}

export type Durability = 'durable' | 'replicated' | 'weak' | 'memory' | 'unknown';
export type Level = 'anonymous' | 'claimed' | 'bound' | 'verified';
export type AgentStatus = 'online' | 'busy' | 'away' | 'invisible' | 'offline';

export type Code =
  | 'bad_frame'
  | 'unknown_type'
  | 'missing_field'
  | 'bad_field'
  | 'too_long'
  | 'unauthorized'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'taken'
  | 'closed'
  | 'rate_limited'
  | 'unavailable'
  | 'draining'
  | 'unsupported'
  | 'too_large'
  | 'internal';

// From clients.

export interface AuthFrame {
  t: 'auth';
  account?: string;
  visitor?: Proof;
  agent?: { token: string };
  inbox?: boolean;
  presence?: boolean;
  page?: Page;
  device?: Device;
  cursor?: Cursor;
  known?: Cursor[];
}
export interface SubscribeFrame {
  t: 'subscribe';
  thread: string;
  cursor?: Cursor;
  known?: Cursor[];
}
export interface UnsubscribeFrame {
  t: 'unsubscribe';
  thread: string;
}
export interface SendFrame {
  t: 'send';
  thread?: string;
  cmid: string;
  text: string;
  note?: boolean;
  auto?: boolean;
  /** Visitors: a conversation that starts with this goes to that group. */
  group?: string;
  /** Visitors: left for later. */
  offline?: boolean;
  /** Id of a file that its author has uploaded; then `text` may be empty. */
  file?: string;
}
export interface HistoryFrame {
  t: 'history';
  thread?: string;
  before: number;
  limit?: number;
}
export interface TypingFrame {
  t: 'typing';
  thread?: string;
  on: boolean;
  text?: string;
  /** Set by the server. */
  who?: Actor;
}
export interface MarkFrame {
  t: 'seen' | 'delivered';
  thread?: string;
  seq: number;
}
export interface PageFrame extends Page {
  t: 'page';
}
export interface PingFrame {
  t: 'ping';
}

/** Layers of what is known of a person, by who says it; docs/protocol.md, "What a visitor's page says of him". */
export type Layer = 'basic' | 'form' | 'integration' | 'panel' | 'attributes' | 'site';
export interface PersonFrame {
  t: 'person';
  id: string;
  layer: Layer;
  /** What `data` does not name goes; else it stays, and null erases. */
  replace?: boolean;
  data: Record<string, unknown>;
}
export interface EventFrame {
  t: 'event';
  id: string;
  name: string;
  data?: Record<string, unknown>;
}
export interface ConsentFrame {
  t: 'consent';
  id: string;
  kind: 'terms' | 'marketing';
  value: boolean;
}
export interface RateFrame {
  t: 'rate';
  id: string;
  conversation: string;
  /** 1, bad, to 5. */
  score: number;
  comment?: string;
}
export interface FeedbackFrame {
  t: 'feedback';
  id: string;
  text: string;
}
export interface UploadFrame {
  t: 'upload';
  id: string;
  thread?: string;
  name: string;
  /** Bytes. */
  size: number;
  type?: string;
}
export interface CallFrame {
  t: 'call';
  id: string;
  /** + and digits. */
  phone: string;
}
/** Frames that the server answers under their id: with `done`, `error`, `upload` or `call`. */
export type RequestFrame =
  | PersonFrame
  | EventFrame
  | ConsentFrame
  | RateFrame
  | FeedbackFrame
  | UploadFrame
  | CallFrame;
export type ClientFrame =
  | AuthFrame
  | SubscribeFrame
  | UnsubscribeFrame
  | SendFrame
  | HistoryFrame
  | TypingFrame
  | MarkFrame
  | PageFrame
  | PingFrame
  | RequestFrame;

// From the server.

export interface HelloVisitor {
  id: string;
  /** Only when new: keep it and send it next time. */
  token?: string;
  thread: string;
  level: Level;
  name?: string;
  email?: string;
  /** Visitors of an account are numbered as they come. */
  no?: number;
}
/**
 * What is known of the visitor, as he may see it: all of the contact once he is proven, else what this browser said itself.
 * Times are milliseconds UTC; what is not known is missing.
 */
export interface User {
  id: string;
  no: number;
  level: Level;
  /** The site's id of its user, said or proven. */
  externalId?: string;
  name?: string;
  email?: string;
  phone?: string;
  description?: string;
  city?: string;
  country?: string;
  attributes: Record<string, string | number>;
  integration?: Record<string, string | number | boolean>;
  consents?: Partial<Record<'terms' | 'marketing', boolean>>;
  createdAt?: number;
  signedUpAt?: number;
  totalVisits?: number;
  lastVisitAt?: number;
  lastActiveAt?: number;
  /** Seconds. */
  totalSeconds?: number;
  /** What he writes is refused, and nobody is promised to him. */
  blocked?: boolean;
}
export interface HelloAgent {
  id: string;
  account: string;
  name: string;
  role: string;
  status: AgentStatus;
}
export interface HelloFrame {
  t: 'hello';
  connection: string;
  node: string;
  time: number;
  heartbeatMillis: number;
  durability: Durability;
  limits: Partial<typeof limits>;
  account?: { id: string; name: string };
  visitor?: HelloVisitor;
  agent?: HelloAgent;
  availability?: Availability;
  user?: User;
}
export interface EntriesFrame {
  t: 'entries';
  thread: string;
  history?: boolean;
  entries: NumberedEntry[];
}
export interface EntryFrame extends NumberedEntry {
  t: 'entry';
  thread: string;
}
export interface CaughtUpFrame {
  t: 'caught_up';
  thread: string;
  seq: number;
  eid: string;
  markers: Marker[];
}
export interface ResetFrame {
  t: 'reset';
  thread: string;
  /** Null: subscribe again and name what you know. */
  common: Cursor | null;
  /** Other entries may be read than before: the log is the same, so nothing is lost. */
  anew?: boolean;
  /** The thread may not be read any more: nothing follows. */
  gone?: boolean;
}
export interface TruncatedFrame {
  t: 'truncated';
  thread: string;
  from: number;
}
export interface AckFrame {
  t: 'ack';
  thread: string;
  cmid: string;
  seq: number;
  eid: string;
  at: number;
  /** If it is not who sent it: an agent speaks a rule's message. */
  author?: Actor;
}
export interface NackFrame {
  t: 'nack';
  thread?: string;
  cmid: string;
  code: Code;
  retryable: boolean;
  afterMillis?: number;
  message: string;
  field?: string;
}
export interface MarkerFrame extends Marker {
  t: 'marker';
  thread: string;
}
export interface AvailabilityFrame extends Availability {
  t: 'availability';
}
/** The object of GET /confab/v1/conversations, as it is. */
export interface ConversationFrame<C = Record<string, unknown>> {
  t: 'conversation';
  conversation: C;
  /** The agent may not see it any more; of the object there are `id`, `thread` and `top`. */
  gone?: boolean;
}
/** The object of GET /confab/v1/visitors, as it is. */
export interface VisitorFrame<V = Record<string, unknown>> {
  t: 'visitor';
  visitor: V;
  gone?: boolean;
}
export interface AgentFrame {
  t: 'agent';
  agent: { id: string; name: string; status: AgentStatus };
}
/** Something else is known of a person: whoever shows it reads `GET /confab/v1/contacts/{id}` again. */
export interface ContactFrame {
  t: 'contact';
  /** A visitor's who has no contact. */
  id: string;
  visitors: string[];
}
/** Conversations, visitors and agents may have been missed: their lists are to be read again. */
export interface StaleFrame {
  t: 'stale';
}
export interface ErrorFrame {
  t: 'error';
  code: Code;
  message: string;
  field?: string;
  ref?: string;
  /** Of the request at fault. */
  id?: string;
  afterMillis?: number;
}
export interface ReconnectFrame {
  t: 'reconnect';
  windowMillis: number;
}
export interface PongFrame {
  t: 'pong';
}
export interface DoneFrame {
  t: 'done';
  id: string;
}
export interface UserFrame {
  t: 'user';
  user: User;
}
export interface QueueFrame {
  t: 'queue';
  /** From 1; 0: he does not wait any more. */
  position: number;
  waitMillis?: number;
}
/** Answers `upload`: the bytes go there in one PUT, before `until`. */
export interface TicketFrame {
  t: 'upload';
  id: string;
  /** A path of the node. */
  url: string;
  until: number;
}
export type CallStatus = 'start' | 'agent_connected' | 'client_connected' | 'end' | 'error';
export interface CallNewsFrame {
  t: 'call';
  /** Of the request that it answers. */
  id?: string;
  call: { id: string; status: CallStatus; reason?: string };
}
export type ServerFrame =
  | HelloFrame
  | EntriesFrame
  | EntryFrame
  | CaughtUpFrame
  | ResetFrame
  | TruncatedFrame
  | AckFrame
  | NackFrame
  | MarkerFrame
  | TypingFrame
  | AvailabilityFrame
  | ConversationFrame
  | VisitorFrame
  | AgentFrame
  | ContactFrame
  | StaleFrame
  | ErrorFrame
  | ReconnectFrame
  | PongFrame
  | DoneFrame
  | UserFrame
  | QueueFrame
  | TicketFrame
  | CallNewsFrame;

/** Names an actor apart from all others of the account. */
export const actorKey = (who: Actor): string => `${who.kind}:${who.id ?? ''}`;
