import type { StartCore } from '../types';
import { type CoreParts, Session } from './session';

export const coreWith =
  (parts: CoreParts): StartCore =>
  (options) =>
    new Session(options, parts).begin();
