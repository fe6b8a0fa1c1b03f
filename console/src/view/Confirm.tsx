import { t } from '../text/en';
import { Dialog } from './Dialog';
import { Hint as Key } from './Kbd';

interface ConfirmProps {
  title: string;
  text: string;
  go: string;
  danger?: boolean;
  yes: () => void;
  no: () => void;
}

/** Asks before something that cannot be undone. */
export function Confirm({ title, text, go, danger, yes, no }: ConfirmProps) {
  return (
    <Dialog label={title} class="confirm" close={no}>
      <h2>{title}</h2>
      <p>{text}</p>
      <div class="confirm-acts">
        <button type="button" class="btn s" onClick={no}>
          {t.cancel}
        </button>
        {/* biome-ignore lint/a11y/noAutofocus: inside a dialog that was just asked for */}
        <button type="button" class={`btn ${danger ? 'd' : 'p'}`} autoFocus onClick={yes}>
          {go} <Key chip="↵" />
        </button>
      </div>
    </Dialog>
  );
}
