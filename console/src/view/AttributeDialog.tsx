import { useState } from 'preact/hooks';
import type { AttributeType, Definition } from '../net/types';
import { isDated, nameFault, titleOf, typesOf } from '../state/attributes';
import { codeOf, sentenceOf } from '../state/faults';
import { t } from '../text/en';
import { useApp } from './context';
import { Field } from './Field';
import { FormDialog } from './FormDialog';

const words = t.settings.attributes;
const FAULTS = { '': undefined, empty: words.emptyName, bad: words.badName, long: words.longName, taken: words.taken };

interface AttributeDialogProps {
  /** A name to begin with. */
  name?: string;
  added?: (made: Definition) => void;
  close: () => void;
}

/** A new attribute: its name, and its type where the name leaves it open. */
export function AttributeDialog({ name: first = '', added, close }: AttributeDialogProps) {
  const { settings, toasts } = useApp();
  const [name, setName] = useState(first);
  const [wish, setWish] = useState<AttributeType>('string');
  const [tried, setTried] = useState(false);
  const types = typesOf(name);
  const type = types.includes(wish) ? wish : (types[0] ?? 'string');
  const wrong = nameFault(name, settings.attributes.list.value.value ?? []);
  const submit = async () => {
    setTried(true);
    if (wrong) return '';
    try {
      const made = await settings.attributes.add(name, type);
      toasts.say(words.added(made.title));
      close();
      added?.(made);
      return undefined;
    } catch (error) {
      return codeOf(error) === 'taken' ? words.taken : sentenceOf(codeOf(error));
    }
  };
  const early = wrong === 'bad' || wrong === 'long'; // told while it is written
  return (
    <FormDialog title={words.add} go={words.go} submit={submit} close={close}>
      <Field
        label={t.settings.name}
        hint={name && !wrong ? words.shownAs(titleOf(name)) : words.nameHint}
        fault={tried || early ? FAULTS[wrong] : undefined}
      >
        {(control) => (
          <input
            {...control}
            class="in"
            type="text"
            value={name}
            autoComplete="off"
            autoCapitalize="none"
            spellcheck={false}
            placeholder="twitter_handle"
            onInput={(event) => setName(event.currentTarget.value)}
          />
        )}
      </Field>
      <Field label={words.type} hint={isDated(name) ? words.dateHint : undefined}>
        {(control) => (
          <select
            {...control}
            class="in"
            value={type}
            disabled={types.length === 1}
            onChange={(event) => setWish(event.currentTarget.value as AttributeType)}
          >
            {types.map((one) => (
              <option key={one} value={one}>
                {words.types[one]}
              </option>
            ))}
          </select>
        )}
      </Field>
    </FormDialog>
  );
}
