import type { Told } from '../state/events';
import { openable } from '../state/links';
import { t } from '../text/en';
import { stopwatch } from '../text/format';
import { useApp } from './context';
import { nameOfActor } from './EventLine';
import { Icon } from './Icon';
import { Stamp } from './Stamp';

/** A telephone call: who asked for it and when, how it goes or went and for how long, and where it is heard again. */
export function CallLine({ entry, at, visitor }: { entry: Told['last']; at: number; visitor: string }) {
  const { phone, recordUrl } = entry.call;
  const record = openable(recordUrl, []);
  return (
    <div class="ev">
      <Icon name="phone" size={14} />
      <span>
        {t.call.asked(visitor)} <a href={`tel:${phone}`}>{phone}</a> · <State entry={entry} />
        {record && (
          <>
            {' · '}
            <a href={record} target="_blank" rel="noopener noreferrer">
              {t.call.recording}
            </a>
          </>
        )}
        {' · '}
        <Stamp at={at} />
      </span>
    </div>
  );
}

function State({ entry: { author, call } }: { entry: Told['last'] }) {
  const app = useApp();
  const { status, reason, createdAt, clientAt, endedAt = 0 } = call;
  const since = (moment: number) => stopwatch(app.clock.now.value - moment);
  const talked = clientAt && stopwatch(endedAt - clientAt);
  switch (status) {
    case 'start':
      return <>{t.call.waits(since(createdAt))}</>;
    case 'agent_connected':
      return <>{t.call.rings(nameOfActor(app, author))}</>;
    case 'client_connected':
      return <>{t.call.talks(since(clientAt ?? createdAt))}</>;
    case 'end':
      return <>{talked ? t.call.talked(talked) : t.call.nobodyTalked}</>;
    default: {
      const why = t.call.reasons[reason ?? ''] ?? reason ?? t.call.failed;
      return <>{talked ? `${t.call.talked(talked)}, ${why}` : why}</>;
    }
  }
}
