import { act, cleanup, fireEvent, screen, within } from '@testing-library/preact';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { CallInfo, Entry, FileInfo } from '../../../client/frames';
import { limits } from '../../../client/limits';
import type { Uploading } from '../../../client/upload';
import { aConversation } from '../state/testing';
import { Overlays } from './Overlays';
import { Row } from './Row';
import { ThreadColumn } from './ThreadColumn';
import { aConsole, by, refusal, type Scene } from './testing';

beforeEach(() => {
  vi.spyOn(document, 'hasFocus').mockReturnValue(false);
});
afterEach(cleanup);

const image: FileInfo = {
  id: 'I',
  name: 'pole.jpg',
  size: 9,
  type: 'image/jpeg',
  width: 1200,
  height: 600,
  url: '/confab/files/I/pole.jpg',
};
const bill: FileInfo = {
  id: 'B',
  name: 'bill.pdf',
  size: 1_400_000,
  type: 'application/pdf',
  url: '/confab/files/B/bill.pdf',
};
const mine = (text: string, more: Partial<Entry> = {}) => ({ author: by('agent'), text, ...more });

async function thread(scene: Scene, ...entries: Partial<Entry>[]) {
  const stage = await aConsole(scene);
  stage.show(
    <>
      <ThreadColumn />
      <Overlays />
    </>,
  );
  await stage.settle();
  await stage.thread(...entries);
  const log = screen.getByRole('log');
  const box = () => screen.getByRole('textbox') as HTMLTextAreaElement;
  const asked = (method: string) =>
    stage.server.asked.filter((a) => a.line.startsWith(method) && a.line.includes('/messages/'));
  const sends = () => stage.sent.filter((f) => f.t === 'send');
  return { ...stage, log, box, asked, sends };
}
const type = (el: HTMLTextAreaElement, value: string) => fireEvent.input(el, { target: { value } });

test('an image has its place before it has loaded, and opens in a page of its own; another file is a tile', async () => {
  const { log } = await thread({}, { text: 'look', file: image }, { text: '', file: bill });
  const link = within(log).getByRole('link', { name: 'Show pole.jpg in a new tab' });
  expect([link.getAttribute('target'), link.getAttribute('rel')]).toEqual(['_blank', 'noopener noreferrer']);
  const img = link.querySelector('img') as HTMLImageElement;
  expect([img.getAttribute('width'), img.getAttribute('height'), img.getAttribute('src')]).toEqual([
    '240',
    '120',
    image.url,
  ]);
  expect(within(log).getByText('look')).toBeTruthy();
  const tile = within(log).getByRole('link', { name: 'Download bill.pdf, 1.4 MB' });
  expect(tile.getAttribute('download')).toBe('bill.pdf');
  fireEvent.error(img);
  expect(within(log).getByRole('link', { name: 'Download pole.jpg, 9 B' })).toBeTruthy();
});

test.each(['javascript:alert(1)', '//evil.test/x', 'https://evil.test/x'])(
  '%s is no address of a file',
  async (url) => {
    const { log } = await thread({}, { text: 'look', file: { ...bill, url } });
    expect(within(log).queryByRole('link')).toBeNull();
  },
);

test('offered answers are shown, a changed text says so, and of a deleted message nothing stays', async () => {
  const { log } = await thread(
    {},
    { author: by('bot', 'b'), text: 'Which one?', choices: ['Tent', 'Pole'] },
    mine('first'),
    mine('secret', { file: bill }),
    { kind: 'message.edited', target: 'e2', text: 'second', author: by('agent') },
    { kind: 'message.deleted', target: 'e3', author: by('agent') },
  );
  const answers = within(log).getByRole('list', { name: 'Answers that were offered' });
  expect([...answers.children].map((li) => li.textContent)).toEqual(['Tent', 'Pole']);
  expect(log.textContent).toContain('second edited');
  expect(log.textContent).toContain('Message deleted');
  for (const gone of ['first', 'secret', 'bill.pdf']) expect(log.textContent).not.toContain(gone);
});

test('ratings, chats that were left for later and what a rule sent are told as such', async () => {
  const { log } = await thread(
    {},
    { kind: 'conversation.started', offline: true, page: { url: 'https://a.test/', title: 'Tents' }, no: 1 },
    mine('Need help?', { auto: true }),
    { kind: 'conversation.rated', score: 4, comment: 'quick' },
    { kind: 'conversation.rated', score: 2 },
  );
  const said = log.textContent ?? '';
  for (const line of ['Left for later on Tents', 'sent by a rule', 'Rated 4 of 5: “quick”', 'Rated 2 of 5 '])
    expect(said).toContain(line);
});

test('that a chat was bound to a card, and that its system did not take it, is told; other news of the card are not', async () => {
  const { log } = await thread(
    {},
    {
      kind: 'conversation.card',
      author: { kind: 'integration', name: 'crm.test' },
      card: { url: 'https://crm.test/7' },
    },
    { kind: 'conversation.linked', author: by('agent', 'ann'), link: 'https://crm.test/7' },
    { kind: 'conversation.card', author: { kind: 'integration', name: 'crm.test' }, card: { error: 'Lead not found' } },
  );
  const lines = [...log.querySelectorAll('.ev')].map((line) => line.textContent?.replace(/ · .*/, ''));
  expect(lines).toEqual(['ann bound this chat to the customer card', 'crm.test did not take the chat: Lead not found']);
});

const telephone = (call: Partial<CallInfo>): Partial<Entry> => ({
  kind: 'call',
  call: { id: 'k', phone: '+4722004711', status: 'start', createdAt: 1, ...call },
});

test('a call is one line, where it was asked for: by whom, how it goes, how long it took, where it is heard again', async () => {
  const began = { kind: 'conversation.started', no: 1 } as const;
  const { log, hear, app } = await thread({}, began, telephone({}), { text: 'Hello?' });
  app.clock.stop();
  const wait = (millis: number) =>
    act(() => {
      app.clock.now.value = 1 + millis;
    });
  const line = () => [...log.querySelectorAll('.ev')].map((e) => e.textContent?.replace(/ · [^·]*$/, '')).at(-1);
  const goesOn = async (seq: number, more: Partial<CallInfo>, who: Partial<Entry> = {}) => {
    const entry = { eid: `e${seq}`, at: Date.now(), author: by('agent'), ...telephone(more), ...who };
    await hear({ t: 'entry', thread: 't1', seq, entry });
  };
  const who = 'Maya asked for a call to +4722004711 · ';
  wait(300_000);
  expect(line()).toBe(`${who}waits 5:00`);
  expect(within(log).getByRole('link', { name: '+4722004711' }).getAttribute('href')).toBe('tel:+4722004711');
  await goesOn(4, { status: 'agent_connected', agentAt: 310_000 });
  expect(line()).toBe(`${who}You picked up, the visitor’s phone rings`);
  const clientAt = 320_001;
  await goesOn(5, { status: 'client_connected', clientAt });
  wait(385_000);
  expect(line()).toBe(`${who}talking 1:05`);
  await goesOn(6, { status: 'end', clientAt, endedAt: clientAt + 3_723_000, recordUrl: 'https://pbx.test/7.mp3' });
  expect(line()).toBe(`${who}talked 1:02:03 · Recording`);
  const link = within(log).getByRole('link', { name: 'Recording' });
  expect([link.getAttribute('href'), link.getAttribute('rel')]).toEqual([
    'https://pbx.test/7.mp3',
    'noopener noreferrer',
  ]);
  expect(log.querySelectorAll('.ev')).toHaveLength(2);
  expect(log.textContent?.indexOf('talked')).toBeLessThan(log.textContent?.indexOf('Hello?') ?? 0);
});

test.each<[string, Partial<CallInfo>]>([
  ['ended before anybody talked', { status: 'end', endedAt: 9 }],
  ['nobody answered', { status: 'error', reason: 'no_answer', endedAt: 9 }],
  ['talked 0:03, the line was busy', { status: 'error', reason: 'busy', clientAt: 6000, endedAt: 9000 }],
  ['hung up', { status: 'error', reason: 'hung up', recordUrl: 'javascript:alert(1)', endedAt: 9 }],
  ['it failed', { status: 'error', endedAt: 9 }],
])('of a call that was none it says: %s', async (words, call) => {
  const { log } = await thread({}, telephone(call));
  expect(log.textContent).toContain(`· ${words} ·`);
  expect(within(log).queryByRole('link', { name: 'Recording' })).toBeNull();
});

test('an own message is changed in the message box; what was being written waits', async () => {
  const { box, asked, server, settle, log } = await thread({}, { text: 'theirs' }, mine('teh pole'));
  server.answers['PATCH /conversations/c1/messages/e2'] = {};
  type(box(), 'a draft');
  expect(within(log).getAllByRole('button', { name: 'Edit' })).toHaveLength(1);
  fireEvent.click(within(log).getByRole('button', { name: 'Edit' }));
  expect(box().value).toBe('teh pole');
  expect(document.activeElement).toBe(box());
  type(box(), 'the pole');
  fireEvent.keyDown(box(), { key: 'Enter' });
  await settle();
  expect(asked('PATCH')).toEqual([{ line: 'PATCH /conversations/c1/messages/e2', body: { text: 'the pole' } }]);
  expect(box().value).toBe('a draft');
});

test('a change that is given up, or changes nothing, asks nothing', async () => {
  const { box, asked, settle, log } = await thread({}, mine('fine'));
  fireEvent.click(within(log).getByRole('button', { name: 'Edit' }));
  type(box(), 'other');
  fireEvent.click(screen.getByRole('button', { name: 'Cancel' }));
  expect(box().value).toBe('');
  fireEvent.click(within(log).getByRole('button', { name: 'Edit' }));
  fireEvent.keyDown(box(), { key: 'Enter' });
  await settle();
  expect(asked('PATCH')).toEqual([]);
  expect(screen.queryByRole('button', { name: 'Save' })).toBeNull();
});

test('a refused change is told and stays in the box', async () => {
  const { box, app, server, settle, log } = await thread({}, mine('fine'));
  server.answers['PATCH /conversations/c1/messages/e1'] = refusal(403, 'forbidden');
  fireEvent.click(within(log).getByRole('button', { name: 'Edit' }));
  type(box(), 'other');
  fireEvent.click(screen.getByRole('button', { name: 'Save' }));
  await settle();
  expect(app.toasts.current.value?.text).toBe('You are not allowed to do that.');
  expect(box().value).toBe('other');
});

test('↑ in an empty box takes up the last own message that still stands', async () => {
  const { box } = await thread(
    {},
    mine('one'),
    mine('two'),
    { text: 'theirs' },
    { kind: 'message.deleted', target: 'e2', author: by('agent') },
  );
  type(box(), 'x');
  fireEvent.keyDown(box(), { key: 'ArrowUp' });
  expect(box().value).toBe('x');
  type(box(), '');
  fireEvent.keyDown(box(), { key: 'ArrowUp' });
  expect(box().value).toBe('one');
  fireEvent.keyDown(box(), { key: 'Escape' });
  expect(box().value).toBe('');
  expect(screen.queryByRole('button', { name: 'Save' })).toBeNull();
});

test('a message is deleted after a question', async () => {
  const { asked, app, server, settle, log } = await thread({}, mine('oops'));
  server.answers['DELETE /conversations/c1/messages/e1'] = null;
  fireEvent.click(within(log).getByRole('button', { name: 'Delete' }));
  expect(asked('DELETE')).toEqual([]);
  fireEvent.click(screen.getByRole('button', { name: /^Delete message/ }));
  await settle();
  expect(asked('DELETE').map((a) => a.line)).toEqual(['DELETE /conversations/c1/messages/e1']);
  expect(app.toasts.current.value?.text).toBe('Message deleted');
});

test('agents change what is theirs and younger than a day, admins also what others wrote', async () => {
  const old = Date.now() - 25 * 3600_000;
  const entries = [
    { text: 'theirs' },
    mine('mine'),
    mine('old', { at: old }),
    { author: by('agent', 'anna'), text: 'hers' },
  ];
  await thread({}, ...entries);
  expect(screen.getAllByRole('button', { name: 'Edit' })).toHaveLength(1);
  cleanup();
  await thread({ role: 'admin' }, ...entries);
  expect(screen.getAllByRole('button', { name: 'Edit' })).toHaveLength(3);
});

/** Uploads that the test ends by hand, in the order of their beginning. */
function byHand(app: Awaited<ReturnType<typeof aConsole>>['app']) {
  const going: {
    name: string;
    tell: (sent: number) => void;
    end: (f: FileInfo) => void;
    fail: (code: string) => void;
    cancel: ReturnType<typeof vi.fn>;
    thread: string;
  }[] = [];
  const begin = (_: unknown, __: string, file: File, tell: (sent: number) => void, thread: string): Uploading => {
    let end: (f: FileInfo) => void = () => undefined;
    let fail: (code: string) => void = () => undefined;
    const done = new Promise<FileInfo>((resolve, reject) => {
      end = resolve;
      fail = (code) => reject({ code, message: '' });
    });
    const cancel = vi.fn();
    going.push({ name: file.name, tell, end, fail, cancel, thread });
    return { done, cancel };
  };
  Object.assign(app.uploads, { begin });
  return going;
}
const file = (name: string, bytes = 5) => {
  const made = new File(['hello'], name);
  Object.defineProperty(made, 'size', { value: bytes });
  return made;
};
const pick = (...files: File[]) => {
  const input = document.querySelector('input[type=file]') as HTMLInputElement;
  Object.defineProperty(input, 'files', { value: files, configurable: true });
  fireEvent.change(input);
};

test('picked files are sent one after the other and go with the message; the first with its text', async () => {
  const { app, box, settle, sends } = await thread({});
  const going = byHand(app);
  type(box(), 'see these');
  pick(file('a.jpg', 2_300_000), file('b.pdf'));
  await settle();
  expect(going.map((g) => [g.name, g.thread])).toEqual([['a.jpg', 't1']]);
  going[0]?.tell(1_400_000);
  await settle();
  expect(screen.getByText('1.4 of 2.3 MB')).toBeTruthy();
  expect(screen.getByRole('progressbar', { name: 'a.jpg' }).getAttribute('aria-valuenow')).toBe('60');
  expect((screen.getByRole('button', { name: 'Send' }) as HTMLButtonElement).disabled).toBe(true);
  going[0]?.end(image);
  await settle();
  going[1]?.end(bill);
  await settle();
  fireEvent.keyDown(box(), { key: 'Enter' });
  await settle();
  expect(app.outbox.unsettled('t1').map((i) => [i.text, i.file?.id])).toEqual([
    ['see these', 'I'],
    ['', 'B'],
  ]);
  expect(sends()[0]).toMatchObject({ thread: 't1', text: 'see these', file: 'I' });
  expect(screen.queryByRole('list', { name: 'Files of this message' })).toBeNull();
});

test('a file can be cancelled, and tried again when it failed', async () => {
  const { app, settle } = await thread({});
  const going = byHand(app);
  pick(file('a.jpg'), file('b.pdf'));
  await settle();
  fireEvent.click(screen.getByRole('button', { name: 'Cancel a.jpg' }));
  await settle();
  expect(going[0]?.cancel).toHaveBeenCalled();
  expect(screen.queryByText('a.jpg')).toBeNull();
  going[1]?.fail('network');
  await settle();
  expect(screen.getByRole('alert').textContent).toBe('Not sent');
  fireEvent.click(screen.getByRole('button', { name: 'Try b.pdf again' }));
  await settle();
  expect(going.map((g) => g.name)).toEqual(['a.jpg', 'b.pdf', 'b.pdf']);
});

test('the limit is told before, and what is over it is not even begun', async () => {
  const { app, settle } = await thread({});
  const going = byHand(app);
  expect(screen.getByRole('button', { name: 'Attach files, up to 20 MB each' })).toBeTruthy();
  pick(file('film.mp4', limits.fileBytes + 1));
  await settle();
  expect(going).toEqual([]);
  expect(screen.getByRole('alert').textContent).toBe('Too large: at most 20 MB');
  expect(screen.queryByRole('button', { name: /again/ })).toBeNull();
});

test('files are pasted and dropped too; text that comes with its picture is pasted as text', async () => {
  const { app, box, settle, log } = await thread({});
  const going = byHand(app);
  const paste = (types: string[], files: File[]) =>
    fireEvent.paste(box(), { clipboardData: { types, files, items: files.map(() => ({ kind: 'file' })) } });
  paste(['text/plain', 'Files'], [file('picture-of-text.png')]);
  paste(['Files'], [file('pasted.png')]);
  const drag = (kind: string) => {
    const files = [file('dropped.png'), file('folder')];
    const items = files.map((f) => ({ kind: 'file', webkitGetAsEntry: () => ({ isDirectory: f.name === 'folder' }) }));
    const event = new Event(kind, { bubbles: true, cancelable: true });
    fireEvent(log, Object.assign(event, { dataTransfer: { types: ['Files'], files, items } }));
    return event.defaultPrevented;
  };
  expect(drag('dragenter')).toBe(true);
  expect(screen.getByText('Drop files here')).toBeTruthy();
  expect(drag('drop')).toBe(true);
  await settle();
  expect(screen.queryByText('Drop files here')).toBeNull();
  expect(app.uploads.of('t1').value.map((a) => a.name)).toEqual(['pasted.png', 'dropped.png']);
  expect(going.map((g) => g.name)).toEqual(['pasted.png']);
});

test('lists name what has no words: a file, a message that was deleted', async () => {
  const last = { seq: 2, kind: 'message', author: by('agent', 'anna'), text: '', at: 5 };
  const { show } = await aConsole();
  const row = () => screen.getByRole('link').textContent;
  show(<Row conversation={aConversation({ last })} on={false} quiet={false} />);
  expect(row()).toContain('File');
  cleanup();
  show(<Row conversation={aConversation({ last: { ...last, deletedAt: 6 } })} on={false} quiet={false} />);
  expect(row()).toContain('Message deleted');
});
