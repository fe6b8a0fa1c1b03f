import { analyticNames } from '../analytics';
import { checkAttributes } from '../attributes';
import type { Given } from '../loader/commands';
import { isObject, type Raw, type Warn } from '../loader/read';
import { namesOfUpdate, readColors, readLook, readStrings, warnOfUnknown } from '../loader/settings';
import type { Offset } from '../loader/spot';
import { isLanguage } from '../text/launcher';
import type { Fault, Look, Widget } from '../types';
import { movedOffset, updatedIdentity } from './change';

type Args = readonly unknown[];

/** The commands that few pages use: their script is loaded with the first of them. */
export class MoreCommands {
  constructor(
    private readonly widget: Widget,
    /** What `init` was given, and what was changed since. */
    private readonly given: Given,
    private readonly warn: Warn,
  ) {}

  /** False if there is no such command. */
  run(name: string, args: Args): boolean {
    const command = Object.hasOwn(this.table, name) ? this.table[name] : undefined;
    command?.(args);
    return command !== undefined;
  }

  analytics(tell: (name: string) => void): void {
    analyticNames(this.widget.on, tell);
  }

  private readonly table: Record<string, (args: Args) => unknown> = {
    update: ([raw]) => this.update(raw),
    position: ([sides]) => this.position(sides),
    setAttributes: ([raw]) => this.setAttributes(raw),
    event: ([name, data]) => this.event(name, data),
    page: ([page]) => this.page(page),
    track: ([on = true]) => this.widget.track(on !== false),
    feedback: () => this.widget.feedback(),
    setGroup: ([group = null]) => this.setGroup(group),
    setLocale: ([locale]) => this.setLocale(locale),
    setColors: ([colors]) => this.setColors(colors),
    consent: (args) => this.consent(args),
  };

  private update(raw: unknown): void {
    if (!isObject(raw)) return this.warn('update: what to change is missing');
    const known = [...namesOfUpdate, 'hidden'];
    warnOfUnknown(raw, known, this.warn);
    this.become(raw);
    const look = readLook(raw, this.warn);
    if (Object.keys(look).length) this.setLook(look);
    if (raw.group !== undefined) this.setGroup(raw.group);
    if (raw.hidden !== undefined) (raw.hidden ? this.widget.hide : this.widget.show)();
    if (raw.attributes !== undefined) this.setAttributes(raw.attributes);
  }

  private become(raw: Raw): void {
    const identity = updatedIdentity(this.given.identity, raw, this.warn);
    if (!identity) return;
    const { id, email, clientId, jwt } = identity;
    const was = this.given.identity;
    this.given.identity = identity;
    if (id || email || clientId || jwt || !Object.keys(was).length) this.widget.identify(identity);
    else void this.widget.reset();
  }

  private setLook(look: Look): void {
    this.given.look = { ...this.given.look, ...look };
    this.widget.look(look);
  }

  private position(sides: unknown): void {
    if (typeof sides === 'string') return this.setLook(readLook({ position: sides }, this.warn));
    if (!isObject(sides)) return this.warn('position: top, left, right or bottom is missing');
    const offset = movedOffset((this.given.look.offset ?? {}) as Offset, sides, this.warn);
    if (offset) this.setLook({ offset });
  }

  private setAttributes(raw: unknown): void {
    const data = checkAttributes(raw, this.warn);
    if (Object.keys(data).length) this.told('setAttributes', this.widget.patch('attributes', data));
  }

  private event(name: unknown, data: unknown = {}): void {
    if (typeof name !== 'string' || !name.trim()) return this.warn('event: the name is missing');
    if (!isObject(data)) return this.warn('event: the data is not an object');
    this.told('event', this.widget.event(name, data));
  }

  private page(page: unknown = {}): void {
    const { url, title } = isObject(page) ? page : {};
    const own = { ...(typeof url === 'string' && { url }), ...(typeof title === 'string' && { title }) };
    this.widget.page(own);
  }

  private setGroup(group: unknown): void {
    if (group !== null && (typeof group !== 'string' || !group)) return this.warn('setGroup: the group is not text');
    this.widget.setGroup(group);
  }

  private setLocale(locale: unknown): void {
    if (isLanguage(locale)) return this.setLook({ language: locale });
    if (!isObject(locale)) return this.warn('setLocale: neither a language nor words');
    this.setLook({ strings: { ...this.given.look.strings, ...readStrings(locale, this.warn) } });
  }

  private setColors(colors: unknown): void {
    if (colors === null) return this.setLook({ colors: null });
    if (!isObject(colors)) return this.warn('setColors: colours are missing');
    this.setLook({ colors: { ...this.given.look.colors, ...readColors(colors, this.warn) } });
  }

  /** `consent(true)`, or `consent('marketing', false)`. */
  private consent(args: Args): void {
    const [kind, value] = args.length > 1 ? args : ['terms', args[0]];
    if ((kind !== 'terms' && kind !== 'marketing') || typeof value !== 'boolean')
      return this.warn('consent: terms or marketing, and true or false');
    this.told('consent', this.widget.consent(kind, value));
  }

  private told(command: string, fault: Promise<Fault | null>): void {
    void fault.then(
      (why) => why && why.code !== 'ended' && why.code !== 'cancelled' && this.warn(`${command}: ${why.message}`),
    );
  }
}
