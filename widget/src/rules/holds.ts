import type { User } from '../../../client/frames';
import type { Condition, Rule } from '../config';
import { attributeOf, suits } from './attribute';

/** What rules are held against. */
export interface Moment {
  online: boolean;
  secondsOnPage: number;
  secondsOnSite: number;
  /** In this visit, this one included. */
  pages: number;
  /** This one included. */
  visits: number;
  url: string;
  title: string;
  referrer: string;
  /** The furthest on this page, percent. */
  scrolled: number;
  /** The pointer has just left the page over its upper edge. */
  leaving: boolean;
  /** He has clicked or pressed a key in this visit. */
  acted: boolean;
  user: User | null;
}

/** Whether all that the rule asks for is so. */
export function holds({ when = 'any', conditions }: Rule, now: Moment): boolean {
  return (when === 'any' || (when === 'online') === now.online) && conditions.every((one) => isSo(one, now));
}

function isSo(condition: Condition, now: Moment): boolean {
  switch (condition.type) {
    case 'seconds_on_page':
      return now.secondsOnPage >= condition.atLeast;
    case 'seconds_on_site':
      return now.secondsOnSite >= condition.atLeast;
    case 'pages_viewed':
      return now.pages >= condition.atLeast;
    case 'visits':
      return now.visits >= condition.atLeast;
    case 'url':
    case 'title':
    case 'referrer':
      return fits(now[condition.type], condition);
    case 'scrolled':
      return now.scrolled >= condition.percent;
    case 'leaving':
      return now.leaving;
    case 'attribute':
      return suits(attributeOf(condition.name, now.user, now), condition);
  }
}

/** All that is named must fit; `is` and `contains` do not mind capitals. */
function fits(text: string, { is, contains, matches }: { is?: string; contains?: string; matches?: string }): boolean {
  const small = text.toLowerCase();
  return (
    (is === undefined || small === is.toLowerCase()) &&
    (contains === undefined || small.includes(contains.toLowerCase())) &&
    (matches === undefined || new RegExp(matches).test(text))
  );
}
