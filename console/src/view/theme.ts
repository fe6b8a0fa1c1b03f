import { effect } from '@preact/signals';
import type { Prefs } from '../state/prefs';

/** Puts the look on the page: the agent's choice, else the system's. */
export function followTheme(prefs: Prefs): void {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const put = () => {
    const theme = prefs.theme.peek() === 'system' ? (system.matches ? 'dark' : 'light') : prefs.theme.peek();
    document.documentElement.dataset.theme = theme;
  };
  system.addEventListener('change', put);
  effect(() => {
    prefs.theme.value;
    put();
  });
}
