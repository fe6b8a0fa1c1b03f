import type { Availability, Layer, User } from '../../../client/index';
import type { Config, Rule } from '../../../widget/src/config';
import type { EventName, Events, Fault, Listener, Settings, View, Widget } from '../../../widget/src/types';

/** A widget whose session is open, that does at once what it is asked for, and notes it. Tests change its fields. */
export class FakeWidget implements Widget {
  started = false;
  ready = true;
  opened = false;
  view: View = 'home';
  talking = false;
  mobile = false;
  user: User | null = { id: 'maya', no: 7, level: 'anonymous', attributes: {} };
  config: Config | null = {
    account: { id: 'acme', name: 'Acme' },
    groups: [{ id: 'sales', no: 3, name: 'Sales' }],
    calls: true,
    widget: {},
  };
  availability: Availability | null = { online: true, agents: [{ name: 'Anna' }] };

  settings: Settings[] = [];
  patches: { layer: Layer; data: Record<string, unknown>; replace: boolean }[] = [];
  sent: { text: string; options: unknown }[] = [];
  invited: { text: string; group: string | undefined }[] = [];
  rules: Rule[] | null = null;
  called: string[] = [];
  /** What the next patch or call is answered with; `hold` keeps the answer back until it is called. */
  fault: Fault | null = null;
  private held: (() => void)[] | null = null;
  private listeners: { name: EventName; listener: (value: never) => void }[] = [];

  init(settings: Settings): void {
    this.started = true;
    this.settings.push(settings);
  }
  async shutdown(): Promise<void> {}
  remove(): void {}

  open({ view = 'home' }: { view?: View } = {}): boolean {
    this.move({ opened: true, view });
    return true;
  }
  close(): void {
    this.move({ opened: false });
  }
  toggle(): void {}
  show(): void {}
  hide(): void {}
  look(): void {}

  identify(): void {}
  async reset(): Promise<void> {}
  patch(layer: Layer, data: Record<string, unknown>, replace = false): Promise<Fault | null> {
    this.patches.push({ layer, data, replace });
    return this.answer();
  }
  async event(): Promise<Fault | null> {
    return null;
  }
  page(): void {}
  track(): void {}
  async consent(): Promise<Fault | null> {
    return null;
  }
  setGroup(): void {}
  send(text: string, options?: unknown): void {
    this.sent.push({ text, options });
  }
  /** Like the real one it shows no card over an open panel. */
  invite(text: string, group?: string, { open = false } = {}): boolean {
    if (this.talking || !this.availability?.online || (this.opened && !open)) return false;
    this.invited.push({ text, group });
    if (open) this.move({ opened: true });
    return true;
  }
  setRules(rules: Rule[]): void {
    this.rules = rules;
  }
  feedback(): void {}
  call(phone: string): Promise<Fault | null> {
    this.called.push(phone);
    return this.answer();
  }

  on<E extends EventName>(name: E, listener: Listener<E>): void {
    this.listeners.push({ name, listener: listener as (value: never) => void });
  }
  off(): void {}

  tell<E extends EventName>(name: E, value: Events[E]): void {
    for (const one of this.listeners) if (one.name === name) one.listener(value as never);
  }

  /** The panel moves, and the widget says so: a size, by purpose, before the state. */
  move(change: Partial<Pick<FakeWidget, 'opened' | 'view' | 'talking'>>): void {
    const before = [this.opened, this.view, this.talking].join();
    const opened = this.opened;
    Object.assign(this, change);
    if ([this.opened, this.view, this.talking].join() === before) return;
    if (this.opened !== opened) this.tell('resize', { width: this.opened ? 380 : 60, height: this.opened ? 600 : 60 });
    this.tell('state', { open: this.opened, view: this.view, conversation: this.talking });
    if (this.opened !== opened) this.tell(this.opened ? 'open' : 'close', undefined);
  }

  /** Keeps answers back; the result gives them. */
  hold(): () => void {
    const held: (() => void)[] = [];
    this.held = held;
    return () => {
      for (const give of held) give();
    };
  }

  private answer(): Promise<Fault | null> {
    const { fault, held } = this;
    return new Promise((resolve) => (held ? held.push(() => resolve(fault)) : resolve(fault)));
  }
}

/** The page with its script, as it stands once the widget is ready; `heard` is what its functions were told. */
export const names = [
  'jivo_onLoadCallback',
  'jivo_onOpen',
  'jivo_onClose',
  'jivo_onMessageSent',
  'jivo_onAccept',
  'jivo_onIntroduction',
  'jivo_onResizeCallback',
  'jivo_onCallStart',
  'jivo_onCallEnd',
  'jivo_onChangeState',
] as const;

type Page = Record<string, unknown>;
export const page = window as unknown as Page;

/** Declares all functions on the page; the list is what they were told, as they were told it. */
export function hearing(...without: string[]): unknown[][] {
  const heard: unknown[][] = [];
  for (const name of names) {
    if (without.includes(name)) delete page[name];
    else page[name] = (...args: unknown[]) => void heard.push([name.replace('jivo_on', ''), ...args]);
  }
  return heard;
}

export function script(src: string, attributes: Record<string, string> = {}): void {
  const tag = document.createElement('script');
  tag.type = 'text/plain'; // a page keeps it and nobody runs it
  for (const [name, value] of Object.entries({ src, ...attributes })) tag.setAttribute(name, value);
  document.head.append(tag);
}

/** A page that was just opened. */
export function blank(): void {
  for (const name of [...names, 'jivo_api']) delete page[name];
  Reflect.deleteProperty(window, Symbol.for('confab.jivo'));
  document.head.replaceChildren();
}

/** Lets microtasks run. */
export const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
