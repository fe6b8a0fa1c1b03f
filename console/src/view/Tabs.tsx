import { t } from '../text/en';
import { useApp } from './context';
import { Icon } from './Icon';
import type { IconName } from './icons';

/** The rail of a narrow screen. */
export function Tabs() {
  const app = useApp();
  const place = app.route.place.value;
  const { queue, unread } = app.counts.value;
  const inQueue = place.screen === 'list' && place.list === 'queue';
  return (
    <nav class="tabs" aria-label={t.main}>
      <Tab
        icon="chats"
        label={t.chats}
        count={unread}
        on={place.screen === 'list' && !inQueue}
        go={() => app.route.list('mine')}
      />
      <Tab
        icon="queue"
        label={t.lists.queue}
        count={queue}
        hot={app.hotQueue.value}
        on={inQueue}
        go={() => app.route.list('queue')}
      />
      <Tab icon="eye" label={t.visitorsTitle} on={place.screen === 'visitors'} go={() => app.route.visitors()} />
      <Tab icon="person" label={t.meTab} on={false} go={() => (app.overlay.value = 'me')} />
    </nav>
  );
}

interface TabProps {
  icon: IconName;
  label: string;
  count?: number;
  hot?: boolean;
  on: boolean;
  go: () => void;
}

function Tab({ icon, label, count = 0, hot, on, go }: TabProps) {
  return (
    <button
      type="button"
      class={`tab ${on ? 'on' : ''} ${hot ? 'hot' : ''}`}
      aria-current={on ? 'page' : undefined}
      onClick={go}
    >
      <Icon name={hot ? 'clock' : icon} size={22} />
      <span>
        {label}
        {count > 0 && ` ${count}`}
      </span>
    </button>
  );
}
