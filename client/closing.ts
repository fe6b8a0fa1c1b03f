/** What to do after a close: try again soon, later (5 to 15 s), or not at all. */
export type Reconnect = 'soon' | 'later' | 'no';

const never = [1000, 1003, 1007, 1009, 4000, 4001, 4003, 4010];
const later = [1013, 4029];

/** By the table of docs/protocol.md, "Closing"; a code that is not in it (1006 above all: the network broke) is tried again soon. */
export const reconnectAfter = (code: number): Reconnect =>
  never.includes(code) ? 'no' : later.includes(code) ? 'later' : 'soon';
