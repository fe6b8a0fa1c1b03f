import type { Config, Language } from '../config';
import { asksConsent } from '../consent';
import type { Look, Settings, View } from '../types';
import { ConfigSource } from './config';
import { watchSelector } from './custom';
import { whenBody } from './dom';
import { KeptOfPage, session } from './kept';
import { Launcher } from './launcher';
import { type FullLook, lookOf } from './look';
import type { Offset } from './spot';

export interface StageEvents {
  toggle: () => void;
  approach: () => void;
  /** The account's settings are here, for the first time or others. */
  configured: () => void;
  /** There is no such account. */
  unknown: () => void;
  warn: (message: string) => void;
}

/** What is to be seen of the widget before anything happens: its launcher, once the account is known, as page and account want it. */
export class Stage {
  launcher: Launcher | null = null;
  kept: KeptOfPage | null = null;
  /** Somebody is there, or something waits for the visitor. */
  present = false;
  /** The visitor's own choice. */
  language: Language | undefined;
  readonly source: ConfigSource;
  /** Resolves once the launcher is on the page. */
  readonly drawn: Promise<Launcher>;
  private tellDrawn: (launcher: Launcher) => void = () => undefined;
  private hidden: boolean;
  private custom: { selector: string | null; end: (() => void) | false } = { selector: null, end: false };
  private dragged: Offset | null = null;
  private over = false;

  constructor(
    readonly settings: Settings,
    readonly mobile: boolean,
    private readonly on: StageEvents,
  ) {
    this.hidden = settings.hidden;
    this.drawn = new Promise((resolve) => {
      this.tellDrawn = resolve;
    });
    this.source = new ConfigSource(settings.server, settings.account, {
      changed: () => this.configured(),
      unknown: on.unknown,
      keeps: () => !this.asksConsent,
    });
  }

  /** With what is remembered of the account. The page's own button works before anything is known of it. */
  begin(): void {
    this.listenTo(this.settings.look.selector ?? null);
    if (this.config) this.configured();
  }

  get config(): Config | null {
    return this.source.now;
  }

  get look(): FullLook | null {
    return this.config && lookOf(this.settings.look, this.config, this.language);
  }

  /** Nothing may be kept or sent yet. */
  get asksConsent(): boolean {
    return this.config !== null && asksConsent(this.settings, this.config);
  }

  /** As far as it is known. */
  mayOpen(view?: View): boolean {
    return this.appears && !(view === 'call' && this.config?.calls === false);
  }

  get appears(): boolean {
    const devices = this.look?.devices ?? 'all';
    return devices === 'all' || (devices === 'mobile') === this.mobile;
  }

  /** What the page before showed, if it was open there and this is none where the chat is the screen. */
  wasOpen(): { view?: View } | null {
    const { kept } = this;
    const open = innerWidth > 600 && kept?.get('opened') === '1' && kept.get('open', session);
    if (!open) return null;
    return open === 'chat' || open === 'home' ? { view: open } : {}; // the others come by themselves, or are over
  }

  /**
   * For the next page in this tab; true: open, and what it shows is not known yet. That any was opened is remembered too: to ask the
   * storage of a tab costs more.
   */
  keepOpen(open: View | boolean): void {
    if (open) this.kept?.set('opened', '1');
    this.kept?.set('open', open === true ? '1' : open || null, session);
  }

  setHidden(hidden: boolean): void {
    this.hidden = hidden;
    this.refresh();
  }

  change(change: Partial<Look>): void {
    this.settings.look = { ...this.settings.look, ...change };
    if ('offset' in change || 'place' in change) this.setDrag(null);
    this.dress();
  }

  dress(): void {
    const { look, launcher } = this;
    if (!look || !launcher) return;
    launcher.dress({ ...look, ...this.drag() });
    this.listenTo(look.selector ?? null);
    this.refresh();
  }

  /** Where the person has put the launcher, on this page or before: it outranks the look. */
  drag(): { offset?: Offset } {
    try {
      this.dragged ??= JSON.parse(this.kept?.get('drag') ?? 'null') as Offset | null;
    } catch {}
    return this.dragged ? { offset: this.dragged } : {};
  }

  setDrag(offset: Offset | null): void {
    this.dragged = offset;
    this.kept?.set('drag', offset && JSON.stringify(offset));
  }

  /** Shows the launcher or not. */
  refresh(): void {
    const { look, config, hidden, custom } = this;
    const absent = config?.widget.button?.hideWhenAway === true && !this.present;
    const ours = look !== null && look.button !== 'none' && !look.frame && !custom.end;
    this.launcher?.setShown(ours && !hidden && this.appears && !absent);
  }

  end(): void {
    this.over = true;
    this.source.end();
    if (this.custom.end) this.custom.end();
    this.launcher?.remove();
  }

  private configured(): void {
    this.kept ??= new KeptOfPage((this.config as Config).account.id, () => !this.asksConsent);
    if (this.launcher) this.dress();
    else whenBody(() => this.draw());
    this.on.configured();
  }

  private draw(): void {
    if (this.over || this.launcher || !this.look) return;
    this.launcher = new Launcher(this.look, this.on);
    this.dress();
    this.tellDrawn(this.launcher);
  }

  private listenTo(selector: string | null): void {
    if (selector === this.custom.selector) return;
    if (this.custom.end) this.custom.end();
    const end = selector !== null && watchSelector(selector, this.on.toggle);
    this.custom = { selector, end };
    if (selector !== null && !end) this.on.warn(`the selector "${selector}" is none`);
  }
}
