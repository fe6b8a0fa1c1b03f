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
  const drag = (to: boolean) => (event: Event) => {
    const { dataTransfer: data, relatedTarget, currentTarget } = event as DragEvent;
    if (!data?.types.includes('Files')) return;
    event.preventDefault();
    const inside = event.type === 'dragleave' && (currentTarget as Element).contains(relatedTarget as Node | null);
    setOver(to || inside);
    if (event.type === 'drop') add([...data.files].filter((_, i) => !isFolder(data.items?.[i])));
  };
  // An office program puts a picture of the text beside the text: then the text is meant.
  const paste = (event: Event): void => {
    const data = (event as ClipboardEvent).clipboardData;
    if (!data?.files.length || data.types.includes('text/plain')) return;
    event.preventDefault();
    add(data.files);
  };
  const handlers = {
    onPaste: paste,
    onDragEnter: drag(true),
    onDragOver: drag(true),
    onDragLeave: drag(false),
    onDrop: drag(false),
  };
  return { add, used: taken > 0, over, handlers };
}

const isFolder = (item?: DataTransferItem): boolean => item?.webkitGetAsEntry?.()?.isDirectory === true;
