import type { Colors, Language } from '../../../widget/src/config';
import { isRecord, type Warn } from './warn';

/** Reads a value; undefined if it is not what it must be. */
export type Shape<T> = (value: unknown, warn: Warn) => T | undefined;

export const languages = ['en', 'de', 'fr', 'es', 'nl', 'pt', 'it', 'ru'] as const satisfies Language[];

export const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() ? value : undefined;
export const flag = (value: unknown): boolean | undefined => (typeof value === 'boolean' ? value : undefined);
export const record: Shape<Record<string, unknown>> = (value) => (isRecord(value) ? value : undefined);

const one =
  <T extends string>(...all: T[]): Shape<T> =>
  (value) =>
    all.find((name) => name === value);

/** Numbers below `least` are wrong; those below `bottom` are raised to it. */
const whole =
  (least: number, bottom = least): Shape<number> =>
  (value) =>
    Number.isInteger(value) && (value as number) >= least ? Math.max(value as number, bottom) : undefined;

const callback: Shape<(value: unknown) => void> = (value) =>
  typeof value === 'function' ? (value as () => void) : undefined;

const counter: Shape<number> = (value) => {
  const id = text(`${value as number}`);
  return /^(number|string)$/.test(typeof value) && id && Number.isInteger(+id) ? +id : undefined;
};

const selector: Shape<string> = (value) => {
  try {
    document.createDocumentFragment().querySelector(value as string);
    return text(value);
  } catch {
    return undefined;
  }
};

/** One of them may be wrong without the others. */
const colors: Shape<Colors> = (value, warn) => {
  if (!isRecord(value)) return undefined;
  const read: Colors = {};
  for (const name of ['buttonText', 'buttonBg', 'clientBubbleBg', 'agentBubbleBg'] as const) {
    const color = value[name];
    if (typeof color === 'string' && /^#([\da-f]{3}){1,2}$/i.test(color)) read[name] = color;
    else if (color != null) warn(`colors.${name} is not like #fff or #ffffff`);
  }
  return read;
};

/** An id, an element, or the first of a list of elements. */
const place: Shape<string | Element> = (value) => {
  const element = (Object(value).nodeType ? value : Object(value)[0]) as Element;
  return text(value) ?? (element?.nodeType === 1 ? element : undefined);
};

/** Every setting of the page by its name. */
export const shapes = {
  buttonStyle: one('tab', 'round'),
  buttonPosition: one('bl', 'bc', 'br', 'lt', 'lm', 'lb', 'rt', 'rm', 'rb'),
  buttonSize: whole(1),
  customWidgetButton: selector,
  chatWidth: whole(1, 280),
  chatHeight: whole(1, 300),
  zIndex: whole(-Infinity),
  colors,
  startHidden: flag,
  mobileOnly: flag,
  disabledOnMobile: flag,
  language: one(...languages),
  locale: record,
  mode: one('widget', 'frame'),
  injectTo: place,
  clientId: text,
  groupId: text,
  gaTrackingId: text,
  disableGaTracking: flag,
  yaCounterId: counter,
  disableYaTracking: flag,
  onNewMessage: callback,
  onAnalyticEvent: callback,
  deferredLoading: flag,
  disableChatOpenHash: flag,
};
