import { useState } from 'preact/hooks';
import type { Account, Privacy } from '../../net/types';
import { codeOf, sentenceOf } from '../../state/faults';
import { t } from '../../text/en';
import { useApp } from '../context';
import { Field } from '../Field';
import { Read } from '../Read';
import { PageHead } from './PageHead';
import { Row } from './Rows';

const words = t.settings.privacy;

/** What is kept of visitors, and for how long. A choice holds at once. */
export function PrivacyPage() {
  const { settings } = useApp();
  return (
    <>
      <PageHead title={t.settings.sections.privacy} hint={words.hint} />
      <Read reading={settings.account} what={t.settings.sections.privacy}>
        {(account) => (
          <>
            <Choice account={account} field="addresses" />
            <Choice account={account} field="queries" />
            <Forget account={account} />
          </>
        )}
      </Read>
    </>
  );
}

function Choice({ account, field }: { account: Account; field: 'addresses' | 'queries' }) {
  const { title, label, choices, hints, more } = words[field];
  const kept = account.privacy?.[field] ?? Object.keys(choices)[0] ?? '';
  const { fault, choose } = useChoice(kept, (value) => ({ [field]: value }) as Partial<Privacy>, words.saved);
  return (
    <Row label={title}>
      <Field label={label} hint={hints[kept]} fault={fault || undefined}>
        {(control) => (
          <select {...control} class="in" value={kept} onChange={(event) => void choose(event.currentTarget)}>
            {Object.entries(choices).map(([value, name]) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </select>
        )}
      </Field>
      <p class="set-hint">{more}</p>
    </Row>
  );
}

/** Some lengths; one that was set elsewhere is among them. */
const DAYS = [0, 30, 90, 180, 365, 730];

function Forget({ account }: { account: Account }) {
  const { title, label, never, days, hint, more, saved } = words.forgetAnonymousDays;
  const now = account.privacy?.forgetAnonymousDays ?? 0;
  const kept = String(now);
  const choices = [...new Set([...DAYS, now])].sort((a, b) => a - b);
  const { fault, choose } = useChoice(kept, (value) => ({ forgetAnonymousDays: Number(value) }), saved);
  return (
    <Row label={title}>
      <Field label={label} hint={hint} fault={fault || undefined}>
        {(control) => (
          <select {...control} class="in" value={kept} onChange={(event) => void choose(event.currentTarget)}>
            {choices.map((value) => (
              <option key={value} value={value}>
                {value === 0 ? never : days(value)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <p class="set-hint">{more}</p>
    </Row>
  );
}

/** Saves what is chosen, and shows what was kept before until it holds. */
function useChoice(kept: string, change: (value: string) => Partial<Privacy>, saved: string) {
  const { settings, toasts } = useApp();
  const [fault, setFault] = useState('');
  const choose = async (control: HTMLSelectElement) => {
    const value = control.value;
    control.value = kept;
    try {
      await settings.setPrivacy(change(value));
      setFault('');
      toasts.say(saved);
    } catch (error) {
      setFault(sentenceOf(codeOf(error)));
    }
  };
  return { fault, choose };
}
