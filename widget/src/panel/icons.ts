import type { Icon } from '../icons';

const line = (...paths: string[]): Icon => ({ box: 20, width: 1.5, paths });
const ring = 'M3 10a7 7 0 1 0 14 0 7 7 0 1 0-14 0';

export { chevronDown, cross } from '../icons';
export const chevronLeft = line('m12.5 5-5 5 5 5');
export const chevronRight = line('m7.5 5 5 5-5 5');
export const dots: Icon = { box: 20, width: 2.4, paths: ['M4.5 10v.1M10 10v.1M15.5 10v.1'] };
export const arrowUp = line('M10 16V4.5M5 9.2l5-5 5 5');
export const clock = line(ring, 'M10 6v4.2l2.8 1.6');
export const alert = line(ring, 'M10 6.3v4.4M10 13.6v.1');
export const smile = line(ring, 'M7 11.8c.7 1 1.8 1.5 3 1.5s2.3-.5 3-1.5M7.6 8v.1M12.4 8v.1');
export const tick = line('m4.5 10.5 3.5 3.5 7.5-8');
export const ticks = line('m2 10.5 3.3 3.5 7-8', 'm9.2 13 1 1 7.3-8');
export const bolt = line('M11 2.5 4.5 11.5H9l-.5 6 6.5-9h-4.5z');
export const turning = line('M16 10a6 6 0 1 1-1.8-4.3L16.5 8', 'M16.5 4v4h-4');
export const soundOn = line('M3.5 8v4h3l4 3.5v-11L6.5 8z', 'M13.5 7.5a3.5 3.5 0 0 1 0 5M15.5 5a7 7 0 0 1 0 10');
export const soundOff = line('M3.5 8v4h3l4 3.5v-11L6.5 8z', 'm13.5 8 4 4M17.5 8l-4 4');
