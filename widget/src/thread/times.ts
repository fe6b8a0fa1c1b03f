import type { Say } from '../text/say';

/** The panel's language, as the page's or the person's own region writes it: in English Britons read 14:05, Americans 2:05 PM. */
function region({ language }: Say): string {
  const tags = [document.documentElement.lang, ...navigator.languages];
  return tags.find((tag) => tag.toLowerCase().startsWith(`${language}-`)) ?? language;
}

/** By language and options: to make one takes longer than to draw the message whose time it is. */
const made: Record<string, Intl.DateTimeFormat> = {};

function format(at: number, say: Say, options: Intl.DateTimeFormatOptions): string {
  const tag = region(say);
  const key = tag + JSON.stringify(options);
  try {
    made[key] ??= new Intl.DateTimeFormat(tag, options);
  } catch {
    made[key] = new Intl.DateTimeFormat(say.language, options); // the page's lang is no language
  }
  return made[key].format(at);
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
