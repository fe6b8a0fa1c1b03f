import type { ChosenStatus } from '../net/types';
import { signOut } from '../state/commands';
import type { Theme } from '../state/prefs';
import { t } from '../text/en';
import { useApp } from './context';
import { Icon } from './Icon';
import type { IconName } from './icons';
import { Presence } from './Presence';
import { Toggle } from './Toggle';

const STATUSES: readonly ChosenStatus[] = ['online', 'busy', 'away', 'invisible'];
const THEMES = ['system', 'light', 'dark'] as const satisfies readonly Theme[];
const THEME_ICONS = { system: 'desktop', light: 'sun', dark: 'moon' } as const;

/** Own status, look and keys, and the way out. */
export function StatusMenu({ done }: { done: () => void }) {
  const app = useApp();
  const choose = (status: ChosenStatus) => () => {
    void app.setStatus(status);
    done();
  };
  return (
    <>
      <div role="radiogroup" aria-label={t.statusMenu} class="pop-list">
        {STATUSES.map((status) => (
          <button
            key={status}
            type="button"
            role="radio"
            aria-checked={app.status.value === status}
            class="pop-row"
            onClick={choose(status)}
          >
            <Presence status={status} size={12} />
            <b>{t.status[status]}</b>
            <small>{t.statusHint[status]}</small>
          </button>
        ))}
      </div>
      <hr />
      <Look />
      <Toggle
        label={t.singleKeys}
        on={app.prefs.singleKeys.value}
        flip={() => app.prefs.set('singleKeys', !app.prefs.singleKeys.value)}
      />
      <hr />
      <div class="narrow-links">
        {!app.me.limited && (
          <Elsewhere icon="people" label={t.contactsTitle} go={() => app.route.contacts()} done={done} />
        )}
        <Elsewhere icon="sliders" label={t.settingsTitle} go={() => app.route.settings()} done={done} />
      </div>
      <button
        type="button"
        class="pop-row"
        onClick={() => {
          done();
          signOut(app);
        }}
      >
        <Icon name="leave" size={16} />
        {t.signOut}
      </button>
    </>
  );
}

/** The screens for which the tabs of a narrow screen have no room. */
function Elsewhere({ icon, label, go, done }: { icon: IconName; label: string; go: () => void; done: () => void }) {
  const run = () => {
    done();
    go();
  };
  return (
    <button type="button" class="pop-row" onClick={run}>
      <Icon name={icon} size={16} />
      {label}
    </button>
  );
}

function Look() {
  const { prefs } = useApp();
  return (
    <div class="pop-line">
      <span>{t.theme}</span>
      <div class="seg" role="radiogroup" aria-label={t.theme}>
        {THEMES.map((theme) => (
          <button
            key={theme}
            type="button"
            role="radio"
            aria-checked={prefs.theme.value === theme}
            aria-label={t.themes[theme]}
            title={t.themes[theme]}
            onClick={() => prefs.set('theme', theme)}
          >
            <Icon name={THEME_ICONS[theme]} size={16} />
          </button>
        ))}
      </div>
    </div>
  );
}
