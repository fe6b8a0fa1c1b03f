import type { CoreOptions } from '../types';
import type { CoreParts } from './start';

/** That the visitor lets us keep and send things, where he is asked. */
export class Agreement {
  give: () => void = () => undefined;
  /** Everything that keeps or sends waits for it. */
  readonly given = new Promise<void>((resolve) => {
    this.give = resolve;
  });

  constructor(
    private readonly options: CoreOptions,
    private readonly consent: CoreParts['consent'],
  ) {}

  get missing(): boolean {
    return this.consent.asksConsent(this.options.settings, this.options.config);
  }

  answer(value: boolean): void {
    this.consent.agree(this.options.config.account.id, value);
  }
}
