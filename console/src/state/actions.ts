import type { Api } from '../net/api';
import type { Conversation } from '../net/types';
import { t } from '../text/en';
import type { Agents } from './agents';
import { type Conversations, isOpen } from './conversations';
import { codeOf, sentenceOf } from './faults';
import type { Toasts } from './toasts';

type Target = { agentId: string } | { groupId: string };

/** What an agent does to a conversation. Nothing here throws: what did not work is said in a toast. */
export class Actions {
  constructor(
    private readonly api: Api,
    private readonly conversations: Conversations,
    private readonly agents: Agents,
    private readonly toasts: Toasts,
    private readonly me: () => string,
  ) {}

  accept = (c: Conversation) => this.run(c, () => this.api.accept(c.id));

  /** Ties it to the record of another system that its card shows. */
  link = (c: Conversation) => this.run(c, () => this.api.link(c.id));

  async leave(c: Conversation): Promise<boolean> {
    const done = await this.run(c, () => this.api.leave(c.id));
    const undo = { label: t.act.undo, run: () => void this.accept(c) };
    if (done) this.toasts.say(t.act.left(c.visitorName || t.guest), undo);
    return done;
  }

  async close(c: Conversation): Promise<boolean> {
    const done = await this.run(c, () => this.api.close(c.id));
    if (done) this.toasts.say(t.act.closed(c.visitorName || t.guest));
    return done;
  }

  /** Undo hands it back to whom it was with; what nobody had cannot be handed back. */
  async assign(c: Conversation, to: Target): Promise<boolean> {
    const done = await this.run(c, () => this.api.assign(c.id, to));
    if (!done) return false;
    const before = ownerOf(c);
    const undo = before && { label: t.act.undo, run: () => void this.run(c, () => this.api.assign(c.id, before)) };
    this.toasts.say(this.told(c, to), undo || undefined);
    return true;
  }

  private told(c: Conversation, to: Target): string {
    const name = c.visitorName || t.guest;
    if ('groupId' in to) return t.act.assigned(name, this.agents.groupNameOf(to.groupId));
    return to.agentId === this.me() ? t.act.tookOver(name) : t.act.assigned(name, this.agents.nameOf(to.agentId));
  }

  private async run(c: Conversation, work: () => Promise<Conversation>): Promise<boolean> {
    try {
      this.conversations.apply(await work());
      this.conversations.show();
      return true;
    } catch (error) {
      await this.explain(c, error);
      return false;
    }
  }

  private async explain(c: Conversation, error: unknown): Promise<void> {
    const code = codeOf(error);
    if (code === 'taken' || code === 'closed') await this.reread(c.id);
    this.toasts.say(this.sentence(code, c.id));
  }

  private sentence(code: string, id: string): string {
    if (code !== 'taken') return sentenceOf(code);
    return t.act.taken(this.agents.nameOf(this.conversations.get(id)?.agents[0]));
  }

  private async reread(id: string): Promise<void> {
    const c = await this.api.conversation(id).catch(() => undefined);
    if (!c) return;
    this.conversations.apply(c);
    this.conversations.show();
  }
}

function ownerOf(c: Conversation): Target | null {
  if (!isOpen(c)) return null;
  const agent = c.agents[0] ?? c.assignee;
  if (agent) return { agentId: agent };
  return c.group ? { groupId: c.group } : null;
}
