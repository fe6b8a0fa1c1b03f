import { computed, signal } from '@preact/signals';
import type { Agent, Group } from '../net/types';

/** The account's agents and groups. */
export class Agents {
  readonly byId = signal<ReadonlyMap<string, Agent>>(new Map());
  readonly groups = signal<readonly Group[]>([]);
  readonly all = computed(() => [...this.byId.value.values()].sort((a, b) => a.name.localeCompare(b.name)));

  nameOf(id: string | undefined): string {
    return (id && this.byId.value.get(id)?.name) || '';
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
