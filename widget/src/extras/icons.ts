import { line } from '../icons';
import { ring } from '../panel/icons';

export const download = line('M10 3.5v9M6 9l4 4 4-4M4 16.5h12');
export const globe = line(ring, 'M3 10h14M10 3c2.5 2 3.5 4.5 3.5 7s-1 5-3.5 7c-2.5-2-3.5-4.5-3.5-7S7.5 5 10 3');
export const spread = line('M7 6 3 10l4 4M13 6l4 4-4 4M3 10h14');
export const soundOn = line('M3.5 8v4h3l4 3.5v-11L6.5 8z', 'M13.5 7.5a3.5 3.5 0 0 1 0 5M15.5 5a7 7 0 0 1 0 10');
export const soundOff = line('M3.5 8v4h3l4 3.5v-11L6.5 8z', 'm13.5 8 4 4M17.5 8l-4 4');
