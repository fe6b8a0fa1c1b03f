import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { User } from '../../../client/frames';
import type { AttributeCondition, Condition, Rule } from '../config';
import { type Facts, type Rules, startRules } from './engine';

const someone = (change: Partial<User> = {}): User => ({ id: 'v', no: 1, level: 'claimed', attributes: {}, ...change });
const minute = 60_000;
let running: Rules[] = [];
let online = true;
const facts: Facts = { key: 'confab:acme:rules', online: () => online, user: () => null };

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 4, 1) });
  localStorage.clear();
  online = true;
  document.title = 'Tents';
});
afterEach(() => {
  for (const rules of running) rules.stop();
  running = [];
  vi.useRealTimers();
});

const rule = (id: string, conditions: Condition[], more: Partial<Rule> = {}): Rule => ({
  id,
  conditions,
  invite: { text: id },
  ...more,
});

/** Opens a page with these rules and tells which invitations come. */
function open(rules: Rule[], change: Partial<Facts> = {}, answer: () => unknown = () => undefined) {
  for (const before of running) before.stop();
  const invited: string[] = [];
  const page = startRules(rules, { ...facts, ...change }, ({ id }) => {
    invited.push(id);
    return answer();
  });
  running = [page];
  return { invited, page };
}

const pass = (seconds: number) => vi.advanceTimersByTime(seconds * 1000);

test('an invitation comes once its time on the page is over, and only once', () => {
  const { invited } = open([rule('wait', [{ type: 'seconds_on_page', atLeast: 5 }])]);
  pass(4);
  expect(invited).toEqual([]);
  pass(1);
  expect(invited).toEqual(['wait']);
  pass(600);
  expect(invited).toEqual(['wait']);
});

test('when all were shown nothing ticks any more', () => {
  open([rule('now', [])]);
  pass(2);
  expect(vi.getTimerCount()).toBe(0);
});

test('time on the site goes on over pages, time on the page does not', () => {
  const rules = [
    rule('site', [{ type: 'seconds_on_site', atLeast: 60 }]),
    rule('page', [{ type: 'seconds_on_page', atLeast: 60 }]),
  ];
  open(rules);
  pass(50);
  const { invited } = open(rules);
  pass(10);
  expect(invited).toEqual(['site']);
});

test('pages of a visit are counted, also such as come without a load', () => {
  const { invited, page } = open([rule('third', [{ type: 'pages_viewed', atLeast: 3 }])]);
  page.page();
  expect(invited).toEqual([]);
  page.page();
  expect(invited).toEqual(['third']);
});

test('after half an hour without a page it is another visit', () => {
  const rules = [rule('again', [{ type: 'visits', atLeast: 2 }])];
  expect(open(rules).invited).toEqual([]);
  running[0]?.stop();
  vi.advanceTimersByTime(29 * minute);
  expect(open(rules).invited).toEqual([]);
  running[0]?.stop();
  vi.advanceTimersByTime(31 * minute);
  expect(open(rules).invited).toEqual(['again']);
});

test('a page that stays open keeps its visit alive', () => {
  const rules = [rule('again', [{ type: 'visits', atLeast: 2 }])];
  open(rules);
  pass(3600);
  expect(open(rules).invited).toEqual([]);
});

test('visits that the server knows count too', () => {
  const rules = [rule('known', [{ type: 'visits', atLeast: 5 }])];
  expect(open(rules, { user: () => someone({ totalVisits: 5 }) }).invited).toEqual(['known']);
});

test('texts are compared by all that a condition names', () => {
  const at = (conditions: Condition[]) => open([rule('here', conditions)], { key: null }).invited.length > 0;
  expect(at([{ type: 'title', is: 'tents' }])).toBe(true);
  expect(at([{ type: 'title', is: 'tent' }])).toBe(false);
  expect(at([{ type: 'title', contains: 'TENT', matches: '^T' }])).toBe(true);
  expect(at([{ type: 'title', contains: 'tent', matches: '^t' }])).toBe(false);
  expect(at([{ type: 'url', contains: location.host }])).toBe(true);
  expect(at([{ type: 'referrer', contains: 'search' }])).toBe(false);
});

test('a title that changes later is seen', () => {
  const { invited } = open([rule('cart', [{ type: 'title', is: 'Cart' }])]);
  document.title = 'Cart';
  pass(1);
  expect(invited).toEqual(['cart']);
});

test('all conditions must hold', () => {
  const { invited } = open([
    rule('both', [
      { type: 'seconds_on_page', atLeast: 2 },
      { type: 'title', is: 'Cart' },
    ]),
  ]);
  pass(5);
  expect(invited).toEqual([]);
});

test('rules may be for when somebody is there, or nobody', () => {
  online = false;
  const { invited } = open([rule('there', [], { when: 'online' }), rule('away', [], { when: 'offline' })]);
  expect(invited).toEqual(['away']);
  online = true;
  pass(31);
  expect(invited).toEqual(['away', 'there']);
});

test('scrolling counts by the furthest', () => {
  vi.spyOn(document.documentElement, 'scrollHeight', 'get').mockReturnValue(innerHeight + 1000);
  const { invited } = open([rule('half', [{ type: 'scrolled', percent: 50 }])]);
  const scrollTo = (y: number) => {
    vi.stubGlobal('scrollY', y);
    dispatchEvent(new Event('scroll'));
  };
  scrollTo(499);
  expect(invited).toEqual([]);
  scrollTo(500);
  expect(invited).toEqual(['half']);
});

test('a pointer that leaves over the upper edge invites', () => {
  const { invited } = open([rule('stay', [{ type: 'leaving' }])]);
  const leave = (clientY: number, relatedTarget: EventTarget | null) =>
    document.dispatchEvent(new MouseEvent('mouseout', { clientY, relatedTarget }));
  leave(300, null);
  leave(-1, document.body);
  pass(5);
  expect(invited).toEqual([]);
  leave(-1, null);
  expect(invited).toEqual(['stay']);
});

test('how often one sees an invitation: on each page, in each visit, or ever', () => {
  const rules = (['page', 'visit', 'ever'] as const).map((once) => rule(once, [], { once }));
  const round = () => {
    const { invited } = open(rules);
    pass(120);
    return invited;
  };
  expect(round()).toEqual(['page', 'visit', 'ever']);
  expect(round()).toEqual(['page']);
  running[0]?.stop();
  vi.advanceTimersByTime(31 * minute);
  expect(round()).toEqual(['page', 'visit']);
});

test('two invitations do not come within half a minute', () => {
  const { invited } = open([rule('first', []), rule('second', [])]);
  pass(29);
  expect(invited).toEqual(['first']);
  pass(1);
  expect(invited).toEqual(['first', 'second']);
});

test('an invitation that could not be shown is tried again', () => {
  let busy = true;
  const { invited } = open([rule('later', [])], {}, () => !busy);
  pass(1);
  busy = false;
  pass(10);
  expect(invited).toEqual(['later', 'later', 'later']);
  expect(open([rule('later', [])]).invited).toEqual([]);
});

test('without a key nothing is kept', () => {
  open([rule('now', [])], { key: null });
  expect(localStorage.length).toBe(0);
});

test('what is kept and broken is passed over', () => {
  localStorage.setItem('confab:acme:rules', '{"startedAt":1,"seen":null}');
  expect(open([rule('now', [])]).invited).toEqual(['now']);
});

test('after the end nothing comes', () => {
  const { invited, page } = open([
    rule('wait', [{ type: 'seconds_on_page', atLeast: 5 }]),
    rule('stay', [{ type: 'leaving' }]),
  ]);
  page.stop();
  pass(10);
  document.dispatchEvent(new MouseEvent('mouseout', { clientY: -1 }));
  expect(invited).toEqual([]);
});

test('ATTR-003 people are invited by what is known of them', () => {
  const invites = (condition: Omit<AttributeCondition, 'type'>, user: User | null): boolean =>
    open([rule('asked', [{ type: 'attribute', ...condition }])], { key: null, user: () => user }).invited.length > 0;
  const maya = someone({
    name: 'Maya',
    totalVisits: 4,
    signedUpAt: Date.UTC(2026, 1, 3),
    attributes: { plan: 'Pro', isActive: 1, renewsOn: '2026-06-01T00:00:00.000Z' },
  });
  for (const [condition, fits] of [
    [{ name: 'plan', is: 'pro' }, true],
    [{ name: 'plan', isNot: 'pro' }, false],
    [{ name: 'plan', contains: 'RO' }, true],
    [{ name: 'isActive', is: true }, true],
    [{ name: 'totalVisits', atLeast: 4, below: 5 }, true],
    [{ name: 'totalVisits', below: 4 }, false],
    [{ name: 'signedUpOn', after: '2026-02-01', before: '2026-03-01' }, true],
    [{ name: 'renewsOn', before: '2026-05-01' }, false],
    [{ name: 'phone', known: false }, true],
    [{ name: 'name', known: true }, true],
    [{ name: 'phone', contains: '4' }, false],
    [{ name: 'phone', isNot: '4' }, true],
    [{ name: 'constructor', known: true }, false],
  ] as const) {
    expect([condition, invites(condition, maya)]).toEqual([condition, fits]);
  }
  expect(invites({ name: 'plan', is: 'pro' }, null)).toBe(false);
});

test('ATTR-005 ATTR-021 ATTR-022 ATTR-023 what is so only while somebody is here is asked of the moment', () => {
  const rules = [
    rule('page', [{ type: 'attribute', name: 'timeOnCurrentPage', atLeast: 10 }]),
    rule('session', [{ type: 'attribute', name: 'currentSessionDuration', atLeast: 60 }]),
    rule('elsewhere', [{ type: 'attribute', name: 'currentPageUrl', contains: '/nowhere' }]),
  ];
  const { invited } = open(rules);
  pass(9);
  expect(invited).toEqual([]);
  pass(1);
  expect(invited).toEqual(['page']);
  pass(60);
  expect(invited).toEqual(['page', 'session']);
});

test('ATTR-024 who has clicked or pressed a key is left in peace until his next visit', () => {
  const idle = rule('idle', [
    { type: 'attribute', name: 'interactedInCurrentSession', is: false },
    { type: 'seconds_on_page', atLeast: 5 },
  ]);
  const first = open([idle]);
  dispatchEvent(new Event('pointerdown'));
  pass(60);
  expect(first.invited).toEqual([]);
  first.page.page();
  pass(60);
  expect(first.invited).toEqual([]);
  first.page.stop();
  vi.advanceTimersByTime(31 * minute);
  const second = open([idle]);
  pass(5);
  expect(second.invited).toEqual(['idle']);
});
