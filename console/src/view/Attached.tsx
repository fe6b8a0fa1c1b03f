import { useRef } from 'preact/hooks';
import { type Attached, mayRetry } from '../state/uploads';
import { t } from '../text/en';
import { limitText, sizeIn, sizeText } from '../text/format';
import { useApp } from './context';
import { Icon } from './Icon';

/** Picks files. The limit stands in its name. */
export function AttachButton({ thread }: { thread: string }) {
  const { uploads } = useApp();
  const input = useRef<HTMLInputElement>(null);
  const label = t.files.attach(limitText(uploads.most));
  const picked = (field: HTMLInputElement) => {
    uploads.add(thread, [...(field.files ?? [])]);
    field.value = ''; // the same file may be picked again
  };
  return (
    <>
      <button type="button" class="ib" aria-label={label} title={label} onClick={() => input.current?.click()}>
        <Icon name="clip" />
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        tabIndex={-1}
        aria-hidden="true"
        onChange={(event) => picked(event.currentTarget)}
      />
    </>
  );
}

/** The files of the message that is being written: on their way, there, or why they are not. */
export function AttachedList({ thread }: { thread: string }) {
  const list = useApp().uploads.of(thread).value;
  if (list.length === 0) return null;
  return (
    <ul class="atts" aria-label={t.files.list}>
      {list.map((attached) => (
        <One key={attached.key} thread={thread} attached={attached} />
      ))}
    </ul>
  );
}

function One({ thread, attached: a }: { thread: string; attached: Attached }) {
  const { uploads } = useApp();
  const done = a.state === 'ready' || a.state === 'failed';
  const drop = done ? t.files.remove(a.name) : t.files.cancel(a.name);
  return (
    <li class={`att ${a.state === 'failed' ? 'bad' : ''}`}>
      <Icon name={a.state === 'failed' ? 'alert' : 'file'} size={16} />
      <span>
        <b dir="auto">{a.name}</b>
        <Standing attached={a} most={uploads.most} />
      </span>
      {mayRetry(a) && (
        <button
          type="button"
          class="ib"
          aria-label={t.files.retry(a.name)}
          title={t.state.retry}
          onClick={() => uploads.retry(thread, a.key)}
        >
          <Icon name="again" size={16} />
        </button>
      )}
      <button type="button" class="ib" aria-label={drop} title={drop} onClick={() => uploads.drop(thread, a.key)}>
        <Icon name="close" size={14} />
      </button>
      {!done && <Bar attached={a} />}
    </li>
  );
}

function Standing({ attached: a, most }: { attached: Attached; most: number }) {
  if (a.state === 'failed') return <small role="alert">{reason(a.code, most)}</small>;
  if (a.state === 'sending')
    return <small class="num">{t.files.progress(sizeIn(a.sent, a.size), sizeText(a.size))}</small>;
  return <small>{a.state === 'waiting' ? t.files.waiting : sizeText(a.size)}</small>;
}

function Bar({ attached: { name, sent, size } }: { attached: Attached }) {
  const percent = Math.floor((100 * sent) / Math.max(size, 1));
  return (
    <div class="bar" role="progressbar" aria-label={name} aria-valuemin={0} aria-valuemax={100} aria-valuenow={percent}>
      <i style={{ width: `${percent}%` }} />
    </div>
  );
}

function reason(code: Attached['code'], most: number): string {
  switch (code) {
    case 'too_large':
      return t.files.tooLarge(limitText(most));
    case 'bad_field':
      return t.files.empty;
    case 'rate_limited':
      return t.files.tooMany;
    case 'unsupported':
      return t.files.noFiles;
    default:
      return t.files.failed;
  }
}
