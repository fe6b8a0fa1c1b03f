import type * as consent from '../consent';
import type { StartCore } from '../types';
import type { LoadSignals } from './attention';
import type { LoadLease } from './elect';
import type { LoadOutbox } from './late_store';
import { Session } from './session';

/** What a core loads later. */
export interface CoreParts {
  signals: LoadSignals;
  lease: LoadLease;
  outbox: LoadOutbox;
  /** The loader's, which asks too: where there is no storage it remembers for both. */
  consent: Pick<typeof consent, 'agree' | 'asksConsent'>;
}

export const coreWith =
  (parts: CoreParts): StartCore =>
  (options) =>
    new Session(options, parts).begin();
