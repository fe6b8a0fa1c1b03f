/** A switch with its label; the whole line is the target. */
export function Toggle({
  label,
  hint,
  on,
  flip,
  disabled,
}: {
  label: string;
  hint?: string;
  on: boolean;
  flip: () => void;
  disabled?: boolean;
}) {
  return (
    <button type="button" role="switch" aria-checked={on} class="pop-line toggle" disabled={disabled} onClick={flip}>
      <span>
        {label}
        {hint && <small>{hint}</small>}
      </span>
      <i class="tog" aria-hidden="true" />
    </button>
  );
}
