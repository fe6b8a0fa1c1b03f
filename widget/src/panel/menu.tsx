import { useRef, useState } from 'preact/hooks';
import { panelText as words } from '../text/en';
import type { Core } from '../types';
import { dots, soundOff, soundOn } from './icons';
import { Draw, IconButton } from './parts';

export function Menu({ core }: { core: Core }) {
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
  const toggle = (): void => {
    core.muted = !core.muted;
    close();
  };
  return (
    <span class="menu" ref={wrap} onKeyDown={key} onFocusOut={left}>
      <IconButton icon={dots} label={words.more} expanded={open} onClick={() => setOpen(!open)} />
      {open && (
        <div class="pop">
          <button type="button" onClick={toggle}>
            <Draw icon={core.muted ? soundOn : soundOff} size={18} /> {core.muted ? words.soundOn : words.soundOff}
          </button>
        </div>
      )}
    </span>
  );
}
