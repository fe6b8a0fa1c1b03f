import type { ButtonStyle, Config, Language, Place } from '../config';
import { pageLanguage } from '../text/launcher';
import type { Look } from '../types';

/** The look in force. */
export interface FullLook extends Look {
  place: Place;
  button: ButtonStyle | 'none';
  language: Language;
  strings: Record<string, string>;
}

const least = { width: 280, height: 300 };

/** The page's choices over the account's over ours; the visitor's own language over all. */
export function lookOf(page: Look, { widget, account }: Config, chosen: Language | undefined): FullLook {
  const { button = {}, size = {}, strings = {} } = widget;
  const language = chosen ?? page.language ?? widget.language ?? pageLanguage();
  return {
    ...page,
    title: page.title ?? widget.title ?? account.name,
    greeting: page.greeting ?? widget.greeting ?? null,
    place: page.place ?? button.place ?? 'br',
    button: page.button ?? button.style ?? 'round',
    buttonSize: page.buttonSize ?? button.size ?? null,
    buttonText: page.buttonText ?? button.text ?? null,
    width: atLeast(least.width, page.width ?? size.width),
    height: atLeast(least.height, page.height ?? size.height),
    zIndex: page.zIndex ?? widget.zIndex ?? null,
    colors: { ...widget.colors, ...page.colors },
    theme: page.theme ?? widget.theme ?? 'auto',
    language,
    strings: { ...strings.all, ...strings[language], ...page.strings },
    devices: page.devices ?? widget.devices ?? 'all',
  };
}

const atLeast = (least: number, value: number | undefined): number | null =>
  value === undefined ? null : Math.max(least, value);
