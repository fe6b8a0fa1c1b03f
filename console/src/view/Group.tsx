import type { ShownMessage, TimelineRow } from '../../../client/timeline';
import type { Conversation } from '../net/types';
import type { Delivery } from '../state/delivery';
import { t } from '../text/en';
import { Avatar } from './Avatar';
import { useApp } from './context';
import { Icon } from './Icon';
import { Message } from './Message';
import { nameOf } from './names';
import { Stamp } from './Stamp';

export type GroupRow = Extract<TimelineRow, { kind: 'group' }>;

/** What one person said in one go. A note is another thing altogether: yellow, locked, and said to be the team's. */
export function Group({
  row,
  conversation,
  delivery,
}: {
  row: GroupRow;
  conversation: Conversation;
  delivery: Delivery;
}) {
  const app = useApp();
  const name = speakerOf(row, conversation, (id) => app.agents.nameOf(id));
  const first = row.messages[0] as ShownMessage;
  if (row.note) return <Note row={row} conversation={conversation} name={name} at={first.at} />;
  const auto = row.messages.every((m) => m.auto);
  return (
    <div class="m">
      <GroupAvatar row={row} conversation={conversation} name={name} />
      <div>
        <div class="hd">
          <b>{name}</b>
          <Stamp at={first.at} />
          {auto && <span>{t.thread.auto}</span>}
          <State delivery={delivery} />
        </div>
        {row.messages.map((message) => (
          <Message key={message.key} message={message} conversation={conversation} />
        ))}
      </div>
    </div>
  );
}

function Note({
  row,
  conversation,
  name,
  at,
}: {
  row: GroupRow;
  conversation: Conversation;
  name: string;
  at: number;
}) {
  return (
    <div class="note">
      <div class="hd">
        <Icon name="lock" size={14} />
        <b>{name}</b>
        <span>
          {t.thread.note} · <Stamp at={at} /> · {t.thread.noteMeta}
        </span>
      </div>
      {row.messages.map((message) => (
        <Message key={message.key} message={message} conversation={conversation} />
      ))}
    </div>
  );
}

const STATE_ICON = { sending: 'clock', sent: 'check', delivered: 'checks', seen: 'checks' } as const;

function State({ delivery }: { delivery: Delivery }) {
  const app = useApp();
  if (delivery === 'none') return null;
  const waits = delivery === 'sending' && app.line.state.value.state !== 'open';
  return (
    <span class={`st ${delivery}`}>
      <Icon name={STATE_ICON[delivery]} size={14} />
      {waits ? t.state.waiting : t.state[delivery]}
    </span>
  );
}

function GroupAvatar({ row, conversation, name }: { row: GroupRow; conversation: Conversation; name: string }) {
  const { author } = row;
  if (author.kind === 'visitor') {
    return (
      <Avatar
        kind="visitor"
        id={conversation.visitor}
        name={conversation.visitorLevel === 'anonymous' ? '' : name}
        size={30}
      />
    );
  }
  if (author.kind === 'agent') return <AgentAvatar id={author.id ?? ''} own={row.own} name={name} />;
  return <Avatar kind="bot" id={author.id ?? ''} name={name} size={30} />;
}

function AgentAvatar({ id, own, name }: { id: string; own: boolean; name: string }) {
  const { me } = useApp();
  return <Avatar kind="agent" id={id} name={own ? me.name : name} size={30} />;
}

function speakerOf({ author, own }: GroupRow, conversation: Conversation, agentName: (id: string) => string): string {
  if (own) return t.you;
  if (author.kind === 'visitor') return nameOf(conversation);
  if (author.kind === 'agent') return agentName(author.id ?? '') || author.name || t.event.somebody;
  return author.name || (author.kind === 'bot' ? t.thread.bot : t.thread.integration);
}
