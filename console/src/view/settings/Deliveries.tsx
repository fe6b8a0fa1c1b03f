import { useEffect, useMemo } from 'preact/hooks';
import type { Delivery, DeliveryStatus, Webhook } from '../../net/types';
import { t } from '../../text/en';
import { fullTime, shortTime } from '../../text/format';
import { CopyButton } from '../CopyButton';
import { useApp } from '../context';
import { Empty } from '../Empty';
import { Failure } from '../Failure';
import { following } from '../following';
import { Icon } from '../Icon';
import type { IconName } from '../icons';
import { Read } from '../Read';
import { ListSkeleton } from '../Skeleton';
import { Stamp } from '../Stamp';
import { PageHead } from './PageHead';
import { Fact, Facts, Id } from './Rows';
import { bareUrl } from './WebhooksPage';

const words = t.settings.deliveries;
const FILTERS = ['', 'waiting', 'delivered', 'parked'] as const;

/** What an address was and is to be told, newest first. It is read when it is shown and when that is asked for: nothing moves meanwhile. */
export function DeliveriesLog({ webhook }: { webhook: Webhook }) {
  const { settings } = useApp();
  const { log } = settings.webhooks;
  const open = (status: DeliveryStatus | '') => void log.open(webhook.id, status);
  useEffect(() => {
    void log.open(webhook.id, log.status.peek());
  }, [log, webhook.id]);
  return (
    <section class="log" aria-label={words.title}>
      <div class="log-h">
        <h3 class="set-sub">{words.title}</h3>
        <button type="button" class="btn t" onClick={() => open(log.status.value)}>
          <Icon name="again" size={16} />
          {words.refresh}
        </button>
      </div>
      <div class="fl" role="group" aria-label={words.filter}>
        {FILTERS.map((status) => (
          <button
            key={status}
            type="button"
            class="chip"
            aria-pressed={log.status.value === status}
            onClick={() => open(status)}
          >
            {status ? words.statuses[status] : words.all}
          </button>
        ))}
      </div>
      <Items webhook={webhook} again={() => open(log.status.value)} />
    </section>
  );
}

function Items({ webhook, again }: { webhook: Webhook; again: () => void }) {
  const { settings } = useApp();
  const { log } = settings.webhooks;
  const items = log.items.value;
  const state = log.state.value;
  if (state === 'failed') {
    return <Failure title={t.settings.failed(words.title)} hint={t.settings.failedHint} again={again} />;
  }
  if (state !== 'ready') return <ListSkeleton label={t.settings.loading(words.title)} rows={4} />;
  if (items.length === 0) {
    return log.status.value ? <p class="set-none">{words.noneOf}</p> : <Empty {...words.none} />;
  }
  return (
    <div class="tbl set-tbl">
      <table>
        <thead>
          <tr>
            <th scope="col">{words.event}</th>
            <th scope="col" class="c-state">
              {words.status}
            </th>
            <th scope="col" class="c-answer">
              {words.answer}
            </th>
            <th scope="col" class="c-no c-tries">
              {words.tries}
            </th>
            <th scope="col" class="c-when">
              {words.when}
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map((d) => (
            <Line key={d.id} webhook={webhook} delivery={d} />
          ))}
        </tbody>
      </table>
      {log.next.value && (
        <button type="button" class="btn t" onClick={() => void log.more()}>
          {words.more}
        </button>
      )}
    </div>
  );
}

function Line({ webhook, delivery: d }: { webhook: Webhook; delivery: Delivery }) {
  const { route, clock } = useApp();
  const go = () => route.settings('webhooks', webhook.id, d.id);
  return (
    <tr onClick={go}>
      <td class="c-first">
        <a href={`/console/settings/webhooks/${webhook.id}/${d.id}`} onClick={following(go)}>
          <span class="c-who">
            <span>{d.type}</span>
            <small>{answerText(d)}</small>
          </span>
        </a>
      </td>
      <td class="c-state">
        <Status status={d.status} />
      </td>
      <td class="c-answer" title={d.lastError}>
        {answerText(d)}
      </td>
      <td class="c-no c-tries">{d.tries}</td>
      <td class="c-when">
        <Stamp at={d.createdAt} text={shortTime(d.createdAt, clock.now.value)} />
      </td>
    </tr>
  );
}

/** What came of the last try, in a few words. */
function answerText(d: Delivery): string {
  if (d.lastError) return d.lastError;
  return d.lastAnswer ? words.answerOf(d.lastAnswer) : words.noAnswer;
}

const ICON: Record<DeliveryStatus, IconName> = { waiting: 'clock', delivered: 'check', parked: 'alert' };

function Status({ status }: { status: DeliveryStatus }) {
  return (
    <span class={`stt hook ${status}`}>
      <Icon name={ICON[status]} size={15} />
      <span>{words.statuses[status]}</span>
    </span>
  );
}

/** One thing that was told: the request, how it was answered, and a way to send it again. */
export function DeliveryPage({ webhook, id }: { webhook: Webhook; id: string }) {
  const { settings } = useApp();
  const { log } = settings.webhooks;
  const delivery = useMemo(() => log.one(id), [log, id]);
  const known = delivery.value.value;
  return (
    <>
      <PageHead of="webhooks" at={webhook.id} also={bareUrl(webhook.url)} title={known?.type ?? words.title}>
        {known && (
          <>
            <button type="button" class="btn t" onClick={() => void delivery.load()}>
              <Icon name="again" size={16} />
              {words.refresh}
            </button>
            <button type="button" class="btn p" onClick={() => void log.replay(delivery, id)}>
              <Icon name="upload" size={16} />
              {words.replay}
            </button>
          </>
        )}
      </PageHead>
      <Read reading={delivery} what={words.title}>
        {(d) => <One delivery={d} />}
      </Read>
    </>
  );
}

function One({ delivery: d }: { delivery: Delivery }) {
  const { route } = useApp();
  const chat = d.conversation;
  return (
    <>
      <Facts>
        <Fact name={words.status}>
          <Status status={d.status} /> <small class="set-side">{words.triesOf(d.tries)}</small>
        </Fact>
        <Fact name={words.answer}>
          {d.lastAnswer ? words.answerOf(d.lastAnswer) : <span class="none">{words.noAnswer}</span>}
          {d.lastTook !== undefined && <small class="set-side">{words.took(d.lastTook)}</small>}
        </Fact>
        {d.lastError && <Fact name={words.error}>{d.lastError}</Fact>}
        <Fact name={words.when}>
          <Stamp at={d.createdAt} text={fullTime(d.createdAt)} />
        </Fact>
        {d.lastTriedAt && (
          <Fact name={words.lastTry}>
            <Stamp at={d.lastTriedAt} text={fullTime(d.lastTriedAt)} />
          </Fact>
        )}
        {d.nextTryAt && (
          <Fact name={words.nextTry}>
            <Stamp at={d.nextTryAt} text={fullTime(d.nextTryAt)} />
          </Fact>
        )}
        {d.replays > 0 && <Fact name={words.replays}>{words.times(d.replays)}</Fact>}
        <Fact name={t.settings.id}>
          <Id id={d.id} what={t.settings.id} />
        </Fact>
      </Facts>
      <div class="log-h">
        <h3 class="set-sub">{words.body}</h3>
        <CopyButton what={words.body} text={d.body} />
        <span class="sp" />
        {chat && (
          <button
            type="button"
            class="btn t"
            onClick={() => route.go({ screen: 'list', list: 'open', conversation: chat, pane: false })}
          >
            <Icon name="chats" size={16} />
            {words.chat}
          </button>
        )}
      </div>
      <section class="body" tabIndex={0} aria-label={words.body}>
        <pre>{pretty(d.body)}</pre>
      </section>
    </>
  );
}

/** Readable if it is JSON. */
export function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
