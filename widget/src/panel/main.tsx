import { render } from 'preact';
import { addSheet } from '../loader/sheet';
import { panelText as words } from '../text/en';
import type { MountPanel, Panel, PanelOptions } from '../types';
import { type Opening, PanelView } from './panel';
import css from './panel.css';

const phoneWidth = '(max-width: 600px)';

export const mountPanel: MountPanel = (options) => new PanelFrame(options);

/** The box around the panel: a dialog beside the page, on phones the whole screen. */
class PanelFrame implements Panel {
  private readonly box = document.createElement('section');
  private readonly phone = matchMedia(phoneWidth);
  private opening: Opening = { focus: false, unreadAfter: undefined };
  private shown = false;
  private readonly unwatch: () => void;
  private overflow = '';

  constructor(private readonly options: PanelOptions) {
    const { root, settings } = options;
    addSheet(root, css);
    this.box.className = settings.position === 'left' ? 'panel left' : 'panel';
    this.box.id = 'panel';
    this.box.hidden = true;
    this.box.setAttribute('role', 'dialog');
    this.unwatch = options.core.watch(this.name);
    this.name();
    this.box.addEventListener('keydown', this.key);
    root.append(this.box);
    root.getElementById('launcher')?.setAttribute('aria-controls', 'panel');
    this.phone.addEventListener('change', this.fit);
  }

  open(focus: boolean): void {
    const { core } = this.options;
    this.opening = { focus, unreadAfter: core.unread > 0 ? core.talk.seenByMe() : undefined };
    this.shown = true;
    this.box.hidden = false;
    this.box.classList.remove('leaving');
    this.fit();
    visualViewport?.addEventListener('resize', this.fit);
    visualViewport?.addEventListener('scroll', this.fit);
  }

  close(): void {
    this.shown = false;
    this.box.classList.add('leaving');
    const done = (): void => {
      if (!this.shown) this.box.hidden = true;
    };
    const animations = this.box.getAnimations?.() ?? [];
    void Promise.allSettled(animations.map((a) => a.finished)).then(done);
    visualViewport?.removeEventListener('resize', this.fit);
    visualViewport?.removeEventListener('scroll', this.fit);
    this.lockPage(false);
  }

  remove(): void {
    this.close();
    this.phone.removeEventListener('change', this.fit);
    this.unwatch();
    render(null, this.box);
    this.box.remove();
  }

  private readonly name = (): void => {
    const label = words.dialog(this.options.core.title);
    if (this.box.getAttribute('aria-label') !== label) this.box.setAttribute('aria-label', label);
  };

  /** Fits the panel to the screen; on phones to what the keyboard leaves of it. */
  private readonly fit = (): void => {
    const { matches } = this.phone;
    this.box.setAttribute('aria-modal', String(matches));
    if (!matches) this.box.removeAttribute('aria-modal');
    this.box.style.setProperty('--vh', visualViewport ? `${visualViewport.height}px` : '100dvh');
    this.box.style.setProperty('--vt', `${visualViewport?.offsetTop ?? 0}px`);
    this.lockPage(matches && this.shown);
    this.draw();
  };

  private draw(): void {
    const { core, settings, onClose } = this.options;
    const { opening } = this;
    const view = (
      <PanelView core={core} settings={settings} opening={opening} phone={this.phone.matches} onClose={onClose} />
    );
    render(view, this.box);
  }

  private lockPage(locked: boolean): void {
    const { style } = document.documentElement;
    if (locked === (this.overflow !== '')) return;
    if (locked) {
      this.overflow = style.overflow || 'unset';
      style.overflow = 'hidden';
    } else {
      style.overflow = this.overflow === 'unset' ? '' : this.overflow;
      this.overflow = '';
    }
  }

  private readonly key = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') this.options.onClose();
    if (event.key === 'Tab' && this.phone.matches) this.turnAround(event);
    event.stopPropagation(); // the page's own keys are not meant
  };

  /** On phones the panel is the screen: Tab stays in it. */
  private turnAround(event: KeyboardEvent): void {
    const stops = [...this.box.querySelectorAll<HTMLElement>('button, textarea, a[href], [tabindex="0"]')];
    const [first, last] = event.shiftKey ? [stops.at(-1), stops[0]] : [stops[0], stops.at(-1)];
    if (this.options.root.activeElement !== last) return;
    event.preventDefault();
    first?.focus();
  }
}
