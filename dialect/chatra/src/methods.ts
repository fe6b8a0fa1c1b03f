import type { Chat } from './chat';
import { readIntegration } from './integration';
import { check, looks } from './setup';
import { flag, record, type Shape, shapes, text } from './shapes';

type Method = (...args: unknown[]) => void;

/** What the page may call. Wrong arguments are named in a warning and change nothing. */
export function methods(chat: Chat): Record<string, Method> {
  const { widget, warn } = chat;
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
      if (data) chat.patch(data, replace);
    };
  };

  for (const name of ['ButtonPosition', 'ButtonSize', 'ChatWidth', 'ChatHeight', 'ZIndex'] as const) {
    const setting = (name[0]?.toLowerCase() + name.slice(1)) as Uncapitalize<typeof name>;
    taking<unknown>(`set${name}`, shapes[setting], (value) => widget.look({ [looks[setting]]: value }));
  }
  taking('sendAutoMessage', text, (words) => widget.send(words, { auto: true }));
  taking('setColors', shapes.colors, (colors) => chat.setColors(colors));
  taking('openChat', optional, opening);
  taking('expandWidget', optional, (focus) => widget.mobile || opening(focus));
  taking('setLocale', record, (locale) => chat.addLocale(locale));
  taking(
    'setGroupId',
    (id) => (id === null ? id : text(id)),
    (id) => chat.setGroup(id),
  );
  telling('setIntegrationData', true);
  telling('updateIntegrationData', false);
  return Object.assign(all, {
    resetButtonPosition: () => widget.look({ place: null }),
    resetColors: () => chat.setColors(null),
    minimizeWidget: () => widget.close(),
    hide: () => widget.hide(),
    show: () => widget.show(),
    pageView: () => widget.page(),
    restart: () => chat.start(),
    kill: () => chat.kill(),
  });
}
