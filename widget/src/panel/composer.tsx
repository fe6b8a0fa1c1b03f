import type { Ref } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { fileBytes, textRunes } from '../../../chat/limits.json';
import { EmojiButton } from './emoji';
import { useEnv } from './env';
import type { FileIntake } from './files';
import { arrowUp, clip } from './icons';
import { Draw, IconButton } from './parts';

interface ComposerProps {
  /** Two lines tall, on the home screen. */
  tall?: boolean;
  input: Ref<HTMLTextAreaElement>;
  /** Undefined where files are not taken. */
  files: FileIntake | undefined;
  /** Somebody is about to write. */
  onBegin?: () => void;
  onSent: () => void;
}

const maxLines = 6;
const lineHeight = 24;
const most = `${Math.floor(fileBytes / 1e6)} MB`;

/** The message box. Enter sends, Shift+Enter starts a line; what is unsent survives reloads. */
export function Composer({ tall = false, input, files, onBegin, onSent }: ComposerProps) {
  const { core, say } = useEnv();
  const [text, setText] = useState(core.draft.get);
  const box = useRef<HTMLTextAreaElement | null>(null);
  const picker = useRef<HTMLInputElement>(null);
  const over = [...text].length - textRunes;
  const ready = text.trim() !== '' && over <= 0;
  useLayoutEffect(() => grow(box.current, tall ? 2 : 1), [text]);
  useEffect(() => () => core.talk.typed(''), []);

  const write = (value: string): void => {
    onBegin?.();
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
        dir={text ? 'auto' : undefined}
        placeholder={say(tall ? 'question' : 'message')}
        aria-label={say('messageLabel')}
        aria-invalid={over > 0}
        aria-describedby={over > 0 ? 'over' : undefined}
        enterkeyhint="send"
        autocomplete="off"
        onInput={(event) => write(event.currentTarget.value)}
        onKeyDown={key}
        onPointerDown={onBegin}
        onBlur={() => core.talk.typed('')}
      />
      {over > 0 && (
        <p class="over" id="over" role="alert">
          {say('tooLong', { n: over })}
        </p>
      )}
      <div class="tools">
        {files && (
          <>
            <IconButton icon={clip} label={say('attach', { size: most })} onClick={() => picker.current?.click()} />
            <input
              ref={picker}
              type="file"
              multiple
              hidden
              onChange={({ currentTarget }) => {
                files.add(currentTarget.files ?? []);
                currentTarget.value = '';
              }}
            />
          </>
        )}
        <EmojiButton onPick={insert} />
        <span class="sp" />
        <button
          type="button"
          class={ready ? 'go' : 'go off'}
          aria-label={say('send')}
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
