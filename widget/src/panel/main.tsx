import { render } from 'preact';
import type { Language } from '../config';
import { en } from '../text/en';
import { type Catalogue, isLanguage, learnEnglish, type Say, sayIn } from '../text/say';
import type { MountPanel, Panel, PanelOptions, View } from '../types';
import { forgetAsked } from './asked';
import { Late } from './late';
import { type Opening, PanelView } from './panel';
import css from './panel.css';
import { placePanel } from './place';
import { PageBehind } from './screen';

const phoneWidth = '(max-width: 600px)';
const stops = 'button, textarea, input:not([hidden]), select, a[href], [tabindex="0"]';
const restMillis = 400; // from leaving a field to what had to wait for it: a press on a button comes first

export const mountPanel: MountPanel = (options) => new PanelFrame(options);

/** The box around the panel: a dialog beside the page, on phones the whole screen, in a frame the frame. */
class PanelFrame implements Panel {
  private readonly box = document.createElement('section');
  private readonly phone = matchMedia(phoneWidth);
  private readonly behind = new PageBehind();
  private readonly catalogues = new Map<Language, Partial<Catalogue>>([['en', en]]);
  private readonly unwatch: () => void;
  private readonly extras = this.late(() => this.options.extras());
  private readonly thread = this.late(() => this.options.thread());
  private say: Say;
  private opening: Opening = { focus: false, unreadAfter: undefined };
  private shown = false;
  private met = false;
  private wide = false;
  private rest: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: PanelOptions) {
    const { root, core, framed } = options;
    options.wear(css);
    this.box.id = 'panel';
    this.box.className = framed ? 'panel framed' : 'panel';
    this.box.hidden = true;
    this.box.setAttribute('role', framed ? 'region' : 'dialog');
    this.say = this.speak('en');
    this.unwatch = core.watch(this.name);
    this.box.addEventListener('keydown', this.key);
    this.box.addEventListener('focusout', this.left);
    root.append(this.box);
    root.getElementById('launcher')?.setAttribute('aria-controls', 'panel');
    this.phone.addEventListener('change', this.fit);
    void this.learn();
    if (core.conversation !== null || core.talk.state.entries.length > 0 || core.draft.get()) this.thread.near();
  }

  open({ focus, view }: { focus: boolean; view?: View }): void {
    const { core } = this.options;
    this.opening = { focus, view, unreadAfter: core.unread > 0 ? core.talk.seenByMe() : undefined };
    this.shown = true;
    this.met = true;
    this.box.hidden = false;
    this.box.classList.remove('leaving');
    this.fit();
    for (const event of ['resize', 'scroll']) window.visualViewport?.addEventListener(event, this.fit);
  }

  close(): void {
    const { root } = this.options;
    const inside = this.box.contains(root.activeElement);
    this.shown = false;
    this.box.classList.add('leaving');
    const done = (): void => {
      if (!this.shown) this.box.hidden = true;
    };
    const animations = this.box.getAnimations?.() ?? [];
    void Promise.allSettled(animations.map((a) => a.finished)).then(done);
    for (const event of ['resize', 'scroll']) window.visualViewport?.removeEventListener(event, this.fit);
    this.behind.release();
    if (inside) root.getElementById('launcher')?.focus();
    this.draw();
  }

  redraw(): void {
    this.say = this.speak(this.say.language);
    this.fit();
    void this.learn();
  }

  remove(): void {
    this.close();
    clearTimeout(this.rest);
    this.phone.removeEventListener('change', this.fit);
    this.unwatch();
    forgetAsked(this.options.core);
    render(null, this.box);
    this.box.remove();
  }

  /** The visitor's choice, else the page's, else the account's, else that of the page's text if it is one of ours. */
  private get language(): Language {
    const { core, look } = this.options;
    const page = document.documentElement.lang.toLowerCase().split('-')[0];
    const wanted = [core.language, look().language, core.config.widget.language, page];
    return wanted.find(isLanguage) ?? 'en';
  }

  private speak(language: Language): Say {
    const { core, look } = this.options;
    const { strings } = core.config.widget;
    return sayIn(language, this.catalogues.get(language) ?? en, strings?.all, strings?.[language], look().strings);
  }

  /** Fetches the words of the language that is wanted; without them the ones before stay. */
  private async learn(): Promise<void> {
    const { language } = this;
    if (!this.catalogues.has(language)) {
      const catalogue = await this.options.language(language).catch(() => null);
      if (!catalogue) return;
      this.catalogues.set(language, catalogue);
    }
    if (language !== this.language) return; // another one is wanted by now
    this.say = this.speak(language);
    this.name();
    this.draw();
  }

  private readonly name = (): void => {
    const { title } = this.options.core;
    const label = title ? this.say('dialog', { title }) : this.say('title');
    if (this.box.getAttribute('aria-label') !== label) this.box.setAttribute('aria-label', label);
    this.box.lang = this.say.language;
  };

  /** Fits the panel to the screen; on phones to what the keyboard leaves of it. */
  private readonly fit = (): void => {
    const { root, look, core, framed } = this.options;
    const full = this.phone.matches && !framed;
    if (full) this.box.setAttribute('aria-modal', 'true');
    else this.box.removeAttribute('aria-modal');
    this.box.dir = getComputedStyle(document.documentElement).direction;
    this.box.classList.toggle('wide', this.wide && !framed);
    if (!framed) placePanel(this.box, look(), core.config.widget);
    this.box.style.setProperty('--vh', window.visualViewport ? `${window.visualViewport.height}px` : '100dvh');
    this.box.style.setProperty('--vt', `${window.visualViewport?.offsetTop ?? 0}px`);
    if (full && this.shown) this.behind.hold(root.host);
    else this.behind.release();
    this.thread.now?.paint(root.host as HTMLElement, look().colors ?? {});
    this.name();
    this.draw();
  };

  private readonly draw = (): void => {
    if (!this.met) return;
    const { core, look, framed, server, onClose, onView } = this.options;
    const { say, opening, shown, wide, busy, extras, thread } = this;
    const phone = this.phone.matches && !framed;
    const props = {
      ...{ core, look: look(), say, opening, shown, phone, framed, wide, server },
      ...{ extras: extras.now, needExtras: extras.need, thread: thread.now, needThread: thread.need },
      ...{ nearThread: thread.near, busy, onClose, onView, onWide: this.widen, onLanguage: this.choose },
    };
    render(<PanelView {...props} />, this.box);
  };

  /** A script that brings its own words and styles. */
  private late<T extends { words: Partial<Catalogue>; css: string }>(load: () => Promise<T>): Late<T> {
    return new Late(load, ({ words, css }) => {
      learnEnglish(words);
      this.options.wear(css);
      this.fit();
    });
  }

  private readonly widen = (): void => {
    this.wide = !this.wide;
    this.fit();
  };

  private readonly choose = (language: Language): void => {
    this.options.core.language = language;
    void this.learn();
  };

  private readonly busy = (): boolean => {
    const { activeElement } = this.options.root;
    if (!this.box.contains(activeElement)) return false;
    const fields = [...this.box.querySelectorAll<HTMLInputElement>('textarea, input:not([type="file"])')];
    return fields.some((field) => field.value !== '' && field.type !== 'radio' && field.type !== 'checkbox');
  };

  private readonly left = (): void => {
    clearTimeout(this.rest);
    this.rest = setTimeout(this.draw, restMillis);
  };

  private readonly key = (event: KeyboardEvent): void => {
    const { framed, onClose } = this.options;
    if (event.key === 'Escape' && !framed) onClose();
    if (event.key === 'Tab' && this.phone.matches && !framed) this.turnAround(event);
    event.stopPropagation(); // the page's own keys are not meant
  };

  /** On phones the panel is the screen: Tab stays in it. */
  private turnAround(event: KeyboardEvent): void {
    const all = [...this.box.querySelectorAll<HTMLElement>(stops)].filter((one) => one.tabIndex >= 0);
    const [first, last] = event.shiftKey ? [all.at(-1), all[0]] : [all[0], all.at(-1)];
    if (this.options.root.activeElement !== last) return;
    event.preventDefault();
    first?.focus();
  }
}
