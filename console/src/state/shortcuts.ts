/** The keyboard map: which keys run which command. Pure; the listener is in view/Keyboard.tsx. */

export type CommandId =
  | 'commands'
  | 'help'
  | 'search'
  | 'next'
  | 'previous'
  | 'reply'
  | 'note'
  | 'close'
  | 'closeNext'
  | 'assignMe'
  | 'assign'
  | 'accept'
  | 'leave'
  | 'pane'
  | 'goMine'
  | 'goQueue'
  | 'goOpen'
  | 'goClosed'
  | 'goVisitors'
  | 'goContacts'
  | 'goSettings'
  | 'statusOnline'
  | 'statusBusy'
  | 'statusAway'
  | 'statusInvisible'
  | 'themeLight'
  | 'themeDark'
  | 'themeSystem'
  | 'sound'
  | 'notifications'
  | 'singleKeys'
  | 'signOut';

export interface Keys {
  /** As shown: one chip each. */
  chips: readonly string[];
  /** A key, or two in sequence; `mod+`, `alt+`, `shift+` before. Letters are lower case. */
  stroke: string;
}

const single = (id: CommandId, stroke: string, ...chips: string[]): [CommandId, Keys[]] => [id, [{ chips, stroke }]];

/** Every command that has keys. Those of one character without a modifier can be switched off. */
export const KEYMAP: ReadonlyMap<CommandId, readonly Keys[]> = new Map<CommandId, Keys[]>([
  ['commands', [{ chips: ['mod', 'K'], stroke: 'mod+k' }]],
  single('help', '?', '?'),
  single('search', '/', '/'),
  [
    'next',
    [
      { chips: ['J'], stroke: 'j' },
      { chips: ['Alt', 'J'], stroke: 'alt+j' },
    ],
  ],
  [
    'previous',
    [
      { chips: ['K'], stroke: 'k' },
      { chips: ['Alt', 'K'], stroke: 'alt+k' },
    ],
  ],
  [
    'reply',
    [
      { chips: ['R'], stroke: 'r' },
      { chips: ['Alt', 'L'], stroke: 'alt+l' },
    ],
  ],
  [
    'note',
    [
      { chips: ['N'], stroke: 'n' },
      { chips: ['Alt', 'P'], stroke: 'alt+p' },
    ],
  ],
  single('close', 'e', 'E'),
  single('closeNext', 'shift+e', '⇧', 'E'),
  single('assignMe', 'i', 'I'),
  single('assign', 'a', 'A'),
  single('pane', 'p', 'P'),
  single('goMine', 'g i', 'G', 'I'),
  single('goQueue', 'g q', 'G', 'Q'),
  single('goOpen', 'g o', 'G', 'O'),
  single('goClosed', 'g d', 'G', 'D'),
  single('goVisitors', 'g v', 'G', 'V'),
  single('goContacts', 'g c', 'G', 'C'),
  single('goSettings', 'g s', 'G', 'S'),
]);

export interface Press {
  key: string;
  code: string;
  ctrl: boolean;
  meta: boolean;
  alt: boolean;
  shift: boolean;
}

/** The stroke of a press, as the keymap spells it; empty for a lone modifier. Alt makes other characters on some systems, so it goes by the key's place. */
export function strokeOf(p: Press): string {
  if (['Control', 'Meta', 'Alt', 'Shift', 'Dead', 'Process'].includes(p.key)) return '';
  const letter = p.code.startsWith('Key') ? p.code.slice(3).toLowerCase() : '';
  const key = p.alt && letter ? letter : p.key.length === 1 ? p.key.toLowerCase() : p.key;
  const shifted = p.shift && /^[a-z]$/.test(key);
  return `${p.ctrl || p.meta ? 'mod+' : ''}${p.alt ? 'alt+' : ''}${shifted ? 'shift+' : ''}${key}`;
}

/** Keys of one character: they must not act where text is typed, and can be switched off. */
export const isSingle = (stroke: string): boolean => !/^(mod|alt)\+/.test(stroke);

const SEQUENCE_MILLIS = 1200;

/** Follows presses and tells which command they mean; remembers the first key of a sequence for a moment. */
export class Matcher {
  private first = '';
  private firstAt = 0;

  /** typing: the focus is where text is written; singles: keys of one character are switched on. */
  press(stroke: string, at: number, typing: boolean, singles: boolean): CommandId | null {
    const head = this.first && at - this.firstAt < SEQUENCE_MILLIS ? this.first : '';
    this.first = '';
    if (!stroke || (isSingle(stroke) && (typing || !singles))) return null;
    const whole = head ? `${head} ${stroke}` : stroke;
    for (const [id, all] of KEYMAP) if (all.some((keys) => keys.stroke === whole)) return id;
    if (!head && [...KEYMAP.values()].flat().some((keys) => keys.stroke.startsWith(`${stroke} `))) {
      this.first = stroke;
      this.firstAt = at;
    }
    return null;
  }
}
