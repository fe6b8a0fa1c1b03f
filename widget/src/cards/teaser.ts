import { cross } from '../icons';
import { draw, element } from '../loader/dom';
import { firstName, initials, tint } from '../people';
import type { CardWords } from '../text/en_cards';

export interface Teased {
  text: string;
  /** Empty: nobody in particular. */
  name: string;
  agent: boolean;
}

/** The card above the launcher. */
export function teaserCard(
  { text, name, agent }: Teased,
  words: CardWords,
  act: { open: () => void; dismiss: () => void },
): HTMLElement {
  const card = element('div', 'teaser');
  card.setAttribute('role', 'status');
  const open = element('button', 'words');
  if (name) open.append(avatar(name, agent));
  open.append(said(text, name, words.justNow));
  open.onclick = act.open;
  const dismiss = element('button', 'x');
  dismiss.setAttribute('aria-label', words.dismiss);
  dismiss.append(draw(cross, 18));
  dismiss.onclick = act.dismiss;
  card.append(open, dismiss);
  return card;
}

function avatar(name: string, agent: boolean): HTMLElement {
  const made = element('span', agent ? 'av on' : 'av');
  made.textContent = initials(name);
  made.style.background = tint(name);
  made.setAttribute('aria-hidden', 'true');
  return made;
}

function said(text: string, name: string, justNow: string): HTMLElement {
  const made = element('span', 'said');
  const from = element('span', 'from');
  const bold = element('b');
  bold.textContent = firstName(name);
  from.append(bold, name ? ` · ${justNow}` : justNow);
  const line = element('span', 'text');
  line.dir = 'auto';
  line.textContent = text;
  made.append(from, line);
  return made;
}
