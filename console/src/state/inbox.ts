import type { Api } from '../net/api';
import type { Conversation, List, LiveVisitor } from '../net/types';
import type { Agents } from './agents';
import type { Conversations } from './conversations';
import type { Visitors } from './visitors';

const PAGE = 200;
/** So many pages of one list are read at most: ten thousand conversations; beyond, lists are cut. */
const MOST_PAGES = 50;

/**
 * Loads what the frames of the socket then keep up to date. Called after every hello: what happened while the
 * connection was away is in the answers, what happens meanwhile comes as frames and wins.
 */
export class Inbox {
  private running: Promise<void> | null = null;
  private again = false;

  constructor(
    private readonly api: Api,
    private readonly conversations: Conversations,
    private readonly visitors: Visitors,
    private readonly agents: Agents,
  ) {}

  /** One load at a time; one asked for meanwhile follows it. */
  async load(): Promise<void> {
    if (this.running) {
      this.again = true;
      return this.running;
    }
    this.running = this.loadAll();
    await this.running;
    this.running = null;
    if (this.again) {
      this.again = false;
      await this.load();
    }
  }

  async loadVisitors(): Promise<void> {
    const { visitors } = this;
    if (visitors.loading.value !== 'ready') visitors.loading.value = 'loading';
    visitors.beginLoad();
    try {
      visitors.replace(await pages<LiveVisitor>((after) => this.api.visitors(after)));
    } catch {
      if (visitors.loading.value !== 'ready') visitors.loading.value = 'failed';
    }
  }

  async loadOpen(): Promise<void> {
    const { conversations } = this;
    if (conversations.loading.value !== 'ready') conversations.loading.value = 'loading';
    conversations.beginLoad();
    try {
      const [waiting, active] = await Promise.all([this.ofState('waiting'), this.ofState('active')]);
      conversations.replaceOpen([...waiting, ...active]);
    } catch {
      if (conversations.loading.value !== 'ready') conversations.loading.value = 'failed';
    }
  }

  /** The next page of closed conversations. */
  async loadClosed(): Promise<void> {
    const { conversations } = this;
    const after = conversations.closedNext.value;
    if (after === null || conversations.closedLoading.value === 'loading') return;
    conversations.closedLoading.value = 'loading';
    try {
      const page = await this.api.conversations('closed', after);
      conversations.addClosed(page.data, page.next || null);
    } catch {
      conversations.closedLoading.value = 'failed';
    }
  }

  private async loadAll(): Promise<void> {
    await Promise.all([this.loadOpen(), this.loadVisitors(), this.loadAgents()]);
  }

  private async loadAgents(): Promise<void> {
    try {
      const [agents, groups] = await Promise.all([this.api.agents(), this.api.groups()]);
      this.agents.replace(agents.data, groups.data);
    } catch {
      // names are missing until the next load; ids are not shown
    }
  }

  private ofState = (state: 'waiting' | 'active') =>
    pages<Conversation>((after) => this.api.conversations(state, after, PAGE));
}

async function pages<T>(read: (after: string) => Promise<List<T>>): Promise<T[]> {
  const all: T[] = [];
  let after = '';
  for (let page = 0; page < MOST_PAGES; page++) {
    const { data, next } = await read(after);
    all.push(...data);
    if (!next) break;
    after = next;
  }
  return all;
}
