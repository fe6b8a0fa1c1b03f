import { useEffect } from 'preact/hooks';
import { commandsOf } from '../state/commands';
import type { Console } from '../state/console';
import { Matcher, strokeOf } from '../state/shortcuts';

/** Runs commands by their keys. Silent while a dialog is open; letters do nothing where text is written. */
export function useKeyboard(app: Console): void {
  useEffect(() => {
    const matcher = new Matcher();
    const pressed = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || event.repeat) return;
      if (event.key === 'Escape') return closePane(app);
      if (event.key === 'Enter') return accept(app, event);
      if (app.overlay.value !== '' || inPopover(event.target)) return;
      const stroke = strokeOf({
        key: event.key,
        code: event.code,
        ctrl: event.ctrlKey,
        meta: event.metaKey,
        alt: event.altKey,
        shift: event.shiftKey,
      });
      const id = matcher.press(stroke, event.timeStamp, isText(event.target), app.prefs.singleKeys.value);
      const command = id && commandsOf(app, () => undefined).find((c) => c.id === id);
      if (!command) return;
      event.preventDefault();
      command.run();
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, [app]);
}

const isText = (target: EventTarget | null): boolean =>
  target instanceof HTMLTextAreaElement ||
  target instanceof HTMLInputElement ||
  (target instanceof HTMLElement && target.isContentEditable);

const inPopover = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('.pop, dialog') !== null;

/** Enter takes the offer, unless it means something where the focus is. */
function accept(app: Console, event: KeyboardEvent): void {
  const offer = app.offer.value;
  const target = event.target;
  const free =
    target === document.body ||
    target === null ||
    (target instanceof Element && target.matches('.th, .ms, .vp, .main'));
  if (
    !offer ||
    !free ||
    !app.prefs.singleKeys.value ||
    app.overlay.value !== '' ||
    event.ctrlKey ||
    event.metaKey ||
    event.altKey
  )
    return;
  event.preventDefault();
  void app.acceptAndOpen(offer.conversation);
}

/** Esc closes the pane where it lies over the thread. */
function closePane(app: Console): void {
  const place = app.route.place.value;
  if (app.overlay.value === '' && place.screen === 'list' && place.pane) app.route.go({ ...place, pane: false });
}
