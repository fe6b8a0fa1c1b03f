import type { Webhook } from '../../net/types';
import { t } from '../../text/en';
import { fullTime, shortTime } from '../../text/format';
import { CopyButton } from '../CopyButton';
import { useApp } from '../context';
import { Empty } from '../Empty';
import { Icon } from '../Icon';
import { Menu } from '../Menu';
import { Read } from '../Read';
import { Stamp } from '../Stamp';
import { DeliveriesLog, DeliveryPage } from './Deliveries';
import { PageHead } from './PageHead';
import { Fact, Facts, Id } from './Rows';
import { bareUrl, dialectName, State } from './WebhooksPage';

const words = t.settings.webhooks;

/** One address: how it does, and what it was told; or one thing of that. */
export function WebhookPage({ id, delivery }: { id: string; delivery: string }) {
  const { settings } = useApp();
  return (
    <Read reading={settings.webhooks.list} what={t.settings.sections.webhooks}>
      {(all) => {
        const webhook = all.find((w) => w.id === id);
        if (!webhook) {
          return (
            <>
              <PageHead title={t.settings.gone} of="webhooks" />
              <Empty title={t.settings.gone} text={t.settings.goneHint} />
            </>
          );
        }
        return delivery ? <DeliveryPage webhook={webhook} id={delivery} /> : <OneWebhook webhook={webhook} />;
      }}
    </Read>
  );
}

function OneWebhook({ webhook: w }: { webhook: Webhook }) {
  const { settings, clock } = useApp();
  const { fresh } = settings.webhooks;
  const now = clock.now.value;
  return (
    <>
      <PageHead of="webhooks" title={bareUrl(w.url)} hint={dialectName(w.dialect)}>
        {w.state === 'disabled' && (
          <button type="button" class="btn p" onClick={() => void settings.webhooks.setDisabled(w.id, false)}>
            {words.enable}
          </button>
        )}
        <Actions webhook={w} />
      </PageHead>
      {fresh.value?.webhook === w.id && <Fresh secret={fresh.value.secret} />}
      <Facts>
        <Fact name={words.state}>
          <State state={w.state} /> <small class="set-side">{words.stateHints[w.state]}</small>
        </Fact>
        <Fact name={words.url}>
          <Id id={w.url} what={words.url} />
        </Fact>
        {w.numericIds && <Fact name={words.ids}>{words.idsNumbers}</Fact>}
        <Fact name={words.added}>
          <Stamp at={w.createdAt} text={fullTime(w.createdAt)} />
        </Fact>
        <Fact name={words.lastDelivered}>
          {w.lastDeliveredAt ? (
            <Stamp at={w.lastDeliveredAt} text={shortTime(w.lastDeliveredAt, now)} />
          ) : (
            <span class="none">{words.never}</span>
          )}
          {w.waiting > 0 && <small class="set-side">{words.waitingOf(w.waiting)}</small>}
        </Fact>
        <Fact name={words.lastError}>
          {w.lastError ? (
            <>
              {w.lastError}
              {w.lastErrorAt && (
                <small class="set-side">
                  <Stamp at={w.lastErrorAt} text={shortTime(w.lastErrorAt, now)} />
                </small>
              )}
            </>
          ) : (
            <span class="none">{words.noError}</span>
          )}
        </Fact>
      </Facts>
      <DeliveriesLog webhook={w} />
    </>
  );
}

/** The only time that it is shown. */
function Fresh({ secret }: { secret: string }) {
  const { settings } = useApp();
  return (
    <div class="fresh" role="status">
      <Icon name="key" />
      <div>
        <b>{words.secret}</b>
        <p>
          {words.secretHint} {words.secretOnce}
        </p>
        <span class="copyable">
          <code>{secret}</code>
          <CopyButton what={words.secret} text={secret} />
        </span>
      </div>
      <button type="button" class="btn s" onClick={() => (settings.webhooks.fresh.value = null)}>
        {words.done}
      </button>
    </div>
  );
}

function Actions({ webhook: w }: { webhook: Webhook }) {
  const app = useApp();
  const { webhooks } = app.settings;
  const signed = webhooks.dialects.value.value?.find((d) => d.id === w.dialect)?.signed ?? w.dialect === NATIVE;
  const renew = () =>
    app.ask({
      title: words.renewTitle,
      text: words.renewText,
      go: words.renewGo,
      yes: () => void webhooks.renew(w.id),
    });
  const disable = () => void webhooks.setDisabled(w.id, true);
  const remove = () =>
    app.ask({
      title: words.removeTitle,
      text: words.removeText,
      go: words.removeGo,
      danger: true,
      yes: () =>
        void webhooks.remove(w.id).then((done) => {
          if (done) app.route.settings('webhooks');
        }),
    });
  return (
    <Menu label={words.more} class="ib" end face={<Icon name="more" />}>
      {(close) => (
        <div class="pop-list">
          {signed && <Action icon="key" label={words.renew} run={renew} done={close} />}
          {w.state !== 'disabled' && <Action icon="block" label={words.disable} run={disable} done={close} />}
          <Action icon="trash" label={words.remove} run={remove} done={close} />
        </div>
      )}
    </Menu>
  );
}

const NATIVE = 'confab';

interface ActionProps {
  icon: 'key' | 'block' | 'trash';
  label: string;
  run: () => void;
  done: () => void;
}

function Action({ icon, label, run, done }: ActionProps) {
  const go = () => {
    done();
    run();
  };
  return (
    <button type="button" class="pop-row" onClick={go}>
      <Icon name={icon} size={16} />
      {label}
    </button>
  );
}
