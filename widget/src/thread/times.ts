import { format } from '../panel/times';
import type { Say } from '../text/say';

export const exactTime = (at: number, say: Say): string => format(at, say, { dateStyle: 'medium', timeStyle: 'short' });

/** Today, Yesterday, or the date. */
export function dayName(at: number, now: number, say: Say): string {
  const day = new Date(at).toDateString();
  if (day === new Date(now).toDateString()) return say('today');
  const yesterday = new Date(now);
  yesterday.setDate(yesterday.getDate() - 1);
  if (day === yesterday.toDateString()) return say('yesterday');
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return format(at, say, { weekday: 'long', day: 'numeric', month: 'long', ...(!sameYear && { year: 'numeric' }) });
}
