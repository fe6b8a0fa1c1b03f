import type { Section } from '../../state/route';
import { t } from '../../text/en';
import { Banner } from '../Banner';
import { useApp } from '../context';
import { Empty } from '../Empty';
import { following } from '../following';
import { Icon } from '../Icon';
import type { IconName } from '../icons';
import { ToastBar } from '../ToastBar';
import { AgentPage, AgentsPage } from './AgentsPages';
import { AttributesPage } from './AttributesPage';
import { GroupPage, GroupsPage } from './GroupsPages';
import { IntegrationsPage } from './IntegrationsPage';
import { PageHead } from './PageHead';
import { PrivacyPage } from './PrivacyPage';
import { WebhookPage } from './WebhookPage';
import { WebhooksPage } from './WebhooksPage';

interface Part {
  head: string;
  sections: readonly Section[];
}
const PARTS: readonly Part[] = [
  { head: t.settings.heads.team, sections: ['agents', 'groups'] },
  { head: t.settings.heads.people, sections: ['attributes', 'privacy'] },
  { head: t.settings.heads.connections, sections: ['webhooks', 'integrations'] },
];
const ICONS: Record<Section, IconName> = {
  agents: 'people',
  groups: 'queue',
  attributes: 'tag',
  privacy: 'shield',
  webhooks: 'link',
  integrations: 'key',
};
const FOR_ADMINS: ReadonlySet<Section> = new Set(['privacy', 'webhooks', 'integrations']);
const FIRST: Section = 'agents';

/** What the account has set: the sections, and beside them the one that was chosen. */
export function SettingsScreen({ section, id, item }: { section: Section | ''; id: string; item: string }) {
  const shown = section || FIRST;
  return (
    <div class="settings">
      <Sections shown={shown} />
      <section class="set-page" aria-label={t.settings.sections[shown]}>
        <Banner />
        <div class="set-scroll" key={`${shown} ${id}`}>
          <Page section={shown} id={id} item={item} />
        </div>
        <ToastBar />
      </section>
    </div>
  );
}

function Sections({ shown }: { shown: Section }) {
  const { me } = useApp();
  const admin = me.role === 'admin';
  const parts = PARTS.map(({ head, sections }) => ({
    head,
    sections: sections.filter((s) => admin || !FOR_ADMINS.has(s)),
  })).filter(({ sections }) => sections.length > 0);
  return (
    <nav class="set-nav" aria-label={t.settingsTitle}>
      <h2 class="set-title">{t.settingsTitle}</h2>
      {parts.map(({ head, sections }) => (
        <div key={head}>
          <h3 class="rail-h">{head}</h3>
          {sections.map((name) => (
            <SectionLink key={name} name={name} on={name === shown} />
          ))}
        </div>
      ))}
    </nav>
  );
}

function SectionLink({ name, on }: { name: Section; on: boolean }) {
  const { route } = useApp();
  return (
    <a
      class={`rl ${on ? 'on' : ''}`}
      href={`/console/settings/${name}`}
      aria-current={on ? 'page' : undefined}
      onClick={following(() => route.settings(name))}
    >
      <Icon name={ICONS[name]} />
      {t.settings.sections[name]}
    </a>
  );
}

function Page({ section, id, item }: { section: Section; id: string; item: string }) {
  const { me } = useApp();
  if (FOR_ADMINS.has(section) && me.role !== 'admin') {
    return (
      <>
        <PageHead title={t.settings.sections[section]} />
        <Empty title={t.settings.adminsOnly} text={t.settings.adminsOnlyHint} />
      </>
    );
  }
  switch (section) {
    case 'agents':
      return id ? <AgentPage id={id} /> : <AgentsPage />;
    case 'groups':
      return id ? <GroupPage id={id} /> : <GroupsPage />;
    case 'attributes':
      return <AttributesPage />;
    case 'privacy':
      return <PrivacyPage />;
    case 'webhooks':
      return id ? <WebhookPage id={id} delivery={item} /> : <WebhooksPage />;
    case 'integrations':
      return <IntegrationsPage />;
  }
}
