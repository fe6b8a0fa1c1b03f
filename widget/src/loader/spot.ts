import type { Place } from '../config';
import type { Look } from '../types';
import { pixels, style } from './dom';

export type Offset = NonNullable<Look['offset']>;

/** Which side of what is near: for the card, the badge and the panel. */
export interface Side {
  h: 'l' | 'c' | 'r';
  v: 't' | 'm' | 'b';
}

/** Where an offset names one side alone, the other is that of the nearest corner. */
const corners: Record<Place, Place> = {
  ...{ bl: 'bl', bc: 'br', br: 'br', lt: 'lt', lm: 'lb', lb: 'lb', rt: 'rt', rm: 'rb', rb: 'rb' },
};

/** Puts the launcher at its place, or at its distances from the sides. */
export function put(corner: HTMLElement, place: Place, offset: Offset | null | undefined): void {
  const free = offset != null && Object.keys(offset).length > 0;
  corner.dataset.place = free ? corners[place] : place;
  corner.classList.toggle('free', free);
  const { top, left, right, bottom } = offset ?? {};
  style(corner, { ...axis('top', top, 'bottom', bottom), ...axis('left', left, 'right', right) });
}

/** The first of both outranks the second. */
function axis(first: string, near: number | undefined, second: string, far: number | undefined) {
  const given = near ?? far;
  const [set, other] = near === undefined ? [second, first] : [first, second];
  return { [set]: pixels(given), [other]: given === undefined ? null : 'auto' };
}

export function sideOf(corner: HTMLElement): Side {
  const place = corner.dataset.place ?? 'br';
  if (corner.classList.contains('free')) return nearest(corner.getBoundingClientRect());
  const h = place === 'bc' ? 'c' : place.includes('l') ? 'l' : 'r';
  return { h, v: place[1] === 't' ? 't' : place[1] === 'm' ? 'm' : 'b' };
}

function nearest({ left, right, top, bottom }: DOMRect): Side {
  const { width, height } = screenSize();
  return { h: left + right < width ? 'l' : 'r', v: top + bottom < height ? 't' : 'b' };
}

export function screenSize(): { width: number; height: number } {
  return { width: document.documentElement.clientWidth || innerWidth, height: innerHeight };
}
