import { panelText as words } from '../text/en';

/** The page's language, as the person's own region writes it: on an English page Britons read 14:05, Americans 2:05 PM. */
function language(): string {
  const page = document.documentElement.lang;
  const base = (tag: string): string => tag.toLowerCase().split('-')[0] ?? '';
  const own = navigator.languages.find((tag) => base(tag) === base(page));
  return page.includes('-') ? page : own || page || navigator.language || 'en';
}

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
