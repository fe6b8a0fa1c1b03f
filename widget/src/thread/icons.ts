import { line } from '../icons';
import { ring } from '../panel/icons';

export const clock = line(ring, 'M10 6v4.2l2.8 1.6');
export const ticks = line('m2 10.5 3.3 3.5 7-8', 'm9.2 13 1 1 7.3-8');
export const chevronLeft = line('m12.5 5-5 5 5 5');
export const bubble = line('M10 4a6 6 0 0 1 0 12H5a1.5 1.5 0 0 1-1.5-1.5V10A6.3 6.3 0 0 1 10 4z');
