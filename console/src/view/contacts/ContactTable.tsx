import type { Contact, Definition } from '../../net/types';
import { calledOf, titleOf } from '../../state/attributes';
import { columnsOf, knownOf, typeOf } from '../../state/contacts';
import { t } from '../../text/en';
import { dateOf, factText } from '../../text/format';
import { Avatar } from '../Avatar';
import { useApp } from '../context';
import { Empty } from '../Empty';
import { Failure } from '../Failure';
import { following } from '../following';
import { Icon } from '../Icon';
import { ListSkeleton } from '../Skeleton';
import { ColumnMenu } from './ColumnMenu';

const words = t.contacts;

/** The people that were asked for. What is shown is dimmed until the next answer is there: nothing jumps. */
export function ContactTable({ chosen }: { chosen: string }) {
  const { contacts } = useApp();
  const rows = contacts.rows.value;
  const state = contacts.state.value;
  if (state === 'failed' || state === 'forbidden') {
    return <Failure title={words.failed} hint={words.failedHint} again={() => void contacts.load()} />;
  }
  if (state !== 'ready') return <ListSkeleton label={words.loading} rows={8} />;
  return (
    <div class={`tbl ${contacts.busy.value ? 'busy' : ''}`} aria-busy={contacts.busy.value}>
      <Table rows={rows} chosen={chosen} />
      {rows.length === 0 && <Nobody />}
      {contacts.next.value && (
        <button type="button" class="btn t" aria-disabled={contacts.busy.value} onClick={() => void contacts.more()}>
          {words.more}
        </button>
      )}
    </div>
  );
}

function Nobody() {
  const { contacts } = useApp();
  const { universe, filter, query, segment } = contacts.wish.value;
  if (universe === 'all' && filter.conditions.length === 0 && !query && !segment) return <Empty {...words.none} />;
  return (
    <Empty {...words.noMatch}>
      <button type="button" class="btn s" onClick={() => void contacts.clear()}>
        {words.clearAll}
      </button>
    </Empty>
  );
}

function Table({ rows, chosen }: { rows: readonly Contact[]; chosen: string }) {
  const { contacts } = useApp();
  const all = contacts.definitions.value;
  const columns = contacts.columns.value.filter((c) => c === 'universe' || columnsOf(all).some((d) => d.name === c));
  return (
    <table style={{ '--cols': columns.length }}>
      <thead>
        <tr>
          <Head name="name" title={words.name} />
          {columns.map((name) => (
            <Head key={name} name={name} title={columnTitle(all, name)} number={typeOf(all, name) === 'number'} />
          ))}
          <th scope="col" class="c-gear">
            <ColumnMenu />
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((contact) => (
          <Row key={contact.id} contact={contact} columns={columns} on={contact.id === chosen} />
        ))}
      </tbody>
    </table>
  );
}

function columnTitle(all: readonly Definition[], name: string): string {
  if (name === 'universe') return words.universeHead;
  const found = all.find((d) => d.name === name);
  return found ? calledOf(found) : titleOf(name);
}

/** The greatest of numbers and dates, and the first of texts, come first. */
function Head({ name, title, number }: { name: string; title: string; number?: boolean }) {
  const { contacts } = useApp();
  const { order } = contacts.wish.value;
  const on = order.by === name;
  const type = typeOf(contacts.definitions.value, name);
  const press = () =>
    void contacts.want({ order: { by: name, down: on ? !order.down : type === 'number' || type === 'date' } });
  return (
    <th
      scope="col"
      class={`${name === 'name' ? 'c-name' : 'c-attr'} ${number ? 'c-num' : ''}`}
      aria-sort={on ? (order.down ? 'descending' : 'ascending') : undefined}
    >
      <button type="button" title={title} onClick={press}>
        <span>{title}</span>
        {on && <Icon name={order.down ? 'arrowDown' : 'arrowUp'} size={14} />}
      </button>
    </th>
  );
}

function Row({ contact: c, columns, on }: { contact: Contact; columns: readonly string[]; on: boolean }) {
  const { contacts, route } = useApp();
  const all = contacts.definitions.value;
  const go = () => route.contacts(c.id);
  const called = c.name || c.email || c.externalId;
  return (
    <tr class={on ? 'on' : ''} onClick={go}>
      <td class="c-name">
        <a href={`/console/contacts/${c.id}`} aria-current={on ? 'true' : undefined} onClick={following(go)}>
          <Avatar kind="visitor" id={c.id} name={c.level === 'anonymous' ? '' : (called ?? '')} size={26} />
          <span class="c-who">
            <span>{called || t.guest}</span>
            <small>{(c.name && c.email) || words.universeOf[c.universe ?? '']}</small>
          </span>
        </a>
      </td>
      {columns.map((name) => (
        <Cell key={name} value={knownOf(c, name)} type={typeOf(all, name)} name={name} />
      ))}
      <td class="c-gear" />
    </tr>
  );
}

function Cell({ value, type, name }: { value: unknown; type: Definition['type']; name: string }) {
  const text = name === 'universe' ? (words.universeOf[String(value)] ?? '') : cellText(value, type);
  return (
    <td class={`c-attr ${type === 'number' ? 'c-num' : ''}`} title={text} dir={type === 'string' ? 'auto' : undefined}>
      {text || <span class="none">–</span>}
    </td>
  );
}

/** A value as a cell shows it; dates as days. */
export function cellText(value: unknown, type: Definition['type']): string {
  if (value === undefined || value === null || value === '') return '';
  if (type === 'date') return dateOf(typeof value === 'number' ? value : Date.parse(String(value))) || String(value);
  if (type === 'number' && typeof value === 'number') return value.toLocaleString();
  return factText(value);
}
