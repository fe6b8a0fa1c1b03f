import type { StartCore } from '../types';
import { Session } from './session';

export const startCore: StartCore = (options) => new Session(options).begin();
