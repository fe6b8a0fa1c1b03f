import type { Rule } from '../config';
import type { Chunks, RunningRules } from '../loader/chunks';
import type { Core } from '../types';

/** Runs the rules of the page, or of the account: their script is loaded only if there are any. */
export class RuleRunner {
  private running: RunningRules | null = null;
  private rules: Rule[] = [];

  constructor(
    private readonly chunks: Pick<Chunks, 'rules'>,
    private readonly invite: (rule: Rule) => boolean,
    private readonly failed: (what: string, error: unknown) => void,
  ) {}

  /** In the place of those before. */
  run(rules: Rule[], core: Core): void {
    if (rules === this.rules) return;
    this.stop();
    this.rules = rules;
    if (rules.length)
      void this.chunks.rules().then(
        (chunk) => this.start(chunk, rules, core),
        (error) => this.failed('rules', error),
      );
  }

  page(): void {
    this.running?.page();
  }

  stop(): void {
    this.running?.stop();
    this.running = null;
    this.rules = [];
  }

  private start({ startRules }: Awaited<ReturnType<Chunks['rules']>>, rules: Rule[], core: Core): void {
    if (rules !== this.rules) return; // others have come meanwhile
    const facts = {
      key: `confab:${core.config.account.id}:visit`,
      online: () => core.availability?.online === true,
      user: () => core.user,
    };
    this.running = startRules(rules, facts, this.invite);
  }
}
