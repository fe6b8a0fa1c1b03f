import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Config, Place } from '../config';
import type { Look, Settings, Widget } from '../types';
import { asFetched, clearPage, config, fakeChunks } from './fake';
import { pageWidget } from './page';

let chunks: ReturnType<typeof fakeChunks>;
let warn: ReturnType<typeof vi.spyOn>;
const widgets: Widget[] = [];

const settings = (more: Partial<Settings> = {}): Settings => ({
  account: 'acme',
  server: 'https://chat.test',
  identity: {},
  group: null,
  hidden: false,
  look: {},
  ...more,
});
const hosts = () => [...document.querySelectorAll<HTMLElement>('[data-confab]')];
const inside = <E extends HTMLElement>(selector: string) => hosts()[0]?.shadowRoot?.querySelector<E>(selector);
const corner = () => inside('.corner') as HTMLElement;
const known = (known: Config) => {
  localStorage.setItem('confab:config:acme', JSON.stringify(known));
  asFetched(known);
};
/** A script of the page: what it calls `init` with is its own. */
const script = (): Widget => {
  const widget = pageWidget('https://chat.test', chunks);
  widgets.push(widget);
  return widget;
};
const started = async (look: Look = {}, more: Partial<Settings> = {}): Promise<Widget> => {
  const widget = script();
  widget.init(settings({ look, ...more }));
  await vi.waitFor(() => expect(chunks.made.core).toBeDefined());
  return widget;
};
/** What the server says of the session. */
const hears = (change: object) => {
  Object.assign(chunks.made.core as object, change);
  chunks.made.core?.tell();
};
const online = { visitor: { id: 'v' }, availability: { online: true, agents: [] } };

beforeEach(() => {
  warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  clearPage();
  chunks = fakeChunks();
  known(config());
});
afterEach(() => {
  for (const widget of widgets.splice(0)) widget.remove();
});

describe('several scripts of ours on one page', () => {
  test('have one widget: the second only joins, with its identity if that is stronger', async () => {
    const [one, two] = [script(), script()];
    one.init(settings({ look: { zIndex: 7 } }));
    await vi.waitFor(() => expect(chunks.made.core).toBeDefined());
    two.init(settings({ look: { zIndex: 9 }, identity: { id: 'a', hmac: 'x' } }));
    expect(hosts()).toHaveLength(1);
    expect(hosts()[0]?.style.getPropertyValue('--cf-z')).toBe('7');
    expect(chunks.made.core?.identify.mock.calls).toEqual([[{ id: 'a', hmac: 'x' }]]);
    two.init(settings({ identity: { id: 'b' } }));
    expect(chunks.made.core?.identify).toHaveBeenCalledTimes(1);
    expect(two.started && one.started).toBe(true);
  });

  test('CHATRA-JS-132 CHATRA-JS-133 a second init by the same one is a restart, of the same visitor', async () => {
    const widget = await started({ zIndex: 7 });
    const first = chunks.made.core;
    widget.init(settings({ look: { zIndex: 9 } }));
    await vi.waitFor(() => expect(chunks.made.core).not.toBe(first));
    expect(first?.stop).toHaveBeenCalledTimes(1);
    expect(first?.forget).not.toHaveBeenCalled();
    expect(hosts().map((h) => h.style.getPropertyValue('--cf-z'))).toEqual(['9']);
  });

  test('off without a listener takes away only what the same script had', async () => {
    const [one, two] = [script(), script()];
    const [a, b] = [vi.fn(), vi.fn()];
    one.on('open', a);
    two.on('open', b);
    one.init(settings());
    await vi.waitFor(() => expect(chunks.made.core).toBeDefined());
    one.off('open');
    chunks.made.options?.emit('open', undefined);
    expect([a.mock.calls.length, b.mock.calls.length]).toEqual([0, 1]);
  });

  test('who enumerates the document does not meet the widget', () => {
    script();
    const found = Object.getOwnPropertyDescriptor(document, Symbol.for('confab.widget.1'));
    expect(found).toMatchObject({ enumerable: false, value: expect.anything() });
  });
});

describe('what the account says', () => {
  test('is asked for when the page is idle, drawn when it is here, and kept for the next page', async () => {
    localStorage.clear();
    const fetched = asFetched(config({ button: { place: 'lt' } }));
    script().init(settings({ account: 'channel:1/2' }));
    expect([fetched.mock.calls.length, hosts().length]).toEqual([0, 0]);
    await vi.waitFor(() => expect(corner()?.dataset.place).toBe('lt'));
    expect(fetched.mock.calls[0]?.[0]).toBe('https://chat.test/confab/widget/config?account=channel%3A1%2F2');
    expect(localStorage.getItem('confab:config:channel:1/2')).toContain('"lt"');
  });

  test('that is remembered draws at once, and what has changed since is applied', async () => {
    asFetched(config({ button: { place: 'bl' } }));
    script().init(settings());
    expect(corner().dataset.place).toBe('br');
    await vi.waitFor(() => expect(corner().dataset.place).toBe('bl'));
  });

  test('PAV-JS-016 an account that nobody knows is refused: nothing is shown, and what was remembered goes', async () => {
    asFetched(404);
    const refused = vi.fn();
    const widget = script();
    widget.on('refused', refused);
    widget.init(settings());
    await vi.waitFor(() => expect(refused.mock.calls).toEqual([[{ reason: 'account' }]]));
    await vi.waitFor(() => expect([hosts().length, widget.started]).toEqual([0, false]));
    expect(localStorage.length).toBe(0);
  });

  test('is asked for again if the node does not answer', async () => {
    localStorage.clear();
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    const fetched = asFetched(503);
    script().init(settings());
    await vi.advanceTimersByTimeAsync(250);
    await vi.advanceTimersByTimeAsync(1000);
    expect(fetched).toHaveBeenCalledTimes(2);
    await vi.advanceTimersByTimeAsync(1900);
    expect(fetched).toHaveBeenCalledTimes(2);
    await vi.advanceTimersByTimeAsync(100);
    expect(fetched).toHaveBeenCalledTimes(3);
    vi.useRealTimers();
  });

  test('a page that the account does not let in loses its widget', async () => {
    const widget = await started();
    chunks.made.options?.emit('refused', { reason: 'origin' });
    await vi.waitFor(() => expect([hosts().length, widget.started]).toEqual([0, false]));
  });
});

describe('the launcher', () => {
  test.each<Place>(['bl', 'bc', 'br', 'lt', 'lm', 'lb', 'rt', 'rm', 'rb'])(
    'CHATRA-JS-018 CHATRA-JS-109 stands at %s',
    async (place) => {
      const widget = await started({ place: place === 'br' ? 'bl' : 'br' });
      widget.look({ place });
      expect(corner().dataset.place).toBe(place);
    },
  );

  test('CHATRA-JS-016 CHATRA-JS-017 CHATRA-JS-028 is round in its size, or a tab with words', async () => {
    const widget = await started({ button: 'round', buttonSize: 72 });
    expect([corner().className, hosts()[0]?.style.getPropertyValue('--cf-size')]).toEqual(['corner round', '72px']);
    widget.look({ button: 'tab', buttonText: 'Ask us' });
    expect([corner().className, hosts()[0]?.style.getPropertyValue('--cf-size')]).toEqual(['corner tab', '']);
    expect(inside('.label')?.textContent).toBe('Ask us');
  });

  test('CHATRA-JS-031 CHATRA-JS-032 CHATRA-JS-033 CHATRA-JS-034 size, its minimum, and z-index', async () => {
    const widget = await started({ width: 100, height: 100, zIndex: 12 });
    const style = (name: string) => hosts()[0]?.style.getPropertyValue(name);
    expect(['--cf-panel-w', '--cf-panel-h', '--cf-z'].map(style)).toEqual(['280px', '300px', '12']);
    widget.look({ width: 500, height: null, zIndex: null });
    expect(['--cf-panel-w', '--cf-panel-h', '--cf-z'].map(style)).toEqual(['500px', '', '']);
  });

  test('CHATRA-JS-116 CHATRA-JS-117 colours of the page outrank the account’s, which come back', async () => {
    known(config({ colors: { buttonBg: '#111', buttonText: '#222' } }));
    const widget = await started({ colors: { buttonBg: '#333' } });
    const style = (name: string) => hosts()[0]?.style.getPropertyValue(name);
    expect(['--cf-button-bg', '--cf-button-text'].map(style)).toEqual(['#333', '#222']);
    widget.look({ colors: null });
    expect(style('--cf-button-bg')).toBe('#111');
  });

  test('CHATRA-JS-047 speaks the page’s language, and the site’s own words', async () => {
    const widget = await started({ language: 'de' });
    expect(inside('#launcher')?.getAttribute('aria-label')).toBe('Chat öffnen');
    widget.look({ strings: { openChat: 'Moin' } });
    expect(inside('#launcher')?.getAttribute('aria-label')).toBe('Moin');
  });

  test('counts what is unread, to 99+, and says so', async () => {
    await started();
    hears({ unread: 2 });
    expect([inside('.badge')?.textContent, inside('#launcher')?.getAttribute('aria-label')]).toEqual([
      '2',
      'Open chat, unread messages: 2',
    ]);
    hears({ unread: 120 });
    expect(inside('.badge')?.textContent).toBe('99+');
    hears({ unread: 0 });
    expect(inside('.badge')?.hidden).toBe(true);
  });

  test('goes while nobody is there and comes back, if the account wants it so', async () => {
    known(config({ button: { hideWhenAway: true } }));
    await started();
    expect(corner().hidden).toBe(true);
    hears({ availability: { online: true, agents: [] } });
    expect(corner().hidden).toBe(false);
    hears({ availability: { online: false, agents: [] } });
    expect(corner().hidden).toBe(true);
    hears({ unread: 1 });
    expect(corner().hidden).toBe(false);
  });

  test.each([
    ['mobile', true],
    ['desktop', false],
  ] as const)(
    'CHATRA-JS-043 CHATRA-JS-044 CHATRA-JS-046 devices %s, on a desktop: absent %s',
    async (devices, absent) => {
      const widget = await started({ devices });
      expect([corner().hidden, widget.open()]).toEqual([absent, !absent]);
    },
  );

  test('CHATRA-JS-029 CHATRA-JS-030 is any element that a selector finds, also a later one', async () => {
    const widget = await started({ selector: '.help' });
    expect(corner().hidden).toBe(true);
    document.body.insertAdjacentHTML('beforeend', '<p class="help"><b>?</b></p><p class="help"></p>');
    document.querySelector('b')?.dispatchEvent(new MouseEvent('click', { bubbles: true, composed: true }));
    expect(widget.opened).toBe(true);
    document.querySelectorAll('.help')[1]?.dispatchEvent(new MouseEvent('click', { bubbles: true, composed: true }));
    expect(widget.opened).toBe(false);
  });

  test('CHATRA-JS-029 answers a click before anything is known of the account', () => {
    clearPage();
    vi.stubGlobal('fetch', () => new Promise(() => undefined));
    document.body.innerHTML = '<p class="help"></p>';
    const widget = script();
    widget.init(settings({ look: { selector: '.help' } }));
    document.querySelector('.help')?.dispatchEvent(new MouseEvent('click', { bubbles: true, composed: true }));
    expect(widget.opened).toBe(true);
  });

  test('CHATRA-JS-030 stays if the selector is none, with a warning', async () => {
    await started({ selector: '[[' });
    expect(corner().hidden).toBe(false);
    expect(warn).toHaveBeenCalledTimes(1);
  });

  test('CHATRA-JS-058 in a frame the chat fills the element, open, and there is no launcher', async () => {
    const frame = document.createElement('div');
    document.body.append(frame);
    const widget = await started({ frame });
    await vi.waitFor(() => expect(chunks.made.panel?.open).toHaveBeenCalled());
    expect([hosts()[0]?.parentElement, corner().hidden, chunks.made.panelOptions?.framed]).toEqual([frame, true, true]);
    widget.close();
    expect(widget.opened).toBe(true);
  });

  test('PAV-JS-062 is dragged, which is no click, remembers its place, and position moves it again', async () => {
    const widget = await started();
    const button = inside('#launcher') as HTMLElement;
    const at = (type: string, x: number, y: number) =>
      new PointerEvent(type, { clientX: x, clientY: y, button: 0, isPrimary: true, bubbles: true });
    button.dispatchEvent(at('pointerdown', 5, 5));
    dispatchEvent(at('pointermove', 105, 205));
    dispatchEvent(at('pointerup', 105, 205));
    button.dispatchEvent(new MouseEvent('click', { bubbles: true, composed: true }));
    expect(widget.opened).toBe(false);
    expect([corner().style.left, corner().style.top]).toEqual(['100px', '200px']);
    widget.remove();
    await started();
    expect(corner().style.left).toBe('100px');
    widgets.at(-1)?.look({ offset: { bottom: 30 } });
    expect([corner().style.left, corner().style.bottom]).toEqual(['', '30px']);
  });
});

describe('opening', () => {
  test('JIVO-JS-026 JIVO-JS-027 state, then open, then resize are told, and nothing twice', async () => {
    const widget = await started();
    hears(online);
    const told: string[] = [];
    for (const name of ['state', 'open', 'close', 'resize'] as const) widget.on(name, () => told.push(name));
    widget.open();
    widget.open();
    await vi.waitFor(() => expect(told).toEqual(['state', 'open', 'resize']));
    widget.close();
    widget.close();
    expect(told.slice(3)).toEqual(['state', 'close', 'resize']);
  });

  test('JIVO-JS-029 JIVO-JS-031 the form for calls opens only if there are calls', async () => {
    const widget = await started();
    expect(widget.open({ view: 'call' })).toBe(false);
    known(config({}, { calls: true }));
    widget.remove();
    const other = await started();
    expect(other.open({ view: 'call' })).toBe(true);
    await vi.waitFor(() => expect(chunks.made.panel?.open).toHaveBeenCalledWith({ focus: false, view: 'call' }));
  });

  test('CHATRA-JS-118 CHATRA-JS-120 takes the focus only if asked, and gives it back to the launcher', async () => {
    const widget = await started();
    widget.open({ focus: true });
    await vi.waitFor(() => expect(chunks.made.panel?.open).toHaveBeenCalledWith({ focus: true }));
  });

  test('an open chat is open again on the next page of the tab', async () => {
    const widget = await started();
    widget.open();
    await vi.waitFor(() => expect(chunks.made.panel?.open).toHaveBeenCalled());
    widget.remove();
    sessionStorage.setItem('confab:acme:open', '1'); // removal by hand closes; leaving the page does not
    await started();
    await vi.waitFor(() => expect(chunks.made.panel?.open).toHaveBeenCalled());
  });

  test.each([
    ['chat', { focus: false, view: 'chat' }],
    ['home', { focus: false, view: 'home' }],
    ['call', { focus: false }], // comes by itself while the call goes on
    ['form', { focus: false }],
  ] as const)('on the next page of the tab it shows what it showed: %s', async (view, opening) => {
    const widget = await started();
    widget.open();
    await vi.waitFor(() => expect(chunks.made.panel?.open).toHaveBeenCalled());
    chunks.made.panelOptions?.onView(view);
    const kept = { ...sessionStorage };
    widget.remove();
    for (const [name, value] of Object.entries(kept)) sessionStorage.setItem(name, value); // leaving the page closes nothing
    await started();
    await vi.waitFor(() => expect(chunks.made.panel?.open).toHaveBeenCalledWith(opening));
  });

  test('before the visitor agrees nothing is kept, and the question is shown', async () => {
    localStorage.clear();
    asFetched(config({ consent: { text: 'May we?' } }));
    const widget = await started();
    widget.open();
    void widget.patch('basic', { name: 'Maya' });
    await vi.waitFor(() => expect(chunks.made.panel?.open).toHaveBeenCalledWith({ focus: false, view: 'consent' }));
    expect([localStorage.length, sessionStorage.length]).toEqual([0, 0]);
    expect(chunks.made.core?.patch).not.toHaveBeenCalled();
    localStorage.setItem('confab:acme:consent', '1'); // as the core does
    await widget.consent('terms', true);
    expect(chunks.made.core?.consent).toHaveBeenCalledWith('terms', true);
    expect(chunks.made.core?.patch).toHaveBeenCalledWith('basic', { name: 'Maya' }, undefined);
  });
});

describe('before and after', () => {
  test('nothing but the launcher is there before the page is idle; who comes near it fetches the panel', async () => {
    script().init(settings());
    await Promise.resolve();
    expect([chunks.app.mock.calls.length, hosts().length]).toEqual([0, 1]);
    inside('#launcher')?.dispatchEvent(new PointerEvent('pointerenter'));
    await vi.waitFor(() => expect(chunks.made.panelOptions).toBeDefined());
    expect(chunks.made.panel?.open).not.toHaveBeenCalled();
  });

  test('who logs out is forgotten before the next one begins, also if nothing was loaded yet', async () => {
    const fetched = asFetched(config());
    let forgotten: () => void = () => undefined;
    chunks.made.forgetting = new Promise((resolve) => {
      forgotten = resolve;
    });
    const widget = script();
    widget.init(settings({ identity: { id: 'a' } }));
    void widget.shutdown();
    widget.init(settings());
    await vi.waitFor(() => expect(chunks.made.core?.forget).toHaveBeenCalled());
    const before = chunks.made.core;
    await vi.waitFor(() => expect(fetched).toHaveBeenCalledTimes(2)); // the next one begins to load
    await new Promise((done) => setTimeout(done));
    expect(chunks.made.core).toBe(before);
    forgotten();
    await vi.waitFor(() => expect(chunks.made.core).not.toBe(before));
    expect([chunks.made.options?.settings.identity, widget.started, hosts().length]).toEqual([{}, true, 1]);
  });
});

describe('what happens', () => {
  test('JIVO-JS-008 ready is told once the session was open', async () => {
    const widget = await started();
    const ready = vi.fn();
    widget.on('ready', ready);
    hears({});
    expect([ready.mock.calls.length, widget.ready]).toEqual([0, false]);
    hears(online);
    hears({ unread: 1 });
    expect([ready.mock.calls.length, widget.ready, widget.availability?.online]).toEqual([1, true, true]);
  });

  test('JIVO-JS-024 that there is a conversation, or was one, is known and told', async () => {
    const widget = await started();
    hears(online);
    const told = vi.fn();
    widget.on('state', told);
    expect(widget.talking).toBe(false);
    hears({ conversation: 'c1' });
    expect([widget.talking, told.mock.calls]).toEqual([true, [[{ open: false, view: 'home', conversation: true }]]]);
    hears({ conversation: null });
    expect(widget.talking).toBe(false);
    hears({ talk: { state: { entries: [message('e1')] } } });
    expect(widget.talking).toBe(true);
  });

  const message = (eid: string, text = 'Hello') => ({
    seq: 1,
    entry: {
      eid,
      kind: 'message' as const,
      at: 1,
      text,
      author: { kind: 'agent' as const, id: 'a', name: 'Anna Lee' },
    },
  });

  test('a message that calls for attention stands on a card, which opens the chat', async () => {
    const widget = await started();
    chunks.made.options?.onAttention(message('e1'));
    await vi.waitFor(() => expect(inside('.teaser .from')?.textContent).toBe('Anna · just now'));
    inside('.teaser .words')?.click();
    expect([widget.opened, inside('.teaser')]).toEqual([true, null]);
  });

  test('a card that was dismissed does not come back on the next page', async () => {
    const shown = async (): Promise<boolean> => {
      const widget = await started();
      hears(online); // the messages come later
      hears({ ...online, unread: 1, talk: { state: { begun: true, entries: [message('e1')] } } });
      const card = await vi.waitFor(() => inside('.teaser') ?? Promise.reject(), { timeout: 100 }).catch(() => null);
      inside('.teaser .x')?.click();
      widget.remove();
      return card !== null;
    };
    expect([await shown(), await shown()]).toEqual([true, false]);
  });

  test('JIVO-JS-075 an invitation is refused while nobody is there or a conversation goes on', async () => {
    const widget = await started();
    expect(widget.invite('May I help?')).toBe(false);
    hears({ ...online, availability: { online: false, agents: [] } });
    expect(widget.invite('May I help?')).toBe(false);
    hears({ ...online, conversation: 'c1' });
    expect([widget.invite('May I help?'), widget.invite(' ')]).toEqual([false, false]);
  });

  test('an invitation on a card is accepted by opening it, and then said in the thread', async () => {
    const widget = await started();
    hears(online);
    const steps: string[] = [];
    widget.on('invite', ({ step }) => steps.push(step));
    expect(widget.invite('May I help?', 'sales')).toBe(true);
    expect(chunks.made.core?.send).not.toHaveBeenCalled();
    await vi.waitFor(() => expect(inside('.teaser')).toBeTruthy());
    inside('.teaser .words')?.click();
    await vi.waitFor(() => expect(steps).toEqual(['shown', 'accepted']));
    expect(chunks.made.core?.send.mock.calls).toEqual([['May I help?', { auto: true, group: 'sales' }]]);
    widget.close();
    expect(steps).toHaveLength(2);
  });

  test('an invitation that is waved away is rejected, and never said', async () => {
    const widget = await started();
    hears(online);
    const steps: string[] = [];
    widget.on('invite', ({ step }) => steps.push(step));
    widget.invite('May I help?');
    await vi.waitFor(() => expect(inside('.teaser')).toBeTruthy());
    inside('.teaser .x')?.click();
    widget.open();
    await vi.waitFor(() => expect(chunks.made.panel?.open).toHaveBeenCalled());
    expect([steps, chunks.made.core?.send.mock.calls]).toEqual([['shown', 'rejected'], []]);
  });

  test('JIVO-JS-072 JIVO-JS-074 an invitation may open the chat, with its text and group', async () => {
    const widget = await started();
    hears(online);
    const steps: string[] = [];
    widget.on('invite', ({ step }) => steps.push(step));
    expect(widget.invite('May I help?', 'sales', { open: true })).toBe(true);
    await vi.waitFor(() =>
      expect(chunks.made.core?.send.mock.calls).toEqual([['May I help?', { auto: true, group: 'sales' }]]),
    );
    expect(steps).toEqual(['shown']);
    chunks.made.options?.emit('message', { type: 'visitor' } as never);
    expect(steps).toEqual(['shown', 'accepted']);
  });

  test('rules are run once the session was open, the page’s in the place of the account’s', async () => {
    const rule = { id: 'r', conditions: [], invite: { text: 'Hi' } };
    known(config({ rules: [rule] }));
    const running = { page: vi.fn(), stop: vi.fn() };
    const startRules = vi.fn(() => running);
    chunks.rules.mockResolvedValue({ startRules });
    const widget = await started();
    expect(chunks.rules).not.toHaveBeenCalled();
    hears(online);
    await vi.waitFor(() => expect(startRules).toHaveBeenCalledTimes(1));
    expect(startRules.mock.calls[0]?.slice(0, 1)).toEqual([[rule]]);
    widget.page();
    expect(running.page).toHaveBeenCalledTimes(1);
    widget.setRules([]);
    expect(running.stop).toHaveBeenCalledTimes(1);
    expect(chunks.rules).toHaveBeenCalledTimes(1);
  });

  test('nothing throws into the page, nor rejects', async () => {
    const widget = await started();
    for (const broken of [chunks.made.core?.send, chunks.made.core?.patch])
      broken?.mockImplementation(() => {
        throw new Error('ours');
      });
    expect(() => widget.send(Symbol('x') as never)).not.toThrow();
    expect(() => widget.look(null as never)).not.toThrow();
    await expect(widget.patch('basic', {})).resolves.toMatchObject({ code: 'ended' });
  });
});
