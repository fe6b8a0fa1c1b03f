import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { limits } from '../../../client/limits';
import type { Editing } from '../state/amends';
import { t } from '../text/en';
import { useApp } from './context';
import { Icon } from './Icon';
import { useFocusOnCall, useGrowing } from './useTextBox';

/** The message box while something that was written gets another text. What stood in it waits, untouched. */
export function EditBox({ editing: { message } }: { editing: Editing }) {
  const app = useApp();
  const [text, setText] = useState(message.text);
  const [saving, setSaving] = useState(false);
  const area = useRef<HTMLTextAreaElement>(null);
  useGrowing(area, text);
  useFocusOnCall(area, () => undefined);
  useLayoutEffect(() => {
    const el = area.current;
    el?.focus();
    el?.setSelectionRange(el.value.length, el.value.length);
  }, []);

  const leave = () => {
    app.amends.end();
    app.compose.value = true;
  };
  const words = text.trim();
  const over = [...words].length - limits.textRunes;
  const hindered = saving || over > 0 || (words === '' && !message.file);
  const save = async () => {
    if (hindered) return;
    setSaving(true);
    if (await app.amends.save(words)) app.compose.value = true;
    else setSaving(false);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      void save();
    }
    if (event.key !== 'Escape') return;
    event.preventDefault(); // it is for this box, not for the pane
    leave();
  };
  return (
    <form
      class={`cp ed ${message.note ? 'nt' : ''}`}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <div class="md">
        <span class="ed-h">
          <Icon name="pencil" size={14} />
          {message.note ? t.composer.editingNote : t.composer.editing}
        </span>
      </div>
      <textarea
        ref={area}
        class="ta"
        rows={2}
        value={text}
        aria-label={t.composer.editLabel}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <div class="tl">
        <span class="hint" aria-live="polite">
          {over > 0 ? t.composer.tooLong(over) : <span class="keys-hint">{t.composer.editHint}</span>}
        </span>
        <button type="button" class="btn s" onClick={leave}>
          {t.cancel}
        </button>
        <button type="submit" class={`btn ${message.note ? 'note-go' : 'p'}`} disabled={hindered}>
          {t.composer.save}
        </button>
      </div>
    </form>
  );
}
