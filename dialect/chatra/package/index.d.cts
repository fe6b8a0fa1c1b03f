import type { Calls } from './index.js' with { 'resolution-mode': 'import' };

declare function Chatra<M extends keyof Calls>(method: M, ...args: Calls[M]): void;
export = Chatra;
