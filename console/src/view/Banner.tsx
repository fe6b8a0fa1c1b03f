import { t } from '../text/en';
import { useApp } from './context';
import { Icon } from './Icon';

const PATIENCE_MILLIS = 2_000;
const WELCOME_MILLIS = 2_000;

/** The way to the server, said only when it matters: not before two seconds of trouble. */
export function Banner() {
  const app = useApp();
  const { state, since, before } = app.line.state.value;
  const now = app.clock.now.value;
  const patient = now - since < PATIENCE_MILLIS;
  if (state === 'open') return <Welcome since={since} now={now} />;
  if (state === 'offline') return <Line kind="warn" text={t.banner.offline} />;
  if (state === 'stopped') {
    return app.connection.closed ? (
      <Line kind="danger" text={t.banner.stopped} again={() => app.connection.retryNow()} />
    ) : null;
  }
  if (patient) return null;
  if (state === 'connecting' && !before) return <Line kind="rest" text={t.banner.connecting} />;
  const seconds = Math.ceil((app.connection.retryAt - now) / 1000);
  const text = state === 'waiting' && seconds > 1 ? t.banner.again(seconds) : t.banner.soon;
  return <Line kind="warn" text={text} again={state === 'waiting' ? () => app.connection.retryNow() : undefined} />;
}

/** The end of a trouble that was shown. */
function Welcome({ since, now }: { since: number; now: number }) {
  const app = useApp();
  return app.line.trouble.value && now - since < WELCOME_MILLIS ? <Line kind="ok" text={t.banner.connected} /> : null;
}

function Line({
  kind,
  text,
  again,
}: {
  kind: 'rest' | 'warn' | 'danger' | 'ok';
  text: string;
  again?: (() => void) | undefined;
}) {
  return (
    <div class={`banner ${kind}`} role="status">
      <Icon name={kind === 'ok' ? 'check' : kind === 'danger' ? 'alert' : 'again'} size={16} />
      <span>{text}</span>
      {again && (
        <button type="button" onClick={again}>
          {t.banner.now}
        </button>
      )}
    </div>
  );
}
