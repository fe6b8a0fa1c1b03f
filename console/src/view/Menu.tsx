import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';

export interface MenuProps {
  /** Name of the button and of what it opens. */
  label: string;
  class: string;
  face: ComponentChildren;
  /** The face holds words of its own, which then name the button. */
  faceSpeaks?: boolean;
  /** Opens above its button. */
  up?: boolean;
  /** Its right edge is the button's. */
  end?: boolean;
  children: (close: () => void) => ComponentChildren;
}

/** A button with a popover of controls. Esc, a press elsewhere or leaving by Tab closes it; the focus goes back to the button. */
export function Menu({ label, class: name, face, faceSpeaks, up, end, children }: MenuProps) {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  useEffect(() => {
    if (!open) return;
    box.current?.querySelector<HTMLElement>('.pop [aria-checked="true"], .pop button, .pop input')?.focus();
    const outside = (event: Event) => {
      if (!box.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener('pointerdown', outside);
    document.addEventListener('focusin', outside);
    return () => {
      document.removeEventListener('pointerdown', outside);
      document.removeEventListener('focusin', outside);
    };
  }, [open]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || !open) return;
    event.stopPropagation();
    close();
  };
  return (
    <div class="menu" ref={box} onKeyDown={onKeyDown}>
      <button
        ref={button}
        type="button"
        class={name}
        title={label}
        aria-label={faceSpeaks ? undefined : label}
        aria-haspopup="dialog"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
      >
        {face}
      </button>
      {open && (
        <div id={id} class={`pop ${up ? 'up' : ''} ${end ? 'end' : ''}`} role="dialog" aria-label={label}>
          {children(close)}
        </div>
      )}
    </div>
  );
}
