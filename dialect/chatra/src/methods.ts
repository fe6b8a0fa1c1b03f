import type { Colors } from '../../../widget/src/config';
import type { Widget } from '../../../widget/src/types';
import { readIntegration } from './integration';
import { check, looks } from './setup';
import { flag, record, type Shape, shapes, text } from './shapes';
import type { Warn } from './warn';

type Method = (...args: unknown[]) => void;

/** What methods change beyond the widget itself. */
export interface State {
  /** Changes the given ones; null drops all that the page has set. */
  setColors(colors: Colors | null): void;
  setGroup(id: string | null): void;
  addLocale(modifier: Record<string, unknown>): void;
  patch(data: Record<string, unknown>, replace: boolean): void;
  restart(): void;
  kill(): void;
}

/** What the page may call. Wrong arguments are named in a warning and change nothing. */
export function methods(widget: Widget, state: State, warn: Warn): Record<string, Method> {
  const all: Record<string, Method> = {};
  /** A method of one argument: `use` gets it only if it is right. */
  const taking = <T>(name: string, shape: Shape<T>, use: (value: T) => void): void => {
    all[name] = (value) => {
      const taken = check(name, shape, value, warn);
      if (taken !== undefined) use(taken);
    };
  };
  const optional = (value: unknown) => (value == null ? false : flag(value));
  const opening = (focus: boolean): void => void widget.open({ focus: focus && !widget.mobile });
  const telling = (name: string, replace: boolean): void => {
    all[name] = (raw) => {
      const data = readIntegration(name, raw, warn, !replace);
      if (data) state.patch(data, replace);
    };
  };

  for (const name of ['ButtonPosition', 'ButtonSize', 'ChatWidth', 'ChatHeight', 'ZIndex'] as const) {
    const setting = (name[0]?.toLowerCase() + name.slice(1)) as Uncapitalize<typeof name>;
    taking<unknown>(`set${name}`, shapes[setting], (value) => widget.look({ [looks[setting]]: value }));
  }
  taking('sendAutoMessage', text, (words) => widget.send(words, { auto: true }));
  taking('setColors', shapes.colors, state.setColors);
  taking('openChat', optional, opening);
  taking('expandWidget', optional, (focus) => widget.mobile || opening(focus));
  taking('setLocale', record, state.addLocale);
  taking('setGroupId', (id) => (id === null ? id : text(id)), state.setGroup);
  telling('setIntegrationData', true);
  telling('updateIntegrationData', false);
  return Object.assign(all, {
    resetButtonPosition: () => widget.look({ place: null }),
    resetColors: () => state.setColors(null),
    minimizeWidget: () => widget.close(),
    hide: () => widget.hide(),
    show: () => widget.show(),
    pageView: () => widget.page(),
    restart: state.restart,
    kill: state.kill,
  });
}
