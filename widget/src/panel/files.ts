import { useEffect, useRef, useState } from 'preact/hooks';
import { useEnv } from './env';

/** Takes files in: what becomes of them is the extras' work. */
export interface FileIntake {
  add: (files: Iterable<File>) => void;
  /** Some were taken, on this page. */
  used: boolean;
  /** Files are held above the panel. */
  over: boolean;
  handlers: Record<'onPaste' | 'onDragEnter' | 'onDragOver' | 'onDragLeave' | 'onDrop', (event: Event) => void>;
}

/** `onTaken`: to where they are shown. */
export function useFiles(onTaken: () => void): FileIntake {
  const { core, extras } = useEnv();
  /** Those that nothing here can send yet. */
  const waiting = useRef<File[]>([]);
  const [taken, take] = useState(0);
  const [over, setOver] = useState(false);
  const add = (files: Iterable<File>): void => {
    const list = [...files]; // what an event carries is gone after it
    if (!list.length) return;
    waiting.current.push(...list);
    take((n) => n + 1);
    onTaken();
  };
  useEffect(() => {
    if (extras && waiting.current.length) extras.sendFiles(core, waiting.current.splice(0));
  }, [extras, taken]);
  /** Files are meant, and the page shall not show them in its place. */
  const handle = (event: Event): void => {
    const { type, dataTransfer, clipboardData, relatedTarget, currentTarget } = event as DragEvent & ClipboardEvent;
    const data = dataTransfer ?? clipboardData;
    // An office program puts a picture of the text beside the text: then the text is meant.
    if (!data?.types.includes('Files') || (clipboardData && data.types.includes('text/plain'))) return;
    event.preventDefault();
    const inside = type === 'dragleave' && (currentTarget as Element).contains(relatedTarget as Node | null);
    setOver(type === 'dragenter' || type === 'dragover' || inside);
    if (type === 'drop' || clipboardData) add([...data.files].filter((_, i) => !isFolder(data.items?.[i])));
  };
  const handlers = { onPaste: handle, onDragEnter: handle, onDragOver: handle, onDragLeave: handle, onDrop: handle };
  return { add, used: taken > 0, over, handlers };
}

const isFolder = (item?: DataTransferItem): boolean => item?.webkitGetAsEntry?.()?.isDirectory === true;
