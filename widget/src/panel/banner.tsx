import { useEnv } from './env';
import { alert, tick, turning } from './icons';
import { Draw } from './parts';
import type { BannerKind } from './use';

const looks = {
  connecting: { class: 'q', icon: turning },
  offline: { class: 'warn', icon: alert },
  connected: { class: 'ok', icon: tick },
  stopped: { class: 'bad', icon: alert },
} as const;

/** One line about the connection, only while there is something to say. Always there for screen readers to listen to. */
export function Banner({ kind }: { kind: BannerKind }) {
  const { core, say } = useEnv();
  return (
    <div role="status">
      {kind !== 'none' && (
        <div class={`banner ${looks[kind].class}`}>
          <Draw icon={looks[kind].icon} size={16} />
          <span>{kind === 'offline' && !core.persistent ? say('notKept') : say(kind)}</span>
          {kind === 'stopped' && (
            <button type="button" onClick={() => core.reconnect()}>
              {say('retry')}
            </button>
          )}
        </div>
      )}
    </div>
  );
}
