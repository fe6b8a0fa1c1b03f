import type { ComponentChildren } from 'preact';
import { CopyButton } from '../CopyButton';

/** A heading at the left of what it is about. */
export function Row({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <div class="set-row">
      <h3>{label}</h3>
      <div>{children}</div>
    </div>
  );
}

/** Facts, each under its name. */
export function Facts({ children }: { children: ComponentChildren }) {
  return <dl class="set-facts">{children}</dl>;
}

export function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** An id as other systems need it. */
export function Id({ id, what, hint }: { id: string; what: string; hint?: string }) {
  return (
    <>
      <span class="copyable">
        <code>{id}</code>
        <CopyButton what={what} text={id} />
      </span>
      {hint && <small class="set-hint">{hint}</small>}
    </>
  );
}
