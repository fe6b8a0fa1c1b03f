import { useEffect, useRef, useState } from 'preact/hooks';
import type { FileInfo } from '../../../client/frames';
import { limits } from '../../../client/limits';
import type { Conversation } from '../net/types';
import type { Mode } from '../state/drafts';
import type { ThreadView } from '../state/threads';
import { t } from '../text/en';
import { together } from '../text/format';
import { AttachButton, AttachedList } from './Attached';
import { useApp } from './context';
import { EditBox } from './EditBox';
import { Icon } from './Icon';
import { Hint as Key } from './Kbd';
import { nameOf } from './names';
import { pasted } from './useDrop';
import { useFocusOnCall, useGrowing } from './useTextBox';

/** The message box: it writes, or changes what was written. */
export function Composer({ conversation, view }: { conversation: Conversation; view: ThreadView }) {
  const editing = useApp().amends.editing.value;
  if (editing?.thread === conversation.thread) return <EditBox key={editing.message.eid} editing={editing} />;
  return <WriteBox conversation={conversation} view={view} />;
}

/** Where an agent writes: a reply to the visitor or a note to the team, never one for the other. */
function WriteBox({ conversation: c, view }: { conversation: Conversation; view: ThreadView }) {
  const app = useApp();
  const [mode, setMode] = useState<Mode>(app.drafts.mode(c.thread));
  const [text, setText] = useState(app.drafts.text(c.thread, mode));
  const area = useRef<HTMLTextAreaElement>(null);
  const stop = () => view.talk.typed('');
  useEffect(() => stop, [view]);
  useGrowing(area, text);
  useFocusOnCall(area, () => turn(app.drafts.mode(c.thread)));

  const turn = (to: Mode) => {
    app.drafts.setMode(c.thread, to);
    setMode(to);
    setText(app.drafts.text(c.thread, to));
    if (to === 'note') stop();
  };
  const write = (value: string) => {
    setText(value);
    app.drafts.set(c.thread, mode, value);
    if (mode === 'reply') view.talk.typed(value);
  };
  const over = [...text].length - limits.textRunes;
  const files = app.uploads.of(c.thread).value;
  const going = files.some((a) => a.state === 'waiting' || a.state === 'sending');
  const empty = text.trim() === '' && !files.some((a) => a.state === 'ready');
  const send = () => {
    if (empty || going || over > 0) return;
    sendAll(view, text.trim(), app.uploads.take(c.thread), mode);
    setText('');
    app.drafts.set(c.thread, mode, '');
    area.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      send();
    }
    if (
      event.key === 'ArrowUp' &&
      text === '' &&
      !event.shiftKey &&
      !event.altKey &&
      !event.ctrlKey &&
      !event.metaKey
    ) {
      if (app.amends.beginLast(c.thread, c.id, view.state.peek().entries)) event.preventDefault();
    }
    if (event.key === 'Escape') area.current?.blur();
  };
  return (
    <form
      class={`cp ${mode === 'note' ? 'nt' : ''}`}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      onPaste={(event) => pasted(event, (added) => app.uploads.add(c.thread, added))}
    >
      <div class="md">
        <ModeButton mode="reply" on={mode} keys="R" turn={turn} />
        <ModeButton mode="note" on={mode} keys="N" turn={turn} />
        <Replying view={view} />
      </div>
      <textarea
        ref={area}
        class="ta"
        rows={2}
        value={text}
        placeholder={mode === 'note' ? t.composer.noteTo : t.composer.to(nameOf(c))}
        aria-label={mode === 'note' ? t.composer.noteLabel : t.composer.replyLabel(nameOf(c))}
        onInput={(event) => write(event.currentTarget.value)}
        onKeyDown={onKeyDown}
        onBlur={stop}
      />
      <AttachedList thread={c.thread} />
      <div class="tl">
        <AttachButton thread={c.thread} />
        <span class="hint" aria-live="polite">
          {over > 0 ? t.composer.tooLong(over) : going ? t.files.going : <Hint conversation={c} mode={mode} />}
        </span>
        <button type="submit" class={`btn ${mode === 'note' ? 'note-go' : 'p'}`} disabled={empty || going || over > 0}>
          {mode === 'note' && <Icon name="lock" size={14} />}
          {mode === 'note' ? t.composer.addNote : t.composer.send}
        </button>
      </div>
    </form>
  );
}

/** A message holds one file: the first goes with the text, each other one follows alone. */
function sendAll(view: ThreadView, text: string, files: readonly FileInfo[], mode: Mode): void {
  const note = mode === 'note' ? { note: true } : {};
  const [first, ...others] = files;
  void view.talk.send(text, first ? { ...note, file: first } : note);
  for (const file of others) void view.talk.send('', { ...note, file });
}

function ModeButton({ mode, on, keys, turn }: { mode: Mode; on: Mode; keys: string; turn: (mode: Mode) => void }) {
  const { prefs, compose } = useApp();
  return (
    <button
      type="button"
      aria-pressed={on === mode}
      class={on === mode ? 'on' : ''}
      onClick={() => {
        turn(mode);
        compose.value = true;
      }}
    >
      {mode === 'note' && <Icon name="lock" size={14} />}
      {t.composer[mode]}
      {prefs.singleKeys.value && <Key chip={keys} />}
    </button>
  );
}

/** What pressing send will also bring about, if anything. */
function Hint({ conversation: c, mode }: { conversation: Conversation; mode: Mode }) {
  const app = useApp();
  if (mode === 'note') return <>{t.composer.noteHint}</>;
  if (c.state === 'closed') return <b>{t.composer.starts}</b>;
  if (!c.agents.includes(app.me.id)) {
    const names = c.agents.map((id) => app.agents.nameOf(id)).filter(Boolean);
    return <b>{names.length > 0 ? t.composer.joins(together(names)) : t.composer.accepts}</b>;
  }
  return <span class="keys-hint">{t.composer.hint}</span>;
}

/** A colleague writes here too. */
function Replying({ view }: { view: ThreadView }) {
  const app = useApp();
  const colleague = view.typists.value.find((typist) => typist.who.kind === 'agent');
  if (!colleague) return null;
  return (
    <span class="soft" role="status">
      {t.thread.replying(app.agents.nameOf(colleague.who.id) || colleague.who.name || t.event.somebody)}
    </span>
  );
}
