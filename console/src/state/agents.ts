import { computed, signal } from '@preact/signals';
import { firstName } from '../../../client/people';
import type { Agent, Group } from '../net/types';

/** The account's agents and groups. */
export class Agents {
  readonly byId = signal<ReadonlyMap<string, Agent>>(new Map());
  readonly groups = signal<readonly Group[]>([]);
  readonly all = computed(() => [...this.byId.value.values()].sort((a, b) => a.name.localeCompare(b.name)));

  private readonly firstNames = computed(() => {
    const bearers = new Map<string, number>();
    for (const { name } of this.all.value) bearers.set(firstName(name), (bearers.get(firstName(name)) ?? 0) + 1);
    return bearers;
  });

  nameOf(id: string | undefined): string {
    return (id && this.byId.value.get(id)?.name) || '';
  }

  /** The first name, as colleagues say it; the whole one where two share the first. */
  shortNameOf(id: string | undefined): string {
    const name = this.nameOf(id);
    const first = firstName(name);
    return this.firstNames.value.get(first) === 1 ? first : name;
  }

  groupNameOf(id: string | undefined): string {
    return this.groups.value.find((g) => g.id === id)?.name ?? '';
  }

  apply(agent: Agent): void {
    const known = this.byId.value.get(agent.id);
    this.byId.value = new Map(this.byId.value).set(agent.id, {
      ...known,
      ...agent,
      name: agent.name || known?.name || '',
    });
  }

  replace(agents: readonly Agent[], groups: readonly Group[]): void {
    this.byId.value = new Map(agents.map((a) => [a.id, a]));
    this.groups.value = groups;
  }

  clear(): void {
    this.replace([], []);
  }
}
