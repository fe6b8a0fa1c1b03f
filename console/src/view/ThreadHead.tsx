import type { Conversation } from '../net/types';
import { PANE_BESIDE } from '../state/commands';
import { isOpen } from '../state/conversations';
import { t } from '../text/en';
import { Badge } from './Badge';
import { useApp } from './context';
import { Icon } from './Icon';
import { Hint as Key } from './Kbd';
import { Menu } from './Menu';
import { nameOf } from './names';

export function ThreadHead({ conversation: c }: { conversation: Conversation }) {
  const app = useApp();
  const place = app.route.place.value;
  const list = place.screen === 'list' ? place.list : 'mine';
  return (
    <header class="ch thread-head">
      <button type="button" class="ib back" aria-label={t.back} onClick={() => app.route.list(list)}>
        <Icon name="back" size={22} />
      </button>
      <div class="who">
        <h2>{nameOf(c)}</h2>
        <Badge level={c.visitorLevel} />
      </div>
      <span class="sp" />
      <Colleagues conversation={c} />
      {isOpen(c) && <Acts conversation={c} />}
      <PaneButton />
    </header>
  );
}

/** Other agents in the conversation. */
function Colleagues({ conversation: c }: { conversation: Conversation }) {
  const app = useApp();
  const names = c.agents
    .filter((id) => id !== app.me.id)
    .map((id) => app.agents.nameOf(id))
    .filter(Boolean);
  return names.length > 0 ? <span class="colleagues">{t.list.with(names.join(', '))}</span> : null;
}

function Acts({ conversation: c }: { conversation: Conversation }) {
  const app = useApp();
  const inside = c.agents.includes(app.me.id);
  return (
    <>
      <button
        type="button"
        class="ib wide-only"
        aria-label={t.act.assign}
        title={`${t.act.assign} (A)`}
        onClick={() => (app.overlay.value = 'assign')}
      >
        <Icon name="assign" />
      </button>
      <MoreMenu conversation={c} inside={inside} />
      {c.state === 'waiting' && !inside && (
        <button type="button" class="btn p" onClick={() => void app.acceptAndOpen(c)}>
          {t.act.accept}
        </button>
      )}
      {(c.state === 'active' || inside) && (
        <button type="button" class="btn s close-btn" onClick={() => (app.overlay.value = 'close')}>
          <Icon name="check" size={16} />
          <span>{t.act.close}</span>
          {app.prefs.singleKeys.value && <Key chip="E" />}
        </button>
      )}
    </>
  );
}

function MoreMenu({ conversation: c, inside }: { conversation: Conversation; inside: boolean }) {
  const app = useApp();
  const row = (close: () => void, icon: 'assign' | 'person' | 'leave' | 'check', label: string, run: () => void) => (
    <button
      type="button"
      class="pop-row"
      onClick={() => {
        close();
        run();
      }}
    >
      <Icon name={icon} size={16} />
      {label}
    </button>
  );
  return (
    <Menu label={t.more} class="ib" end face={<Icon name="more" />}>
      {(close) => (
        <div class="pop-list">
          {row(close, 'assign', t.command.assign, () => (app.overlay.value = 'assign'))}
          {!inside && row(close, 'person', t.act.assignMe, () => void app.actions.assign(c, { agentId: app.me.id }))}
          {inside && row(close, 'leave', t.command.leave, () => void app.actions.leave(c))}
          {c.state === 'waiting' &&
            !inside &&
            row(close, 'check', t.command.close, () => (app.overlay.value = 'close'))}
        </div>
      )}
    </Menu>
  );
}

/** Shown where the pane is hidden or not a column. */
function PaneButton() {
  const app = useApp();
  const place = app.route.place.value;
  if (place.screen !== 'list') return null;
  const toggle = () => {
    if (matchMedia(PANE_BESIDE).matches) app.prefs.set('pane', true);
    else app.route.go({ ...place, pane: !place.pane });
  };
  return (
    <button
      type="button"
      class={`ib pane-btn ${app.prefs.pane.value ? 'narrow-only' : ''}`}
      aria-label={t.pane.show}
      title={`${t.pane.show} (P)`}
      onClick={toggle}
    >
      <Icon name="pane" />
    </button>
  );
}
