import type { Proof } from '../../../client/frames';
import type { Colors, Place } from '../config';
import { isLanguage } from '../text/launcher';
import type { Look, Settings } from '../types';
import { isObject, one, type Raw, type Read, text, truth, type Warn, whole } from './read';

/** What `update` takes is here; what only `init` takes is below. */
const looks: Record<string, [keyof Look, Read]> = {
  title: ['title', text],
  greeting: ['greeting', text],
  position: ['place', (value) => sides[value as string] ?? one('bl bc br lt lm lb rt rm rb')(value)],
  buttonStyle: ['button', one('round tab text none')],
  buttonSize: ['buttonSize', whole(1)],
  buttonText: ['buttonText', text],
  selector: ['selector', text],
  width: ['width', whole(1)],
  height: ['height', whole(1)],
  zIndex: ['zIndex', whole(Number.MIN_SAFE_INTEGER)],
  theme: ['theme', one('auto light dark')],
  language: ['language', (value) => (isLanguage(value) ? value : undefined)],
  devices: ['devices', one('all mobile desktop')],
};
const sides: Record<string, Place> = { right: 'br', left: 'bl' };
export const identityNames = ['clientId', 'id', 'email', 'hmac', 'jwt', 'name'] as const;
const colorNames = ['buttonBg', 'buttonText', 'clientBubbleBg', 'agentBubbleBg'] as const;
const others = ['colors', 'strings', 'group', 'attributes'];
const ofInit = ['accountId', 'server', 'hidden', 'frame', 'askConsent', 'onNewMessage', 'onAnalyticEvent'];
const known: readonly string[] = [...Object.keys(looks), ...identityNames, ...others];

/**
 * Reads settings from what a page gave. What is wrong is named in a warning and left out; null if there is no account,
 * or no element for the frame. `server` is used when the page names none.
 */
export function readSettings(raw: Raw, server: string, warn: Warn): Settings | null {
  warnOfUnknown(raw, [...known, ...ofInit], warn);
  const read = reader(raw, warn);
  const account = read('accountId', text);
  if (!account) {
    warn('init: accountId is missing');
    return null;
  }
  const frame = raw.frame == null ? null : frameOf(raw.frame);
  if (frame === undefined) {
    warn('init: there is no element for the frame');
    return null;
  }
  const askConsent = read('askConsent', truth);
  return {
    account: account as string,
    server: (read('server', address) as string | undefined) ?? server,
    identity: readIdentity(raw, warn),
    group: (read('group', text) as string | undefined) || null,
    hidden: read('hidden', truth) === true,
    ...(typeof askConsent === 'boolean' && { askConsent }),
    look: { ...readLook(raw, warn), frame },
  };
}

/** Settings from the data- attributes of the script tag; empty if it names no account. */
export function settingsOfScript(script: HTMLScriptElement | null): Raw {
  const raw: Raw = {};
  const data = script?.dataset ?? {};
  for (const name of [...known, ...ofInit]) if (data[name] !== undefined) raw[name] = data[name];
  const worded = data.buttonStyle !== undefined; // else data-button-text is the colour, as ever
  const colors = Object.fromEntries(
    colorNames.flatMap((name) => (data[name] && !(worded && name === 'buttonText') ? [[name, data[name]]] : [])),
  );
  if (!worded) delete raw.buttonText;
  if (Object.keys(colors).length) raw.colors = colors;
  return raw;
}

export const warnOfUnknown = (raw: Raw, names: readonly string[], warn: Warn): void => {
  for (const name of Object.keys(raw)) if (!names.includes(name)) warn(`there is no setting "${name}"`);
};
export const namesOfUpdate = known;

/** What of the look is named, null included. */
export function readLook(raw: Raw, warn: Warn): Look {
  const read = reader(raw, warn);
  const look: Raw = {};
  for (const [name, [property, how]] of Object.entries(looks)) {
    const value = raw[name] === null ? null : read(name, how);
    if (value !== undefined) look[property] = value;
  }
  if (raw.colors !== undefined) look.colors = raw.colors && readColors(raw.colors, warn);
  if (raw.strings !== undefined) look.strings = raw.strings && readStrings(raw.strings, warn);
  return look as Look;
}

/** Who the visitor is; without what is null. */
export function readIdentity(raw: Raw, warn: Warn): Proof {
  const read = reader(raw, warn);
  const named = identityNames.map((name) => [name, read(name, text)]);
  return Object.fromEntries(named.filter(([, value]) => value)) as Proof;
}

export function readColors(value: unknown, warn: Warn): Colors {
  const wanted: Colors = {};
  for (const name of colorNames) {
    const color = isObject(value) ? value[name] : undefined;
    if (color === undefined) continue;
    if (typeof color === 'string' && CSS.supports('color', color)) wanted[name] = color;
    else warn(`colors.${name} is not a colour`);
  }
  return wanted;
}

export function readStrings(value: unknown, warn: Warn): Record<string, string> {
  const given = Object.entries(isObject(value) ? value : {});
  for (const [name, words] of given) if (typeof words !== 'string') warn(`strings.${name} is not text`);
  return Object.fromEntries(given.filter(([, words]) => typeof words === 'string')) as Record<string, string>;
}

function reader(raw: Raw, warn: Warn): (name: string, how: Read) => unknown {
  return (name, how) => {
    const value = raw[name];
    if (value == null) return undefined;
    const read = how(value);
    if (read === undefined)
      warn(`${name} cannot be ${typeof value === 'object' ? 'an object' : JSON.stringify(value)}`);
    return read;
  };
}

const address: Read = (value) => {
  try {
    const url = new URL(String(value), location.href);
    if (/^https?:$/.test(url.protocol)) return url.origin;
  } catch {}
  return undefined;
};

/** An element, its id, or a selector that finds it. */
function frameOf(value: unknown): Element | undefined {
  if (value instanceof Element) return value;
  try {
    return document.getElementById(String(value)) ?? document.querySelector(String(value)) ?? undefined;
  } catch {
    return undefined;
  }
}
