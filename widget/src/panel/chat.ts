import type { Actor, Entry, NumberedEntry } from '../../../client/frames';

/** Where the visitor's last conversation stands, read from its entries. */
export interface Chat {
  phase: 'none' | 'waiting' | 'active' | 'ended';
  /** Of the conversation that is meant; empty if it is not known. */
  id: string;
  /** Who is in it, in the order of coming. */
  agents: Actor[];
  /** The last agent heard of, in it or not. */
  lastAgent: Actor | null;
}

const nothing: Chat = { phase: 'none', id: '', agents: [], lastAgent: null };

export const chatOf = (entries: readonly NumberedEntry[]): Chat =>
  entries.reduce((chat, { entry }) => next(chat, entry), nothing);

function next(chat: Chat, entry: Entry): Chat {
  switch (entry.kind) {
    case 'conversation.started':
      return { ...chat, phase: 'waiting', id: entry.conversation ?? '', agents: [] };
    case 'conversation.accepted':
    case 'conversation.joined':
      return joined(chat, entry.author);
    case 'conversation.left':
      return left(chat, entry.author);
    case 'conversation.assigned':
      return { ...chat, agents: [], phase: 'waiting' };
    case 'conversation.closed':
      return { ...chat, phase: 'ended', id: entry.conversation ?? chat.id, agents: [] };
    case 'message':
      return said(chat, entry);
    default:
      return chat;
  }
}

function joined(chat: Chat, agent: Actor): Chat {
  const others = chat.agents.filter((a) => a.id !== agent.id);
  return { ...chat, phase: 'active', agents: [...others, agent], lastAgent: agent };
}

function left(chat: Chat, agent: Actor): Chat {
  const agents = chat.agents.filter((a) => a.id !== agent.id);
  return { ...chat, agents, phase: agents.length ? 'active' : 'waiting' };
}

// The beginning of a long conversation may not be loaded: a message of it shows that it is open.
function said(chat: Chat, { author, conversation, auto }: Entry): Chat {
  if (auto || !conversation) return chat;
  if (author.kind === 'agent') return chat.agents.length ? { ...chat, lastAgent: author } : joined(chat, author);
  return chat.phase === 'none' ? { ...chat, phase: 'waiting' } : chat;
}
