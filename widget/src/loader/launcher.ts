import { applyColors } from '../colors';
import { chevronDown, cross, type Icon, linesIcon } from '../icons';
import { firstName, initials, tint } from '../people';
import { launcherText as words } from '../text/en';
import type { NewMessage, Settings } from '../types';
import css from './loader.css';
import { addSheet } from './sheet';

export interface LauncherActions {
  toggle: () => void;
  open: () => void;
  /** The person is about to open: pointer over it, focus on it, finger on it. */
  approach: () => void;
}

/** The button in the corner of the page, its badge, and the card that shows a new message while the panel is closed. */
export class Launcher {
  readonly root: ShadowRoot;
  private readonly host = document.createElement('div');
  private readonly frame = element('div');
  private readonly button = element('button', 'launcher');
  private readonly badge = element('span', 'badge');
  private teaser: HTMLElement | null = null;
  private unread = 0;

  constructor(
    private readonly settings: Settings,
    private readonly actions: LauncherActions,
  ) {
    this.root = this.host.attachShadow({ mode: 'open' });
    addSheet(this.root, css);
    this.dress();
    this.build();
    this.setUnread(0);
    if (settings.hidden) this.setShown(false);
    document.body.append(this.host);
  }

  setShown(shown: boolean): void {
    this.host.hidden = !shown;
  }

  get shown(): boolean {
    return !this.host.hidden;
  }

  setUnread(count: number): void {
    this.unread = count;
    this.badge.hidden = count === 0;
    this.badge.textContent = count > 99 ? '99+' : String(count);
    if (count === 0) this.hideTeaser();
    this.label();
  }

  setOpen(open: boolean): void {
    this.button.setAttribute('aria-expanded', String(open));
    this.frame.classList.toggle('open', open);
    if (open) this.hideTeaser();
    this.label();
  }

  focus(): void {
    this.button.focus();
  }

  showTeaser(message: NewMessage): void {
    this.hideTeaser();
    const card = element('div', 'teaser');
    const open = element('button', 'words');
    open.append(avatar(message), said(message));
    open.onclick = this.actions.open;
    const dismiss = element('button', 'x');
    dismiss.setAttribute('aria-label', words.dismiss);
    dismiss.append(draw(cross, 18));
    dismiss.onclick = () => this.hideTeaser();
    card.append(open, dismiss);
    this.button.before(card);
    this.teaser = card;
  }

  remove(): void {
    this.host.remove();
  }

  private hideTeaser(): void {
    this.teaser?.remove();
    this.teaser = null;
  }

  private dress(): void {
    const { theme, zIndex, position, colors } = this.settings;
    this.host.dataset.confab = '';
    if (theme !== 'auto') this.host.dataset.theme = theme;
    if (zIndex !== undefined) this.host.style.setProperty('--cf-z', String(zIndex));
    if (position === 'left') this.frame.className = 'left';
    applyColors(this.host, colors);
  }

  private build(): void {
    const { button, actions } = this;
    button.id = 'launcher';
    button.setAttribute('aria-haspopup', 'dialog');
    button.setAttribute('aria-expanded', 'false');
    button.append(draw(linesIcon, 26), draw(chevronDown, 26), this.badge);
    this.badge.setAttribute('aria-hidden', 'true');
    button.onclick = actions.toggle;
    for (const event of ['pointerenter', 'focus', 'touchstart'])
      button.addEventListener(event, actions.approach, { passive: true });
    const corner = element('div', 'corner');
    corner.append(button);
    this.frame.append(corner);
    this.root.append(this.frame);
  }

  private label(): void {
    const open = this.button.getAttribute('aria-expanded') === 'true';
    const label = open ? words.close : this.unread ? words.openUnread(this.unread) : words.open;
    this.button.setAttribute('aria-label', label);
  }
}

function element<K extends keyof HTMLElementTagNameMap>(tag: K, className = ''): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (made instanceof HTMLButtonElement) made.type = 'button';
  return made;
}

function avatar({ author, type }: NewMessage): HTMLElement {
  const made = element('span', 'av');
  made.textContent = initials(author.name);
  made.style.background = tint(author.name || type);
  if (type === 'agent') made.classList.add('on');
  made.setAttribute('aria-hidden', 'true');
  return made;
}

function said({ author, text }: NewMessage): HTMLElement {
  const made = element('span');
  const from = element('span', 'from');
  const name = element('b');
  name.textContent = firstName(author.name);
  from.append(name, author.name ? ` · ${words.justNow}` : words.justNow);
  const line = element('span', 'text');
  line.dir = 'auto';
  line.textContent = text;
  made.append(from, line);
  return made;
}

const svg = 'http://www.w3.org/2000/svg';

function draw({ box, width, paths }: Icon, size: number): SVGElement {
  const made = document.createElementNS(svg, 'svg');
  const attributes = { viewBox: `0 0 ${box} ${box}`, width: size, height: size, fill: 'none', stroke: 'currentColor' };
  const all = {
    ...attributes,
    'stroke-width': width,
    'stroke-linecap': 'round',
    'stroke-linejoin': 'round',
    'aria-hidden': true,
  };
  for (const [name, value] of Object.entries(all)) made.setAttribute(name, String(value));
  for (const d of paths) {
    const path = document.createElementNS(svg, 'path');
    path.setAttribute('d', d);
    made.append(path);
  }
  return made;
}
