import { effect } from '@preact/signals';
import type { Prefs } from '../state/prefs';

/**
 * Puts the look on the page: the agent's choice, else the system's. All at once: a surface that fades while its words
 * have turned already cannot be read.
 */
export function followTheme(prefs: Prefs): void {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const put = () => {
    const theme = prefs.theme.peek() === 'system' ? (system.matches ? 'dark' : 'light') : prefs.theme.peek();
    const page = document.documentElement;
    if (page.dataset.theme === theme) return;
    page.dataset.turning = '';
    page.dataset.theme = theme;
    requestAnimationFrame(() => requestAnimationFrame(() => delete page.dataset.turning));
  };
  system.addEventListener('change', put);
  effect(() => {
    prefs.theme.value;
    put();
  });
}
