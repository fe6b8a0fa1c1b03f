import { line } from '../icons';
import { ring } from '../panel/icons';

export const clock = line(ring, 'M10 6v4.2l2.8 1.6');
export const ticks = line('m2 10.5 3.3 3.5 7-8', 'm9.2 13 1 1 7.3-8');
