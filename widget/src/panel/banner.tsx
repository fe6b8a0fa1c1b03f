import { panelText as words } from '../text/en';
import type { Core } from '../types';
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
export function Banner({ core, kind }: { core: Core; kind: BannerKind }) {
  return (
    <div role="status">
      {kind !== 'none' && (
        <div class={`banner ${looks[kind].class}`}>
          <Draw icon={looks[kind].icon} size={16} />
          <span>{kind === 'offline' && !core.persistent ? words.notKept : words[kind]}</span>
          {kind === 'stopped' && (
            <button type="button" onClick={() => core.reconnect()}>
              {words.retry}
            </button>
          )}
        </div>
      )}
    </div>
  );
}
