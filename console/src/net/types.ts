/** The objects of the REST API and of the inbox frames. Times are milliseconds UTC. */

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

export interface Agent {
  id: string;
  name: string;
  status: Status;
}

export interface Group {
  id: string;
  name: string;
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
