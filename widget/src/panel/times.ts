import { panelText as words } from '../text/en';

const language = (): string => document.documentElement.lang || navigator.language || 'en';

function format(at: number, options: Intl.DateTimeFormatOptions): string {
  try {
    return new Intl.DateTimeFormat(language(), options).format(at);
  } catch {
    return new Intl.DateTimeFormat('en', options).format(at); // the page's lang is no language
  }
}

/** 10:43 */
export const clockTime = (at: number): string => format(at, { hour: 'numeric', minute: '2-digit' });

export const exactTime = (at: number): string => format(at, { dateStyle: 'medium', timeStyle: 'short' });

/** Today, Yesterday, or the date. */
export function dayName(at: number, now: number): string {
  const day = new Date(at).toDateString();
  if (day === new Date(now).toDateString()) return words.today;
  const yesterday = new Date(now);
  yesterday.setDate(yesterday.getDate() - 1);
  if (day === yesterday.toDateString()) return words.yesterday;
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return format(at, { weekday: 'long', day: 'numeric', month: 'long', ...(!sameYear && { year: 'numeric' }) });
}
