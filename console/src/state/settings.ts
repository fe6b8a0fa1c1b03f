import type { Api } from '../net/api';
import type { Account, Agent, Group, Key, Privacy, RevealedKey } from '../net/types';
import { Attributes } from './attributes';
import { Reading } from './reading';
import type { Toasts } from './toasts';
import { Webhooks } from './webhooks';

export interface Team {
  agents: readonly Agent[];
  groups: readonly Group[];
}

/** What the settings show and change. Whatever changes something throws a Problem if it does not come about. */
export class Settings {
  readonly team: Reading<Team>;
  readonly keys: Reading<readonly Key[]>;
  readonly account: Reading<Account>;
  readonly attributes: Attributes;
  readonly webhooks: Webhooks;

  constructor(
    private readonly api: Api,
    toasts: Toasts,
  ) {
    this.team = new Reading(async () => {
      const [agents, groups] = await Promise.all([api.agents(), api.groups()]);
      return { agents: agents.data, groups: groups.data };
    });
    this.keys = new Reading(async () => (await api.keys()).data);
    this.account = new Reading(() => api.account());
    this.attributes = new Attributes(api);
    this.webhooks = new Webhooks(api, toasts);
  }

  reveal = async (id: string): Promise<string> => (await this.api.revealKey(id)).key;

  /** The new key; the list holds it from then on. */
  async rotate(overlapHours: number): Promise<RevealedKey> {
    const made = await this.api.rotateKey(overlapHours);
    await this.keys.load();
    return made;
  }

  /** Changes which conversations an agent sees. He signs in again if it is others than before. */
  async setSight(id: string, groups: readonly string[], limited: boolean): Promise<void> {
    const changed = await this.api.changeAgent(id, { groups: [...groups], limited });
    const team = this.team.value.peek();
    if (team) this.team.put({ ...team, agents: team.agents.map((a) => (a.id === id ? changed : a)) });
  }

  async setOrigins(origins: readonly string[]): Promise<void> {
    this.account.put(await this.api.changeAccount({ allowedOrigins: [...origins] }));
  }

  async setPrivacy(privacy: Partial<Privacy>): Promise<void> {
    this.account.put(await this.api.changeAccount({ privacy }));
  }
}

/** One origin a line, as people write them: empty lines and doubles are left out. */
export const linesOf = (text: string): string[] => [...new Set(text.split(/[\s,]+/).filter(Boolean))];
