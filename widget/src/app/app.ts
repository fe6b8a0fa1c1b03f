import type { Layer, NumberedEntry, Proof } from '../../../client/frames';
import type { Config, Language, Rule } from '../config';
import type { agree } from '../consent';
import type { Chunks, Persist } from '../loader/chunks';
import type { PageEvents } from '../loader/events';
import { forgetAll } from '../loader/kept';
import type { Launcher } from '../loader/launcher';
import type { Offset } from '../loader/spot';
import type { Stage } from '../loader/stage';
import { toNewMessage } from '../message';
import type { CardWords } from '../text/en_cards';
import type { Core, Emit, Events, Fault, NewMessage, Panel, SendOptions, Settings, View, Widget } from '../types';
import { Announcer } from './announcer';
import css from './app.css';
import { Card } from './card';
import { draggable, offsetAt } from './drag';
import { forgetVisitor } from './forget';
import { Invitations } from './invitations';
import { Mount } from './mount';
import { RuleRunner } from './rules';
import { drawBack, panelOf, watchSize } from './size';
import { Teasers } from './teasers';
import { Wishes } from './wishes';
import { Words } from './words';

export interface AppOptions {
  stage: Stage;
  events: PageEvents;
  chunks: Chunks;
  persist: Persist;
  agree: typeof agree;
  warn: (message: string) => void;
  /** It is over: by itself, if the server refused or another tab logged out, or because it was asked for. */
  onEnd: (app: App) => void;
}

const ended: Fault = { code: 'ended', message: 'The widget was taken off the page.' };
const refused: Fault = { code: 'unsupported', message: 'Calls are switched off.' };

/** What happens on a stage, until its end: the core at once, the panel on approach, cards, invitations, what the page is told. */
export class App
  implements
    Pick<
      Widget,
      | 'invite'
      | 'patch'
      | 'event'
      | 'consent'
      | 'call'
      | 'reset'
      | 'track'
      | 'page'
      | 'setGroup'
      | 'send'
      | 'setRules'
      | 'feedback'
    >
{
  core: Core | null = null;
  opened = false;
  view: View = 'home';
  ready = false;
  private readonly stage: Stage;
  private readonly mount: Mount;
  private readonly invitations: Invitations;
  private readonly rules: RuleRunner;
  private readonly card: Card;
  private readonly teasers: Teasers;
  private readonly words: Words;
  private pageRules: Rule[] | null = null;
  private starting: Promise<Core | null> | null = null;
  private readonly wishes: Wishes;
  private readonly unwatch: (() => void)[] = [];
  /** The panel is on the screen, and the page was told so. */
  private told = false;
  private readonly announcer: Announcer;
  private focused: Element | null = null;
  /** The launcher has the style sheet of what is added to it here. */
  private worn = false;
  private over = false;

  constructor(private readonly options: AppOptions) {
    const { stage, chunks } = options;
    this.stage = stage;
    this.announcer = new Announcer(this.emit);
    this.invitations = new Invitations(this.emit);
    this.rules = new RuleRunner(chunks, (rule) => this.teasers.inviteBy(rule), this.warn);
    const relabel = (): void => void (this.core && this.follow(this.core));
    const language = async (code: Language) => (await chunks.text(code)).catalogue;
    this.words = new Words(language, relabel);
    this.card = new Card(
      chunks,
      stage,
      () => this.wear(),
      () => this.learned(),
      this.warn,
      options.persist,
    );
    this.teasers = new Teasers(this, stage, this.card, this.invitations);
    this.wishes = new Wishes(
      () => (stage.asksConsent ? null : this.core),
      () => void this.start(),
      this.warn,
    );
    this.mount = new Mount({
      stage,
      chunks,
      language,
      core: () => this.start(),
      launcher: () => (this.over ? null : this.wear()),
      mounted: (launcher) => this.unwatch.push(watchSize(panelOf(launcher), () => this.tellSize())),
      onClose: () => this.close(),
      onView: (view) => this.turned(view),
      failed: this.warn,
    });
    void stage.drawn.then((launcher) => this.drawn(launcher));
    void this.start();
  }

  private get launcher(): Launcher | null {
    return this.stage.launcher;
  }

  private get settings(): Settings {
    return this.stage.settings;
  }

  /** An open conversation, or messages of the past. */
  get talking(): boolean {
    const { core } = this;
    return core !== null && (core.conversation !== null || core.talk.state.entries.some(isMessage));
  }

  // ---- what is to be seen

  /** Opens the panel; it appears when its script is here. `focus`: a person asked for it. */
  open({ focus = false, view }: { focus?: boolean; view?: View } = {}): boolean {
    if (this.over || !this.stage.mayOpen(view)) return false;
    const options = { focus: focus && !this.stage.mobile, ...(view && { view }) };
    if (this.opened) {
      if (focus || view) this.mount.panel?.open(this.viewed(options));
      return true;
    }
    this.opened = true;
    if (focus) this.byHand();
    this.card.clear();
    this.launcher?.setOpen(true);
    this.count(0);
    this.stage.keepOpen(view ?? true);
    void this.mount.up().then((panel) => this.appear(panel, options));
    return true;
  }

  private byHand(): void {
    this.focused = document.activeElement;
    this.invitations.agree();
  }

  private appear(panel: Panel | null, options: { focus: boolean; view?: View }): void {
    if (!panel) return this.close();
    if (!this.opened || this.told) return;
    if (this.core) this.invitations.say(this.core);
    const opening = this.viewed(options);
    panel.open(opening);
    this.core?.setOpen(true);
    this.view = opening.view ?? this.view; // the panel says only later what it shows
    this.told = true;
    this.tellState();
    this.emit('open', undefined);
    this.tellSize();
  }

  private viewed(options: { focus: boolean; view?: View }): { focus: boolean; view?: View } {
    return this.stage.asksConsent ? { ...options, view: 'consent' } : options;
  }

  close(): void {
    if (!this.opened || this.settings.look.frame) return;
    this.opened = false;
    this.stage.keepOpen(false);
    const inside = this.launcher?.root.activeElement != null;
    this.launcher?.setOpen(false);
    this.count(this.core?.unread ?? 0);
    this.mount.panel?.close();
    this.core?.setOpen(false);
    if (inside && !this.focusLauncher() && this.focused instanceof HTMLElement) this.focused.focus();
    if (this.told) this.closed();
  }

  /** False if it is not to be seen. */
  private focusLauncher(): boolean {
    const { button, root } = this.launcher as Launcher;
    button.focus();
    return root.activeElement === button;
  }

  private closed(): void {
    this.told = false;
    this.invitations.reject();
    this.tellState();
    this.emit('close', undefined);
    this.tellSize();
  }

  /** The look, or what the account says, has changed. */
  dressed(): void {
    this.wearText();
    this.mount.panel?.redraw();
    if (this.core) this.runRules(this.core);
  }

  private drawn(launcher: Launcher): void {
    if (this.over) return;
    if (this.opened) launcher.setOpen(true);
    this.wearText();
    this.unwatch.push(drawBack(launcher.corner));
    draggable(
      launcher.corner,
      launcher.button,
      (left, top) => launcher.move(this.dropping(launcher, left, top)),
      () => this.mount.panel?.redraw(),
    );
    this.unwatch.push(watchSize(launcher.button, () => this.tellSize()));
    const before = this.stage.wasOpen();
    if (!this.opened && (before || this.settings.look.frame)) this.open({ ...before });
  }

  /** A style sheet more has the browser style the whole element anew: it comes with the first thing that needs it. */
  private wear(): Launcher | null {
    const { launcher } = this;
    if (launcher && !this.worn) launcher.wear(css);
    this.worn ||= launcher !== null;
    return launcher;
  }

  private wearText(): void {
    if (this.stage.look?.button === 'text') this.wear();
  }

  private dropping(launcher: Launcher, left: number, top: number): Offset {
    const offset = offsetAt(left, top, launcher.corner.getBoundingClientRect());
    this.stage.setDrag(offset);
    return offset;
  }

  /** Somebody is about to open it. */
  approach(): void {
    void this.mount.up();
  }

  toggle(focus = false): void {
    if (this.opened) this.close();
    else this.open({ focus });
  }

  // ---- cards

  private get said(): CardWords {
    const { language = 'en', strings = {} } = this.stage.look ?? {};
    void this.words.learn(language);
    return this.words.in(language, strings);
  }

  private async learned(): Promise<CardWords> {
    await this.words.learn(this.stage.look?.language ?? 'en');
    return this.said;
  }

  invite(text: string, group?: string, options: { open?: boolean; rule?: string } = {}): boolean {
    return this.teasers.invite(text, group, options);
  }

  setRules(rules: Rule[]): void {
    this.pageRules = rules;
    if (this.core) this.runRules(this.core);
  }

  private runRules(core: Core): void {
    if (this.ready) this.rules.run(this.pageRules ?? core.config.widget.rules ?? [], core);
  }

  // ---- the core

  private asked(work: (core: Core) => Promise<Fault | null>): Promise<Fault | null> {
    return this.wishes.ask<Fault | null>(work, ended);
  }

  call(phone: string): Promise<Fault | null> {
    return this.stage.config?.calls === false
      ? Promise.resolve(refused)
      : this.asked((core) => core.requestCall(phone));
  }

  patch(layer: Layer, data: Record<string, unknown>, replace?: boolean): Promise<Fault | null> {
    return this.asked((core) => core.patch(layer, data, replace));
  }

  event(name: string, data: Record<string, unknown>): Promise<Fault | null> {
    return this.asked((core) => core.event(name, data));
  }

  send(text: string, options: SendOptions = {}): void {
    void this.wishes.ask((core) => core.send(text, options));
  }

  /** Does not wait for itself. */
  async consent(kind: 'terms' | 'marketing', value: boolean): Promise<Fault | null> {
    const core = await this.start();
    if (!core) return ended;
    const fault = await core.consent(kind, value);
    this.agreed();
    return fault;
  }

  track(on: boolean): void {
    void this.wishes.ask((core) => {
      core.tracking = on;
    });
  }

  page(page?: { url?: string; title?: string }): void {
    void this.wishes.ask((core) => core.page(page));
    this.rules.page();
  }

  identify(proof: Proof): void {
    if (this.core || this.wishes.any) void this.wishes.ask((core) => core.identify(proof));
    this.settings.identity = proof;
  }

  async reset(): Promise<void> {
    this.settings.identity = {};
    this.invitations.reject();
    this.card.clear();
    await this.wishes.ask((core) => core.reset());
  }

  setGroup(group: string | null): void {
    this.settings.group = group;
    this.core?.setGroup(group);
  }

  feedback(): void {
    void Promise.all([this.start(), this.options.chunks.feedback()]).then(
      ([core, { openFeedbackOn }]) => core && !this.over && openFeedbackOn(this.stage, core),
      (error) => this.warn('feedback', error),
    );
  }

  private agreed(): void {
    if (!this.stage.asksConsent) this.stage.source.keep();
    this.wishes.grant();
  }

  private start(): Promise<Core | null> {
    this.starting ??= this.load();
    return this.starting;
  }

  private async load(): Promise<Core | null> {
    await this.stage.source.known;
    const failed = (error: unknown): void => this.warn('core', error);
    const start = async (): Promise<Core | null> => this.run((await this.options.chunks.core()).startCore);
    return this.options.persist(start, failed, () => this.over);
  }

  private run(startCore: Awaited<ReturnType<Chunks['core']>>['startCore']): Core | null {
    if (this.over) return null;
    const { stage, settings } = this;
    const core = startCore({
      settings,
      get config() {
        return stage.config as Config;
      },
      emit: this.emit,
      onAttention: (news) => this.teasers.message(toNewMessage(news)),
      onForgotten: () => void this.end(false),
      newMessage: () => this.said.newMessage,
      onPage: () => this.rules.page(),
    });
    this.core = core;
    core.setGroup(settings.group);
    core.setOpen(this.told);
    this.unwatch.push(core.watch(() => this.follow(core)));
    this.wishes.grant();
    this.follow(core);
    return core;
  }

  private follow(core: Core): void {
    if (this.over) return;
    if (this.wishes.any) this.agreed();
    const { launcher } = this;
    const unread = this.opened ? 0 : core.unread;
    this.count(unread);
    if (!unread && !this.invitations.waiting) this.card.clear();
    if (core.availability) launcher?.setAway(core.availability.online ? '' : this.said.leaveMessage);
    this.stage.present = core.availability?.online === true || unread > 0;
    if (core.language !== this.stage.language) this.speak(core.language);
    else this.stage.refresh();
    if (core.visitor && !this.ready) this.begun(core);
    if (this.ready && core.talk.state.begun) this.teasers.remind(core);
    this.tellState();
  }

  private count(unread: number): void {
    const label = this.opened ? this.said.closeChat : unread && this.said.openUnread.replace('{n}', String(unread));
    (unread ? this.wear() : this.launcher)?.setUnread(unread, label || '');
  }

  private speak(language: Language | undefined): void {
    this.stage.language = language;
    this.stage.dress();
  }

  private begun(core: Core): void {
    this.ready = true;
    this.stage.source.keep();
    if (this.opened) this.stage.keepOpen(this.told ? this.view : true); // not before the visitor agreed
    void this.learned();
    this.runRules(core);
    this.emit('ready', undefined);
  }

  private turned(view: View): void {
    this.view = view;
    if (this.opened) this.stage.keepOpen(view);
    this.tellState();
    this.tellSize();
  }

  // ---- the page's listeners

  private readonly emit: Emit = (name, value) => {
    if (this.over) return;
    this.options.events.emit(name, value);
    if (name === 'firstMessage' || name === 'message') this.heard(value as NewMessage);
    if (name === 'refused') void this.end(false);
  };

  private heard({ type }: NewMessage): void {
    if (type === 'visitor') this.invitations.accept();
  }

  private tellState(): void {
    const state: Events['state'] = { open: this.told, view: this.view, conversation: this.talking };
    this.announcer.state(state);
  }

  private tellSize(): void {
    this.announcer.size(this.launcher, this.told);
  }

  private readonly warn = (what: string, error: unknown): void => this.options.warn(`${what}: ${String(error)}`);

  // ---- the end

  /** Takes the widget off the page. `forget`: log-out, nothing of the visitor stays in this browser. */
  async end(forget: boolean): Promise<void> {
    if (this.over) return;
    this.leave();
    this.takeOff();
    this.options.onEnd(this);
    if (!forget) return this.core?.stop();
    const { stage, core, options } = this;
    const { config } = stage;
    if (!config) return;
    forgetAll(config.account.id);
    await forgetVisitor(core, config, stage.settings, options).catch(() => undefined);
  }

  /** The page hears that the chat is closed before it hears nothing more. */
  private leave(): void {
    const { frame: _, ...look } = this.settings.look;
    this.settings.look = look; // a framed one closes too
    this.close();
    this.over = true;
  }

  private takeOff(): void {
    this.rules.stop();
    this.card.clear();
    for (const stop of this.unwatch.splice(0)) stop();
    this.mount.panel?.remove();
    this.stage.end();
    this.wishes.end();
  }
}

const isMessage = ({ entry }: NumberedEntry): boolean => entry.kind === 'message';
