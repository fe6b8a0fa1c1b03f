export { checkRules } from './check';
export { type Facts, type Rules, startRules } from './engine';
