import { useEffect, useId, useMemo, useRef, useState } from 'preact/hooks';
import type { Status } from '../net/types';
import { commandsOf, findable } from '../state/commands';
import type { Console } from '../state/console';
import { match, type Part } from '../state/match';
import { t } from '../text/en';
import { lastWords } from '../text/format';
import { Avatar } from './Avatar';
import { useApp, usePermission } from './context';
import { Dialog } from './Dialog';
import { Icon } from './Icon';
import type { IconName } from './icons';
import { Chips } from './Kbd';
import { nameOf } from './names';
import { Presence } from './Presence';

interface Choice {
  id: string;
  section: string;
  label: string;
  face: preact.ComponentChildren;
  hint?: string;
  chips: readonly string[];
  run: () => void;
}
type Found = Choice & { parts: Part[] };

const MOST_CHATS = 6;

/** Everything that can be done, by its name. With `assigning` it lists whom a chat can be handed to. */
export function CommandBar({ assigning, close }: { assigning: boolean; close: () => void }) {
  const app = useApp();
  const permission = usePermission();
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const id = useId();
  // Colleagues come, go and change their status while the list is open.
  const colleagues = assigning ? app.agents.byId.value : null;
  const all = useMemo(
    () => (assigning ? assignChoices(app) : choices(app, () => void permission.ask())),
    [app, assigning, permission, colleagues],
  );
  const found = useMemo(() => find(all, query), [all, query]);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [at, found]);
  const run = (choice: Found | undefined) => {
    if (!choice) return;
    close();
    choice.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (by !== 0) {
      event.preventDefault();
      setAt((at + by + found.length) % Math.max(1, found.length));
    } else if (event.key === 'Enter' && !event.isComposing) {
      event.preventDefault();
      run(found[at]);
    }
  };
  const placeholder = assigning ? t.command.assignPlaceholder : t.command.placeholder;
  return (
    <Dialog label={t.command.label} class="cmd" close={close}>
      <div class="cmd-q">
        <Icon name={assigning ? 'assign' : 'search'} size={20} />
        <input
          type="text"
          role="combobox"
          aria-label={placeholder}
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-activedescendant={found[at] ? `${id}-${found[at].id}` : undefined}
          autoComplete="off"
          spellcheck={false}
          placeholder={placeholder}
          value={query}
          autoFocus
          onInput={(event) => {
            setQuery(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
        />
        {app.current.value && <span class="ctx">{nameOf(app.current.value)}</span>}
      </div>
      <div ref={list} id={`${id}-list`} class="cmd-list" role="listbox" aria-label={t.command.results}>
        {found.map((choice, i) => (
          <Option
            key={choice.id}
            id={`${id}-${choice.id}`}
            choice={choice}
            on={i === at}
            first={found[i - 1]?.section !== choice.section}
            run={() => run(choice)}
            point={() => setAt(i)}
          />
        ))}
      </div>
      {found.length === 0 && (
        <p class="cmd-none" role="status">
          {t.command.nothing}
        </p>
      )}
      <footer class="cmd-ft">
        <span>
          <Chips chips={['↑', '↓']} /> {t.command.choose}
        </span>
        <span>
          <Chips chips={['↵']} /> {t.command.run}
        </span>
        <span>
          <Chips chips={['Esc']} /> {t.command.closeBar}
        </span>
      </footer>
    </Dialog>
  );
}

function Option({
  id,
  choice,
  on,
  first,
  run,
  point,
}: {
  id: string;
  choice: Found;
  on: boolean;
  first: boolean;
  run: () => void;
  point: () => void;
}) {
  return (
    <>
      {first && (
        <div class="cmd-h" role="presentation">
          {choice.section}
        </div>
      )}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the input keeps the focus, and its keys run the option */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: as above, by aria-activedescendant */}
      <div id={id} class="cmd-o" role="option" aria-selected={on} onClick={run} onPointerMove={() => !on && point()}>
        {choice.face}
        <span>
          {choice.parts.map((part, i) => (part.hit ? <b key={i}>{part.text}</b> : part.text))}
          {choice.hint && <small> · {choice.hint}</small>}
        </span>
        <Chips chips={choice.chips} />
      </div>
    </>
  );
}

function choices(app: Console, ask: () => void): Choice[] {
  const commands = commandsOf(app, ask)
    .filter((c) => c.id !== 'commands')
    .map((c) => ({ ...c, face: faceOf(c.icon) }));
  const chats = findable(app).map((c) => ({
    id: `chat-${c.id}`,
    section: t.command.people,
    label: nameOf(c),
    hint: lastWords(c),
    chips: [],
    face: <Avatar kind="visitor" id={c.visitor} name={c.visitorLevel === 'anonymous' ? '' : c.visitorName} size={24} />,
    run: () => app.route.conversation(c.id),
  }));
  return [...commands, ...chats];
}

function faceOf(icon: string): preact.ComponentChildren {
  if (!icon.startsWith('presence-')) return <Icon name={icon as IconName} />;
  return (
    <span class="cmd-pres">
      <Presence status={icon.slice('presence-'.length) as Status} size={12} />
    </span>
  );
}

function assignChoices(app: Console): Choice[] {
  const c = app.current.value;
  if (!c) return [];
  const agents = app.agents.all.value
    .filter((a) => !c.agents.includes(a.id))
    .map((a) => ({
      id: `agent-${a.id}`,
      section: t.command.agents,
      label: a.id === app.me.id ? `${a.name} (${t.you})` : a.name,
      hint: t.status[a.id === app.me.id ? app.status.value : a.status],
      chips: [],
      face: (
        <Avatar
          kind="agent"
          id={a.id}
          name={a.name}
          size={24}
          status={a.id === app.me.id ? app.status.value : a.status}
        />
      ),
      run: () => void app.actions.assign(c, { agentId: a.id }),
    }));
  const groups = app.agents.groups.value.map((g) => ({
    id: `group-${g.id}`,
    section: t.command.groups,
    label: g.name,
    chips: [],
    face: <Icon name="chats" />,
    run: () => void app.actions.assign(c, { groupId: g.id }),
  }));
  return [...agents, ...groups];
}

/** Those that match; chats only a few, so that commands stay in sight. */
function find(all: readonly Choice[], query: string): Found[] {
  let chats = 0;
  return all.flatMap((choice) => {
    const parts = match(choice.label, query);
    if (!parts || (choice.section === t.command.people && ++chats > MOST_CHATS)) return [];
    return [{ ...choice, parts }];
  });
}
