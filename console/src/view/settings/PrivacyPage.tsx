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

/** What is kept of visitors' addresses and of the addresses of their pages. A choice holds at once. */
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
          </>
        )}
      </Read>
    </>
  );
}

function Choice({ account, field }: { account: Account; field: keyof Privacy }) {
  const { settings, toasts } = useApp();
  const [fault, setFault] = useState('');
  const { title, label, choices, hints, more } = words[field];
  const kept = account.privacy?.[field] ?? Object.keys(choices)[0] ?? '';
  const choose = async (control: HTMLSelectElement) => {
    const value = control.value;
    control.value = kept; // until it holds
    try {
      await settings.setPrivacy({ [field]: value } as Partial<Privacy>);
      setFault('');
      toasts.say(words.saved);
    } catch (error) {
      setFault(sentenceOf(codeOf(error)));
    }
  };
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
