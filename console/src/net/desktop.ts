import type { Call } from '../state/attention';
import { t } from '../text/en';
import { lastWords } from '../text/format';

/** Shows a call on the desktop; a press on it leads to the conversation. Silent: the tone is the page's own. */
export function showOnDesktop({ kind, conversation }: Call, open: (id: string) => void): void {
  const name = conversation.visitorName || t.guest;
  const body = lastWords(conversation);
  try {
    const shown = new Notification(t.notify[kind](name), { body, tag: `confab-${conversation.id}`, silent: true });
    shown.onclick = () => {
      window.focus();
      open(conversation.id);
      shown.close();
    };
  } catch {
    // some phones allow them from a service worker only; the tone and the title's count remain
  }
}
