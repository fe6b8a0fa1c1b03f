/**
 * Files in the panel, for its owner to put where they belong:
 *
 *   const uploads = useUploads(core);                          // uploads.ts; its handlers go on the panel's element
 *   <div {...uploads.handlers} class={uploads.over ? 'over' : ''}>
 *     <Attachment file={message.file} server={server} words={words} />      // in a bubble; `server` without a path
 *     {uploads.list.map((u) => <UploadRow key={u.key} upload={u} words={words} />)}   // above the message box
 *     <AttachButton uploads={uploads} words={words} />                      // among the message box's tools
 *     {uploads.over && <DropHere words={words} />}
 *
 * `words` has the keys of AttachmentWords; attachments.css has the styles.
 */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import * as limits from '../../../chat/limits.json';
import type { FileInfo } from '../../../client/frames';
import type { Icon } from '../icons';
import { Draw } from './parts';
import type { Sending, Uploads } from './uploads';

export { type Sending, type Uploads, useUploads } from './uploads';

export interface AttachmentWords {
  /** Of the button that picks: "Attach files, up to 20 MB each". */
  attach: (most: string) => string;
  /** "Drop files here" */
  drop: string;
  /** Of an image: "Show photo.jpg" */
  show: (name: string) => string;
  /** Of another file: "Download bill.pdf, 1.4 MB" */
  download: (name: string, size: string) => string;
  /** Of the image shown large: "Close" */
  shut: string;
  /** "1.4 of 2.3 MB" */
  progress: (sent: string, size: string) => string;
  cancel: string;
  retry: string;
  /** "Not sent." */
  failed: string;
  /** "Too large: at most 20 MB." */
  tooLarge: (most: string) => string;
  /** "The file is empty." */
  empty: string;
  /** "That were many files. Try again tomorrow." */
  tooMany: string;
  /** "Files cannot be sent here." */
  noFiles: string;
}

const line = (...paths: string[]): Icon => ({ box: 20, width: 1.5, paths });
const clip = line(
  'm16.5 9.5-6.4 6.4a4 4 0 0 1-5.7-5.7l6.8-6.7a2.7 2.7 0 0 1 3.8 3.8l-6.8 6.7a1.3 1.3 0 0 1-1.9-1.9l6-6',
);
const sheet = line('M5 2.8h6.5L15.5 7v10.2H5z', 'M11.2 2.8V7h4.3');
const cross = line('m5 5 10 10M15 5 5 15');

const widest = 180;
const tallest = 240;
const units = ['B', 'kB', 'MB', 'GB'];

/** A size in the unit that suits `by`: 1.4. */
function amount(bytes: number, by = bytes): string {
  const unit = unitOf(by);
  const value = bytes / 1000 ** unit;
  return value.toFixed(unit > 1 && value < 10 ? 1 : 0);
}
const unitOf = (bytes: number): number => Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1);
/** "1.4 MB" */
export const sizeText = (bytes: number): string => `${amount(bytes)} ${units[unitOf(bytes)]}`;

/** As people say it: what lies a little above 20 MB is "20 MB". */
const most = (): string => `${Math.floor(limits.fileBytes / 1e6)} MB`;

/** A path of the node; nothing else may become an address. */
const addressOf = (server: string, { url }: FileInfo): string | undefined =>
  url.startsWith('/confab/files/') ? server + url : undefined;

interface AttachmentProps {
  file: FileInfo;
  /** Address of the node, without a path. */
  server: string;
  words: AttachmentWords;
}

/** A file of a message: an image in the size that it will have, anything else as a tile to download. */
export function Attachment({ file, server, words }: AttachmentProps) {
  const [broken, setBroken] = useState(false);
  const [large, setLarge] = useState(false);
  const address = addressOf(server, file);
  const { name, size, width, height } = file;
  if (!address) return null;
  if (!width || !height || broken)
    return (
      <a
        class="file"
        href={address}
        download={name}
        target="_blank"
        rel="noopener noreferrer"
        title={words.download(name, sizeText(size))}
      >
        <span class="tile">
          <Draw icon={sheet} />
        </span>
        <span class="fn">
          <b dir="auto">{name}</b>
          {sizeText(size)}
        </span>
      </a>
    );
  const scale = Math.min(1, widest / width, tallest / height);
  const [w, h] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
  return (
    <>
      <button
        type="button"
        class="pic"
        style={{ width: `${w}px`, height: `${h}px` }}
        aria-label={words.show(name)}
        onClick={() => setLarge(true)}
      >
        <img
          src={address}
          width={w}
          height={h}
          alt={name}
          loading="lazy"
          decoding="async"
          referrerpolicy="no-referrer"
          onError={() => setBroken(true)}
        />
      </button>
      {large && <Lightbox address={address} name={name} words={words} onClose={() => setLarge(false)} />}
    </>
  );
}

interface LightboxProps {
  address: string;
  name: string;
  words: AttachmentWords;
  onClose: () => void;
}

/** An image above the whole page. Esc, the button and a click beside the image close it, and the focus goes back. */
function Lightbox({ address, name, words, onClose }: LightboxProps) {
  const box = useRef<HTMLDialogElement>(null);
  // Before anybody sees it: the next key is already for it. Only once it is closed may what is below have the focus.
  useLayoutEffect(() => {
    const dialog = box.current;
    const before = (dialog?.getRootNode() as Document | ShadowRoot | undefined)?.activeElement;
    dialog?.showModal();
    return () => {
      dialog?.close();
      (before as HTMLElement | null)?.focus?.();
    };
  }, []);
  const key = (event: KeyboardEvent): void => {
    event.stopPropagation(); // Esc is not for the panel below
    if (event.key === 'Escape') onClose();
  };
  return (
    <dialog
      ref={box}
      class="light"
      aria-label={name}
      onKeyDown={key}
      onClose={onClose}
      onClick={(e) => e.target === box.current && onClose()}
    >
      <button type="button" class="ib" aria-label={words.shut} onClick={onClose}>
        <Draw icon={cross} />
      </button>
      <img src={address} alt={name} referrerpolicy="no-referrer" />
    </dialog>
  );
}

/** A file on its way, or why it is not. */
export function UploadRow({ upload, words }: { upload: Sending; words: AttachmentWords }) {
  const { name, size, sent, state, code, cancel, retry } = upload;
  const failed = state === 'failed';
  return (
    <div class="up">
      <span class="fn">
        <b dir="auto">{name}</b>
        {failed ? (
          <span class="bad" role="alert">
            {reason(code, words)}
          </span>
        ) : (
          words.progress(amount(sent, size), sizeText(size))
        )}
      </span>
      {retry && (
        <button type="button" class="txt" onClick={retry}>
          {words.retry}
        </button>
      )}
      <button type="button" class="ib" aria-label={`${words.cancel}: ${name}`} title={words.cancel} onClick={cancel}>
        <Draw icon={cross} size={16} />
      </button>
      {!failed && (
        <div
          class="bar"
          role="progressbar"
          aria-label={name}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={percent(sent, size)}
        >
          <i style={{ width: `${percent(sent, size)}%` }} />
        </div>
      )}
    </div>
  );
}

const percent = (sent: number, size: number): number => Math.floor((100 * sent) / Math.max(size, 1));

function reason(code: string | undefined, words: AttachmentWords): string {
  if (code === 'too_large') return words.tooLarge(most());
  if (code === 'bad_field') return words.empty;
  if (code === 'rate_limited') return words.tooMany;
  return code === 'unsupported' ? words.noFiles : words.failed;
}

/** Picks files; a phone offers its camera too. The limit stands in its label. */
export function AttachButton({ uploads, words }: { uploads: Uploads; words: AttachmentWords }) {
  const input = useRef<HTMLInputElement>(null);
  const label = words.attach(most());
  const picked = ({ currentTarget }: Event): void => {
    const field = currentTarget as HTMLInputElement;
    uploads.add([...(field.files ?? [])]);
    field.value = ''; // the same file may be picked again
  };
  return (
    <>
      <button type="button" class="ib" aria-label={label} title={label} onClick={() => input.current?.click()}>
        <Draw icon={clip} />
      </button>
      <input ref={input} type="file" multiple hidden tabIndex={-1} aria-hidden="true" onChange={picked} />
    </>
  );
}

/** Lies over the panel while files are held above it. */
export const DropHere = ({ words }: { words: AttachmentWords }) => <div class="dropping">{words.drop}</div>;
