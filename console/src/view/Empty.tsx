import type { ComponentChildren } from 'preact';

/** What is so, what will happen, one thing to do. */
export function Empty({ title, text, children }: { title: string; text: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <svg width="112" height="84" viewBox="0 0 112 84" fill="none" aria-hidden="true">
        <path class="leaf-far" d="M34 6h24a26 26 0 0 1 0 52H14a6 6 0 0 1-6-6V32A26 26 0 0 1 34 6z" />
        <path class="leaf-near" d="M62 30h16a24 24 0 0 1 24 24v18a6 6 0 0 1-6 6H62a24 24 0 0 1 0-48z" />
        <path class="leaf-lines" d="M50 50h26M50 60h15" />
      </svg>
      <h3>{title}</h3>
      <p>{text}</p>
      {children && <div class="empty-acts">{children}</div>}
    </div>
  );
}
