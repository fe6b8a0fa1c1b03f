import type { Conversation } from '../net/types';
import { activeAt } from '../state/conversations';
import type { Mark } from '../state/marks';
import { t } from '../text/en';
import { lastWords, pageName, shortTime, span, stopwatch } from '../text/format';
import { Avatar } from './Avatar';
import { useApp } from './context';
import { Icon } from './Icon';
import type { IconName } from './icons';
import { nameOf } from './names';
import { Stamp } from './Stamp';

/** A conversation in a list: who, when, the last words, and what calls. */
export function Row({ conversation: c, on, quiet }: { conversation: Conversation; on: boolean; quiet: boolean }) {
  const app = useApp();
  const mark = app.markOf(c);
  const list = app.route.place.value.screen === 'list' ? app.route.place.value : undefined;
  const follow = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    app.route.conversation(c.id);
  };
  const rim = mark.kind === 'waits' ? 'wait' : mark.kind === 'unanswered' ? 'old' : '';
  return (
    <li>
      <a
        class={`cr ${rim} ${on ? 'on' : ''} ${quiet ? 'quiet' : ''}`}
        href={`/console/${list?.list ?? 'mine'}/${c.id}`}
        aria-current={on ? 'true' : undefined}
        onClick={follow}
      >
        <Avatar kind="visitor" id={c.visitor} name={c.visitorLevel === 'anonymous' ? '' : c.visitorName} size={32} />
        <span class="cr-n">{nameOf(c)}</span>
        <span class="cr-t">
          <Stamp at={activeAt(c)} text={shortTime(activeAt(c), app.clock.now.value)} />
          {c.unread > 0 && (
            <span class="un">
              <span aria-hidden="true">{c.unread > 98 ? '99+' : c.unread}</span>
              <span class="vh">{t.list.unread(c.unread)}</span>
            </span>
          )}
        </span>
        <Preview conversation={c} />
        <MarkLine conversation={c} mark={mark} />
      </a>
    </li>
  );
}

function Preview({ conversation: c }: { conversation: Conversation }) {
  const app = useApp();
  const draft = app.drafts.pending.value.has(c.thread) ? app.drafts.text(c.thread, app.drafts.mode(c.thread)) : '';
  if (draft) {
    return (
      <span class="cr-p">
        <i class="draft">{t.list.draft}</i> {draft}
      </span>
    );
  }
  if (!c.last) return <span class="cr-p">{c.startedOn ? t.list.started(pageName(c.startedOn)) : ''}</span>;
  const by = speaker(c, app.me.id, app.agents.shortNameOf(c.last.author.id));
  return (
    <span class="cr-p">
      {by && <i>{by}</i>} {lastWords(c)}
    </span>
  );
}

function speaker({ last }: Conversation, me: string, name: string): string {
  if (!last || last.author.kind === 'visitor') return '';
  if (last.note) return t.list.note;
  if (last.author.id === me) return t.list.you;
  return t.list.by(name || last.author.name || '');
}

const MARK_ICON: Partial<Record<Mark['kind'], IconName>> = {
  waits: 'clock',
  unanswered: 'hourglass',
  left: 'gone',
  new: 'plus',
  handed: 'assign',
};

function MarkLine({ conversation: c, mark }: { conversation: Conversation; mark: Mark }) {
  const app = useApp();
  const typing = app.threads.typing.value.has(c.thread);
  const text = textOf(mark);
  const others = othersIn(c, app.me.id, (id) => app.agents.shortNameOf(id), app.agents.groupNameOf(c.group));
  if (!text && !typing && !others) return null;
  const icon = MARK_ICON[mark.kind];
  return (
    <span class="cr-m">
      {text && (
        <span class={`mk-${mark.kind}`}>
          {icon && <Icon name={icon} size={14} />}
          {text}
        </span>
      )}
      {typing && <span>{t.list.typing}</span>}
      {!typing && others && <span>{others}</span>}
    </span>
  );
}

function textOf(mark: Mark): string {
  switch (mark.kind) {
    case 'waits':
      return t.list.waits(stopwatch(mark.millis));
    case 'unanswered':
      return t.list.unanswered(span(mark.millis));
    case 'left':
      return t.list.left(span(mark.millis));
    case 'new':
      return t.list.isNew;
    case 'handed':
      return t.list.handed;
    case 'none':
      return '';
  }
}

function othersIn(c: Conversation, me: string, agentName: (id: string) => string, group: string): string {
  const names = c.agents
    .filter((id) => id !== me)
    .map(agentName)
    .filter(Boolean);
  if (names.length > 0 && c.state === 'active') return t.list.with(names.join(', '));
  const assignee = c.assignee && c.assignee !== me && c.agents.length === 0 ? agentName(c.assignee) : '';
  const waitsFor = assignee || (c.agents.length === 0 ? group : '');
  return waitsFor ? t.list.assigned(waitsFor) : '';
}
