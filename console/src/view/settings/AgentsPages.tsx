import { useState } from 'preact/hooks';
import type { Agent, Group } from '../../net/types';
import { codeOf, sentenceOf } from '../../state/faults';
import { t } from '../../text/en';
import { Avatar } from '../Avatar';
import { useApp } from '../context';
import { Empty } from '../Empty';
import { following } from '../following';
import { Presence } from '../Presence';
import { Read } from '../Read';
import { Toggle } from '../Toggle';
import { PageHead } from './PageHead';
import { Fact, Facts, Id, Row } from './Rows';

const words = t.settings.agents;

export function AgentsPage() {
  const { settings } = useApp();
  return (
    <>
      <PageHead
        title={t.settings.sections.agents}
        hint={settings.team.value.value && words.hint(settings.team.value.value.agents.length)}
      />
      <Read reading={settings.team} what={t.settings.sections.agents}>
        {({ agents, groups }) =>
          agents.length === 0 ? <Empty {...words.none} /> : <AgentTable agents={agents} groups={groups} />
        }
      </Read>
    </>
  );
}

/** Addresses are told to admins only. */
export function AgentTable({ agents, groups }: { agents: readonly Agent[]; groups: readonly Group[] }) {
  const app = useApp();
  const admin = app.me.role === 'admin';
  return (
    <div class="tbl set-tbl">
      <table>
        <thead>
          <tr>
            <th scope="col">{t.settings.name}</th>
            <th scope="col" class="c-no">
              {t.settings.no}
            </th>
            {admin && (
              <th scope="col" class="c-mail">
                {words.email}
              </th>
            )}
            <th scope="col" class="c-role">
              {words.role}
            </th>
            <th scope="col" class="c-groups">
              {words.groups}
            </th>
            <th scope="col" class="c-status">
              {words.status}
            </th>
            <th scope="col" class="c-id">
              {t.settings.id}
            </th>
          </tr>
        </thead>
        <tbody>
          {agents.map((agent) => (
            <AgentRow key={agent.id} agent={agent} groups={groups} admin={admin} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function AgentRow({ agent, groups, admin }: { agent: Agent; groups: readonly Group[]; admin: boolean }) {
  const app = useApp();
  const go = () => app.route.settings('agents', agent.id);
  const under = [words.roles[agent.role ?? 'agent'], admin && agent.email].filter(Boolean).join(' · ');
  return (
    <tr onClick={go}>
      <td class="c-first">
        <a href={`/console/settings/agents/${agent.id}`} onClick={following(go)}>
          <Avatar kind="agent" id={agent.id} name={agent.name} size={26} />
          <span class="c-who">
            <span>{agent.id === app.me.id ? `${agent.name} (${t.you})` : agent.name}</span>
            <small>{under}</small>
          </span>
        </a>
      </td>
      <td class="c-no">{agent.no}</td>
      {admin && (
        <td class="c-mail" title={agent.email}>
          {agent.email}
        </td>
      )}
      <td class="c-role">{words.roles[agent.role ?? 'agent']}</td>
      <td class="c-groups">{namesOf(agent, groups).join(', ') || '–'}</td>
      <td class="c-status">
        <Status agent={agent} />
      </td>
      <td class="c-id">
        <code>{agent.id}</code>
      </td>
    </tr>
  );
}

const namesOf = (agent: Agent, groups: readonly Group[]): string[] =>
  groups.filter((g) => agent.groups?.includes(g.id)).map((g) => g.name);

/** As it is now: the list may be older. */
function Status({ agent }: { agent: Agent }) {
  const app = useApp();
  const status =
    agent.id === app.me.id ? app.status.value : (app.agents.byId.value.get(agent.id)?.status ?? agent.status);
  return (
    <span class="stt">
      <Presence status={status} size={12} />
      <span>{t.status[status]}</span>
    </span>
  );
}

export function AgentPage({ id }: { id: string }) {
  const { settings } = useApp();
  return (
    <Read reading={settings.team} what={t.settings.sections.agents}>
      {({ agents, groups }) => {
        const agent = agents.find((a) => a.id === id);
        if (!agent) {
          return (
            <>
              <PageHead title={t.settings.gone} of="agents" />
              <Empty title={t.settings.gone} text={t.settings.goneHint} />
            </>
          );
        }
        return <OneAgent agent={agent} groups={groups} />;
      }}
    </Read>
  );
}

function OneAgent({ agent, groups }: { agent: Agent; groups: readonly Group[] }) {
  const { route, me } = useApp();
  const role = agent.role ?? 'agent';
  const his = groups.filter((g) => agent.groups?.includes(g.id));
  return (
    <>
      <PageHead
        of="agents"
        title={
          <span class="set-who">
            <Avatar kind="agent" id={agent.id} name={agent.name} size={36} />
            {agent.name}
          </span>
        }
      />
      <Facts>
        <Fact name={t.settings.id}>
          <Id id={agent.id} what={t.settings.id} hint={words.idHint} />
        </Fact>
        <Fact name={t.settings.no}>{agent.no}</Fact>
        {agent.email && <Fact name={words.email}>{agent.email}</Fact>}
        <Fact name={words.role}>
          {words.roles[role]} <small class="set-side">{words.roleHints[role]}</small>
        </Fact>
        <Fact name={words.groups}>
          {his.length === 0 && <span class="none">{words.noGroups}</span>}
          <ul class="set-links">
            {his.map((g) => (
              <li key={g.id}>
                <a href={`/console/settings/groups/${g.id}`} onClick={following(() => route.settings('groups', g.id))}>
                  {g.name}
                </a>
              </li>
            ))}
          </ul>
        </Fact>
        <Fact name={words.status}>
          <Status agent={agent} />
        </Fact>
        <Fact name={words.sight}>{agent.limited ? words.sees.limited : words.sees.all}</Fact>
      </Facts>
      {me.role === 'admin' && <Sight key={agent.id} agent={agent} groups={groups} />}
    </>
  );
}

/** The agent's groups, and whether they are all that he sees. */
function Sight({ agent, groups }: { agent: Agent; groups: readonly Group[] }) {
  const { settings, toasts } = useApp();
  const kept = { groups: agent.groups ?? [], limited: agent.limited ?? false };
  const [now, setNow] = useState(kept);
  const [fault, setFault] = useState('');
  const changed = now.limited !== kept.limited || [...now.groups].sort().join() !== [...kept.groups].sort().join();
  const flip = (id: string) =>
    setNow({ ...now, groups: now.groups.includes(id) ? now.groups.filter((g) => g !== id) : [...now.groups, id] });
  const save = async (event: Event) => {
    event.preventDefault();
    try {
      await settings.setSight(agent.id, now.groups, now.limited);
      setFault('');
      toasts.say(words.saved);
    } catch (error) {
      setFault(sentenceOf(codeOf(error)));
    }
  };
  return (
    <Row label={words.groups}>
      <form onSubmit={(event) => void save(event)}>
        {agent.role === 'admin' ? (
          <p class="set-hint">{words.adminSees}</p>
        ) : (
          <Toggle
            label={words.limited}
            hint={words.limitedHint}
            on={now.limited}
            flip={() => setNow({ ...now, limited: !now.limited })}
          />
        )}
        {groups.map((g) => (
          <Toggle key={g.id} label={words.inGroup(g.name)} on={now.groups.includes(g.id)} flip={() => flip(g.id)} />
        ))}
        {fault && (
          <p class="fault" role="alert">
            {fault}
          </p>
        )}
        {changed && (
          <p class="unsaved">
            <span>{words.signsIn}</span>
            <button type="button" class="btn t" onClick={() => setNow(kept)}>
              {words.discard}
            </button>
            <button type="submit" class="btn p">
              {words.save}
            </button>
          </p>
        )}
      </form>
    </Row>
  );
}
