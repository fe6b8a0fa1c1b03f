import type { Proof } from '../../../client/frames';
import type { Settings } from '../types';

type Warn = (message: string) => void;
type Raw = Record<string, unknown>;

const identityNames = ['clientId', 'id', 'email', 'hmac', 'jwt', 'name'] as const;
const colorNames = ['buttonBg', 'buttonText', 'clientBubbleBg', 'agentBubbleBg'] as const;
const names = [
  'accountId',
  'server',
  'title',
  'greeting',
  'position',
  'theme',
  'hidden',
  'colors',
  'zIndex',
  'onNewMessage',
];
const known = new Set<string>([...names, ...identityNames]);

/**
 * Reads settings from what a page gave. What is wrong is named in a warning and left out; null if there is no account.
 * `server` is used when the page names none.
 */
export function readSettings(raw: Raw, server: string, warn: Warn): Settings | null {
  for (const name of Object.keys(raw)) if (!known.has(name)) warn(`init: there is no setting "${name}"`);
  const accountId = text(raw, 'accountId', warn);
  if (!accountId) {
    warn('init: accountId is missing');
    return null;
  }
  const settings: Settings = {
    accountId,
    server: address(text(raw, 'server', warn), warn) ?? server,
    identity: identity(raw, warn),
    title: text(raw, 'title', warn) ?? '',
    greeting: text(raw, 'greeting', warn) ?? '',
    position: choice(raw, 'position', ['right', 'left'] as const, warn),
    theme: choice(raw, 'theme', ['auto', 'light', 'dark'] as const, warn),
    hidden: raw.hidden === true || raw.hidden === 'true' || raw.hidden === '',
    colors: colors(raw.colors, warn),
  };
  const zIndex = Number(raw.zIndex);
  if (raw.zIndex !== undefined && Number.isInteger(zIndex)) settings.zIndex = zIndex;
  if (typeof raw.onNewMessage === 'function') settings.onNewMessage = raw.onNewMessage as never;
  else if (raw.onNewMessage != null) warn('init: onNewMessage is not a function');
  return settings;
}

/** Settings from the data- attributes of the script tag; empty if it names no account. */
export function settingsOfScript(script: HTMLScriptElement | null): Raw {
  const raw: Raw = {};
  const data = script?.dataset ?? {};
  for (const name of known) if (data[name] !== undefined && name !== 'colors') raw[name] = data[name];
  const given = Object.fromEntries(colorNames.flatMap((name) => (data[name] ? [[name, data[name]]] : [])));
  if (Object.keys(given).length) raw.colors = given;
  return raw;
}

function text(raw: Raw, name: string, warn: Warn): string | undefined {
  const value = raw[name];
  if (value == null || value === '') return undefined;
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  warn(`init: ${name} is not text`);
  return undefined;
}

/** Who the visitor is, from init's settings. */
export function identity(raw: Raw, warn: Warn): Proof {
  const proof: Proof = {};
  for (const name of identityNames) {
    const value = text(raw, name, warn);
    if (value !== undefined) proof[name] = value;
  }
  return proof;
}

function address(value: string | undefined, warn: Warn): string | undefined {
  if (value === undefined) return undefined;
  try {
    const url = new URL(value, location.href);
    if (/^https?:$/.test(url.protocol)) return url.origin;
  } catch {}
  warn('init: server is not an http address');
  return undefined;
}

function choice<T extends string>(raw: Raw, name: string, allowed: readonly [T, ...T[]], warn: Warn): T {
  const value = raw[name];
  const found = allowed.find((a) => a === value);
  if (value !== undefined && found === undefined) warn(`init: ${name} is one of ${allowed.join(', ')}`);
  return found ?? allowed[0];
}

function colors(value: unknown, warn: Warn): Settings['colors'] {
  const wanted: Settings['colors'] = {};
  if (typeof value !== 'object' || value === null) return wanted;
  for (const name of colorNames) {
    const color = (value as Raw)[name];
    if (color === undefined) continue;
    if (typeof color === 'string' && CSS.supports('color', color)) wanted[name] = color;
    else warn(`init: colors.${name} is not a colour`);
  }
  return wanted;
}
