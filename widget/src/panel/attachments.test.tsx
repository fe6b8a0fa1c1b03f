import { act, cleanup, fireEvent, render, screen } from '@testing-library/preact';
import { afterEach, expect, test, vi } from 'vitest';
import * as limits from '../../../chat/limits.json';
import type { FileInfo } from '../../../client/frames';
import type { Core, Fault } from '../types';
import {
  AttachButton,
  Attachment,
  type AttachmentWords,
  DropHere,
  sizeText,
  UploadRow,
  useUploads,
} from './attachments';

afterEach(cleanup);

const words: AttachmentWords = {
  attach: (most) => `Attach files, up to ${most} each`,
  drop: 'Drop files here',
  show: (name) => `Show ${name}`,
  download: (name, size) => `Download ${name}, ${size}`,
  shut: 'Close image',
  progress: (sent, size) => `${sent} of ${size}`,
  cancel: 'Cancel',
  retry: 'Retry',
  failed: 'Not sent.',
  tooLarge: (most) => `Too large: at most ${most}.`,
  empty: 'The file is empty.',
  tooMany: 'That were many files.',
  noFiles: 'Files cannot be sent here.',
};
const image: FileInfo = {
  id: 'I',
  name: 'photo.jpg',
  size: 1400,
  type: 'image/jpeg',
  width: 1200,
  height: 900,
  url: '/confab/files/I/photo.jpg',
};
const bill: FileInfo = {
  id: 'B',
  name: 'bill.pdf',
  size: 1_400_000,
  type: 'application/pdf',
  url: '/confab/files/B/bill.pdf',
};
const file = (name: string, bytes = 5): File => {
  const made = new File(['hello'], name);
  Object.defineProperty(made, 'size', { value: bytes });
  return made;
};

/** A panel with all of it, on a core whose uploads are ended by hand. */
function panel() {
  const going: {
    file: File;
    tell: (sent: number) => void;
    end: (info: FileInfo) => void;
    fail: (fault: Fault) => void;
    cancel: () => void;
  }[] = [];
  const core = {
    send: vi.fn(),
    upload(file: File, progress: (sent: number, size: number) => void) {
      let end = (_: FileInfo): void => undefined;
      let fail = (_: Fault): void => undefined;
      const done = new Promise<FileInfo>((resolve, reject) => {
        [end, fail] = [resolve, reject];
      });
      const cancel = vi.fn(() => fail({ code: 'cancelled', message: '' }));
      going.push({ file, tell: (sent) => progress(sent, file.size), end, fail, cancel });
      return { done, cancel };
    },
  } as unknown as Core & { send: ReturnType<typeof vi.fn> };
  const View = () => {
    const uploads = useUploads(core);
    return (
      <div data-testid="panel" {...uploads.handlers}>
        <textarea />
        {uploads.list.map((u) => (
          <UploadRow key={u.key} upload={u} words={words} />
        ))}
        <AttachButton uploads={uploads} words={words} />
        {uploads.over && <DropHere words={words} />}
      </div>
    );
  };
  const { container } = render(<View />);
  const input = container.querySelector('input') as HTMLInputElement;
  const pick = (...files: File[]) => {
    Object.defineProperty(input, 'files', { value: files, configurable: true });
    return act(() => void fireEvent.change(input));
  };
  return { core, going, pick, input, container, outer: screen.getByTestId('panel') };
}
const settle = () => act(async () => undefined);

test('an image has its place before it has loaded, at most 180 wide', () => {
  render(<Attachment file={image} server="https://node" words={words} />);
  const button = screen.getByRole('button', { name: 'Show photo.jpg' });
  expect(button.style).toMatchObject({ width: '180px', height: '135px' });
  const img = button.querySelector('img') as HTMLImageElement;
  expect(img.getAttribute('src')).toBe('https://node/confab/files/I/photo.jpg');
  expect([img.getAttribute('width'), img.getAttribute('height'), img.alt]).toEqual(['180', '135', 'photo.jpg']);
});

test('a small image is not blown up, a tall one is not endless', () => {
  const { rerender, container } = render(
    <Attachment file={{ ...image, width: 40, height: 30 }} server="" words={words} />,
  );
  const size = () => (container.querySelector('.pic') as HTMLElement).style;
  expect(size()).toMatchObject({ width: '40px', height: '30px' });
  rerender(<Attachment file={{ ...image, width: 100, height: 24_000 }} server="" words={words} />);
  expect(size()).toMatchObject({ width: '1px', height: '240px' });
});

test('an image opens large; Esc closes it, and not the panel', () => {
  const keys = vi.fn();
  const { container } = render(
    <div onKeyDown={keys}>
      <Attachment file={image} server="" words={words} />
    </div>,
  );
  const open = () => fireEvent.click(screen.getByRole('button', { name: 'Show photo.jpg' }));
  open();
  const dialog = container.querySelector('dialog') as HTMLDialogElement;
  expect(dialog.open).toBe(true);
  fireEvent.keyDown(dialog, { key: 'Escape' });
  expect(container.querySelector('dialog')).toBeNull();
  expect(keys).not.toHaveBeenCalled();
  open();
  fireEvent.click(screen.getByRole('button', { name: 'Close image' }));
  expect(container.querySelector('dialog')).toBeNull();
});

test('any other file is a link to download, as is an image that does not load', () => {
  const { container } = render(<Attachment file={bill} server="https://node" words={words} />);
  const link = screen.getByTitle('Download bill.pdf, 1.4 MB');
  expect(link.getAttribute('href')).toBe('https://node/confab/files/B/bill.pdf');
  expect(link.getAttribute('rel')).toContain('noopener');
  cleanup();
  render(<Attachment file={image} server="" words={words} />);
  fireEvent.error(document.querySelector('img') as Element);
  expect(screen.getByTitle('Download photo.jpg, 1 kB')).toBeTruthy();
  expect(container.querySelector('img')).toBeNull();
});

test.each(['javascript:alert(1)', '//evil.test/x', 'https://evil.test/x', '/elsewhere'])(
  '%s is no address of a file',
  (url) => {
    const { container } = render(<Attachment file={{ ...bill, url }} server="" words={words} />);
    expect(container.innerHTML).toBe('');
  },
);

test('picked files go one after the other, each in a message of its own', async () => {
  const { core, going, pick } = panel();
  await pick(file('a.png', 2_300_000), file('b.png'));
  expect(going.map((g) => g.file.name)).toEqual(['a.png']);
  act(() => going[0]?.tell(1_400_000));
  expect(screen.getByText('1.4 of 2.3 MB')).toBeTruthy();
  expect(screen.getByRole('progressbar', { name: 'a.png' }).getAttribute('aria-valuenow')).toBe('60');
  going[0]?.end(image);
  await settle();
  expect(core.send).toHaveBeenCalledWith('', { file: image });
  expect(going.map((g) => g.file.name)).toEqual(['a.png', 'b.png']);
  going[1]?.end(bill);
  await settle();
  expect(core.send.mock.calls.map((c) => c[1].file.id)).toEqual(['I', 'B']);
  expect(screen.queryByRole('progressbar')).toBeNull();
});

test('what failed can be tried again, and does not hold up the next', async () => {
  const { core, going, pick } = panel();
  await pick(file('a.png'), file('b.png'));
  going[0]?.fail({ code: 'network', message: '' });
  await settle();
  expect(screen.getByRole('alert').textContent).toBe('Not sent.');
  going[1]?.end(bill);
  await settle();
  act(() => screen.getByRole('button', { name: 'Retry' }).click());
  expect(going.map((g) => g.file.name)).toEqual(['a.png', 'b.png', 'a.png']);
  going[2]?.end(image);
  await settle();
  expect(core.send).toHaveBeenCalledTimes(2);
});

test('one that is cancelled is neither sent nor reported, and the next begins', async () => {
  const { core, going, pick } = panel();
  await pick(file('a.png'), file('b.png'));
  act(() => screen.getByRole('button', { name: 'Cancel: a.png' }).click());
  await settle();
  expect(going[0]?.cancel).toHaveBeenCalled();
  expect(screen.queryByText('a.png')).toBeNull();
  expect(screen.queryByRole('alert')).toBeNull();
  expect(going.map((g) => g.file.name)).toEqual(['a.png', 'b.png']);
  expect(core.send).not.toHaveBeenCalled();
});

test('the limit is told before, and a file over it is not even asked for', async () => {
  const { going, pick } = panel();
  expect(screen.getByRole('button', { name: 'Attach files, up to 20 MB each' })).toBeTruthy();
  await pick(file('film.mp4', limits.fileBytes + 1));
  expect(going).toEqual([]);
  expect(screen.getByRole('alert').textContent).toBe('Too large: at most 20 MB.');
  expect(screen.queryByRole('button', { name: 'Retry' })).toBeNull();
  act(() => screen.getByRole('button', { name: 'Cancel: film.mp4' }).click());
  expect(screen.queryByText('film.mp4')).toBeNull();
});

test.each([
  ['rate_limited', words.tooMany],
  ['unsupported', words.noFiles],
  ['bad_field', words.empty],
])('%s is told in words, without another try', async (code, said) => {
  const { going, pick } = panel();
  await pick(file('a.png'));
  going[0]?.fail({ code, message: '' });
  await settle();
  expect(screen.getByRole('alert').textContent).toBe(said);
  expect(screen.queryByRole('button', { name: 'Retry' })).toBeNull();
});

const transfer = (files: File[], types: string[], folders: boolean[] = []) => ({
  files,
  types,
  items: files.map((_, i) => ({ kind: 'file', webkitGetAsEntry: () => ({ isDirectory: folders[i] === true }) })),
});

test('a pasted picture is sent, text with its picture is pasted as text', () => {
  const { going, outer } = panel();
  const paste = (types: string[]) => {
    const event = new Event('paste', { bubbles: true, cancelable: true });
    Object.assign(event, { clipboardData: transfer([file('image.png')], types) });
    act(() => void outer.querySelector('textarea')?.dispatchEvent(event));
    return event.defaultPrevented;
  };
  expect(paste(['text/plain', 'Files'])).toBe(false);
  expect(going).toEqual([]);
  expect(paste(['Files'])).toBe(true);
  expect(going).toHaveLength(1);
});

test('dropped files are sent, folders and dragged text are not', () => {
  const { going, outer } = panel();
  const drag = (type: string, dataTransfer: unknown) => {
    const event = new Event(type, { bubbles: true, cancelable: true });
    Object.assign(event, { dataTransfer, relatedTarget: null });
    act(() => void outer.dispatchEvent(event));
    return event.defaultPrevented;
  };
  expect(drag('dragover', transfer([], ['text/plain']))).toBe(false);
  expect(drag('dragenter', transfer([], ['Files']))).toBe(true);
  expect(screen.getByText('Drop files here')).toBeTruthy();
  drag('dragleave', transfer([], ['Files']));
  expect(screen.queryByText('Drop files here')).toBeNull();
  drag('dragenter', transfer([], ['Files']));
  expect(drag('drop', transfer([file('folder', 0), file('a.png')], ['Files'], [true, false]))).toBe(true);
  expect(screen.queryByText('Drop files here')).toBeNull();
  expect(going.map((g) => g.file.name)).toEqual(['a.png']);
});

test('uploads go on while the panel is gone, and are there when it is back', async () => {
  const { core, going, pick, container } = panel();
  await pick(file('a.png'));
  render(null as never, { container });
  going[0]?.end(image);
  await settle();
  expect(core.send).toHaveBeenCalledOnce();
});

test('phones may offer whatever they have: nothing forces the camera or a type', () => {
  const { input } = panel();
  expect([input.multiple, input.getAttribute('capture'), input.getAttribute('accept')]).toEqual([true, null, null]);
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [48_213, '48 kB'],
  [1_400_000, '1.4 MB'],
  [20_971_520, '21 MB'],
])('%i bytes are %s', (bytes, said) => expect(sizeText(bytes)).toBe(said));
