import { useLayoutEffect, useState } from 'preact/hooks';
import { useEnv } from './env';
import { alert } from './icons';
import { Draw } from './parts';

/** A script that is fetched once, when it is needed. `need` rejects if it cannot be had; it is asked again then. */
export class Late<T> {
  now: T | null = null;
  private loading: Promise<T> | undefined;

  constructor(
    private readonly load: () => Promise<T>,
    private readonly arrived: (script: T) => void,
  ) {}

  readonly need = (): Promise<T> => {
    this.loading ??= this.load().then(
      (script) => {
        this.now = script;
        this.arrived(script);
        return script;
      },
      (error) => {
        this.loading = undefined;
        throw error;
      },
    );
    return this.loading;
  };

  /** Somebody may soon need it. */
  readonly near = (): void => void this.need().catch(() => undefined);
}

/** Needs it as soon as the panel is open, and tells whether that has failed. */
export function useLate(there: boolean, need: () => Promise<unknown>): { failed: boolean; load: () => void } {
  const { shown } = useEnv();
  const [failed, fail] = useState(false);
  const load = (): void => {
    fail(false);
    need().catch(() => fail(true));
  };
  useLayoutEffect(() => {
    if (shown && !there) load();
  }, [shown]);
  return { failed, load };
}

export function NotLoaded({ onRetry }: { onRetry: () => void }) {
  const { say } = useEnv();
  return (
    <p class="sys failed" role="alert">
      <Draw icon={alert} size={16} /> {say('notLoaded')}{' '}
      <button type="button" onClick={onRetry}>
        {say('retry')}
      </button>
    </p>
  );
}
