import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { Icon } from '../icons';
import { IconButton } from './parts';

interface PopoverProps {
  icon: Icon;
  label: string;
  class?: string;
  /** `close` also puts the keyboard back on the button. */
  children: (close: () => void) => ComponentChildren;
}

/** A button and what it opens. Esc and leaving it close it; Esc then does not reach the panel. */
export function Popover({ icon, label, class: kind = '', children }: PopoverProps) {
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
    <span class={`pops ${kind}`} ref={wrap} onKeyDown={key} onFocusOut={left}>
      <IconButton icon={icon} label={label} expanded={open} onClick={() => setOpen(!open)} />
      {open && (
        <div class="pop" role="group" aria-label={label}>
          {children(close)}
        </div>
      )}
    </span>
  );
}
