import type { FileInfo, TicketFrame } from '../../../client/frames';
import type { Requests } from '../../../client/requests';
import type { Fault, Upload } from '../types';

/** Asks where to send a file, and sends it there. `done` rejects with a Fault; `progress` is told bytes. */
export function upload(
  requests: Requests,
  server: string,
  file: File,
  progress: (sent: number, size: number) => void,
): Upload {
  const { name, size, type } = file;
  const put = new XMLHttpRequest();
  let cancelled = false;
  const send = async (): Promise<FileInfo> => {
    const ticket = (await requests.ask({ t: 'upload', name, size, ...(type && { type }) })) as TicketFrame;
    if (cancelled) throw ended;
    return putBytes(put, server + ticket.url, file, progress);
  };
  return {
    done: send(),
    cancel: () => {
      cancelled = true;
      put.abort();
    },
  };
}

const ended: Fault = { code: 'ended', message: 'The upload was cancelled.' };

function putBytes(
  put: XMLHttpRequest,
  url: string,
  file: File,
  progress: (sent: number, size: number) => void,
): Promise<FileInfo> {
  return new Promise((resolve, reject) => {
    put.open('PUT', url);
    put.upload.onprogress = ({ loaded }) => progress(Math.min(loaded, file.size), file.size);
    put.onload = () => (put.status < 300 ? resolve(JSON.parse(put.responseText)) : reject(refusal(put)));
    put.onerror = () => reject({ code: 'unavailable', message: 'The file did not reach the server.' });
    put.onabort = () => reject(ended);
    put.send(file);
  });
}

function refusal({ responseText, status }: XMLHttpRequest): Fault {
  try {
    const { code, detail, title } = JSON.parse(responseText) as { code?: string; detail?: string; title?: string };
    if (code) return { code, message: detail ?? title ?? '' };
  } catch {}
  return { code: 'internal', message: `The server refused the file with ${status}.` };
}
