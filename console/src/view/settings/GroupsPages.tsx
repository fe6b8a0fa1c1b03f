import type { Agent, Group } from '../../net/types';
import { t } from '../../text/en';
import { useApp } from '../context';
import { Empty } from '../Empty';
import { following } from '../following';
import { Icon } from '../Icon';
import { Read } from '../Read';
import { AgentTable } from './AgentsPages';
import { PageHead } from './PageHead';
import { Fact, Facts, Id } from './Rows';

const words = t.settings.groups;

export function GroupsPage() {
  const { settings } = useApp();
  return (
    <>
      <PageHead title={t.settings.sections.groups} hint={words.hint} />
      <Read reading={settings.team} what={t.settings.sections.groups}>
        {({ agents, groups }) =>
          groups.length === 0 ? <Empty {...words.none} /> : <GroupTable agents={agents} groups={groups} />
        }
      </Read>
    </>
  );
}

const membersOf = (group: Group, agents: readonly Agent[]) => agents.filter((a) => a.groups?.includes(group.id));

function GroupTable({ agents, groups }: { agents: readonly Agent[]; groups: readonly Group[] }) {
  return (
    <div class="tbl set-tbl">
      <table>
        <thead>
          <tr>
            <th scope="col">{t.settings.name}</th>
            <th scope="col" class="c-no">
              {t.settings.no}
            </th>
            <th scope="col" class="c-members">
              {words.members}
            </th>
            <th scope="col" class="c-id">
              {t.settings.id}
            </th>
          </tr>
        </thead>
        <tbody>
          {groups.map((group) => (
            <GroupRow key={group.id} group={group} members={membersOf(group, agents)} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function GroupRow({ group, members }: { group: Group; members: readonly Agent[] }) {
  const { route } = useApp();
  const go = () => route.settings('groups', group.id);
  return (
    <tr onClick={go}>
      <td class="c-first">
        <a href={`/console/settings/groups/${group.id}`} onClick={following(go)}>
          <Icon name="queue" />
          <span class="c-who">
            <span>{group.name}</span>
            <small>{words.count(members.length)}</small>
          </span>
        </a>
      </td>
      <td class="c-no">{group.no}</td>
      <td class="c-members">{members.map((a) => a.name).join(', ') || '–'}</td>
      <td class="c-id">
        <code>{group.id}</code>
      </td>
    </tr>
  );
}

export function GroupPage({ id }: { id: string }) {
  const { settings } = useApp();
  return (
    <Read reading={settings.team} what={t.settings.sections.groups}>
      {({ agents, groups }) => {
        const group = groups.find((g) => g.id === id);
        if (!group) {
          return (
            <>
              <PageHead title={t.settings.gone} of="groups" />
              <Empty title={t.settings.gone} text={t.settings.goneHint} />
            </>
          );
        }
        const members = membersOf(group, agents);
        return (
          <>
            <PageHead of="groups" title={group.name} hint={words.count(members.length)} />
            <Facts>
              <Fact name={t.settings.id}>
                <Id id={group.id} what={t.settings.id} hint={words.idHint} />
              </Fact>
              <Fact name={t.settings.no}>{group.no}</Fact>
            </Facts>
            <h3 class="set-sub">{words.members}</h3>
            {members.length === 0 ? (
              <p class="set-none">{words.noMembers}</p>
            ) : (
              <AgentTable agents={members} groups={groups} />
            )}
          </>
        );
      }}
    </Read>
  );
}
