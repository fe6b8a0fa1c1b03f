import type { Marker } from '../../../client/frames';
import type { ShownMessage, TimelineRow } from '../../../client/timeline';

/** How far an own message has got on its way to the visitor. */
export type Delivery = 'sending' | 'sent' | 'delivered' | 'seen' | 'none';

export function deliveryOf(seq: number, markers: readonly Marker[]): Delivery {
  const visitors = markers.filter((m) => m.who.kind === 'visitor');
  if (visitors.some((m) => m.seen >= seq)) return 'seen';
  if (visitors.some((m) => m.delivered >= seq)) return 'delivered';
  return 'sent';
}

/** What stands at a group of own messages: how far the last of them that is not refused has got. */
export function deliveryOfGroup(messages: readonly ShownMessage[], markers: readonly Marker[]): Delivery {
  const alive = messages.filter((m) => m.item?.state !== 'failed');
  if (alive.some((m) => m.seq === 0)) return 'sending';
  const newest = alive.at(-1);
  return newest ? deliveryOf(newest.seq, markers) : 'none';
}

/** The last group of own messages that went to the visitor; only there the state is shown. */
export function lastOwnGroup(rows: readonly TimelineRow[]): string {
  const last = rows.findLast(
    (row) => row.kind === 'group' && row.own && !row.note && !row.messages.every((m) => m.auto),
  );
  return last?.key ?? '';
}
