import { chevronDown, linesIcon } from '../icons';
import { type LauncherWords, launcherWords } from '../text/launcher';
import { draw, element, pixels, style } from './dom';
import css from './loader.css';
import type { FullLook } from './look';
import { addSheet } from './sheet';
import { type Offset, put, sideOf } from './spot';

export interface LauncherActions {
  toggle: () => void;
  /** The person is about to open: pointer over it, focus on it, finger on it. */
  approach: () => void;
}

/** The widget's element on the page, with the button, its badge, and a card above it that shows something while the panel is closed. */
export class Launcher {
  readonly root: ShadowRoot;
  words: LauncherWords;
  readonly host = element('div');
  readonly corner = element('div', 'corner');
  readonly button = element('button', 'launcher');
  private readonly badge = element('span', 'badge');
  private readonly text = element('span', 'label');
  private readonly icons = element('span', 'icons');
  private card: HTMLElement | null = null;
  private unread = 0;
  private said = '';
  private away = '';

  constructor(
    private look: FullLook,
    private readonly actions: LauncherActions,
  ) {
    this.root = this.host.attachShadow({ mode: 'open' });
    this.words = launcherWords(look.language, look.strings);
    this.wear(css);
    this.build();
    (look.frame ?? document.body).append(this.host);
    addEventListener('resize', this.place);
  }

  /** One more style sheet. */
  wear(css: string): void {
    addSheet(this.root, css);
  }

  dress(look: FullLook): void {
    const { host, corner } = this;
    this.look = look;
    this.words = launcherWords(look.language, look.strings);
    host.lang = look.language;
    host.toggleAttribute('data-frame', look.frame != null);
    if (look.theme === 'auto') delete host.dataset.theme;
    else host.dataset.theme = look.theme ?? '';
    style(host, {
      '--cf-z': look.zIndex == null ? null : String(look.zIndex),
      '--cf-panel-w': pixels(look.width),
      '--cf-panel-h': pixels(look.height),
      '--cf-button-bg': look.colors?.buttonBg ?? null,
      '--cf-button-text': look.colors?.buttonText ?? null,
      '--cf-size': look.button === 'round' ? pixels(look.buttonSize) : null,
    });
    for (const name of ['round', 'tab', 'text']) corner.classList.toggle(name, name === look.button);
    this.label();
    this.place();
  }

  /** Whether the button is to be seen; the panel does not depend on it. */
  setShown(shown: boolean): void {
    if (this.corner.hidden === !shown) return;
    this.corner.hidden = !shown;
    this.place();
  }

  get shown(): boolean {
    return !this.corner.hidden;
  }

  /** `label` says to those who do not see what a press would do; empty: as at the beginning. */
  setUnread(count: number, label = ''): void {
    if (count === this.unread && label === this.said) return;
    this.unread = count;
    this.badge.hidden = count === 0;
    this.badge.textContent = count > 99 ? '99+' : String(count);
    this.said = label;
    this.label();
  }

  /** Nobody is there: what is written on it then; empty: somebody is. */
  setAway(words: string): void {
    if (words === this.away) return;
    this.away = words;
    this.label();
  }

  setOpen(open: boolean): void {
    this.button.setAttribute('aria-expanded', String(open));
    this.host.toggleAttribute('data-open', open);
    if (open) {
      this.setCard(null);
      this.drawClose();
    }
    this.place();
  }

  /** In the place of the card before; null: none. */
  setCard(card: HTMLElement | null): void {
    this.card?.remove();
    this.card = card;
    if (card) this.button.before(card);
  }

  remove(): void {
    removeEventListener('resize', this.place);
    this.host.remove();
  }

  readonly place = (): void => this.move(this.look.offset ?? null);

  /** To there, until it is placed anew. */
  move(offset: Offset | null): void {
    put(this.corner, this.look.place, offset);
    Object.assign(this.corner.dataset, sideOf(this.corner));
  }

  private build(): void {
    const { button, badge, corner, actions } = this;
    this.host.dataset.confab = '';
    button.id = 'launcher';
    button.setAttribute('aria-haspopup', 'dialog');
    button.setAttribute('aria-expanded', 'false');
    this.icons.append(draw(linesIcon, 26));
    badge.setAttribute('aria-hidden', 'true');
    badge.hidden = true;
    button.append(this.icons, this.text, badge);
    button.onclick = actions.toggle;
    for (const event of ['pointerenter', 'focus', 'touchstart'])
      button.addEventListener(event, () => this.approach(), { passive: true });
    corner.append(button);
    this.root.append(corner);
  }

  private approach(): void {
    this.drawClose();
    this.actions.approach();
  }

  /** Not drawn while nobody is near: most who see a launcher never press it. */
  private drawClose(): void {
    if (this.icons.childElementCount < 2) this.icons.append(draw(chevronDown, 26));
  }

  private label(): void {
    const { words, look } = this;
    this.button.setAttribute('aria-label', this.said || words.openChat);
    const written = look.button === 'tab' || look.button === 'text';
    this.text.textContent = written ? look.buttonText || this.away || words.chatWithUs : '';
  }
}
