import type { WidgetConfig } from '../config';
import type { Look } from '../types';

/** Puts the panel beside its launcher, wherever on the window that is, in the size the site wants. Pixels. */
export function placePanel(box: HTMLElement, look: Look, config: WidgetConfig): void {
  const place = look.place ?? config.button?.place ?? 'br';
  const [edge, along] = [...place] as ['b' | 'l' | 'r', string];
  const { top, left, right, bottom } = look.offset ?? {};
  const side = left !== undefined ? 'left' : right !== undefined ? 'right' : sideOf(edge, along);
  const up = top !== undefined || (bottom === undefined && edge !== 'b' && along === 't');
  const beside = edge !== 'b' && along === 'm' && top === undefined && bottom === undefined;
  const names = { left: side === 'left', center: side === 'center', up, beside };
  for (const [name, is] of Object.entries(names)) box.classList.toggle(name, is);
  const set = (name: string, value: number | null | undefined): void => {
    if (value === null || value === undefined) box.style.removeProperty(name);
    else box.style.setProperty(name, `${value}px`);
  };
  set('--x', left ?? right);
  set('--y', top ?? bottom);
  set('--button', buttonSize(look, config));
  set('--cf-panel-w', atLeast(280, look.width ?? config.size?.width));
  set('--cf-panel-h', atLeast(300, look.height ?? config.size?.height));
}

function sideOf(edge: string, along: string): 'left' | 'center' | 'right' {
  if (edge === 'b' && along === 'c') return 'center';
  return edge === 'l' || along === 'l' ? 'left' : 'right';
}

/** What is kept free for the launcher; undefined: as the style sheet says. */
function buttonSize(look: Look, config: WidgetConfig): number | undefined {
  const style = look.button ?? config.button?.style;
  if (style === 'none' || look.selector) return 0;
  if (style === 'tab') return 40;
  if (style === 'text') return 48;
  return look.buttonSize ?? config.button?.size;
}

const atLeast = (least: number, value: number | null | undefined): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? Math.max(least, value) : undefined;
