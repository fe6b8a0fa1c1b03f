import type { Ref } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { limits } from '../../../client/limits';
import { panelText as words } from '../text/en';
import type { Core } from '../types';
import { EmojiButton } from './emoji';
import { arrowUp } from './icons';
import { Draw } from './parts';

interface ComposerProps {
  core: Core;
  /** Two lines tall, on the home screen. */
  tall?: boolean;
  input: Ref<HTMLTextAreaElement>;
  onSent: () => void;
}

const maxLines = 6;
const lineHeight = 24;

/** The message box. Enter sends, Shift+Enter starts a line; what is unsent survives reloads. */
export function Composer({ core, tall = false, input, onSent }: ComposerProps) {
  const [text, setText] = useState(core.draft.get);
  const box = useRef<HTMLTextAreaElement | null>(null);
  const over = [...text].length - limits.textRunes;
  const ready = text.trim() !== '' && over <= 0;
  useLayoutEffect(() => grow(box.current, tall ? 2 : 1), [text]);
  useEffect(() => () => core.talk.typed(''), []);

  const write = (value: string): void => {
    setText(value);
    core.draft.set(value);
    core.talk.typed(value, true);
  };
  const send = (): void => {
    if (!ready) return;
    core.send(text);
    write('');
    onSent();
    box.current?.focus();
  };
  const key = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    send();
  };
  const insert = (emoji: string): void => {
    const area = box.current;
    const at = area?.selectionStart ?? text.length;
    write(text.slice(0, at) + emoji + text.slice(area?.selectionEnd ?? at));
    queueMicrotask(() => area?.setSelectionRange(at + emoji.length, at + emoji.length));
    area?.focus();
  };
  const hold = (area: HTMLTextAreaElement | null): void => {
    box.current = area;
    if (typeof input === 'function') input(area);
    else if (input) input.current = area;
  };
  return (
    <div class={tall ? 'box' : 'box one'}>
      <textarea
        ref={hold}
        rows={tall ? 2 : 1}
        value={text}
        placeholder={tall ? words.question : words.message}
        aria-label={words.messageLabel}
        aria-invalid={over > 0}
        aria-describedby={over > 0 ? 'over' : undefined}
        enterkeyhint="send"
        autocomplete="off"
        onInput={(event) => write(event.currentTarget.value)}
        onKeyDown={key}
        onBlur={() => core.talk.typed('')}
      />
      {over > 0 && (
        <p class="over" id="over" role="alert">
          {words.tooLong(over)}
        </p>
      )}
      <div class="tools">
        <EmojiButton onPick={insert} />
        <span class="sp" />
        <button
          type="button"
          class={ready ? 'go' : 'go off'}
          aria-label={words.send}
          aria-disabled={!ready}
          onClick={send}
        >
          <Draw icon={arrowUp} />
        </button>
      </div>
    </div>
  );
}

function grow(area: HTMLTextAreaElement | null, least: number): void {
  if (!area) return;
  area.style.height = 'auto';
  const most = maxLines * lineHeight;
  area.style.height = `${Math.min(Math.max(area.scrollHeight, least * lineHeight), most)}px`;
}
