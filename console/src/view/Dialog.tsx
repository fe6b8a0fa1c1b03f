import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

/** A modal `<dialog>`: the browser keeps the focus inside, Esc and a press beside it close it, the focus goes back. */
export function Dialog({
  label,
  class: name,
  close,
  children,
}: {
  label: string;
  class: string;
  close: () => void;
  children: ComponentChildren;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const gone = useRef(false);
  // Before anybody sees it: the next key is already for it. Only once it is closed may what is below have the focus.
  useLayoutEffect(() => {
    const box = dialog.current;
    const before = document.activeElement;
    box?.showModal();
    return () => {
      gone.current = true;
      box?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Esc closes a dialog by itself
    <dialog
      ref={dialog}
      class={name}
      aria-label={label}
      onClose={() => gone.current || close()}
      onClick={(event) => {
        if (event.target === dialog.current) close();
      }}
    >
      {children}
    </dialog>
  );
}
