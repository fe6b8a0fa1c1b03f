/** Files on their way from this page: picked, pasted or dropped, sent one after the other, each in a message of its own. */
import { useEffect, useReducer, useState } from 'preact/hooks';
import * as limits from '../../../chat/limits.json';
import type { FileInfo } from '../../../client/frames';
import { Listeners } from '../../../client/listeners';
import { upload } from '../../../client/upload';
import type { Core, Fault, Upload } from '../types';

/** A file that has not become a message yet. */
export interface Sending {
  readonly key: number;
  readonly name: string;
  /** Bytes, as is `sent`. */
  readonly size: number;
  readonly sent: number;
  readonly state: 'sending' | 'failed';
  /** Why it failed: `too_large`, `bad_field` (empty), `rate_limited`, `unsupported`, `network`, … */
  readonly code?: string;
  /** Takes it off the list; what was sent of it is gone. */
  cancel(): void;
  /** Missing where it would fail again. */
  retry?: () => void;
}

/** What a panel needs for files. The handlers are for its outermost element. */
export interface Uploads {
  readonly list: readonly Sending[];
  add(files: Iterable<File>): void;
  /** Files are held above the panel. */
  readonly over: boolean;
  readonly handlers: {
    onPaste(event: ClipboardEvent): void;
    onDragEnter(event: DragEvent): void;
    onDragOver(event: DragEvent): void;
    onDragLeave(event: DragEvent): void;
    onDrop(event: DragEvent): void;
  };
}

const hopeless = ['too_large', 'bad_field', 'unsupported', 'forbidden', 'rate_limited'];

/** The files of a page. They go on while the panel is closed. */
class Queue {
  readonly changes = new Listeners<void>();
  list: Sending[] = [];
  private readonly files = new Map<number, File>();
  private going: { key: number; upload: Upload } | null = null;
  private lastKey = 0;

  constructor(
    private readonly core: Core,
    private readonly send: (file: FileInfo) => void,
  ) {}

  add(files: Iterable<File>): void {
    for (const file of files) {
      const key = ++this.lastKey;
      this.files.set(key, file);
      const cancel = () => this.cancel(key);
      this.list = [...this.list, { key, name: file.name, size: file.size, sent: 0, state: 'sending', cancel }];
      if (file.size > limits.fileBytes) this.fail(key, 'too_large');
    }
    this.next();
  }

  private next(): void {
    this.changes.tell();
    const first = this.list.find((s) => s.state === 'sending');
    const file = first && this.files.get(first.key);
    if (this.going || !first || !file) return;
    const { key } = first;
    const going = this.core.upload(file, (sent) => this.set(key, { sent }), upload);
    this.going = { key, upload: going };
    const ended = (work: () => void) => () => {
      if (this.going?.key !== key) return; // cancelled
      this.going = null;
      work();
      this.next();
    };
    going.done.then(
      (info) => ended(() => this.finish(key, info))(),
      (fault: Fault) => ended(() => this.fail(key, fault?.code ?? 'internal'))(),
    );
  }

  private finish(key: number, info: FileInfo): void {
    this.forget(key);
    this.send(info);
  }

  private fail(key: number, code: string): void {
    const retry = hopeless.includes(code) ? undefined : () => this.retry(key);
    this.set(key, { state: 'failed', code, ...(retry && { retry }) });
  }

  private retry(key: number): void {
    this.list = this.list.map((s) => {
      const { code: _, retry: __, ...rest } = s;
      return s.key === key ? { ...rest, sent: 0, state: 'sending' } : s;
    });
    this.next();
  }

  private cancel(key: number): void {
    this.forget(key);
    if (this.going?.key === key) {
      const { upload } = this.going;
      this.going = null;
      upload.cancel();
    }
    this.next();
  }

  private forget(key: number): void {
    this.files.delete(key);
    this.list = this.list.filter((s) => s.key !== key);
  }

  private set(key: number, change: Partial<Sending>): void {
    this.list = this.list.map((s) => (s.key === key ? { ...s, ...change } : s));
    this.changes.tell();
  }
}

const queues = new WeakMap<Core, Queue>();

function queueOf(core: Core): Queue {
  let queue = queues.get(core);
  if (!queue) {
    queue = new Queue(core, (file) => core.send('', { file }));
    queues.set(core, queue);
  }
  return queue;
}

/** Sends files, also where nothing shows them yet. */
export const sendFiles = (core: Core, files: Iterable<File>): void => queueOf(core).add(files);

/** The page's uploads, drawn again with each change. */
export function useUploads(core: Core): Uploads {
  const queue = queueOf(core);
  const [, again] = useReducer<number, void>((n) => n + 1, 0);
  const [over, setOver] = useState(false);
  useEffect(() => {
    again();
    return queue.changes.add(() => again());
  }, [queue]);
  return { list: queue.list, add: (files) => queue.add(files), over, handlers: handlersOf(queue, setOver) };
}

function handlersOf(queue: Queue, setOver: (over: boolean) => void): Uploads['handlers'] {
  /** Files are meant, and the page shall not show them in its place. */
  const takes = (event: DragEvent): boolean => {
    if (!event.dataTransfer?.types.includes('Files')) return false;
    event.preventDefault();
    return true;
  };
  return {
    // An office program puts a picture of the text beside the text: then the text is meant.
    onPaste(event) {
      const data = event.clipboardData;
      if (!data?.files.length || data.types.includes('text/plain')) return;
      event.preventDefault();
      queue.add(data.files);
    },
    onDragEnter: (event) => takes(event) && setOver(true),
    onDragOver: (event) => void takes(event),
    onDragLeave(event) {
      const inside = event.currentTarget as Element;
      if (!inside.contains(event.relatedTarget as Node | null)) setOver(false);
    },
    onDrop(event) {
      if (!takes(event)) return;
      setOver(false);
      const data = event.dataTransfer as DataTransfer;
      const items = [...(data.items ?? [])].filter((item) => item.kind === 'file');
      const folders = items.map((item) => item.webkitGetAsEntry?.()?.isDirectory === true);
      queue.add([...data.files].filter((_, i) => !folders[i]));
    },
  };
}
