import { useEffect, useRef, useState } from 'preact/hooks';
import { UNIVERSES } from '../../state/filter';
import { t } from '../../text/en';
import { Banner } from '../Banner';
import { useApp } from '../context';
import { following } from '../following';
import { Icon } from '../Icon';
import { SearchBox } from '../SearchBox';
import { ToastBar } from '../ToastBar';
import { ContactPane } from './ContactPane';
import { ContactTable } from './ContactTable';
import { FilterBuilder } from './FilterBuilder';
import { SegmentMenu } from './SegmentMenu';

const words = t.contacts;

/** Everybody who is known: found by universe, words and attributes, with the columns that were chosen. */
export function ContactsScreen({ chosen }: { chosen: string }) {
  const { contacts, settings, route, me } = useApp();
  const admin = me.role === 'admin';
  const [filtering, setFiltering] = useState(contacts.wish.peek().filter.conditions.length > 0);
  const wish = contacts.wish.value;
  useEffect(() => {
    void settings.attributes.list.load().then(contacts.load);
    void contacts.segments.load();
  }, [contacts, settings]);
  const button = useRef<HTMLButtonElement>(null);
  const close = () => {
    setFiltering(false);
    button.current?.focus();
  };
  return (
    <div class={`visitors contacts ${chosen ? 'with-pane' : ''}`}>
      <section class="pg" aria-label={t.contactsTitle}>
        <header class="pg-h">
          <h2>{t.contactsTitle}</h2>
          <small role="status">{contacts.state.value === 'ready' ? words.people(contacts.count.value) : ''}</small>
          <span class="sp" />
          <Words />
          {admin && <Export />}
          {admin && (
            <a class="btn s" href="/console/contacts/import" onClick={following(() => route.importing())}>
              <Icon name="upload" size={16} />
              <span>{words.importGo}</span>
            </a>
          )}
        </header>
        <div class="fl" role="group" aria-label={words.universe}>
          {UNIVERSES.map((universe) => (
            <button
              key={universe}
              type="button"
              class="chip"
              aria-pressed={wish.universe === universe}
              onClick={() => void contacts.want({ universe })}
            >
              {words.universes[universe]}
            </button>
          ))}
          <i class="fl-gap" />
          <button
            ref={button}
            type="button"
            class="chip"
            aria-pressed={wish.filter.conditions.length > 0}
            aria-expanded={filtering}
            onClick={() => setFiltering(!filtering)}
          >
            <Icon name="filter" size={16} />
            {words.filterOf(wish.filter.conditions.length)}
          </button>
          <SegmentMenu chosen={() => setFiltering(true)} />
        </div>
        {filtering && <FilterBuilder close={close} />}
        <Banner />
        <ContactTable chosen={chosen} />
        <ToastBar />
      </section>
      {chosen && <ContactPane key={chosen} contact={chosen} close={() => route.contacts()} />}
    </div>
  );
}

const PAUSE_MILLIS = 250;

/** Asks when the writing pauses. */
function Words() {
  const { contacts } = useApp();
  const asked = contacts.wish.value.query;
  const [query, setQuery] = useState(asked);
  useEffect(() => setQuery(asked), [asked]);
  useEffect(() => {
    if (query === contacts.wish.peek().query) return;
    const timer = setTimeout(() => void contacts.want({ query }), PAUSE_MILLIS);
    return () => clearTimeout(timer);
  }, [contacts, query]);
  return <SearchBox label={words.search} query={query} change={setQuery} />;
}

/** All that are found, as a file. */
function Export() {
  const { contacts, toasts } = useApp();
  const [busy, setBusy] = useState(false);
  const run = async () => {
    if (busy) return;
    setBusy(true);
    try {
      save(await contacts.csv(), words.fileName(new Date().toISOString().slice(0, 10)));
    } catch {
      toasts.say(words.exportFailed);
    }
    setBusy(false);
  };
  return (
    <button type="button" class="btn s" aria-disabled={busy} onClick={() => void run()}>
      <Icon name="download" size={16} />
      <span>{busy ? words.exporting : words.export}</span>
    </button>
  );
}

function save(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // The browser reads it after the click; a minute is more than that takes.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
