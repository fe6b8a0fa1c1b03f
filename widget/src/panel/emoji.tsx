import { useRef, useState } from 'preact/hooks';
import { panelText as words } from '../text/en';
import { smile } from './icons';
import { IconButton } from './parts';

const emoji = [...'😀😂😊😍🤔😅😎🙏👍👎👏🙌💪👀🎉🔥❤💡✅❌⏰📦🚚🛒'];

/** A small choice of emoji; whoever needs others has the keyboard of the system. */
export function EmojiButton({ onPick }: { onPick: (emoji: string) => void }) {
  const [open, setOpen] = useState(false);
  const wrap = useRef<HTMLSpanElement>(null);
  const close = (): void => {
    setOpen(false);
    wrap.current?.querySelector('button')?.focus();
  };
  const key = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || !open) return;
    event.stopPropagation();
    close();
  };
  const left = (event: FocusEvent): void => {
    const next = event.relatedTarget;
    if (next instanceof Node && !wrap.current?.contains(next)) setOpen(false);
  };
  return (
    <span class="emoji" ref={wrap} onKeyDown={key} onFocusOut={left}>
      <IconButton icon={smile} label={words.emoji} expanded={open} onClick={() => setOpen(!open)} />
      {open && (
        <div class="pop grid" role="group" aria-label={words.emoji}>
          {emoji.map((e) => (
            <button type="button" key={e} onClick={() => (setOpen(false), onPick(e))}>
              {e}
            </button>
          ))}
        </div>
      )}
    </span>
  );
}
