import { useState } from 'preact/hooks';
import { calledOf } from '../../state/attributes';
import { columnsOf } from '../../state/contacts';
import { t } from '../../text/en';
import { AttributeDialog } from '../AttributeDialog';
import { useApp } from '../context';
import { Icon } from '../Icon';
import { Menu } from '../Menu';

const words = t.contacts;
/** From so many on a search helps. */
const MANY = 12;

/** The gear of the table: which attributes it shows, and a way to a new one. */
export function ColumnMenu() {
  const { contacts } = useApp();
  const [adding, setAdding] = useState(false);
  return (
    <>
      <Menu label={words.columns} class="ib" end face={<Icon name="gear" />}>
        {(close) => (
          <Choice
            add={() => {
              close();
              setAdding(true);
            }}
          />
        )}
      </Menu>
      {adding && <AttributeDialog close={() => setAdding(false)} added={({ name }) => contacts.toggleColumn(name)} />}
    </>
  );
}

function Choice({ add }: { add: () => void }) {
  const { contacts, prefs, me } = useApp();
  const [query, setQuery] = useState('');
  const all = [
    { name: 'universe', title: words.universeHead },
    ...columnsOf(contacts.definitions.value).map((d) => ({ name: d.name, title: calledOf(d) })),
  ];
  const found = all.filter((d) => `${d.title} ${d.name}`.toLowerCase().includes(query.trim().toLowerCase()));
  const shown = contacts.columns.value;
  return (
    <div class="cols">
      <div class="cols-h">
        <small>{words.columnsHint}</small>
        {prefs.columns.value && (
          <button type="button" class="btn t" onClick={() => prefs.set('columns', null)}>
            {words.resetColumns}
          </button>
        )}
      </div>
      {all.length > MANY && (
        <input
          class="in"
          type="search"
          aria-label={words.findColumn}
          placeholder={words.findColumn}
          value={query}
          onInput={(event) => setQuery(event.currentTarget.value)}
        />
      )}
      <div class="cols-list" role="group" aria-label={words.columns}>
        {found.map((d) => (
          <label key={d.name} class="ck pop-line">
            <input type="checkbox" checked={shown.includes(d.name)} onChange={() => contacts.toggleColumn(d.name)} />
            <span>{d.title}</span>
          </label>
        ))}
      </div>
      {me.role === 'admin' && (
        <>
          <hr />
          <button type="button" class="pop-row accent" onClick={add}>
            <Icon name="plus" size={16} />
            {words.addAttribute}
          </button>
        </>
      )}
    </div>
  );
}
