import { Problem } from '../net/problem';
import { t } from '../text/en';

export const codeOf = (error: unknown): string => (error instanceof Problem ? error.code : 'internal');

/** Why something that was asked for did not happen, as the agent is told. */
export function sentenceOf(code: string): string {
  switch (code) {
    case 'closed':
      return t.act.over;
    case 'offline':
    case 'unavailable':
    case 'draining':
      return t.act.offline;
    case 'forbidden':
      return t.act.forbidden;
    case 'rate_limited':
      return t.act.tooOften;
    default:
      return t.act.failed;
  }
}
