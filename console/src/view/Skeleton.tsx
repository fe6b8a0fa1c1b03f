import { Later } from './Later';

const WIDTHS = ['w1', 'w2', 'w3'] as const;

/** The list in its true shape while it loads. */
export function ListSkeleton({ label, rows = 6 }: { label: string; rows?: number }) {
  return (
    <Later>
      <div class="skel" role="status">
        <span class="vh">{label}</span>
        {Array.from({ length: rows }, (_, i) => (
          <div key={i} class="skel-row">
            <i class="skel-av" />
            <i class={`skel-line ${WIDTHS[i % 3]}`} />
            <i class={`skel-line long ${WIDTHS[(i + 1) % 3]}`} />
          </div>
        ))}
      </div>
    </Later>
  );
}
