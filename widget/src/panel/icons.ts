import { type Icon, line } from '../icons';

export const ring = 'M3 10a7 7 0 1 0 14 0 7 7 0 1 0-14 0';

export { chevronDown, cross } from '../icons';
export const chevronRight = line('m7.5 5 5 5-5 5');
export const dots: Icon = { box: 20, width: 2.4, paths: ['M4.5 10v.1M10 10v.1M15.5 10v.1'] };
export const arrowUp = line('M10 16V4.5M5 9.2l5-5 5 5');
export const alert = line(ring, 'M10 6.3v4.4M10 13.6v.1');
export const smile = line(ring, 'M7 11.8c.7 1 1.8 1.5 3 1.5s2.3-.5 3-1.5M7.6 8v.1M12.4 8v.1');
export const tick = line('m4.5 10.5 3.5 3.5 7.5-8');
export const bolt = line('M11 2.5 4.5 11.5H9l-.5 6 6.5-9h-4.5z');
export const turning = line('M16 10a6 6 0 1 1-1.8-4.3L16.5 8', 'M16.5 4v4h-4');
export const clip = line(
  'm15.5 9.3-5.6 5.6a3.3 3.3 0 0 1-4.7-4.7l6-6a2.2 2.2 0 0 1 3.1 3.1l-5.7 5.7a1 1 0 0 1-1.5-1.5l5.2-5.2',
);
export const phone = line(
  'M6.5 3.5 8 7 6.5 8.5a9 9 0 0 0 5 5L13 12l3.5 1.5v2.5a1 1 0 0 1-1 1C9 17 3 11 3 4.5a1 1 0 0 1 1-1z',
);
