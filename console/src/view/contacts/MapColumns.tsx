import { useState } from 'preact/hooks';
import { calledOf } from '../../state/attributes';
import { codeOf, sentenceOf } from '../../state/faults';
import { KEYS, newName, type Table, writable } from '../../state/importing';
import { t } from '../../text/en';
import { AttributeDialog } from '../AttributeDialog';
import { useApp } from '../context';
import { Icon } from '../Icon';
import { useRun } from './ImportScreen';

const words = t.contacts.import;
const SAMPLES = 3;
const NEW = '+'; // no attribute is called so

/** The second step: what each column becomes, by what people are named, and what happens to what is known. */
export function MapColumns() {
  const { importing } = useApp();
  const [tried, setTried] = useState(false);
  const [failure, setFailure] = useState('');
  const fault = importing.fault.value;
  const [busy, check] = useRun(async () => {
    setTried(true);
    if (importing.fault.peek()) return;
    try {
      await importing.run(true);
    } catch (error) {
      setFailure(sentenceOf(codeOf(error)));
    }
  });
  const table = importing.table.value;
  if (!table) return null;
  const wrong = failure || (tried ? words.faults[fault] : '');
  return (
    <div class="imp-map">
      <p class="imp-what">
        <Icon name="file" />
        <b>{table.name}</b>
        <span>{words.rows(table.lines.length)}</span>
        <button type="button" class="btn t" onClick={() => importing.again()}>
          {words.other}
        </button>
      </p>
      <Columns table={table} />
      <div class="imp-choices">
        <Key />
        <Conflict />
      </div>
      <footer class="imp-acts">
        {wrong && (
          <p class="fault" role="alert">
            <Icon name="alert" size={14} />
            {wrong}
          </p>
        )}
        <span class="sp" />
        <button type="button" class="btn s" onClick={() => importing.again()}>
          {words.back}
        </button>
        <button type="button" class="btn p" aria-disabled={busy} onClick={check}>
          {busy ? words.checking : words.check}
        </button>
      </footer>
    </div>
  );
}

function Columns({ table }: { table: Table }) {
  const { importing } = useApp();
  const [naming, setNaming] = useState(-1);
  return (
    <>
      <table class="plain map">
        <thead>
          <tr>
            <th scope="col">{words.column}</th>
            <th scope="col" class="c-sample">
              {words.samples}
            </th>
            <th scope="col" class="c-target">
              {words.target}
            </th>
          </tr>
        </thead>
        <tbody>
          {table.heads.map((head, i) => (
            <Column key={i} table={table} at={i} head={head} make={() => setNaming(i)} />
          ))}
        </tbody>
      </table>
      {naming >= 0 && (
        <AttributeDialog
          name={newName(table.heads[naming] ?? '').name}
          added={({ name }) => importing.map(naming, name)}
          close={() => setNaming(-1)}
        />
      )}
    </>
  );
}

interface ColumnProps {
  table: Table;
  at: number;
  head: string;
  make: () => void;
}

function Column({ table, at, head, make }: ColumnProps) {
  const { importing, contacts } = useApp();
  const all = writable(contacts.definitions.value);
  const target = importing.targets.value[at] ?? '';
  const samples = table.lines.slice(0, SAMPLES).map((line) => line.cells[at]?.trim() ?? '');
  const choose = (value: string) => {
    if (value === NEW) make();
    else importing.map(at, value);
  };
  return (
    <tr class={target ? '' : 'out'}>
      <td class="c-head" dir="auto">
        {head || <span class="none">{words.noHead}</span>}
      </td>
      <td class="c-sample" dir="auto" title={samples.join('\n')}>
        {samples.filter(Boolean).join(' · ') || '–'}
      </td>
      <td class="c-target">
        <select
          class="in"
          aria-label={words.targetOf(head || words.noHead)}
          value={target}
          disabled={!head}
          onChange={(event) => {
            const { value } = event.currentTarget;
            event.currentTarget.value = target; // until it is chosen
            choose(value);
          }}
        >
          <option value="">{words.leaveOut}</option>
          <option value={NEW}>{words.newAttribute}</option>
          {(['custom', 'builtin'] as const).map((group) => (
            <optgroup key={group} label={words.groups[group]}>
              {all
                .filter((d) => (d.origin === 'builtin') === (group === 'builtin'))
                .map((d) => (
                  <option key={d.name} value={d.name}>
                    {calledOf(d)}
                  </option>
                ))}
            </optgroup>
          ))}
        </select>
      </td>
    </tr>
  );
}

function Key() {
  const { importing } = useApp();
  return (
    <fieldset>
      <legend>{words.key}</legend>
      {KEYS.map((key) => (
        <label key={key} class="ck">
          <input
            type="radio"
            name="key"
            checked={importing.key.value === key}
            onChange={() => (importing.key.value = key)}
          />
          {words.keys[key]}
        </label>
      ))}
      <small>{words.keyHint}</small>
    </fieldset>
  );
}

function Conflict() {
  const { importing } = useApp();
  const keep = importing.keep.value;
  return (
    <fieldset>
      <legend>{words.conflict}</legend>
      <label class="ck">
        <input type="radio" name="conflict" checked={keep} onChange={() => (importing.keep.value = true)} />
        <span>
          {words.keep} <small>{words.keepHint}</small>
        </span>
      </label>
      <label class="ck">
        <input type="radio" name="conflict" checked={!keep} onChange={() => (importing.keep.value = false)} />
        <span>
          {words.overwrite} <small>{words.overwriteHint}</small>
        </span>
      </label>
    </fieldset>
  );
}
