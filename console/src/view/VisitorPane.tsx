import { useMemo, useState } from 'preact/hooks';
import type { Contact, Conversation, Level, LiveVisitor, VisitorDetail } from '../net/types';
import { earlierPages } from '../state/details';
import { t } from '../text/en';
import {
  cameFrom,
  isJustNow,
  languageName,
  lastWords,
  localTime,
  pageName,
  pathOf,
  shortTime,
  span,
  stopwatch,
} from '../text/format';
import { Avatar } from './Avatar';
import { Badge } from './Badge';
import { MergeDialog } from './contacts/MergeDialog';
import { useApp } from './context';
import { Failure } from './Failure';
import { History } from './History';
import { Icon } from './Icon';
import { Later } from './Later';
import { Menu } from './Menu';
import { PersonFacts } from './PersonFacts';
import { Stamp } from './Stamp';

export interface VisitorPaneProps {
  visitor: string;
  /** What is known without the pane's own reading. */
  name: string;
  level: Level;
  /** The conversation beside it, which is not listed again. */
  beside?: string;
  close: () => void;
  /** A way to the visitor's chat, where it does not stand beside it. */
  open?: (() => void) | undefined;
}

/** Who somebody is, how sure that is, and what he does on the site. */
export function VisitorPane({ visitor, name, level, beside, close, open }: VisitorPaneProps) {
  const app = useApp();
  const live = app.visitors.byId.value.get(visitor);
  const detail = useMemo(() => app.details.of(visitor, live), [app, visitor, live]).value;
  const person = useMemo(() => app.people.of(visitor), [app, visitor]).value;
  const { contact } = person;
  const again = () => {
    void app.details.read(visitor);
    void app.people.read(visitor);
  };
  const known: LiveVisitor | VisitorDetail | undefined = live ?? detail.visitor;
  const chat = beside ? app.conversations.byId.value.get(beside) : live && app.chatOf(live);
  return (
    <aside class="col pane-col" aria-label={t.pane.title}>
      <header class="ch">
        <button type="button" class="ib back" aria-label={t.back} onClick={close}>
          <Icon name="back" size={22} />
        </button>
        <h2>{t.pane.title}</h2>
        <span class="sp" />
        {contact && (
          <PersonMenu visitor={visitor} name={contact.name || known?.name || name || t.guest} contact={contact} />
        )}
        <button type="button" class="ib pane-x" aria-label={t.pane.hide} title={`${t.pane.hide} (P)`} onClick={close}>
          <Icon name="pane" />
        </button>
      </header>
      <div class="vp" tabIndex={0}>
        <Who
          visitor={visitor}
          name={contact?.name || known?.name || name}
          level={known?.level ?? contact?.level ?? level}
          email={contact?.email ?? known?.email}
          blocked={contact?.blocked ?? false}
          online={live?.online ?? false}
          open={open}
        />
        {known && <Now visitor={known} online={live?.online ?? false} trail={detail.visitor?.trail ?? []} />}
        {known && <About visitor={known} />}
        {contact && <PersonFacts contact={contact} chat={chat} />}
        {person.loading === 'failed' && detail.loading !== 'failed' && (
          <Failure title={t.pane.peopleFailed} hint={t.pane.failedHint} again={again} />
        )}
        {detail.loading === 'loading' && (
          <Later>
            <p class="quiet-line" role="status">
              {t.pane.loading}
            </p>
          </Later>
        )}
        {detail.loading === 'failed' && <Failure title={t.pane.failed} hint={t.pane.failedHint} again={again} />}
        {detail.loading === 'gone' && !known && <p class="quiet-line">{t.pane.gone}</p>}
        {detail.visitor && <Before conversations={detail.visitor.conversations ?? []} beside={beside} />}
        <History did={person.did} />
      </div>
    </aside>
  );
}

/** What may be done to a person. */
export function PersonMenu({ visitor, name, contact }: { visitor: string; name: string; contact: Contact }) {
  const app = useApp();
  const [merging, setMerging] = useState(false);
  const { blocked } = contact;
  const merged = (one: Contact) => {
    void app.people.read(visitor);
    if (app.route.place.peek().screen !== 'contacts') return;
    void app.contacts.load();
    app.route.contacts(one.id);
  };
  const ask = () =>
    app.ask({
      title: t.pane.blockQuestion(name),
      text: t.pane.blockHint,
      go: t.pane.blockGo,
      danger: true,
      yes: () => void app.people.block(visitor, name, true),
    });
  const unblock = () => void app.people.block(visitor, name, false);
  return (
    <>
      <Menu label={t.pane.more} class="ib" end face={<Icon name="more" />}>
        {(close) => (
          <div class="pop-list">
            <button
              type="button"
              class="pop-row"
              onClick={() => {
                close();
                (blocked ? unblock : ask)();
              }}
            >
              <Icon name="block" size={16} />
              {blocked ? t.pane.unblock : t.pane.block}
            </button>
            <button
              type="button"
              class="pop-row"
              onClick={() => {
                close();
                setMerging(true);
              }}
            >
              <Icon name="link" size={16} />
              {t.contacts.merge.act}
            </button>
          </div>
        )}
      </Menu>
      {merging && <MergeDialog contact={contact} merged={merged} close={() => setMerging(false)} />}
    </>
  );
}

interface WhoProps {
  visitor: string;
  name: string;
  level: Level;
  email?: string | undefined;
  online: boolean;
  blocked: boolean;
  open?: (() => void) | undefined;
}

export function Who({ visitor, name, level, email, online, blocked, open }: WhoProps) {
  return (
    <section aria-label={t.pane.who}>
      <div class="idn">
        <Avatar
          kind="visitor"
          id={visitor}
          name={level === 'anonymous' ? '' : name}
          size={44}
          status={online ? 'online' : 'offline'}
        />
        <div>
          <b>{name || t.guest}</b>
          <small>{email ?? (online ? t.pane.online : t.pane.offline)}</small>
        </div>
      </div>
      <p class="idn-by">
        <Badge level={level} />
        <small>{t.levelBy[level]}</small>
        {blocked && (
          <span class="tb blocked">
            <Icon name="block" size={15} />
            {t.pane.blocked}
          </span>
        )}
      </p>
      {open && (
        <button type="button" class="btn p" onClick={open}>
          {t.pane.open}
        </button>
      )}
    </section>
  );
}

function Now({
  visitor,
  online,
  trail,
}: {
  visitor: LiveVisitor;
  online: boolean;
  trail: readonly { url: string; title?: string; at: number }[];
}) {
  const { clock } = useApp();
  if (!visitor.page?.url) return null;
  const here = clock.now.value - visitor.pageSince;
  const steps = earlierPages(trail, visitor.pageSince);
  return (
    <section>
      <h3>{online ? t.pane.now : t.pane.was}</h3>
      <div class={`now ${online ? 'live' : ''}`}>
        <Icon name={online ? 'pulse' : 'globe'} />
        <div>
          <b>{pageName(visitor.page)}</b>
          <small title={visitor.page.url}>
            {pathOf(visitor.page.url)}
            {online && ` · ${isJustNow(here) ? t.justNow : span(here)}`}
          </small>
        </div>
      </div>
      {steps.length > 0 && (
        <ol class="trail" aria-label={t.pane.earlierPages}>
          {steps.map((step) => (
            <li key={`${step.at} ${step.url}`}>
              <span title={step.url}>{pageName(step)}</span>
              <span class="num">{stopwatch(step.millis)}</span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function About({ visitor }: { visitor: LiveVisitor }) {
  const { clock } = useApp();
  const { device = {}, visit } = visitor;
  const rows: [string, string][] = [
    [t.pane.from, cameFrom(visitor)],
    [t.pane.time, localTime(device.timezone, clock.now.value)],
    [t.pane.language, languageName(device.language)],
    [t.pane.device, [device.browser, device.os].filter(Boolean).join(', ')],
    [t.pane.screen, device.screen?.replace('x', ' × ') ?? ''],
    [
      t.pane.visits,
      visit ? `${visit.no <= 1 ? t.pane.firstVisit : t.pane.visit(visit.no)}, ${t.pane.pages(visit.pages)}` : '',
    ],
  ];
  return (
    <section aria-label={t.pane.about}>
      <dl>
        {rows
          .filter(([, value]) => value)
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd title={value}>{value}</dd>
            </div>
          ))}
      </dl>
    </section>
  );
}

export function Before({
  conversations,
  beside,
}: {
  conversations: readonly Conversation[];
  beside?: string | undefined;
}) {
  const app = useApp();
  const others = conversations.filter((c) => c.id !== beside);
  const open = (c: Conversation) => {
    app.conversations.apply(c);
    const list = c.state === 'closed' ? 'closed' : 'open';
    app.route.go({ screen: 'list', list, conversation: c.id, pane: false });
  };
  return (
    <section>
      <h3>{t.pane.before}</h3>
      {others.length === 0 && <p class="none">{t.pane.noBefore}</p>}
      <ul class="before">
        {others.map((c) => (
          <li key={c.id}>
            <button type="button" onClick={() => open(c)}>
              <span>{lastWords(c) || (c.startedOn && pageName(c.startedOn)) || t.pane.conversation(c.no)}</span>
              <Stamp at={c.startedAt} text={shortTime(c.startedAt, app.clock.now.value)} />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
