import type { LiveVisitor } from '../net/types';
import { t } from '../text/en';
import { cameFrom, isJustNow, pageName, stopwatch } from '../text/format';
import { Avatar } from './Avatar';
import { LEVEL_ICON } from './Badge';
import { useApp } from './context';
import { Icon } from './Icon';

const ARRIVED_MILLIS = 4_000;

/** One visitor. The whole row leads to the chat, or to the visitor if there is none; its name is the link. */
export function VisitorRow({ visitor: v, on }: { visitor: LiveVisitor; on: boolean }) {
  const app = useApp();
  const now = app.clock.now.value;
  const fresh = now - app.visitors.arrivedAt(v.id) < ARRIVED_MILLIS;
  const go = () => app.route.visitors(v.id);
  return (
    <tr class={`${on ? 'on' : ''} ${fresh ? 'nw' : ''}`} onClick={go}>
      <td class="c-name">
        <a
          href={`/console/visitors/${v.id}`}
          aria-current={on ? 'true' : undefined}
          onClick={(event) => {
            event.preventDefault();
            event.stopPropagation();
            go();
          }}
        >
          <Avatar kind="visitor" id={v.id} name={v.level === 'anonymous' ? '' : v.name} size={26} />
          <span class="c-who">
            <span>{v.name || t.guest}</span>
            <small>{pageName(v.page)}</small>
          </span>
        </a>
      </td>
      <td class="c-level">
        <span class={`lv ${v.level}`}>
          <Icon name={LEVEL_ICON[v.level]} size={16} />
          {t.level[v.level]}
        </span>
      </td>
      <td class="c-page" title={v.page.url}>
        {pageName(v.page)}
      </td>
      <td class="c-time">{isJustNow(now - v.pageSince) ? t.justNow : stopwatch(now - v.pageSince)}</td>
      <td class="c-from" title={v.referrer}>
        {cameFrom(v)}
      </td>
      <td class="c-visits">{v.visit.no}</td>
      <td class="c-state">
        <State visitor={v} fresh={fresh} />
      </td>
    </tr>
  );
}

function State({ visitor: v, fresh }: { visitor: LiveVisitor; fresh: boolean }) {
  const app = useApp();
  const c = app.chatOf(v);
  if (c) {
    const mark = app.markOf(c);
    if (mark.kind === 'waits' || mark.kind === 'unanswered') {
      return (
        <span class="stt hot">
          <Icon name="clock" size={15} />
          <span>{t.visitors.waits(stopwatch(mark.millis))}</span>
        </span>
      );
    }
    const name = c.agents.map((id) => app.agents.shortNameOf(id)).find(Boolean);
    const text = c.agents.includes(app.me.id) ? t.visitors.withYou : name ? t.visitors.with(name) : t.visitors.inChat;
    return (
      <span class="stt chat">
        <Icon name="chats" size={15} />
        <span>{text}</span>
      </span>
    );
  }
  if (!fresh) return <span class="stt">{t.visitors.browsing}</span>;
  return (
    <span class="stt chat">
      <Icon name="plus" size={15} />
      <span>{t.visitors.arrived}</span>
    </span>
  );
}
