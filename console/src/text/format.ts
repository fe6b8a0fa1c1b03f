import type { Conversation } from '../net/types';
import { t } from './en';

const clock = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: 'short' });
const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const longDay = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const date = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'short' });

const DAY_MILLIS = 24 * 3600_000;

/** Midnight at the beginning of the day, by this machine's time zone. */
const dayOf = (at: number) => new Date(at).setHours(0, 0, 0, 0);
const daysBetween = (at: number, now: number) => Math.round((dayOf(now) - dayOf(at)) / DAY_MILLIS);

export const timeOf = (at: number) => clock.format(at);
export const fullTime = (at: number) => full.format(at);
export const iso = (at: number) => new Date(at).toISOString();

/** As it stands in a list: the time today, the day's name within a week, else the date. */
export function shortTime(at: number, now: number): string {
  const days = daysBetween(at, now);
  if (days <= 0) return clock.format(at);
  return days < 7 ? weekday.format(at) : day.format(at);
}

export function dayName(at: number, now: number): string {
  const days = daysBetween(at, now);
  if (days === 0) return 'Today';
  return days === 1 ? 'Yesterday' : longDay.format(at);
}

/** 0:34, 12:05, 1:02:07 */
export function stopwatch(millis: number): string {
  const seconds = Math.max(0, Math.floor(millis / 1000));
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${pad(m)}:${pad(s)}` : `${m}:${pad(s)}`;
}

const JUST_NOW_MILLIS = 10_000;

/** Whether so little time has passed that a figure would say less than "just now". */
export const isJustNow = (millis: number) => millis < JUST_NOW_MILLIS;

const pad = (n: number) => String(n).padStart(2, '0');

/** 40 s, 14 min, 2 h 5 min, 3 days */
export function span(millis: number): string {
  const minutes = Math.floor(millis / 60_000);
  if (minutes < 1) return `${Math.max(0, Math.floor(millis / 1000))} s`;
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return `${Math.floor(hours / 24)} days`;
  return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
}

const UNITS = ['B', 'kB', 'MB', 'GB'];
const unitOf = (bytes: number) => Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), UNITS.length - 1);

/** A size in the unit that suits `by`: 1.4 */
export function sizeIn(bytes: number, by: number): string {
  const unit = unitOf(by);
  const value = bytes / 1000 ** unit;
  return value.toFixed(unit > 1 && value < 10 ? 1 : 0);
}

/** 1.4 MB */
export const sizeText = (bytes: number) => `${sizeIn(bytes, bytes)} ${UNITS[unitOf(bytes)]}`;

/** A limit as people say it: what lies a little above 20 MB is 20 MB. */
export const limitText = (bytes: number) => (bytes >= 1e6 ? `${Math.floor(bytes / 1e6)} MB` : sizeText(bytes));

/** 20 Sep 2026 */
export const dateOf = (at: number) => (Number.isNaN(at) ? '' : date.format(at));

const isoMoment = /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/;

/** A value of whatever kind as text; moments as a date, yes and no as words. */
export function factText(value: unknown): string {
  if (typeof value === 'boolean') return value ? t.pane.yes : t.pane.no;
  if (typeof value === 'string') return isoMoment.test(value) ? dateOf(Date.parse(value)) : value;
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}

/** The name of a page: its title, else its path. */
export function pageName(page: { url: string; title?: string } | undefined): string {
  return page?.title?.trim() || (page ? pathOf(page.url) : '');
}

/** Path and query of an address, readable; the address itself if it is none. */
export function pathOf(url: string): string {
  try {
    const { pathname, search } = new URL(url);
    return decodeURI(pathname + search);
  } catch {
    return url;
  }
}

/** The site that a visitor came from. */
export function cameFrom(visitor: { referrer?: string }): string {
  if (!visitor.referrer) return t.pane.direct;
  try {
    return new URL(visitor.referrer).hostname.replace(/^www\./, '') || t.pane.direct;
  } catch {
    return visitor.referrer;
  }
}

/** The time where the visitor is; empty if the zone is not known here. */
export function localTime(timezone: string | undefined, now: number): string {
  if (!timezone) return '';
  try {
    const there = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit', timeZone: timezone }).format(
      now,
    );
    return there === clock.format(now) ? t.pane.sameTime(there) : there;
  } catch {
    return '';
  }
}

/** The language's name in the agent's own. */
export function languageName(tag: string | undefined): string {
  if (!tag) return '';
  try {
    return new Intl.DisplayNames(undefined, { type: 'language' }).of(new Intl.Locale(tag).language) ?? tag;
  } catch {
    return tag;
  }
}

/** Names as they are said: A, B and C. */
export const together = (names: readonly string[]) =>
  new Intl.ListFormat(undefined, { type: 'conjunction' }).format(names);

/** The newest message in a line; empty without one. */
export function lastWords({ last }: Pick<Conversation, 'last'>): string {
  if (!last) return '';
  if (last.deletedAt) return t.message.deleted;
  return last.text || t.list.file;
}
