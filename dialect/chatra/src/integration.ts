import { isRecord, type Warn } from './warn';

/**
 * What the page says of its visitor: texts, numbers, true and false under any names; with `erasing` also null. Anything
 * else is named in a warning and left out. Undefined if it is not an object.
 */
export function readIntegration(name: string, raw: unknown, warn: Warn, erasing = false) {
  if (!isRecord(raw)) return void warn(`${name} is not an object`);
  const fits = ([key, value]: [string, unknown]): boolean => {
    const good =
      typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value) || (erasing && value === null);
    if (!good) warn(`${name} does not take this value of "${key}"`);
    return good;
  };
  return Object.fromEntries(Object.entries(raw).filter(fits));
}
