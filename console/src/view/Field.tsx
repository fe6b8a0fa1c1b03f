import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { Icon } from './Icon';

/** What a control needs to be named by its label and described by what stands below it. */
export interface Labelled {
  id: string;
  'aria-invalid': 'true' | undefined;
  'aria-describedby': string | undefined;
}

interface FieldProps {
  label: string;
  hint?: ComponentChildren;
  fault?: string | undefined;
  children: (control: Labelled) => ComponentChildren;
}

/** A label above its control; below it what is wrong, or else a hint. */
export function Field({ label, hint, fault, children }: FieldProps) {
  const id = useId();
  const below = fault || hint ? `${id}-below` : undefined;
  return (
    <div class="fd">
      <label for={id}>{label}</label>
      {children({ id, 'aria-invalid': fault ? 'true' : undefined, 'aria-describedby': below })}
      {fault ? (
        <p class="fault" id={below} role="alert">
          <Icon name="alert" size={14} />
          {fault}
        </p>
      ) : (
        hint && (
          <p class="fd-hint" id={below}>
            {hint}
          </p>
        )
      )}
    </div>
  );
}
