import type { Contact, Conversation, Fact, PanelField } from '../net/types';
import { titleOf } from '../state/attributes';
import { openable } from '../state/links';
import { deedsOf } from '../state/people';
import { t } from '../text/en';
import { dateOf, factText } from '../text/format';
import { CardEnd, CardHead } from './CustomerCard';
import { useApp } from './context';
import { Icon } from './Icon';

/** What is known of a person, apart by who says it. What a page says is marked: visitors can forge it. */
export function PersonFacts({ contact, chat }: { contact: Contact; chat: Conversation | undefined }) {
  const { layers, sources } = contact;
  const noted = layers.panel.filter((field) => field.source === 'team');
  const said = layers.panel.filter((field) => field.source !== 'team');
  return (
    <>
      <OfContact contact={contact} />
      <Layer head={t.pane.attributes} layer="attributes" facts={layers.attributes} sources={sources} />
      <Layer head={t.pane.form} layer="form" facts={layers.form} sources={sources} />
      <Layer head={t.pane.integration} layer="integration" facts={layers.integration} />
      {chat && <CardHead chat={chat} />}
      <Panel head={t.pane.noted} fields={noted} trusted />
      <Panel head={t.pane.panel} fields={said} />
      {chat?.card && <CardEnd card={chat.card} />}
      <Deeds contact={contact} />
      <Consents contact={contact} />
    </>
  );
}

function OfContact({ contact }: { contact: Contact }) {
  const { phone, description, externalId, signedUpAt, layers, sources } = contact;
  const said = (name: string, value: string) => layers.basic[name] === value && sources[`basic.${name}`] === 'said';
  const rows: Row[] = [];
  if (phone) rows.push({ name: t.pane.phone, value: phone, said: said('phone', phone) });
  if (description) rows.push({ name: t.pane.description, value: description, said: said('description', description) });
  if (externalId) rows.push({ name: t.pane.externalId, value: externalId });
  if (signedUpAt) rows.push({ name: t.pane.signedUp, value: dateOf(signedUpAt) });
  return <Facts head={t.pane.contact} rows={rows} />;
}

interface LayerProps {
  head: string;
  layer: string;
  facts: Readonly<Record<string, Fact>>;
  /** Missing: all of it is the page's. */
  sources?: Contact['sources'];
}

function Layer({ head, layer, facts, sources }: LayerProps) {
  const rows = Object.entries(facts).map(([name, value]) => ({
    name: layer === 'attributes' ? titleOf(name) : name,
    value: factText(value),
    said: sources?.[`${layer}.${name}`] === 'said',
  }));
  return <Facts head={head} rows={rows} unverified={!sources} />;
}

interface Row {
  name: string;
  value: string;
  /** By the page of somebody unproven. */
  said?: boolean;
  hint?: string;
}

function Facts({ head, rows, unverified }: { head: string; rows: readonly Row[]; unverified?: boolean }) {
  if (rows.length === 0) return null;
  const allSaid = rows.every((row) => row.said);
  return (
    <section class="facts" aria-label={head}>
      <h3>{head}</h3>
      {unverified && <Doubt text={t.pane.unverified} />}
      {allSaid && <Doubt text={t.pane.said} />}
      <dl>
        {rows.map(({ name, value, said, hint }) => (
          <div key={name}>
            <dt dir="auto">{name}</dt>
            <dd dir="auto" title={hint}>
              {value}
              {said && !allSaid && <Said />}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** Of a whole section: it came from the page, or from somebody who has not proven who he is. */
function Doubt({ text }: { text: string }) {
  return (
    <p class="unv">
      <Icon name="claimed" size={14} />
      {text}
    </p>
  );
}

/** Of a whole section: the site's own systems say so. */
function Trust({ text }: { text: string }) {
  return (
    <p class="unv tru">
      <Icon name="shield" size={14} />
      {text}
    </p>
  );
}

/** Of one line among others: the page of somebody unproven said it. */
function Said() {
  return (
    <span class="said" title={t.pane.said}>
      <Icon name="claimed" size={14} />
      <span class="vh"> {t.pane.said}</span>
    </span>
  );
}

/** What the site's page, or its own systems, show the agents, in their order. */
function Panel({ head, fields, trusted }: { head: string; fields: readonly PanelField[]; trusted?: boolean }) {
  if (fields.length === 0) return null;
  return (
    <section class="facts" aria-label={head}>
      <h3>{head}</h3>
      {trusted ? <Trust text={t.pane.trusted} /> : <Doubt text={t.pane.unverified} />}
      {fields.map((field, i) => (
        <Field key={i} field={field} trusted={trusted ?? false} />
      ))}
    </section>
  );
}

/** Links of a page must lead to the safe hosts; the site's own systems may link to whatever they like. */
function Field({ field: { title, key, content, link }, trusted }: { field: PanelField; trusted: boolean }) {
  const hosts = useApp().safeHosts.value;
  const safe = trusted ? [] : hosts;
  const href = safe ? openable(link, safe) : undefined;
  const text = content || (!key && !title && href) || '';
  const words = (
    <>
      {key && <b>{key}:</b>}
      {key && text && ' '}
      {text}
    </>
  );
  return (
    <div class="pf">
      {title && <h4 dir="auto">{title}</h4>}
      {(key || text || href) && (
        <p dir="auto">
          {href ? (
            <a href={href} target="_blank" rel="noopener noreferrer nofollow ugc" title={href}>
              {key || text ? words : href}
            </a>
          ) : (
            words
          )}
        </p>
      )}
    </div>
  );
}

function Deeds({ contact }: { contact: Contact }) {
  const rows = deedsOf(contact).map(({ name, count, first, last }) => ({
    name,
    value: Number.isNaN(last) ? t.pane.times(count) : t.pane.lastTime(t.pane.times(count), dateOf(last)),
    ...(Number.isNaN(first) ? {} : { hint: t.pane.firstAndLast(dateOf(first), dateOf(last)) }),
  }));
  return <Facts head={t.pane.events} rows={rows} />;
}

function Consents({ contact }: { contact: Contact }) {
  const rows = Object.entries(contact.consents).map(([kind, { value, at }]) => ({
    name: t.pane.consentKinds[kind] ?? kind,
    value: `${value ? t.pane.agreed : t.pane.refused}, ${dateOf(at)}`,
  }));
  return <Facts head={t.pane.consents} rows={rows} />;
}
