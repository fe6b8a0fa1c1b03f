import type { ListName } from '../state/conversations';
import { t } from '../text/en';
import { Avatar } from './Avatar';
import { useApp } from './context';
import { Icon } from './Icon';
import type { IconName } from './icons';
import { Hint } from './Kbd';
import { Mark } from './Mark';
import { Menu } from './Menu';
import { StatusMenu } from './StatusMenu';

const LIST_ICONS: Record<ListName, IconName> = { mine: 'person', queue: 'queue', open: 'inbox', closed: 'check' };

export function Rail() {
  const app = useApp();
  return (
    <nav class="rail" aria-label={t.main}>
      <div class="ws">
        <Mark />
        <span class="lbl">{app.account.value || t.app}</span>
      </div>
      <h2 class="rail-h">{t.sections.conversations}</h2>
      <ListLink name="mine" count={app.counts.value.mine} />
      <ListLink name="queue" count={app.counts.value.queue} hot={app.hotQueue.value} />
      <ListLink name="open" count={app.counts.value.open} />
      <ListLink name="closed" />
      <h2 class="rail-h">{t.sections.site}</h2>
      <VisitorsLink />
      {!app.me.limited && <ContactsLink />}
      <SettingsLink />
      <span class="sp" />
      <button
        type="button"
        class="rl"
        title={t.commands}
        aria-keyshortcuts="Control+K Meta+K"
        onClick={() => (app.overlay.value = 'commands')}
      >
        <Icon name="bolt" />
        <span class="lbl">{t.commands}</span>
        <span class="n">
          <Hint chip="mod K" />
        </span>
      </button>
      <Me />
    </nav>
  );
}

interface RailLinkProps {
  href: string;
  on: boolean;
  icon: IconName;
  label: string;
  count?: number | undefined;
  hot?: boolean | undefined;
  go: () => void;
}

/** A link, so that it opens in a new tab when asked to; else it goes there without a load. */
function RailLink({ href, on, icon, label, count, hot, go }: RailLinkProps) {
  const follow = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    go();
  };
  return (
    <a class={`rl ${on ? 'on' : ''}`} href={href} aria-current={on ? 'page' : undefined} title={label} onClick={follow}>
      <Icon name={icon} />
      <span class="lbl">{label}</span>
      {count !== undefined && (
        <span class={`n ${hot ? 'hot' : ''}`}>
          {hot && <Icon name="clock" size={14} />}
          <span aria-hidden={hot ? 'true' : undefined}>{count}</span>
          {hot && <span class="vh">{t.queueWaits(count)}</span>}
        </span>
      )}
    </a>
  );
}

function ListLink({ name, count, hot }: { name: ListName; count?: number; hot?: boolean }) {
  const app = useApp();
  const place = app.route.place.value;
  const on = place.screen === 'list' && place.list === name;
  return (
    <RailLink
      href={`/console/${name}`}
      on={on}
      icon={LIST_ICONS[name]}
      label={t.lists[name]}
      count={count}
      hot={hot}
      go={() => app.route.list(name)}
    />
  );
}

function VisitorsLink() {
  const app = useApp();
  const on = app.route.place.value.screen === 'visitors';
  const count = app.visitors.present.value.length;
  return (
    <RailLink
      href="/console/visitors"
      on={on}
      icon="eye"
      label={t.visitorsTitle}
      count={count}
      go={() => app.route.visitors()}
    />
  );
}

function ContactsLink() {
  const app = useApp();
  const on = app.route.place.value.screen === 'contacts';
  return (
    <RailLink href="/console/contacts" on={on} icon="people" label={t.contactsTitle} go={() => app.route.contacts()} />
  );
}

function SettingsLink() {
  const app = useApp();
  const on = app.route.place.value.screen === 'settings';
  return (
    <RailLink href="/console/settings" on={on} icon="sliders" label={t.settingsTitle} go={() => app.route.settings()} />
  );
}

function Me() {
  const app = useApp();
  const status = app.status.value;
  const mine = app.counts.value.mine;
  return (
    <Menu
      label={t.statusMenu}
      faceSpeaks
      class="me"
      up
      face={
        <>
          <Avatar kind="agent" id={app.me.id} name={app.me.name} size={28} status={status} />
          <span class="me-text lbl">
            <b>{app.me.name}</b>
            <small>{`${t.status[status]} · ${t.chatsOf(mine)}`}</small>
          </span>
        </>
      }
    >
      {(close) => <StatusMenu done={close} />}
    </Menu>
  );
}
