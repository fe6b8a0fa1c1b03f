import type { Say } from '../text/say';

/** The panel's language, as the page's or the person's own region writes it: in English Britons read 14:05, Americans 2:05 PM. */
function region({ language }: Say): string {
  const tags = [document.documentElement.lang, ...navigator.languages];
  return tags.find((tag) => tag.toLowerCase().startsWith(`${language}-`)) ?? language;
}

function format(at: number, say: Say, options: Intl.DateTimeFormatOptions): string {
  try {
    return new Intl.DateTimeFormat(region(say), options).format(at);
  } catch {
    return new Intl.DateTimeFormat(say.language, options).format(at); // the page's lang is no language
  }
}

/** 10:43 */
export const clockTime = (at: number, say: Say): string => format(at, say, { hour: 'numeric', minute: '2-digit' });

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
