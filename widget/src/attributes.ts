const nameRule = /^[A-Za-z][A-Za-z0-9_]*$/;
const dateName = /(At|_at|On|_on)$/;
const isoDate = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d))?$/;

/**
 * What of `raw` may be kept as attributes of a person: texts, numbers, dates as ISO 8601 text, null to erase. True and
 * false become 1 and 0. What breaks a rule is left out with a warning.
 */
export function checkAttributes(raw: unknown, warn: (message: string) => void): Record<string, string | number | null> {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    warn('attributes are not an object');
    return {};
  }
  const kept: Record<string, string | number | null> = {};
  for (const [name, value] of Object.entries(raw)) {
    const checked = nameRule.test(name) ? plain(name, value) : undefined;
    if (checked !== undefined) kept[name] = checked;
    else warn(nameRule.test(name) ? `attribute ${name}: ${wanted(name)}` : `attribute "${name}": ${nameHint}`);
  }
  return kept;
}

const nameHint = 'a name is a letter, then letters, digits and _';
const wanted = (name: string): string =>
  dateName.test(name) ? 'the value is no date' : 'the value is no text, number or date';

function plain(name: string, value: unknown): string | number | null | undefined {
  if (value === null) return null;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString();
  if (dateName.test(name)) return isDate(value) ? value : undefined;
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'string' || Number.isFinite(value) ? (value as string | number) : undefined;
}

const isDate = (value: unknown): value is string =>
  typeof value === 'string' && isoDate.test(value) && !Number.isNaN(Date.parse(value));
