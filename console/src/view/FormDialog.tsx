import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../text/en';
import { Dialog } from './Dialog';
import { Icon } from './Icon';

interface FormDialogProps {
  title: string;
  text?: string;
  go: string;
  /** Closes itself by `close`; answers what is wrong, or '' if a field says it. */
  submit: () => Promise<string | undefined>;
  close: () => void;
  children: ComponentChildren;
}

/** A few fields and one button. It stays while what is asked for does not come about, and says why. */
export function FormDialog({ title, text, go, submit, close, children }: FormDialogProps) {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState('');
  const run = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    const why = await submit();
    setBusy(false);
    setFault(why ?? '');
  };
  return (
    <Dialog label={title} class="confirm form" close={close}>
      <form onSubmit={(event) => void run(event)} noValidate>
        <h2>{title}</h2>
        {text && <p>{text}</p>}
        <div class="form-fields">{children}</div>
        {fault && (
          <p class="fault" role="alert">
            <Icon name="alert" size={14} />
            {fault}
          </p>
        )}
        <div class="confirm-acts">
          <button type="button" class="btn s" onClick={close}>
            {t.cancel}
          </button>
          <button type="submit" class="btn p" aria-disabled={busy}>
            {go}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
