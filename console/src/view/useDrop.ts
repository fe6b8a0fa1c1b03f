import { useState } from 'preact/hooks';

/** The files of a paste or drop; none where text is meant, and no folders. */
export function filesOf(data: DataTransfer | null): File[] {
  if (!data?.files.length) return [];
  const items = [...(data.items ?? [])].filter((item) => item.kind === 'file');
  const folders = items.map((item) => item.webkitGetAsEntry?.()?.isDirectory === true);
  return [...data.files].filter((_, i) => !folders[i]);
}

/** Office programs put a picture of the text beside the text: then the text is meant. */
export function pasted(event: ClipboardEvent, add: (files: File[]) => void): void {
  if (event.clipboardData?.types.includes('text/plain')) return;
  const files = filesOf(event.clipboardData);
  if (files.length === 0) return;
  event.preventDefault();
  add(files);
}

/** Lets files be dropped on an element: `over` while they are held above it. */
export function useDrop(add: (files: File[]) => void) {
  const [over, setOver] = useState(false);
  /** Files are meant, and the page shall not show them in its place. */
  const takes = (event: DragEvent): boolean => {
    if (!event.dataTransfer?.types.includes('Files')) return false;
    event.preventDefault();
    return true;
  };
  const handlers = {
    onDragEnter: (event: DragEvent) => takes(event) && setOver(true),
    onDragOver: (event: DragEvent) => void takes(event),
    onDragLeave(event: DragEvent) {
      const inside = event.currentTarget as Element;
      if (!inside.contains(event.relatedTarget as Node | null)) setOver(false);
    },
    onDrop(event: DragEvent) {
      if (!takes(event)) return;
      setOver(false);
      add(filesOf(event.dataTransfer));
    },
  };
  return { over, handlers };
}
