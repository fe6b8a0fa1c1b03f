/** One file on its way to the server: a ticket, then its bytes, and both again if the network breaks. */

import * as limits from '../chat/limits.json';
import type { Link } from './connection';
import type { FileInfo } from './frames';
import { type RequestFault, Requests } from './requests';

export interface Uploading {
  /** Rejects with a RequestFault. */
  readonly done: Promise<FileInfo>;
  cancel(): void;
}

const tries = 4;
const firstWaitMillis = 1000;

/** Bytes that a file may have at this server. */
export const mostFileBytes = (link: Link): number => link.hello?.limits.fileBytes ?? limits.fileBytes;

/**
 * Sends a file. `server` is the node's address without a path; `progress` is told bytes and starts anew with each try.
 * `thread` is for agents; a visitor's own is meant without it. The answer's `id` goes into `send`.
 */
export function upload(
  link: Link,
  server: string,
  file: File,
  progress: (sent: number, size: number) => void,
  thread?: string,
): Uploading {
  const way = new Way(link, server, file, progress, thread);
  const done = way.run();
  done.catch(() => undefined); // who does not look must not find it in the page's console
  return { done, cancel: () => way.cancel() };
}

class Way {
  private readonly requests: Requests;
  private xhr: XMLHttpRequest | null = null;
  private cancelled = false;
  private wake: () => void = () => undefined;

  constructor(
    private readonly link: Link,
    private readonly server: string,
    private readonly file: File,
    private readonly progress: (sent: number, size: number) => void,
    private readonly thread?: string,
  ) {
    this.requests = new Requests(link);
  }

  cancel(): void {
    this.cancelled = true;
    this.requests.close();
    this.xhr?.abort();
    this.wake();
  }

  async run(): Promise<FileInfo> {
    try {
      const most = mostFileBytes(this.link);
      if (this.file.size > most) throw fault('too_large', `A file has at most ${most} bytes.`);
      if (this.file.size < 1) throw fault('bad_field', 'The file is empty.');
      for (let left = tries - 1, wait = firstWaitMillis; ; left--, wait *= 2) {
        const answer = await this.put(await this.ticket());
        if (this.cancelled) throw fault('cancelled', 'The file was not sent.');
        if ('id' in answer) return answer;
        if (answer.code !== 'network' || left === 0) throw answer;
        await this.pause(wait);
      }
    } finally {
      this.requests.close();
    }
  }

  private async ticket(): Promise<string> {
    const { name, size, type } = this.file;
    const thread = this.thread ? { thread: this.thread } : {};
    const answer = await this.requests.ask({
      t: 'upload',
      name: shortName(name),
      size,
      type: type.slice(0, 100),
      ...thread,
    });
    if (answer.t !== 'upload') throw fault('internal', 'The server answered something else.');
    return this.server + answer.url;
  }

  /** Never rejects: the file, or why not; `network` is worth another try. */
  private put(url: string): Promise<FileInfo | RequestFault> {
    return new Promise((resolve) => {
      if (this.cancelled) return resolve(fault('cancelled', ''));
      const xhr = new XMLHttpRequest();
      this.xhr = xhr;
      const { size } = this.file;
      this.progress(0, size);
      xhr.upload.onprogress = (event) => this.progress(Math.min(event.loaded, size), size);
      xhr.onload = () => resolve(read(xhr.status, xhr.responseText));
      xhr.onerror = xhr.onabort = xhr.ontimeout = () => resolve(fault('network', 'The connection broke.'));
      xhr.open('PUT', url);
      xhr.send(this.file);
    });
  }

  private pause(millis: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, millis);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** What a server answers; 404 is a ticket that a broken try has used up, 400 a body that was cut. */
function read(status: number, text: string): FileInfo | RequestFault {
  try {
    const answer = JSON.parse(text);
    if (status === 201 && typeof answer.id === 'string' && typeof answer.url === 'string') return answer;
    if (status !== 404 && status !== 400 && status < 500 && typeof answer.code === 'string')
      return fault(answer.code, String(answer.message));
  } catch {
    // a proxy's words
  }
  return fault('network', `The server answered ${status}.`);
}

const fault = (code: RequestFault['code'], message: string): RequestFault => ({ code, message });

/** As many characters as the server takes, with the ending. */
const shortName = (name: string): string => {
  const runes = [...name];
  return runes.length <= 200 ? name || 'file' : [...runes.slice(0, 180), ...runes.slice(-20)].join('');
};
