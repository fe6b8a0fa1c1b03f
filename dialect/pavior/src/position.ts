export type Offset = { top?: number; left?: number; right?: number; bottom?: number };

// Of one axis; the first outranks the second.
const axes = [
  ['top', 'bottom'],
  ['left', 'right'],
] as const;

/** The launcher's distances after `position(sides)`, px; `now` itself if nothing changes. */
export function moved(now: Offset, sides: Record<string, unknown>, warn: (message: string) => void): Offset {
  let offset = now;
  for (const axis of axes) {
    const side = axis.filter((name) => isDistance(name, sides[name], warn))[0];
    if (!side) continue;
    const { [axis[0]]: _, [axis[1]]: __, ...rest } = offset;
    offset = { ...rest, [side]: sides[side] };
  }
  return offset;
}

function isDistance(name: string, value: unknown, warn: (message: string) => void): boolean {
  if (value === undefined || value === 0) return false;
  if (Number.isInteger(value)) return true;
  warn(`position: ${name} is not a whole number`);
  return false;
}
