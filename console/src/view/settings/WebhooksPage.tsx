import { useEffect, useState } from 'preact/hooks';
import { Problem } from '../../net/problem';
import type { Dialect, Webhook, WebhookState } from '../../net/types';
import { codeOf, sentenceOf } from '../../state/faults';
import { t } from '../../text/en';
import { useApp } from '../context';
import { Empty } from '../Empty';
import { Field } from '../Field';
import { FormDialog } from '../FormDialog';
import { following } from '../following';
import { Icon } from '../Icon';
import type { IconName } from '../icons';
import { Read } from '../Read';
import { Toggle } from '../Toggle';
import { PageHead } from './PageHead';

const words = t.settings.webhooks;

/** Our own dialect bears the product's name, others their own. */
export const dialectName = (id: string, signed = false): string =>
  signed ? words.native : id.charAt(0).toUpperCase() + id.slice(1);

export function WebhooksPage() {
  const { settings } = useApp();
  const [adding, setAdding] = useState(false);
  const add = (
    <button type="button" class="btn p" onClick={() => setAdding(true)}>
      <Icon name="plus" size={16} />
      {words.add}
    </button>
  );
  const some = (settings.webhooks.list.value.value?.length ?? 0) > 0;
  return (
    <>
      <PageHead title={t.settings.sections.webhooks} hint={words.hint}>
        {some && add}
      </PageHead>
      <Read reading={settings.webhooks.list} what={t.settings.sections.webhooks}>
        {(all) => (all.length === 0 ? <Empty {...words.none}>{add}</Empty> : <Table all={all} />)}
      </Read>
      {adding && <Add close={() => setAdding(false)} />}
    </>
  );
}

function Table({ all }: { all: readonly Webhook[] }) {
  return (
    <div class="tbl set-tbl">
      <table>
        <thead>
          <tr>
            <th scope="col">{words.url}</th>
            <th scope="col" class="c-dialect">
              {words.dialect}
            </th>
            <th scope="col" class="c-state">
              {words.state}
            </th>
            <th scope="col" class="c-no c-waiting">
              {words.waiting}
            </th>
            <th scope="col" class="c-error">
              {words.lastError}
            </th>
          </tr>
        </thead>
        <tbody>
          {all.map((webhook) => (
            <Line key={webhook.id} webhook={webhook} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Line({ webhook: w }: { webhook: Webhook }) {
  const { route } = useApp();
  const go = () => route.settings('webhooks', w.id);
  return (
    <tr onClick={go}>
      <td class="c-first" title={w.url}>
        <a href={`/console/settings/webhooks/${w.id}`} onClick={following(go)}>
          <span class="c-who">
            <span>{bareUrl(w.url)}</span>
            <small>{dialectName(w.dialect)}</small>
          </span>
        </a>
      </td>
      <td class="c-dialect">{dialectName(w.dialect)}</td>
      <td class="c-state">
        <State state={w.state} />
      </td>
      <td class="c-no c-waiting">{w.waiting}</td>
      <td class="c-error" title={w.lastError}>
        {w.lastError ?? '–'}
      </td>
    </tr>
  );
}

/** Without the beginning that all have. */
export const bareUrl = (url: string): string => url.replace(/^https:\/\//, '');

const STATE_ICON: Record<WebhookState, IconName> = { healthy: 'check', resting: 'hourglass', disabled: 'block' };

export function State({ state }: { state: WebhookState }) {
  return (
    <span class={`stt hook ${state}`} title={words.stateHints[state]}>
      <Icon name={STATE_ICON[state]} size={15} />
      <span>{words.states[state]}</span>
    </span>
  );
}

function Add({ close }: { close: () => void }) {
  const { settings, route } = useApp();
  const { dialects } = settings.webhooks;
  const [dialect, setDialect] = useState('');
  const [url, setUrl] = useState('');
  const [numericIds, setNumericIds] = useState(false);
  const [fault, setFault] = useState('');
  useEffect(() => {
    void dialects.load();
  }, [dialects]);
  const all = dialects.value.value ?? [];
  const chosen = dialect || first(all);
  const hasNumericIds = all.some((d) => d.id === chosen && d.numericIds);
  const submit = async () => {
    setFault('');
    if (!url.trim()) {
      setFault(words.emptyAddress);
      return '';
    }
    try {
      const made = await settings.webhooks.add({
        dialect: chosen,
        url: url.trim(),
        ...(hasNumericIds && numericIds && { numericIds }),
      });
      close();
      route.settings('webhooks', made.id);
      return undefined;
    } catch (error) {
      if (!(error instanceof Problem) || !['bad_field', 'conflict', 'too_long'].includes(error.code))
        return sentenceOf(codeOf(error));
      setFault(error.code === 'bad_field' && error.detail.includes('allowed:') ? words.badAddress : error.detail);
      return '';
    }
  };
  return (
    <FormDialog title={words.addTitle} go={words.go} submit={submit} close={close}>
      <Field label={words.address} hint={words.addressHint} fault={fault || undefined}>
        {(control) => (
          <input
            {...control}
            class="in"
            type="url"
            value={url}
            autoComplete="off"
            spellcheck={false}
            placeholder="https://hooks.shop.example/chats"
            onInput={(event) => setUrl(event.currentTarget.value)}
          />
        )}
      </Field>
      <Field label={words.dialect}>
        {(control) => (
          <select {...control} class="in" value={chosen} onChange={(event) => setDialect(event.currentTarget.value)}>
            {all.map((d) => (
              <option key={d.id} value={d.id}>
                {dialectName(d.id, d.signed)}
              </option>
            ))}
          </select>
        )}
      </Field>
      {hasNumericIds && (
        <Toggle
          label={words.numericIds}
          hint={words.numericIdsHint}
          on={numericIds}
          flip={() => setNumericIds(!numericIds)}
        />
      )}
    </FormDialog>
  );
}

const first = (all: readonly Dialect[]): string => (all.find((d) => d.signed) ?? all[0])?.id ?? '';
