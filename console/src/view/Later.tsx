import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';

const PATIENCE_MILLIS = 300;

/** Shows its content only after 300 ms: what loads faster needs no word. */
export function Later({ children }: { children: ComponentChildren }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), PATIENCE_MILLIS);
    return () => clearTimeout(timer);
  }, []);
  return late ? children : null;
}
