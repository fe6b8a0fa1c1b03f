import type { Actor, Entry } from '../../../client/frames';
import type { Console } from '../state/console';
import { t } from '../text/en';
import { pageName } from '../text/format';
import { useApp } from './context';
import { Icon } from './Icon';
import type { IconName } from './icons';
import { Stamp } from './Stamp';

/** Something that happened, in one quiet line. */
export function EventLine({ entry, visitor }: { entry: Entry; visitor: string }) {
  const app = useApp();
  return (
    <div class="ev">
      <Icon name={ICON[entry.kind] ?? 'globe'} size={14} />
      <span>
        <Words app={app} entry={entry} visitor={visitor} /> · <Stamp at={entry.at} />
      </span>
    </div>
  );
}

const ICON: Partial<Record<string, IconName>> = {
  'conversation.started': 'globe',
  'conversation.accepted': 'check',
  'conversation.joined': 'person',
  'conversation.left': 'leave',
  'conversation.assigned': 'assign',
  'conversation.closed': 'check',
  'conversation.rated': 'star',
  'conversation.linked': 'link',
  'conversation.card': 'alert',
  'episode.finished': 'gone',
};

function Words({ app, entry, visitor }: { app: Console; entry: Entry; visitor: string }) {
  const by = nameOfActor(app, entry.author);
  switch (entry.kind) {
    case 'conversation.started':
      return <Started entry={entry} />;
    case 'conversation.accepted':
      return t.event.accepted(by);
    case 'conversation.joined':
      return t.event.joined(by);
    case 'conversation.left':
      return t.event.left(by);
    case 'conversation.assigned':
      return assigned(app, entry, by);
    case 'conversation.closed':
      return closed(entry, by);
    case 'conversation.rated':
      return rated(entry);
    case 'conversation.linked':
      return t.event.linked(by);
    case 'conversation.card':
      return t.event.notLinked(by, entry.card?.error ?? '');
    default:
      return t.event.visitorLeft(visitor);
  }
}

function Started({ entry: { page, offline } }: { entry: Entry }) {
  if (!page) return <>{offline ? t.event.leftForLater : t.event.started}</>;
  return (
    <>
      {offline ? t.event.leftForLaterOn : t.event.startedOn} <b>{pageName(page)}</b>
    </>
  );
}

const rated = ({ score = 0, comment }: Entry): string =>
  comment ? t.event.ratedWith(score, comment) : t.event.rated(score);

function assigned(app: Console, entry: Entry, by: string): string {
  if (!entry.agent) return t.event.toGroup(by, app.agents.groupNameOf(entry.group));
  if (entry.agent.id === entry.author.id) return t.event.took(by);
  const to =
    entry.agent.id === app.me.id ? t.event.youObject : app.agents.shortNameOf(entry.agent.id) || entry.agent.name || '';
  return t.event.handed(by, to);
}

function closed(entry: Entry, by: string): string {
  if (entry.reason === 'idle') return t.event.closedIdle;
  return entry.author.kind === 'system' ? t.event.closedSystem : t.event.closed(by);
}

/** What an agent calls who did something. */
export function nameOfActor(app: Console, who: Actor): string {
  if (who.kind === 'agent' && who.id === app.me.id) return t.event.you;
  return (who.kind === 'agent' && app.agents.shortNameOf(who.id)) || who.name || t.event.somebody;
}
