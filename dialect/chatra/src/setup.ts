import type { Look } from '../../../widget/src/types';
import { type Shape, shapes } from './shapes';
import { isRecord, type Warn } from './warn';

type Shapes = typeof shapes;
export type Setup = { [K in keyof Shapes]?: Shapes[K] extends Shape<infer T> ? T : never };

/** Settings that are the widget's look, and what they are there. */
export const looks = {
  buttonStyle: 'button',
  buttonPosition: 'place',
  buttonSize: 'buttonSize',
  customWidgetButton: 'selector',
  chatWidth: 'width',
  chatHeight: 'height',
  zIndex: 'zIndex',
  colors: 'colors',
  language: 'language',
} as const satisfies { [K in keyof Setup]: keyof Look };

/** Reads the page's settings one by one; what is wrong is named in a warning and left out. */
export function readSetup(raw: unknown, warn: Warn): Setup {
  const setup: Record<string, unknown> = {};
  if (raw != null && !isRecord(raw)) warn('ChatraSetup is not an object');
  if (!isRecord(raw)) return setup;
  for (const name of Object.keys(raw)) {
    const shape = Object.hasOwn(shapes, name) && (shapes[name as keyof Shapes] as Shape<unknown>);
    if (!shape) warn(`there is no setting ${name}`);
    else if (raw[name] != null) setup[name] = check(name, shape, raw[name], warn);
  }
  return setup;
}

/** The value, or undefined with a warning. */
export function check<T>(name: string, shape: Shape<T>, value: unknown, warn: Warn): T | undefined {
  const taken = shape(value, warn);
  if (taken === undefined) warn(`${name} does not take this value`);
  return taken;
}

/** The look that the page asks for, but for its frame and its words; what it does not name is as the account says. */
export function lookOf(setup: Setup, mobile: boolean): Look {
  const look: Record<string, unknown> = { devices: devices(setup, mobile) };
  for (const [name, key] of Object.entries(looks)) look[key] = setup[name as keyof Setup] ?? null;
  return look;
}

/** Who wants neither kind of device gets the kind that this one is not. */
function devices({ mobileOnly, disabledOnMobile }: Setup, mobile: boolean): Look['devices'] {
  if (mobileOnly) return disabledOnMobile && mobile ? 'desktop' : 'mobile';
  return disabledOnMobile ? 'desktop' : null;
}
