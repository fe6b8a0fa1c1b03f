import { type CommandId, KEYMAP } from '../state/shortcuts';
import { t } from '../text/en';
import { useApp } from './context';
import { Dialog } from './Dialog';
import { Icon } from './Icon';
import { Chips } from './Kbd';
import { Toggle } from './Toggle';

type Line = [CommandId, string];

const EVERYWHERE: readonly Line[] = [
  ['commands', t.command.commands],
  ['help', t.command.help],
  ['search', t.command.search],
  ['next', t.command.next],
  ['previous', t.command.previous],
];
const CHAT: readonly Line[] = [
  ['reply', t.command.reply],
  ['note', t.command.note],
  ['assignMe', t.command.assignMe],
  ['assign', t.command.assign],
  ['close', t.command.close],
  ['closeNext', t.command.closeNext],
  ['pane', t.command.pane],
];
const GO: readonly Line[] = [
  ['goMine', t.lists.mine],
  ['goQueue', t.lists.queue],
  ['goOpen', t.lists.open],
  ['goClosed', t.lists.closed],
  ['goVisitors', t.visitorsTitle],
  ['goContacts', t.contactsTitle],
  ['goSettings', t.settingsTitle],
];

export function Help({ close }: { close: () => void }) {
  const { prefs } = useApp();
  const on = prefs.singleKeys.value;
  return (
    <Dialog label={t.help.title} class="help" close={close}>
      <header>
        <h2>{t.help.title}</h2>
        <button type="button" class="ib" aria-label={t.close} onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      <div class="help-cols">
        <Section title={t.help.everywhere} lines={EVERYWHERE} />
        <Section title={t.help.chat} lines={CHAT} />
        <Section title={t.help.go} lines={GO} />
        <section>
          <h3>{t.help.writing}</h3>
          <dl>
            <Keys name={t.help.send} all={[['↵']]} />
            <Keys name={t.help.newline} all={[['⇧', '↵']]} />
            <Keys name={t.help.editLast} all={[['↑']]} />
            <Keys name={t.help.escape} all={[['Esc']]} />
          </dl>
        </section>
      </div>
      <Toggle
        label={t.singleKeys}
        hint={on ? t.help.on : t.help.off}
        on={on}
        flip={() => prefs.set('singleKeys', !on)}
      />
    </Dialog>
  );
}

function Section({ title, lines }: { title: string; lines: readonly Line[] }) {
  return (
    <section>
      <h3>{title}</h3>
      <dl>
        {lines.map(([id, name]) => (
          <Keys key={id} name={name} all={(KEYMAP.get(id) ?? []).map((keys) => keys.chips)} />
        ))}
      </dl>
    </section>
  );
}

function Keys({ name, all }: { name: string; all: readonly (readonly string[])[] }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {all.map((chips, i) => (
          <span key={chips.join()}>
            {i > 0 && <small>{t.help.or}</small>}
            <Chips chips={chips} />
          </span>
        ))}
      </dd>
    </div>
  );
}
