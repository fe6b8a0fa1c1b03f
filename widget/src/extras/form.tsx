import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Field } from '../config';
import { alert, chevronDown, tick } from '../panel/icons';
import { Draw } from '../panel/parts';
import type { Say, Word } from '../text/say';
import type { Core } from '../types';
import type { FormCard } from './cards';
import { fault, kindOf, labelOf, optionsOf, submit, type Values } from './fields';

type FormProps = FormCard & { core: Core; say: Say };

/** Title, what stands below it, and the button. */
const words: Record<FormCard['form'], (core: Core) => [Word, Word, Word]> = {
  contacts: () => ['formTitle', 'formText', 'formSend'],
  prechat: () => ['beforeTitle', 'beforeText', 'beforeSend'],
  offline: ({ availability }) => [availability?.online ? 'leaveInstead' : 'awayTitle', 'offlineText', 'offlineSend'],
  call: () => ['callTitle', 'callText', 'callSend'],
};

/** Questions one below the other, and one button. What is wrong is said under its field, once it was tried to send it. */
export function FormView(props: FormProps) {
  const { core, say, form, fields, text, onSkip } = props;
  const [title, below, button] = words[form](core);
  const page = form !== 'contacts';
  const [values, setValues] = useState<Values>(() => beginning(core, fields));
  const [tried, setTried] = useState(false);
  const [state, setState] = useState<'idle' | 'busy' | 'failed'>('idle');
  const place = useRef<HTMLFormElement>(null);
  useLayoutEffect(() => core.emit('form', { kind: form, step: 'shown', values: {} }), [form]);
  const set = (name: string, value: string | boolean): void => {
    if (name === 'message') core.draft.set(String(value));
    setValues((was) => ({ ...was, [name]: value }));
  };
  const faults = fields.map((field) => (tried ? fault(field, values[field.name]) : undefined));
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    setTried(true);
    const wrong = fields.findIndex((field) => fault(field, values[field.name]));
    if (wrong >= 0) return place.current?.querySelectorAll<HTMLElement>('input, textarea, select')[wrong]?.focus();
    if (state === 'busy') return;
    setState('busy');
    setState((await finish(props, values)) ? 'idle' : 'failed');
  };
  return (
    <form
      class={page ? 'stack form page' : 'stack form card'}
      noValidate
      ref={place}
      onSubmit={send}
      aria-label={say(title)}
    >
      <div class="intro">
        <h3>{say(title)}</h3>
        <p>{text || say(below)}</p>
      </div>
      {fields.map((field, i) => (
        <Question
          key={field.name}
          field={field}
          id={`${form}-${i}`}
          value={values[field.name]}
          fault={faults[i]}
          core={core}
          say={say}
          onChange={(value) => set(field.name, value)}
        />
      ))}
      {state === 'failed' && <Wrong id={`${form}-failed`} text={say('formFailed')} />}
      <div class="row">
        <button type="submit" class="btn p" aria-disabled={state === 'busy'}>
          {say(button)}
        </button>
        {onSkip && (
          <button type="button" class="btn t" onClick={onSkip}>
            {say('skip')}
          </button>
        )}
      </div>
    </form>
  );
}

function beginning(core: Core, fields: readonly Field[]): Values {
  const known: Record<string, string | undefined> = {
    name: core.user?.name,
    email: core.user?.email,
    phone: core.user?.phone,
    message: core.draft.get(),
  };
  return Object.fromEntries(fields.map((f) => [f.name, kindOf(f) === 'checkbox' ? false : (known[f.name] ?? '')]));
}

// Without a connection nobody waits for an answer: the message is kept at once, and what was filled in follows.
async function finish({ core, form, fields, onDone }: FormProps, values: Values): Promise<boolean> {
  const answer = submit(core, fields, values);
  if (core.connection === 'open' && !(await answer)) return false;
  const text = String(values.message ?? '').trim();
  core.emit('form', { kind: form, step: 'submitted', values });
  if (text) {
    core.draft.set('');
    core.send(text, form === 'offline' ? { offline: true } : {});
  }
  onDone();
  return true;
}

interface QuestionProps {
  field: Field;
  id: string;
  value: string | boolean | undefined;
  fault: Word | undefined;
  core: Core;
  say: Say;
  onChange: (value: string | boolean) => void;
}

export function Question({ field, id, value, fault: wrong, core, say, onChange }: QuestionProps) {
  const kind = kindOf(field);
  const label = labelOf(field, say);
  const common = {
    id,
    'aria-invalid': wrong !== undefined,
    'aria-required': field.required === true,
    ...(wrong && { 'aria-describedby': `${id}-wrong` }),
  };
  const error = wrong && <Wrong id={`${id}-wrong`} text={say(wrong)} />;
  if (kind === 'checkbox')
    return (
      <div>
        <label class="chk">
          <input
            type="checkbox"
            {...common}
            checked={value === true}
            onChange={(e) => onChange(e.currentTarget.checked)}
          />
          <span class="bx">
            <Draw icon={tick} size={14} />
          </span>
          <span>{label}</span>
        </label>
        {error}
      </div>
    );
  const text = String(value ?? '');
  return (
    <div>
      <label class="lab" for={id}>
        {label}
        {!field.required && <i>{say('optional')}</i>}
      </label>
      {kind === 'select' ? (
        <span class="sel">
          <select {...common} class="in" value={text} onChange={(e) => onChange(e.currentTarget.value)}>
            <option value="">{say('choose')}</option>
            {optionsOf(field, core).map((one) => (
              <option value={one.value} key={one.value}>
                {one.text}
              </option>
            ))}
          </select>
          <Draw icon={chevronDown} />
        </span>
      ) : kind === 'textarea' ? (
        <textarea
          {...common}
          class="in"
          rows={3}
          dir="auto"
          value={text}
          onInput={(e) => onChange(e.currentTarget.value)}
        />
      ) : (
        <input
          {...common}
          class="in"
          type={(kind === 'phone' ? 'tel' : kind) as 'text'}
          dir={kind === 'text' ? 'auto' : 'ltr'}
          autocomplete={field.name === 'phone' ? 'tel' : ['name', 'email'].includes(field.name) ? field.name : 'off'}
          value={text}
          onInput={(e) => onChange(e.currentTarget.value)}
        />
      )}
      {error}
    </div>
  );
}

export function Wrong({ id, text }: { id: string; text: string }) {
  return (
    <p class="wrong" id={id} role="alert">
      <Draw icon={alert} size={14} /> {text}
    </p>
  );
}
