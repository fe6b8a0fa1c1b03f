import type { Contact, Fact, PanelField } from '../net/types';
import { titleOf } from '../state/attributes';
import { openable } from '../state/links';
import { deedsOf } from '../state/people';
import { t } from '../text/en';
import { dateOf, factText } from '../text/format';
import { useApp } from './context';
import { Icon } from './Icon';

/** What is known of a person, apart by who says it. What a page says is marked: visitors can forge it. */
export function PersonFacts({ contact }: { contact: Contact }) {
  const { layers, sources } = contact;
  return (
    <>
      <OfContact contact={contact} />
      <Layer head={t.pane.attributes} layer="attributes" facts={layers.attributes} sources={sources} />
      <Layer head={t.pane.form} layer="form" facts={layers.form} sources={sources} />
      <Layer head={t.pane.integration} layer="integration" facts={layers.integration} />
      <Panel fields={layers.panel} />
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

/** Of one line among others: the page of somebody unproven said it. */
function Said() {
  return (
    <span class="said" title={t.pane.said}>
      <Icon name="claimed" size={14} />
      <span class="vh"> {t.pane.said}</span>
    </span>
  );
}

/** What the site's page shows the agents, in its order. */
function Panel({ fields }: { fields: readonly PanelField[] }) {
  if (fields.length === 0) return null;
  return (
    <section class="facts" aria-label={t.pane.panel}>
      <h3>{t.pane.panel}</h3>
      <Doubt text={t.pane.unverified} />
      {fields.map((field, i) => (
        <Field key={i} field={field} />
      ))}
    </section>
  );
}

function Field({ field: { title, key, content, link } }: { field: PanelField }) {
  const safe = useApp().safeHosts.value;
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
