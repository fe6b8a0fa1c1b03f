/** What to do after a close: try again soon, later (5 to 15 s), or not at all. */
export type Reconnect = 'soon' | 'later' | 'no';

export interface CloseRule {
  name: string;
  reconnect: Reconnect;
}

/** The table of docs/protocol.md, "Closing". */
export const closeRules: Readonly<Record<number, CloseRule>> = {
  1000: { name: 'done', reconnect: 'no' },
  1001: { name: 'going_away', reconnect: 'soon' },
  1003: { name: 'binary', reconnect: 'no' },
  1007: { name: 'not_utf8', reconnect: 'no' },
  1009: { name: 'too_big', reconnect: 'no' },
  1011: { name: 'internal', reconnect: 'soon' },
  1012: { name: 'restart', reconnect: 'soon' },
  1013: { name: 'busy', reconnect: 'later' },
  4000: { name: 'bad_frames', reconnect: 'no' },
  4001: { name: 'auth', reconnect: 'no' },
  4003: { name: 'forbidden', reconnect: 'no' },
  4008: { name: 'too_slow', reconnect: 'soon' },
  4009: { name: 'lease_lost', reconnect: 'soon' },
  4010: { name: 'revoked', reconnect: 'no' },
  4029: { name: 'too_fast', reconnect: 'later' },
};

/** The rule for a code; one that is not in the table (1006 above all: the network broke) is tried again soon. */
export function closeRule(code: number): CloseRule {
  return closeRules[code] ?? { name: `code_${code}`, reconnect: 'soon' };
}
