import { useMemo } from 'preact/hooks';
import type { Contact } from '../../net/types';
import { t } from '../../text/en';
import { dateOf } from '../../text/format';
import { useApp } from '../context';
import { Empty } from '../Empty';
import { Failure } from '../Failure';
import { History } from '../History';
import { Icon } from '../Icon';
import { Later } from '../Later';
import { PersonFacts } from '../PersonFacts';
import { Before, PersonMenu, Who } from '../VisitorPane';

/** Who somebody is: what is known, what was talked about, and what was done. */
export function ContactPane({ contact: id, close }: { contact: string; close: () => void }) {
  const app = useApp();
  const person = useMemo(() => app.people.of(id), [app, id]).value;
  const { contact } = person;
  return (
    <aside class="col pane-col" aria-label={t.contacts.pane}>
      <header class="ch">
        <button type="button" class="ib back" aria-label={t.back} onClick={close}>
          <Icon name="back" size={22} />
        </button>
        <h2>{t.contacts.pane}</h2>
        <span class="sp" />
        {contact && <PersonMenu visitor={id} name={nameOf(contact)} contact={contact} />}
        <button type="button" class="ib pane-x" aria-label={t.contacts.hide} title={t.contacts.hide} onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      <div class="vp" tabIndex={0}>
        {contact && <Person contact={contact} />}
        {person.loading === 'loading' && (
          <Later>
            <p class="quiet-line" role="status">
              {t.pane.loading}
            </p>
          </Later>
        )}
        {person.loading === 'gone' && <Empty title={t.settings.gone} text={t.contacts.gone} />}
        {person.loading === 'failed' && (
          <Failure title={t.pane.peopleFailed} hint={t.pane.failedHint} again={() => void app.people.read(id)} />
        )}
        <History did={person.did} />
      </div>
    </aside>
  );
}

const nameOf = (c: Contact): string => c.name || c.email || c.externalId || t.guest;

function Person({ contact: c }: { contact: Contact }) {
  const app = useApp();
  const visitor = c.visitors.at(-1) ?? '';
  const detail = useMemo(
    () => (visitor ? app.details.of(visitor, app.visitors.byId.peek().get(visitor)) : undefined),
    [app, visitor],
  )?.value;
  const online = c.visitors.some((v) => app.visitors.byId.value.get(v)?.online);
  const live = app.conversations.ofThread(c.thread);
  const open = live && (() => app.route.go({ screen: 'list', list: 'open', conversation: live.id, pane: false }));
  return (
    <>
      <Who
        visitor={c.id}
        name={nameOf(c)}
        level={c.level}
        email={c.email}
        blocked={c.blocked}
        online={online}
        open={open}
      />
      {c.createdAt && (
        <section aria-label={t.contacts.since}>
          <dl>
            <div>
              <dt>{t.contacts.universeHead}</dt>
              <dd>{t.contacts.universeOf[c.universe ?? '']}</dd>
            </div>
            <div>
              <dt>{t.contacts.since}</dt>
              <dd>{dateOf(c.createdAt)}</dd>
            </div>
          </dl>
        </section>
      )}
      <PersonFacts contact={c} chat={undefined} />
      {detail?.visitor && <Before conversations={detail.visitor.conversations ?? []} />}
    </>
  );
}
