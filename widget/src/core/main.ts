import { Session } from './session';
import type { StartCore } from '../types';

export const startCore: StartCore = (options) => new Session(options).begin();
