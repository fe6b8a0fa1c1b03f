import { t } from '../text/en';
import { useApp, usePermission } from './context';
import { Icon } from './Icon';
import { Menu } from './Menu';
import { Toggle } from './Toggle';

/** The bell: sound and desktop notifications. */
export function NotifyMenu() {
  const { prefs } = useApp();
  const permission = usePermission();
  const quiet = !prefs.sound.value && !permission.on;
  return (
    <Menu label={t.notify.title} class="ib" end face={<Icon name={quiet ? 'bellOff' : 'bell'} />}>
      {() => (
        <>
          <Toggle
            label={t.notify.sound}
            hint={t.notify.soundHint}
            on={prefs.sound.value}
            flip={() => prefs.set('sound', !prefs.sound.value)}
          />
          <Toggle
            label={t.notify.desktop}
            hint={hintOf(permission.grant.value)}
            on={permission.on}
            disabled={permission.grant.value === 'unsupported' || permission.grant.value === 'denied'}
            flip={() => (permission.on ? permission.off() : void permission.ask())}
          />
        </>
      )}
    </Menu>
  );
}

function hintOf(grant: string): string {
  if (grant === 'denied') return t.notify.denied;
  return grant === 'unsupported' ? t.notify.unsupported : t.notify.desktopHint;
}
