export type Warn = (message: string) => void;
export type Raw = Record<string, unknown>;

/** Reads one value of a page: what it means, null to take a choice back, undefined if it is wrong. */
export type Read = (value: unknown) => unknown;

export const isObject = (value: unknown): value is Raw =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const text: Read = (value) =>
  typeof value === 'number' ? String(value) : typeof value === 'string' ? value : undefined;

export const truth: Read = (value) =>
  value === true || value === 'true' || value === '' ? true : value === false || value === 'false' ? false : undefined;

/** A whole number, of this at least. Attributes of a script tag are text. */
export const whole =
  (least: number): Read =>
  (value) => {
    const number = typeof value === 'string' && value.trim() ? Number(value) : value;
    return Number.isInteger(number) && (number as number) >= least ? number : undefined;
  };

export const one =
  (words: string): Read =>
  (value) =>
    words.split(' ').find((word) => word === value);
