/**
 * Types of `window.confab` for sites that use TypeScript. Once in your code:
 *
 *     declare global { interface Window { confab: import('./confab').Confab } }
 */
export type * from './packages/loader/confab';
