import type { Session } from '../state/session';
import { offline, problemOf } from './problem';
import type {
  Account,
  AddedWebhook,
  Agent,
  AttributeType,
  ChosenStatus,
  Contact,
  ContactList,
  Conversation,
  ConversationState,
  Definition,
  Delivery,
  DeliveryStatus,
  Dialect,
  Group,
  Happening,
  ImportOptions,
  ImportReport,
  Key,
  List,
  LiveVisitor,
  Me,
  Privacy,
  RevealedKey,
  Segment,
  Status,
  VisitorDetail,
  Webhook,
} from './types';

/** The native REST API. Every call throws a Problem when it does not succeed. */
export class Api {
  constructor(
    private readonly session: Session,
    private readonly fetch: typeof globalThis.fetch,
  ) {}

  me = () => this.get<{ agent: Me; account: { id: string; name: string }; status: Status }>('/me');
  setStatus = (status: ChosenStatus) => this.call<unknown>('PUT', '/me/status', { status });
  agents = () => this.get<List<Agent>>('/agents');
  changeAgent = (id: string, change: { groups: string[]; limited: boolean }) =>
    this.call<Agent>('PATCH', `/agents/${encodeURIComponent(id)}`, change);
  groups = () => this.get<List<Group>>('/groups');
  visitors = (after = '') =>
    this.get<List<LiveVisitor>>(`/visitors?limit=200${after && `&after=${encodeURIComponent(after)}`}`);
  visitor = (id: string) => this.get<VisitorDetail>(`/visitors/${encodeURIComponent(id)}`);
  conversation = (id: string) => this.get<Conversation>(`/conversations/${encodeURIComponent(id)}`);
  conversationsOf = (thread: string) =>
    this.get<List<Conversation>>(`/conversations?thread=${encodeURIComponent(thread)}`);
  conversations = (state: ConversationState, after = '', limit = 50) =>
    this.get<List<Conversation>>(
      `/conversations?state=${state}&limit=${limit}${after && `&after=${encodeURIComponent(after)}`}`,
    );
  account = () => this.get<Account>('/account');
  changeAccount = (change: { allowedOrigins?: string[]; privacy?: Partial<Privacy> }) =>
    this.call<Account>('PATCH', '/account', change);
  keys = () => this.get<List<Key>>('/account/keys');
  revealKey = (id: string) => this.call<RevealedKey>('POST', '/account/keys/reveal', { id });
  rotateKey = (overlapHours: number) => this.call<RevealedKey>('POST', '/account/keys/rotate', { overlapHours });
  webhooks = () => this.get<List<Webhook>>('/webhooks');
  dialects = () => this.get<List<Dialect>>('/webhooks/dialects');
  addWebhook = (hook: { dialect: string; url: string; numericIds?: boolean }) =>
    this.call<AddedWebhook>('POST', '/webhooks', hook);
  removeWebhook = (id: string) => this.call<void>('DELETE', `/webhooks/${encodeURIComponent(id)}`);
  setWebhookDisabled = (id: string, disabled: boolean) =>
    this.call<Webhook>('PATCH', `/webhooks/${encodeURIComponent(id)}`, { disabled });
  renewWebhookSecret = (id: string) =>
    this.call<{ secret: string }>('PUT', `/webhooks/${encodeURIComponent(id)}/secret`);
  deliveries = (webhook: string, status: DeliveryStatus | '', after = '') =>
    this.get<List<Delivery>>(`/webhooks/deliveries?${query({ webhook, status, after, limit: 50 })}`);
  delivery = (id: string) => this.get<Delivery>(`/webhooks/deliveries/${encodeURIComponent(id)}`);
  replay = (id: string) => this.call<Delivery>('POST', `/webhooks/deliveries/${encodeURIComponent(id)}/replay`);
  contacts = (filter: unknown, sort: string, after = '') =>
    this.get<ContactList>(`/contacts?${query({ filter: JSON.stringify(filter), sort, after, limit: 50 })}`);
  importContacts = async (options: ImportOptions, table: string): Promise<ImportReport> => {
    const { columns, key, keep, dryRun } = options;
    const conflict = keep ? 'keep' : 'overwrite';
    const params = query({ key, conflict, dryRun: String(dryRun), columns: JSON.stringify(columns) });
    return (await this.ask('POST', `/contacts/import?${params}`, new Blob([table], { type: 'text/csv' }))).json();
  };
  segments = () => this.get<List<Segment>>('/segments');
  addSegment = (name: string, filter: unknown) => this.call<Segment>('POST', '/segments', { name, filter });
  removeSegment = (id: string) => this.call<void>('DELETE', `/segments/${encodeURIComponent(id)}`);
  contactsCsv = async (filter: unknown, sort: string): Promise<Blob> =>
    (await this.ask('GET', `/contacts.csv?${query({ filter: JSON.stringify(filter), sort })}`)).blob();
  /** Makes two contacts one; with dryRun nothing changes, and the answer is what would come of it. */
  mergeContacts = (from: string, into: string, dryRun: boolean) =>
    this.call<Contact>('POST', '/contact-merges', { from, into, dryRun });
  attributes = () => this.get<List<Definition>>('/attributes');
  addAttribute = (name: string, type: AttributeType) => this.call<Definition>('POST', '/attributes', { name, type });
  /** Of a contact or a visitor. */
  contact = (id: string) => this.get<Contact>(`/contacts/${encodeURIComponent(id)}`);
  history = (id: string, after = '') =>
    this.get<List<Happening>>(
      `/contacts/${encodeURIComponent(id)}/history?limit=200${after && `&after=${encodeURIComponent(after)}`}`,
    );
  block = (id: string, blocked: boolean) =>
    this.call<Contact>('PATCH', `/contacts/${encodeURIComponent(id)}`, { blocked });
  edit = (conversation: string, message: string, text: string) =>
    this.call<unknown>('PATCH', this.message(conversation, message), { text });
  takeBack = (conversation: string, message: string) =>
    this.call<unknown>('DELETE', this.message(conversation, message));
  accept = (id: string) => this.act(id, 'accept');
  leave = (id: string) => this.act(id, 'leave');
  close = (id: string) => this.act(id, 'close');
  link = (id: string) => this.act(id, 'link');
  assign = (id: string, to: { agentId: string } | { groupId: string }) => this.act(id, 'assign', to);

  private message = (conversation: string, message: string) =>
    `/conversations/${encodeURIComponent(conversation)}/messages/${encodeURIComponent(message)}`;

  private act = (id: string, verb: string, body: object = {}) =>
    this.call<Conversation>('POST', `/conversations/${encodeURIComponent(id)}/${verb}`, body);

  private get = <T>(path: string) => this.call<T>('GET', path);

  private async call<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await this.ask(method, path, body);
    return response.status === 204 ? (undefined as T) : response.json();
  }

  private async ask(method: string, path: string, body?: object | Blob): Promise<Response> {
    let token = await this.session.fresh();
    let response = await this.once(method, path, token, body);
    if (response.status === 401) {
      token = await this.session.refresh(token);
      response = await this.once(method, path, token, body);
    }
    if (!response.ok) throw await problemOf(response);
    return response;
  }

  private once(method: string, path: string, token: string, body?: object | Blob): Promise<Response> {
    const headers: Record<string, string> = { Authorization: `Bearer ${token}` };
    const file = body instanceof Blob;
    if (body) headers['Content-Type'] = file ? body.type : 'application/json';
    return this.fetch(`/confab/v1${path}`, {
      method,
      headers,
      ...(body ? { body: file ? body : JSON.stringify(body) } : {}),
    }).catch(() => {
      throw offline();
    });
  }
}

/** What is given of the parameters, as the query of an address. */
export function query(params: Readonly<Record<string, string | number>>): string {
  const given = Object.entries(params).filter(([, value]) => value !== '');
  return new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
}
