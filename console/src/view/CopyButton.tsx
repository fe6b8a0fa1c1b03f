import { useEffect, useState } from 'preact/hooks';
import { t } from '../text/en';
import { useApp } from './context';
import { Icon } from './Icon';

const SAID_MILLIS = 2_000;

/** Copies a text, or one that is fetched for it. */
export function CopyButton({ what, text }: { what: string; text: string | (() => Promise<string>) }) {
  const { toasts } = useApp();
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(false), SAID_MILLIS);
    return () => clearTimeout(timer);
  }, [done]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(typeof text === 'string' ? text : await text());
      setDone(true);
    } catch {
      toasts.say(t.settings.copyFailed);
    }
  };
  return (
    <button
      type="button"
      class="ib copy"
      aria-label={done ? t.settings.copied : t.settings.copy(what)}
      title={t.settings.copy(what)}
      onClick={() => void copy()}
    >
      <Icon name={done ? 'check' : 'copy'} size={16} />
      <span class="vh" role="status">
        {done ? t.settings.copied : ''}
      </span>
    </button>
  );
}
