/** Confab's mark: two leaves. */
export function Mark({ size = 20 }: { size?: number }) {
  return (
    <svg class="mark" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <path class="mark-far" d="M8 3h2a6 6 0 0 1 0 12H3.5A1.5 1.5 0 0 1 2 13.5V9a6 6 0 0 1 6-6z" />
      <path class="mark-near" d="M14.5 10h2a5.5 5.5 0 0 1 5.5 5.5v4a1.5 1.5 0 0 1-1.5 1.5h-6a5.5 5.5 0 0 1 0-11z" />
    </svg>
  );
}
