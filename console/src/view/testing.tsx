import { signal } from '@preact/signals';
import { act, render } from '@testing-library/preact';
import type { ComponentChildren } from 'preact';
import type { Connection, ConnectionState } from '../../../client/connection';
import type { ClientFrame, Entry, HelloFrame, ServerFrame } from '../../../client/frames';
import { Listeners } from '../../../client/listeners';
import { MemoryStore } from '../../../client/outbox_store';
import type { Permission } from '../net/permission';
import type { Contact, Conversation } from '../net/types';
import { Clock } from '../state/clock';
import { Console } from '../state/console';
import { Prefs } from '../state/prefs';
import { Route } from '../state/route';
import { Session } from '../state/session';
import { aConversation, aStorage, aVisitor } from '../state/testing';
import { Context } from './context';

/** What the server has; tests change it while it runs. Answers by method and path; a status refuses. */
export interface FakeServer {
  answers: Record<string, unknown>;
  asked: { line: string; body: unknown }[];
  /** Of each request the part of the address behind the question mark. */
  queries: { path: string; query: string }[];
}

export interface Stage {
  app: Console;
  server: FakeServer;
  sent: ClientFrame[];
  /** A frame comes from the server. */
  hear: (frame: object) => Promise<void>;
  /** Draws it within the app. */
  show: (children: ComponentChildren) => ReturnType<typeof render>;
  /** Entries 1, 2, … of the thread `t1` are all there is. */
  thread: (...entries: Partial<Entry>[]) => Promise<void>;
  settle: () => Promise<void>;
}

/** Nobody was asked yet whether notices may be shown. */
const permission = { grant: signal('default'), on: false } as unknown as Permission;

export const aContact = (more: Partial<Contact> = {}, layers: Partial<Contact['layers']> = {}): Contact => ({
  id: 'v1',
  level: 'claimed',
  attributes: {},
  layers: { basic: {}, form: {}, integration: {}, panel: [], attributes: {}, ...layers },
  sources: {},
  consents: {},
  blocked: false,
  thread: 't1',
  visitors: ['v1'],
  ...more,
});

export interface Scene {
  role?: 'agent' | 'admin';
  limited?: boolean;
  conversation?: Partial<Conversation>;
  answers?: FakeServer['answers'];
}

/** A console that is signed in and connected, to a server that the test holds. */
export async function aConsole({ role = 'agent', limited, conversation, answers }: Scene = {}): Promise<Stage> {
  const server: FakeServer = {
    asked: [],
    queries: [],
    answers: {
      'POST /session': {
        token: 't',
        expiresAt: Date.now() + 3600_000,
        refreshToken: 'r',
        agent: {
          id: 'me',
          account: 'acme',
          name: 'Ben Okafor',
          email: 'ben@acme.test',
          role,
          ...(limited && { limited }),
        },
      },
      'GET /me': { agent: {}, account: { id: 'acme', name: 'Acme' }, status: 'online' },
      'GET /account': { id: 'acme', name: 'Acme', channels: [] },
      'GET /agents': { data: [{ id: 'me', name: 'Ben Okafor', status: 'online' }], next: null },
      'GET /groups': { data: [], next: null },
      'GET /visitors': { data: [], next: null },
      'GET /visitors/v1': { ...aVisitor(), trail: [], conversations: [] },
      'GET /contacts/v1': aContact(),
      'GET /contacts/v1/history': { data: [], next: null },
      'GET /conversations': { data: [], next: null },
      'GET /conversations/c1': aConversation(conversation),
      ...answers,
    },
  };
  const sent: ClientFrame[] = [];
  const frames = new Listeners<ServerFrame>();
  const link = {
    state: 'open' as ConnectionState,
    hello: { limits: {} } as HelloFrame,
    closed: null,
    frames,
    states: new Listeners<ConnectionState>(),
    send: (frame: ClientFrame) => sent.push(frame) > 0,
    start: () => undefined,
    stop: () => undefined,
    renew: async () => undefined,
    retryNow: () => undefined,
  };
  const fetching = fetchingFrom(server);
  const storage = aStorage();
  const session = new Session({
    fetch: fetching,
    storage,
    exclusively: (work) => work(),
    others: { tell: () => undefined, hear: () => undefined },
    now: Date.now,
  });
  await session.signIn('ben@acme.test', 'right');
  window.history.replaceState(null, '', '/console/mine/c1');
  const app = new Console({
    session,
    connection: link as unknown as Connection,
    outboxStore: new MemoryStore(),
    storage,
    fetch: fetching,
    clock: new Clock(),
    prefs: new Prefs(storage),
    route: new Route(window),
    call: () => undefined,
  });
  await app.start();
  const settle = () => act(async () => void (await new Promise((done) => setTimeout(done))));
  const hear = async (frame: object) => {
    act(() => frames.tell(frame as ServerFrame));
    await settle();
  };
  return {
    app,
    server,
    sent,
    hear,
    settle,
    show: (children) => render(<Context.Provider value={{ app, permission }}>{children}</Context.Provider>),
    thread: async (...entries) => {
      await hear({
        t: 'entries',
        thread: 't1',
        entries: entries.map((e, i) => ({ seq: i + 1, entry: anEntry(i + 1, e) })),
      });
      const last = entries.length;
      await hear({ t: 'caught_up', thread: 't1', seq: last, eid: `e${last}`, markers: [] });
    },
  };
}

const anEntry = (seq: number, more: Partial<Entry>): Entry => ({
  eid: `e${seq}`,
  kind: 'message',
  author: { kind: 'visitor', id: 'v1' },
  at: Date.now() - 60_000 + seq,
  conversation: 'c1',
  ...more,
});

function fetchingFrom(server: FakeServer): typeof fetch {
  return async (input, init) => {
    const [path = '', query = ''] = String(input)
      .replace(/^\/confab\/v1/, '')
      .split('?');
    server.queries.push({ path, query });
    const line = `${init?.method ?? 'GET'} ${path}`;
    server.asked.push({ line, body: typeof init?.body === 'string' ? JSON.parse(init.body) : init?.body });
    const answer = server.answers[line];
    if (answer === undefined) return Response.json({ code: 'not_found' }, { status: 404 });
    if (answer instanceof Response) return answer.clone();
    return answer === null ? new Response(null, { status: 204 }) : Response.json(answer);
  };
}

export const refusal = (status: number, code: string) => Response.json({ code }, { status });
export const by = (kind: 'agent' | 'bot', id = 'me') => ({ kind, id, name: id });
