import type { User } from '../../../client/frames';
import type { Rule } from '../config';
import { holds, type Moment } from './holds';
import { VisitLog } from './visit';

const acts = ['pointerdown', 'keydown'] as const;
const listening = { capture: true, passive: true };
const tick = 1000;
const touchGap = 60_000;
/** Between two invitations, so that none takes another's place before it is read. */
const inviteGap = 30_000;

/** What rules are not told by the page itself. */
export interface Facts {
  /** Of localStorage, where visits and shown invitations are kept; null keeps nothing. */
  key: string | null;
  /** Somebody is there to answer. */
  online: () => boolean;
  /** Who the visitor is, as far as he may know himself; null while it is not known. */
  user: () => User | null;
}

export interface Rules {
  /** Another page, without a load. */
  page(): void;
  stop(): void;
}

/**
 * Looks at the rules once a second, and when the pointer leaves or the page is scrolled, until each was shown as often as
 * it may be. `invite` is told of a rule that holds; if it returns false, nothing was shown, and the rule goes on.
 */
export function startRules(rules: Rule[], facts: Facts, invite: (rule: Rule) => unknown): Rules {
  return new Watch(rules, facts, invite);
}

class Watch implements Rules {
  private readonly log: VisitLog;
  private timer: ReturnType<typeof setInterval> | undefined;
  // Milliseconds UTC.
  private openedAt = 0;
  private touchedAt = 0;
  private invitedAt = 0;
  /** Percent; only what was scrolled counts, for a page that still loads is short. */
  private furthest = 0;

  constructor(
    private readonly rules: Rule[],
    private readonly facts: Facts,
    private readonly invite: (rule: Rule) => unknown,
  ) {
    this.log = new VisitLog(facts.key);
    if (this.askFor('scrolled')) addEventListener('scroll', this.onScroll, { passive: true });
    if (this.askFor('leaving')) document.addEventListener('mouseout', this.onOut);
    if (this.askFor('attribute')) for (const act of acts) addEventListener(act, this.onAct, listening);
    this.page();
  }

  page(): void {
    clearInterval(this.timer);
    this.openedAt = this.touchedAt = Date.now();
    this.furthest = 0;
    this.log.page(this.openedAt);
    this.timer = setInterval(() => this.onTick(), tick);
    this.look();
  }

  stop(): void {
    clearInterval(this.timer);
    removeEventListener('scroll', this.onScroll);
    document.removeEventListener('mouseout', this.onOut);
    for (const act of acts) removeEventListener(act, this.onAct, listening);
  }

  private look(leaving = false): void {
    const pending = this.rules.filter((rule) => !this.log.shown(rule));
    if (!pending.length) return clearInterval(this.timer);
    if (Date.now() - this.invitedAt < inviteGap) return;
    const now = this.moment(leaving);
    const found = pending.find((rule) => holds(rule, now));
    if (!found || this.invite(found) === false) return;
    this.invitedAt = Date.now();
    this.log.show(found);
  }

  private moment(leaving: boolean): Moment {
    const { startedAt, pages, visits, actedIn } = this.log.read();
    return {
      online: this.facts.online(),
      secondsOnPage: (Date.now() - this.openedAt) / 1000,
      secondsOnSite: (Date.now() - startedAt) / 1000,
      pages,
      visits: Math.max(visits, this.facts.user()?.totalVisits ?? 0),
      url: location.href,
      title: document.title,
      referrer: document.referrer,
      scrolled: this.furthest,
      leaving,
      acted: actedIn === startedAt,
      user: this.facts.user(),
    };
  }

  private onTick(): void {
    if (Date.now() - this.touchedAt >= touchGap) {
      this.touchedAt = Date.now();
      this.log.touch(this.touchedAt);
    }
    this.look();
  }

  private readonly onScroll = (): void => {
    const before = this.furthest;
    this.furthest = Math.max(before, scrolledPercent());
    if (this.furthest > before) this.look();
  };

  private readonly onAct = (): void => this.log.act();

  private readonly onOut = (event: MouseEvent): void => {
    if (!event.relatedTarget && event.clientY <= 0) this.look(true);
  };

  private askFor(type: string): boolean {
    return this.rules.some((rule) => rule.conditions.some((one) => one.type === type));
  }
}

function scrolledPercent(): number {
  const way = document.documentElement.scrollHeight - innerHeight;
  return way > 0 ? Math.min(100, (scrollY / way) * 100) : 100;
}
