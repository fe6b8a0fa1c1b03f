import { useMemo } from 'preact/hooks';
import type { Conversation } from '../net/types';
import { t } from '../text/en';
import { Composer } from './Composer';
import { useApp, usePermission } from './context';
import { Empty } from './Empty';
import { Failure } from './Failure';
import { Icon } from './Icon';
import { Later } from './Later';
import { Log } from './Log';
import { ThreadHead } from './ThreadHead';
import { useDrop } from './useDrop';

/** The middle of the screen: the conversation in the address, or why there is none. */
export function ThreadColumn() {
  const app = useApp();
  const conversation = app.current.value;
  if (conversation) return <Conversing key={conversation.thread} conversation={conversation} />;
  return (
    <section class="col thread-col">
      <None />
    </section>
  );
}

function Conversing({ conversation }: { conversation: Conversation }) {
  const app = useApp();
  const view = useMemo(() => app.threads.view(conversation.thread), [app, conversation.thread]);
  const { over, handlers } = useDrop((files) => app.uploads.add(conversation.thread, files));
  return (
    <section class="col thread-col" {...handlers}>
      <ThreadHead conversation={conversation} />
      <Newer conversation={conversation} />
      <Log conversation={conversation} view={view} />
      <Composer conversation={conversation} view={view} />
      {over && <div class="dropping">{t.files.drop}</div>}
    </section>
  );
}

/** A closed chat whose visitor has an open one. */
function Newer({ conversation }: { conversation: Conversation }) {
  const app = useApp();
  const open = app.conversations.open.value.find((c) => c.thread === conversation.thread);
  if (conversation.state !== 'closed' || !open) return null;
  return (
    <div class="banner rest" role="status">
      <Icon name="chats" size={16} />
      <span>{t.thread.newer}</span>
      <button
        type="button"
        onClick={() => app.route.go({ screen: 'list', list: 'open', conversation: open.id, pane: false })}
      >
        {t.thread.goNewer}
      </button>
    </div>
  );
}

function None() {
  const app = useApp();
  const place = app.route.place.value;
  const missing = app.missing.value;
  const list = place.screen === 'list' ? place.list : 'mine';
  if (missing === 'loading') {
    return (
      <Later>
        <p class="empty" role="status">
          {t.thread.loading}
        </p>
      </Later>
    );
  }
  if (missing === 'not_found') return <Failure title={t.thread.notFound} hint={t.thread.notFoundHint} />;
  if (missing === 'failed') {
    return <Failure title={t.thread.failed} hint={t.list.failedHint} again={() => app.retries.value++} />;
  }
  if (list === 'mine' && app.counts.value.mine === 0) return app.counts.value.queue > 0 ? <Queued /> : <AllAnswered />;
  return <Empty {...(app.prefs.singleKeys.value ? t.empty.pick : t.empty.pickNoKeys)} />;
}

/** Nothing of mine is open, but the queue is not empty. */
function Queued() {
  const { counts, route } = useApp();
  return (
    <Empty title={t.empty.queued.title} text={t.empty.queued.text(counts.value.queue)}>
      <button type="button" class="btn s" onClick={() => route.list('queue')}>
        <Icon name="queue" size={16} />
        {t.empty.queued.see}
      </button>
    </Empty>
  );
}

function AllAnswered() {
  const app = useApp();
  const permission = usePermission();
  const present = app.visitors.present.value.length;
  const askable = permission.grant.value === 'default';
  return (
    <Empty title={t.empty.mine.title} text={t.empty.mine.text(present, app.status.value === 'online')}>
      <button type="button" class="btn s" onClick={() => app.route.visitors()}>
        <Icon name="eye" size={16} />
        {t.empty.see}
      </button>
      {askable && (
        <button type="button" class="btn t" onClick={() => void permission.ask()}>
          {t.empty.notify}
        </button>
      )}
    </Empty>
  );
}
