import { useState } from 'preact/hooks';
import type { AttributeType } from '../../net/types';
import { calledOf } from '../../state/attributes';
import { codeOf, sentenceOf } from '../../state/faults';
import {
  about,
  type Condition,
  type Filter,
  findable,
  isWhole,
  NO_FILTER,
  needsValue,
  type Op,
  operatorsOf,
} from '../../state/filter';
import { t } from '../../text/en';
import { useApp } from '../context';
import { Field } from '../Field';
import { FormDialog } from '../FormDialog';
import { Icon } from '../Icon';

const words = t.contacts;
const MOST_CONDITIONS = 20;

/** Conditions as sentences: attribute, how, value. Who fits is shown as soon as one says something. */
export function FilterBuilder({ close }: { close: () => void }) {
  const { contacts } = useApp();
  const [saving, setSaving] = useState(false);
  const { filter, segment } = contacts.wish.value;
  const types = contacts.types.value;
  const whole = filter.conditions.some((c) => isWhole(c, types)) || contacts.wish.value.universe !== 'all';
  const put = (next: Partial<Filter>) => void contacts.want({ filter: { ...filter, ...next } });
  const change = (at: number, c: Condition | null) =>
    put({ conditions: filter.conditions.flatMap((old, i) => (i !== at ? [old] : c ? [c] : [])) });
  const first = findable(contacts.definitions.value).find((d) => d.name === 'email');
  const add = () => first && put({ conditions: [...filter.conditions, about(first.name, first.type)] });
  return (
    <section class="fb" aria-label={words.filter}>
      {contacts.isForeign && <p class="fb-foreign">{words.foreign}</p>}
      {filter.conditions.length > 1 && (
        <p class="fb-match">
          <label for="fb-match">{words.match}</label>
          <select
            id="fb-match"
            class="in"
            value={filter.match}
            onChange={(event) => put({ match: event.currentTarget.value as Filter['match'] })}
          >
            <option value="all">{words.matches.all}</option>
            <option value="any">{words.matches.any}</option>
          </select>
        </p>
      )}
      {filter.conditions.length > 0 && (
        <ol>
          {filter.conditions.map((c, i) => (
            <Line key={i} no={i + 1} condition={c} change={(next) => change(i, next)} />
          ))}
        </ol>
      )}
      <div class="fb-acts">
        <button type="button" class="btn t" aria-disabled={filter.conditions.length >= MOST_CONDITIONS} onClick={add}>
          <Icon name="plus" size={16} />
          {words.add}
        </button>
        <span class="sp" />
        {whole && !segment && (
          <button type="button" class="btn t" onClick={() => setSaving(true)}>
            {words.saveSegment}
          </button>
        )}
        {filter.conditions.length > 0 && (
          <button type="button" class="btn t" onClick={() => void contacts.want({ filter: NO_FILTER })}>
            {words.clear}
          </button>
        )}
        <button type="button" class="ib" aria-label={words.closeFilter} title={words.closeFilter} onClick={close}>
          <Icon name="up" />
        </button>
      </div>
      {saving && <Save close={() => setSaving(false)} />}
    </section>
  );
}

interface LineProps {
  no: number;
  condition: Condition;
  change: (next: Condition | null) => void;
}

function Line({ no, condition: c, change }: LineProps) {
  const { contacts } = useApp();
  const all = findable(contacts.definitions.value);
  const type = all.find((d) => d.name === c.attribute)?.type ?? 'string';
  const typeOf = (name: string) => all.find((d) => d.name === name)?.type ?? 'string';
  return (
    <li>
      <fieldset>
        <legend class="vh">{words.condition(no)}</legend>
        <select
          class="in"
          aria-label={words.attribute}
          value={c.attribute}
          onChange={({ currentTarget: { value } }) => change(about(value, typeOf(value), c))}
        >
          {all.map((d) => (
            <option key={d.name} value={d.name}>
              {calledOf(d)}
            </option>
          ))}
        </select>
        <select
          class="in"
          aria-label={words.operator}
          value={c.op}
          onChange={({ currentTarget: { value } }) => change({ ...c, op: value as Op })}
        >
          {operatorsOf(type).map((op) => (
            <option key={op} value={op}>
              {words.operators[type]?.[op]}
            </option>
          ))}
        </select>
        {needsValue(c.op) ? (
          <Value condition={c} type={type} write={(value) => change({ ...c, value })} />
        ) : (
          <span class="fb-none" />
        )}
        <button
          type="button"
          class="ib"
          aria-label={words.remove(no)}
          title={words.remove(no)}
          onClick={() => change(null)}
        >
          <Icon name="close" size={16} />
        </button>
      </fieldset>
    </li>
  );
}

function kindOf(type: AttributeType, days: boolean) {
  if (days) return { type: 'number' as const, min: 1 };
  switch (type) {
    case 'number':
      return { type: 'number' as const, step: 'any' };
    case 'date':
      return { type: 'date' as const };
    default:
      return { type: 'text' as const };
  }
}

/** What is written counts when the writing is done: on Enter, or on leaving the box. */
function Value({
  condition: c,
  type,
  write,
}: {
  condition: Condition;
  type: AttributeType;
  write: (value: string) => void;
}) {
  if (type === 'boolean') {
    return (
      <select class="in" aria-label={words.value} value={c.value} onChange={(e) => write(e.currentTarget.value)}>
        <option value="true">{words.yes}</option>
        <option value="false">{words.no}</option>
      </select>
    );
  }
  const days = c.op === 'inLast';
  return (
    <span class="fb-value">
      <input
        class="in"
        {...kindOf(type, days)}
        aria-label={words.value}
        value={c.value}
        autoComplete="off"
        onChange={(event) => write(event.currentTarget.value)}
      />
      {days && <span>{words.days}</span>}
    </span>
  );
}

function Save({ close }: { close: () => void }) {
  const { contacts, toasts } = useApp();
  const [name, setName] = useState('');
  const [fault, setFault] = useState('');
  const submit = async () => {
    if (!name.trim()) {
      setFault(words.emptyName);
      return '';
    }
    try {
      await contacts.saveSegment(name.trim());
      toasts.say(words.saved(name.trim()));
      close();
      return undefined;
    } catch (error) {
      return sentenceOf(codeOf(error));
    }
  };
  return (
    <FormDialog title={words.saveTitle} text={words.saveText} go={words.saveGo} submit={submit} close={close}>
      <Field label={words.segmentName} fault={fault || undefined}>
        {(control) => (
          <input
            {...control}
            class="in"
            type="text"
            value={name}
            autoComplete="off"
            onInput={(event) => setName(event.currentTarget.value)}
          />
        )}
      </Field>
    </FormDialog>
  );
}
