import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Contact } from '../../net/types';
import { titleOf } from '../../state/attributes';
import { codeOf, sentenceOf } from '../../state/faults';
import { type Merging, type Win, winsOf } from '../../state/merging';
import { t } from '../../text/en';
import { factText } from '../../text/format';
import { Avatar } from '../Avatar';
import { useApp } from '../context';
import { Dialog } from '../Dialog';
import { Failure } from '../Failure';
import { Field } from '../Field';
import { Icon } from '../Icon';
import { Later } from '../Later';

const words = t.contacts.merge;

interface MergeDialogProps {
  contact: Contact;
  /** Who remains. */
  merged: (one: Contact) => void;
  close: () => void;
}

/** Finds who is the same person, shows what would come of it, and makes the two one. */
export function MergeDialog({ contact, merged, close }: MergeDialogProps) {
  const app = useApp();
  const merging = useMemo(() => app.merging(contact), [app, contact.id]);
  useEffect(() => {
    void merging.found.load();
    return () => merging.stop();
  }, [merging]);
  const title = words.title(called(contact));
  return (
    <Dialog label={title} class="confirm form merge" close={close}>
      <h2>{title}</h2>
      {merging.other.value ? (
        <Outcome merging={merging} other={merging.other.value} merged={merged} close={close} />
      ) : (
        <Find merging={merging} close={close} />
      )}
    </Dialog>
  );
}

const called = (c: Contact): string => c.name || c.email || c.externalId || t.guest;

function Find({ merging, close }: { merging: Merging; close: () => void }) {
  const { state, value } = merging.found;
  return (
    <>
      <div class="form-fields">
        <Field label={words.find} hint={words.findHint}>
          {(control) => (
            <input
              {...control}
              class="in"
              type="search"
              autoComplete="off"
              // biome-ignore lint/a11y/noAutofocus: inside a dialog that was just asked for
              autoFocus
              value={merging.query.value}
              onInput={(event) => merging.search(event.currentTarget.value)}
            />
          )}
        </Field>
      </div>
      {state.value === 'loading' && (
        <Later>
          <p role="status">{t.contacts.loading}</p>
        </Later>
      )}
      {state.value === 'failed' && (
        <Failure title={t.contacts.failed} hint={t.contacts.failedHint} again={() => void merging.found.load()} />
      )}
      {state.value === 'ready' && value.value?.length === 0 && <p role="status">{words.nobody}</p>}
      {state.value === 'ready' && (
        <ul class="merge-found" aria-label={words.found}>
          {value.value?.map((c) => (
            <li key={c.id}>
              <button type="button" class="pop-row" onClick={() => void merging.choose(c)}>
                <Avatar kind="visitor" id={c.id} name={c.level === 'anonymous' ? '' : called(c)} size={24} />
                <b dir="auto">{called(c)}</b>
                <small dir="auto">{c.name ? c.email : ''}</small>
                <small>{t.contacts.universeOf[c.universe ?? '']}</small>
              </button>
            </li>
          ))}
        </ul>
      )}
      <div class="confirm-acts">
        <button type="button" class="btn s" onClick={close}>
          {t.cancel}
        </button>
      </div>
    </>
  );
}

interface OutcomeProps {
  merging: Merging;
  other: Contact;
  merged: (one: Contact) => void;
  close: () => void;
}

function Outcome({ merging, other, merged, close }: OutcomeProps) {
  const { toasts } = useApp();
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState('');
  const kept = merging.kept.value;
  const { state, value } = merging.outcome;
  const ready = state.value === 'ready' && value.value && !merging.refused.value ? value.value : null;
  const run = async () => {
    if (busy || !ready) return;
    setBusy(true);
    try {
      const one = await merging.merge();
      toasts.say(words.done(called(one)));
      close();
      merged(one);
    } catch (error) {
      setFault(sentenceOf(codeOf(error)));
      setBusy(false);
    }
  };
  return (
    <>
      <p>{words.remains(called(kept), called(other))}</p>
      {state.value === 'loading' && (
        <Later>
          <p role="status">{words.looking}</p>
        </Later>
      )}
      {merging.refused.value && (
        <p class="fault" role="alert">
          <Icon name="alert" size={14} />
          {words.refused}
        </p>
      )}
      {!merging.refused.value && (state.value === 'failed' || state.value === 'gone') && (
        <Failure title={words.failed} hint={words.failedHint} again={() => void merging.preview()} />
      )}
      {ready && <Values kept={kept} other={other} one={ready} />}
      {fault && (
        <p class="fault" role="alert">
          <Icon name="alert" size={14} />
          {fault}
        </p>
      )}
      <div class="confirm-acts">
        <button type="button" class="btn s" onClick={() => merging.back()}>
          {words.back}
        </button>
        <button type="button" class="btn s" onClick={() => void merging.swap()}>
          {words.swap}
        </button>
        <button type="button" class="btn p" aria-disabled={busy || !ready} onClick={() => void run()}>
          {words.go}
        </button>
      </div>
    </>
  );
}

function Values({ kept, other, one }: { kept: Contact; other: Contact; one: Contact }) {
  const wins = winsOf(kept, other, one);
  return (
    <>
      <div class="merge-wins" tabIndex={0}>
        <table>
          <caption class="vh">{words.wins}</caption>
          <thead>
            <tr>
              <th scope="col">{t.contacts.attribute}</th>
              <th scope="col">{words.kept}</th>
              <th scope="col">{words.lost}</th>
            </tr>
          </thead>
          <tbody>
            {wins.map((win) => (
              <tr key={`${win.layer} ${win.name}`}>
                <th scope="row" dir="auto">
                  {nameOf(win)}
                </th>
                <td dir="auto">
                  {factText(win.value)} {win.from === 'other' && <small>{words.fromOther}</small>}
                </td>
                <td dir="auto">{win.lost !== undefined && <s>{factText(win.lost)}</s>}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {wins.length === 0 && <p>{words.nothing}</p>}
      </div>
      <ul class="merge-notes">
        {one.blocked && <li>{words.blocked}</li>}
        {one.emailSubscription === false && <li>{words.noMail}</li>}
        <li>{words.together}</li>
        <li>{words.forGood}</li>
      </ul>
    </>
  );
}

const nameOf = ({ layer, name }: Win): string =>
  layer === 'attributes' ? titleOf(name) : layer === 'basic' ? (words.basic[name] ?? name) : name;
