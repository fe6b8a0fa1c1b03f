import { useLayoutEffect } from 'preact/hooks';
import { useApp } from './context';

type Area = { current: HTMLTextAreaElement | null };

/** The box grows with what is written, up to the height that the styles allow. */
export function useGrowing(area: Area, text: string): void {
  useLayoutEffect(() => {
    const el = area.current;
    if (!el) return;
    el.style.height = 'auto';
    el.style.height = `${el.scrollHeight}px`;
  }, [area, text]);
}

/** Takes the focus when a command asks for it, and not when the conversation is merely opened. */
export function useFocusOnCall(area: Area, called: () => void): void {
  const { compose } = useApp();
  const asked = compose.value;
  useLayoutEffect(() => {
    if (!asked) return;
    compose.value = false;
    called();
    area.current?.focus();
  }, [asked]);
}
