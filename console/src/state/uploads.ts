import { type Signal, signal } from '@preact/signals';
import type { Link } from '../../../client/connection';
import type { FileInfo } from '../../../client/frames';
import type { RequestFault } from '../../../client/requests';
import { mostFileBytes, type Uploading, upload } from '../../../client/upload';

/** A file in a message box: on its way, there, or refused. */
export interface Attached {
  key: number;
  name: string;
  /** Bytes, as is `sent`. */
  size: number;
  sent: number;
  state: 'waiting' | 'sending' | 'ready' | 'failed';
  /** Once it is ready. */
  file?: FileInfo;
  /** Why it failed. */
  code?: RequestFault['code'];
}

/** Would fail again. */
const HOPELESS: readonly (string | undefined)[] = [
  'too_large',
  'bad_field',
  'unsupported',
  'forbidden',
  'rate_limited',
];
export const mayRetry = (a: Attached): boolean => a.state === 'failed' && !HOPELESS.includes(a.code);

type Begin = (link: Link, server: string, file: File, progress: (sent: number) => void, thread: string) => Uploading;

/** Files of message boxes, by thread: sent to the server as they come, one after the other, and named by the message that takes them. */
export class Uploads {
  private readonly lists = new Map<string, Signal<readonly Attached[]>>();
  private readonly files = new Map<number, File>();
  private going: { key: number; upload: Uploading } | null = null;
  private lastKey = 0;

  constructor(
    private readonly link: Link,
    private readonly begin: Begin = upload,
  ) {}

  /** Bytes that a file may have at most. */
  get most(): number {
    return mostFileBytes(this.link);
  }

  of(thread: string): Signal<readonly Attached[]> {
    let list = this.lists.get(thread);
    if (!list) {
      list = signal<readonly Attached[]>([]);
      this.lists.set(thread, list);
    }
    return list;
  }

  add(thread: string, files: Iterable<File>): void {
    const list = this.of(thread);
    for (const file of files) {
      const key = ++this.lastKey;
      const { name, size } = file;
      this.files.set(key, file);
      list.value = [...list.value, { key, name, size, sent: 0, state: 'waiting' }];
      if (size > this.most) this.set(thread, key, { state: 'failed', code: 'too_large' });
      if (size === 0) this.set(thread, key, { state: 'failed', code: 'bad_field' });
    }
    this.next();
  }

  /** Off the list; what was sent of it is gone. */
  drop(thread: string, key: number): void {
    this.forget(thread, key);
    if (this.going?.key !== key) return;
    const { upload } = this.going;
    this.going = null;
    upload.cancel();
    this.next();
  }

  retry(thread: string, key: number): void {
    this.set(thread, key, { state: 'waiting', sent: 0 });
    this.next();
  }

  /** Takes the files that are ready off the list, for a message. */
  take(thread: string): FileInfo[] {
    const ready = this.of(thread)
      .peek()
      .filter((a) => a.state === 'ready');
    for (const { key } of ready) this.forget(thread, key);
    return ready.flatMap((a) => a.file ?? []);
  }

  close(): void {
    this.going?.upload.cancel();
    this.going = null;
    this.files.clear();
    this.lists.clear();
  }

  private next(): void {
    const [thread, first] = this.waiting() ?? [];
    const file = first && this.files.get(first.key);
    if (this.going || thread === undefined || !first || !file) return;
    const { key } = first;
    this.set(thread, key, { state: 'sending' });
    const upload = this.begin(this.link, '', file, (sent) => this.set(thread, key, { sent }), thread);
    this.going = { key, upload };
    const ended = (change: Partial<Attached>): void => {
      if (this.going?.key !== key) return; // taken off the list
      this.going = null;
      this.set(thread, key, change);
      this.next();
    };
    upload.done.then(
      (file) => ended({ state: 'ready', file, sent: first.size }),
      (fault: RequestFault) => ended({ state: 'failed', code: fault.code }),
    );
  }

  private waiting(): [string, Attached] | undefined {
    for (const [thread, list] of this.lists) {
      const first = list.peek().find((a) => a.state === 'waiting');
      if (first) return [thread, first];
    }
    return undefined;
  }

  private set(thread: string, key: number, change: Partial<Attached>): void {
    const list = this.of(thread);
    list.value = list.peek().map((a) => (a.key === key ? { ...a, ...change } : a));
  }

  private forget(thread: string, key: number): void {
    this.files.delete(key);
    const list = this.of(thread);
    list.value = list.peek().filter((a) => a.key !== key);
  }
}
