import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { catalogue as de } from '../text/de';
import { anna, bot, FakeCore, openPanel, press, settle, visitor, write } from './testing';

beforeEach(() => {
  sessionStorage.clear();
  document.documentElement.lang = 'en';
});
afterEach(() => {
  document.body.replaceChildren();
  vi.useRealTimers();
});

const closed = { kind: 'conversation.closed', author: anna, reason: 'agent_closed' } as const;
const accepted = { kind: 'conversation.accepted', author: anna } as const;
const started = { kind: 'conversation.started', author: visitor } as const;
const hello = { text: 'Hello' };
const nobody = { id: 'v1', no: 1, level: 'anonymous', attributes: {} } as const;

for (const [where, entries, online] of [
  ['home', [], 'Online, ready to answer'],
  ['a conversation', [started, accepted], /^Online/],
] as const)
  test(`${where} says nobody is online while the visitor is not`, async () => {
    vi.useFakeTimers();
    const core = new FakeCore().history([...entries]);
    const panel = await openPanel(core);
    const become = (connection: FakeCore['connection']) => settle(() => core.become({ connection }));
    expect(panel.in.getByText(online)).toBeTruthy();
    await become('offline');
    expect(panel.in.queryByText(online)).toBeNull();
    await become('waiting');
    await become('open');
    expect(panel.in.getByText(online)).toBeTruthy();
    await become('waiting'); // a short trouble is none to speak of
    expect(panel.in.getByText(online)).toBeTruthy();
    await settle(() => vi.advanceTimersByTimeAsync(2500));
    expect(panel.in.queryByText(online)).toBeNull();
  });

test('home greets, says who is here and how fast, and what is written there starts the conversation', async () => {
  const core = new FakeCore({ replyTime: 'replies in about 2 min', greeting: 'Moin.' });
  const panel = await openPanel(core);
  expect(panel.in.getByRole('heading').textContent).toBe('Moin.');
  expect(panel.in.getByText('Online · replies in about 2 min')).toBeTruthy();
  const box = panel.in.getByRole('textbox', { name: 'Message' });
  await write(box, 'Is the Skerry 2 in stock?');
  await press(panel.in.getByRole('button', { name: 'Send' }));
  expect(core.calls).toEqual([['send', 'Is the Skerry 2 in stock?']]);
  expect(panel.in.getByRole('log').textContent).toContain('Is the Skerry 2 in stock?');
  expect(panel.views).toEqual(['home', 'chat']);
});

test('the page outranks the account in what it says', async () => {
  const panel = await openPanel(new FakeCore({ greeting: 'Moin.' }), { page: { greeting: 'Ahoy.' } });
  expect(panel.in.getByRole('heading').textContent).toBe('Ahoy.');
});

test('the last chat leads into the thread', async () => {
  const core = new FakeCore().history([hello, accepted, { author: anna, text: 'Hi there' }, closed]);
  const panel = await openPanel(core);
  expect(panel.views).toEqual(['home']);
  await press(panel.in.getByRole('button', { name: /Anna/ }));
  expect(panel.in.getByRole('log').textContent).toContain('Hi there');
});

test('somebody on the home screen by choice is not taken from it by a message', async () => {
  const core = new FakeCore().history([hello, accepted, closed]);
  const panel = await openPanel(core, { view: 'chat' });
  await press(panel.in.getByRole('button', { name: 'New chat' }));
  core.unread = 1;
  await settle(() => core.arrives({ author: anna, text: 'One more thing' }));
  expect(panel.views.at(-1)).toBe('home');
  expect(panel.in.getByRole('button', { name: /One more thing/ })).toBeTruthy();
});

test('focus goes to the message box on open, back to the launcher on close, and Escape closes', async () => {
  const panel = await openPanel(new FakeCore(), { focus: true });
  const box = panel.in.getByRole('textbox', { name: 'Message' });
  expect(panel.root.activeElement).toBe(box);
  box.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
  expect(panel.closed).toBe(1);
  await settle(() => panel.panel.close());
  expect(panel.root.activeElement?.id).toBe('launcher');
});

test('on a desktop it is a dialog that is not modal and keeps nobody in', async () => {
  const panel = await openPanel(new FakeCore());
  expect(panel.box.getAttribute('role')).toBe('dialog');
  expect(panel.box.getAttribute('aria-label')).toBe('Chat with Tern Outdoor');
  expect(panel.box.hasAttribute('aria-modal')).toBe(false);
});

test('on a phone it is modal, the page behind is inert and held, and is as before once it closes', async () => {
  vi.stubGlobal('matchMedia', () => ({
    matches: true,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }));
  document.body.innerHTML = '<main></main><aside inert></aside>';
  document.documentElement.style.setProperty('overflow', 'clip', 'important');
  const [main, aside] = document.querySelectorAll<HTMLElement>('main, aside');
  const panel = await openPanel(new FakeCore());
  expect(panel.box.getAttribute('aria-modal')).toBe('true');
  expect([main?.inert, aside?.inert, document.documentElement.style.overflow]).toEqual([true, true, 'hidden']);
  await settle(() => panel.panel.close());
  expect([main?.inert, aside?.inert]).toEqual([false, true]);
  const { style } = document.documentElement;
  expect([style.overflow, style.getPropertyPriority('overflow')]).toEqual(['clip', 'important']);
  style.removeProperty('overflow');
});

test('in a frame it cannot be minimised, and Escape leaves it there', async () => {
  const panel = await openPanel(new FakeCore(), { framed: true });
  expect(panel.in.queryByRole('button', { name: /Minimise|Close/ })).toBeNull();
  panel.box.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
  expect(panel.closed).toBe(0);
});

test('a blocked visitor reads his thread and has nothing to write into', async () => {
  const core = new FakeCore().history([hello]);
  core.become({ user: { ...nobody, blocked: true } });
  const panel = await openPanel(core);
  expect(panel.views).toEqual(['blocked']);
  expect(panel.in.getByText('You cannot send messages here.')).toBeTruthy();
  expect(panel.in.getByRole('log').textContent).toContain('Hello');
  expect(panel.in.queryByRole('textbox')).toBeNull();
});

test('nobody is promised to who is blocked while he waits, and to who is let in again somebody is', async () => {
  const core = new FakeCore({ offline: {} }).history([started, hello]);
  core.become({ queue: { position: 1, waitMillis: 20_000 } });
  const panel = await openPanel(core);
  const promises = () =>
    [/in line/, /minute/, /^Online/, 'Leave a message instead'].map((p) => panel.in.queryByText(p));
  expect(promises().every(Boolean)).toBe(true);
  for (const queue of [core.queue, null]) {
    await settle(() => core.become({ queue, user: { ...nobody, blocked: true } }));
    expect(promises()).toEqual([null, null, null, null]);
    expect(panel.in.getByText('You cannot send messages here.')).toBeTruthy();
  }
  await settle(() => core.become({ user: nobody }));
  expect(panel.in.getByText('You are in line')).toBeTruthy();
  expect(panel.in.getByRole('textbox', { name: 'Message' })).toBeTruthy();
});

test('nothing can be written before the visitor agrees, and what he agrees to is said', async () => {
  const core = new FakeCore({ consent: { text: 'We keep what you write.', link: 'https://tern.example/privacy' } });
  core.asksConsent = true;
  const panel = await openPanel(core);
  expect(panel.views).toEqual(['consent']);
  expect(panel.in.getByText('We keep what you write.')).toBeTruthy();
  expect(panel.in.getByRole('link').getAttribute('href')).toBe('https://tern.example/privacy');
  await press(panel.in.getByRole('button', { name: 'Decline' }));
  expect(panel.in.getByText(/^Without your consent/).getAttribute('role')).toBe('status');
  await press(panel.in.getByRole('button', { name: 'Agree' }));
  expect(core.calls).toEqual([
    ['consent', 'terms', false],
    ['consent', 'terms', true],
  ]);
  await settle(() => core.become({ asksConsent: false }));
  expect(panel.in.getByRole('textbox', { name: 'Message' })).toBeTruthy();
});

test('who waits reads his place and the rough wait, and his place alone is announced', async () => {
  const core = new FakeCore({ offline: {} }).history([started, hello]);
  core.become({ queue: { position: 3, waitMillis: 240_000 } });
  const panel = await openPanel(core);
  expect(panel.in.getByText('You are number 3 in line').getAttribute('role')).toBe('status');
  expect(panel.in.getByText('About 4 minutes. You can keep browsing.').closest('[role=status]')).toBeNull();
  await settle(() => core.become({ queue: { position: 1, waitMillis: 20_000 } }));
  expect(panel.in.getByText('You are next in line')).toBeTruthy();
  expect(panel.in.getByText('Less than a minute. You can keep browsing.')).toBeTruthy();
  await press(panel.in.getByRole('button', { name: 'Leave a message instead' }));
  expect(panel.views.at(-1)).toBe('offline');
  await press(panel.in.getByRole('button', { name: 'Back' }));
  expect(panel.views.at(-1)).toBe('chat');
});

test('an account without a queue says only that somebody answers', async () => {
  const core = new FakeCore({ queue: false }).history([started, hello]);
  core.become({ queue: { position: 3 } });
  const panel = await openPanel(core);
  expect(panel.in.getByText('You are in line')).toBeTruthy();
  expect(panel.in.queryByRole('button', { name: 'Leave a message instead' })).toBeNull();
});

test('answers to choose from are gone once there is an answer', async () => {
  const core = new FakeCore().history([hello, { author: bot, text: 'Which one?', choices: ['The tent', 'The pack'] }]);
  const panel = await openPanel(core, { view: 'chat' });
  await press(panel.in.getByRole('button', { name: 'The pack' }));
  expect(core.calls).toEqual([['send', 'The pack']]);
  expect(panel.in.queryByRole('group', { name: 'Answers to choose from' })).toBeNull();
  await settle(() => core.arrives({ text: 'The pack' }));
  expect(panel.in.queryByRole('button', { name: 'The tent' })).toBeNull();
});

test('the first word of the bot stands in an empty thread, and its answer follows the choice', async () => {
  const options = [{ text: 'Where is my order?', answer: 'Under Orders.' }, { text: 'Something else' }];
  const core = new FakeCore({ bot: { online: { text: 'What is it about?', options } } });
  const panel = await openPanel(core);
  expect(panel.views.at(-1)).toBe('chat');
  expect(panel.in.getByText('What is it about?')).toBeTruthy();
  await press(panel.in.getByRole('button', { name: 'Where is my order?' }));
  expect(core.calls).toEqual([['send', 'Where is my order?']]);
  const log = panel.in.getByRole('log').textContent ?? '';
  expect(log.indexOf('Under Orders.')).toBeGreaterThan(log.indexOf('Where is my order?'));
  expect(panel.in.queryByRole('button', { name: 'Something else' })).toBeNull();
  expect(core.emitted).toEqual([
    { name: 'bot', value: { step: 'shown' } },
    { name: 'bot', value: { step: 'started' } },
    { name: 'bot', value: { step: 'option', option: 'Where is my order?' } },
  ]);
});

test('the bot says nothing where there is a thread already', async () => {
  const core = new FakeCore({ bot: { online: { text: 'What is it about?', options: [] } } }).history([hello]);
  const panel = await openPanel(core, { view: 'chat' });
  expect(panel.in.queryByText('What is it about?')).toBeNull();
});

test('markup of agents is drawn as nodes, never as HTML; that of visitors stays as written', async () => {
  const text = '**bold** `code` [page](https://a.test/) <img src=x onerror=alert(1)>\n- one\n- two';
  const core = new FakeCore().history([hello, { author: anna, text }, { text: '**mine** https://b.test' }]);
  const panel = await openPanel(core, { view: 'chat' });
  const [theirs, mine] = ['.them .b', '.g.me:last-of-type .b'].map((s) => [...panel.box.querySelectorAll(s)].at(-1));
  expect(theirs?.querySelector('strong')?.textContent).toBe('bold');
  expect(theirs?.querySelector('code')?.textContent).toBe('code');
  expect(theirs?.querySelectorAll('li')).toHaveLength(2);
  expect(theirs?.querySelector('a')?.rel).toBe('noopener noreferrer ugc nofollow');
  expect(panel.box.querySelector('img')).toBeNull();
  expect(mine?.textContent).toContain('**mine** https://b.test');
  expect(mine?.querySelector('a')?.href).toBe('https://b.test/');
});

test('what came is announced with its name; history, own words and a second sign of typing are not', async () => {
  const core = new FakeCore().history([hello, accepted, { author: anna, text: 'from before' }]);
  const panel = await openPanel(core, { view: 'chat' });
  const said = () => panel.box.querySelector('.logs > [role=status]')?.textContent;
  expect(panel.in.getByRole('log').getAttribute('aria-live')).toBe('off');
  expect(said()).toBe('');
  await settle(() => core.types(anna));
  expect(said()).toBe('Anna is typing');
  await settle(() => core.arrives({ author: anna, text: 'It ships at noon.' }));
  expect(said()).toBe('Anna says: It ships at noon.');
  await settle(() => core.arrives({ text: 'Great' }));
  expect(said()).toBe('Anna says: It ships at noon.');
});

test('what was announced to somebody who logged out is gone', async () => {
  const core = new FakeCore().history([hello, accepted]);
  const panel = await openPanel(core, { view: 'chat' });
  await settle(() => core.arrives({ author: anna, text: 'It ships at noon.' }));
  await settle(() => core.become({ visitor: null }));
  expect(panel.box.querySelector('.logs > [role=status]')?.textContent).toBe('');
});

test('arrow keys go from message to message', async () => {
  const core = new FakeCore().history([hello, { author: anna, text: 'one' }, { author: anna, text: 'two' }]);
  const panel = await openPanel(core, { view: 'chat' });
  const log = panel.in.getByRole('log');
  log.focus();
  const go = (key: string) => {
    panel.root.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
    return panel.root.activeElement?.textContent;
  };
  expect([go('ArrowUp'), go('ArrowUp'), go('ArrowDown')]).toEqual(['Anna: two', 'Anna: one', 'Anna: two']);
});

test('events of the thread are one quiet line each', async () => {
  const core = new FakeCore().history([
    { ...started, offline: true },
    hello,
    accepted,
    closed,
    { kind: 'conversation.rated', score: 5, conversation: 'c1' },
    { ...started, conversation: 'c2' },
    { text: 'Again', conversation: 'c2' },
  ]);
  const panel = await openPanel(core, { view: 'chat' });
  const lines = [...panel.box.querySelectorAll('.log > .sys')].map((line) => line.textContent?.replace(/ · .*/, ''));
  expect(lines).toEqual(['You left a message', 'Anna joined', 'Anna ended the chat', 'You rated the chat: Great']);
});

test('words are those of the account, of the language that it wants, in the words of the page', async () => {
  document.documentElement.lang = 'fr-CA';
  const core = new FakeCore({
    language: 'de',
    strings: { all: { send: 'Alle' }, de: { more: 'Menü' }, fr: { more: 'Non' } },
  });
  const page = { strings: { send: 'Los' } };
  const panel = await openPanel(core, { page, language: async (code) => (code === 'de' ? de : Promise.reject(code)) });
  expect(panel.in.getByRole('heading').textContent).toBe(de.greeting);
  expect(panel.in.getByRole('button', { name: 'Los' })).toBeTruthy();
  expect(panel.in.getByRole('button', { name: 'Menü' })).toBeTruthy();
  expect([panel.box.lang, panel.box.getAttribute('aria-label')]).toEqual(['de', 'Chat mit Tern Outdoor']);
  page.strings.send = 'Ab damit';
  await settle(() => panel.panel.redraw());
  expect(panel.in.getByRole('button', { name: 'Ab damit' })).toBeTruthy();
});

test('a language that cannot be had leaves the words as they were', async () => {
  document.documentElement.lang = 'fr';
  const panel = await openPanel(new FakeCore());
  expect(panel.in.getByRole('button', { name: 'Send' })).toBeTruthy();
});

test('the menu turns the sound off, makes the panel wide and speaks another language', async () => {
  const core = new FakeCore();
  const panel = await openPanel(core, { language: async () => de });
  const choose = async (name: string) => {
    if (!panel.in.queryByRole('button', { name })) await press(panel.in.getByRole('button', { name: /More|Mehr/ }));
    await press(panel.in.getByRole('button', { name }));
  };
  await choose('Turn sound off');
  expect(core.muted).toBe(true);
  await choose('Make wider');
  expect(panel.box.classList.contains('wide')).toBe(true);
  await choose('Language');
  await choose('Deutsch');
  expect(panel.in.getByRole('heading').textContent).toBe(de.greeting);
  expect(core).toMatchObject({ language: 'de' });
});

test('in the menu of a thread its text can be had as a file', async () => {
  const saved: Blob[] = [];
  vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => String(saved.push(blob as Blob)));
  vi.spyOn(URL, 'revokeObjectURL').mockImplementation(() => undefined);
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => undefined);
  const core = new FakeCore().history([
    { text: 'wrong' },
    { author: anna, text: 'teh' },
    { kind: 'message.edited', author: anna, target: 'e2', text: 'the pole' },
    { kind: 'message.deleted', target: 'e1' },
  ]);
  const panel = await openPanel(core, { view: 'chat' });
  await press(panel.in.getByRole('button', { name: 'More' }));
  await press(panel.in.getByRole('button', { name: 'Download transcript' }));
  const text = await saved[0]?.text();
  expect(text).toContain('Anna Lindqvist\r\nthe pole');
  expect(text).not.toMatch(/wrong|teh/);
});

test('files are picked, pasted or dropped, on every screen where one writes, and shown on their way', async () => {
  const core = new FakeCore();
  const panel = await openPanel(core);
  const file = (name: string) => new File(['x'], name);
  const picker = panel.box.querySelector<HTMLInputElement>('input[type=file]') as HTMLInputElement;
  expect(panel.in.getByRole('button', { name: 'Attach files, up to 20 MB each' })).toBeTruthy();
  Object.defineProperty(picker, 'files', { value: [file('picked.jpg')] });
  await settle(() => picker.dispatchEvent(new Event('change')));
  expect(panel.views).toEqual(['home', 'chat']);
  const carrying = (kind: string, name: string, data: object) =>
    Object.assign(new Event(kind, { bubbles: true, cancelable: true }), {
      [name]: { types: ['Files'], files: [file(`${kind}.jpg`)], ...data },
    });
  const paste = carrying('paste', 'clipboardData', {});
  const text = carrying('paste', 'clipboardData', { types: ['Files', 'text/plain'] });
  const drop = carrying('drop', 'dataTransfer', {});
  await settle(() => panel.in.getByRole('textbox').dispatchEvent(paste));
  await settle(() => panel.in.getByRole('textbox').dispatchEvent(text));
  await settle(() => panel.in.getByRole('log').dispatchEvent(drop));
  expect([paste, text, drop].map((event) => event.defaultPrevented)).toEqual([true, false, true]);
  const rows = panel.in.getAllByRole('progressbar').map((row) => row.getAttribute('aria-label'));
  expect(rows).toEqual(['picked.jpg', 'paste.jpg', 'drop.jpg']);
  expect(core.calls).toEqual([['upload', 'picked.jpg']]); // one after the other
});

test('an account that takes no files offers no way to send them', async () => {
  const panel = await openPanel(new FakeCore({ files: false }), { view: 'chat' });
  expect(panel.in.queryByRole('button', { name: /^Attach/ })).toBeNull();
});

test('files, changed and withdrawn messages stand in the thread', async () => {
  const file = { id: 'f', name: 'bill.pdf', size: 82_000, type: 'application/pdf', url: '/confab/files/f/bill.pdf' };
  const core = new FakeCore().history([
    { text: '', file },
    { author: anna, text: 'teh pole' },
    { kind: 'message.edited', author: anna, target: 'e2', text: 'the pole' },
    { author: anna, text: 'a secret', at: 1 },
    { kind: 'message.deleted', author: anna, target: 'e4' },
  ]);
  const panel = await openPanel(core, { view: 'chat' });
  const link = panel.in.getByTitle('Download bill.pdf, 82 kB');
  expect(link.getAttribute('href')).toBe('https://node.example/confab/files/f/bill.pdf');
  const log = panel.in.getByRole('log').textContent;
  expect(log).toContain('the pole');
  expect(log).toContain('edited');
  expect(log).toContain('This message was deleted');
  expect(log).not.toMatch(/teh pole|a secret/);
});

test('beside its launcher wherever the page puts it, in the size that is wanted', async () => {
  const page = { place: 'bl' as const, width: 200, height: 700, offset: { bottom: 80 } };
  const panel = await openPanel(new FakeCore({ button: { style: 'tab' } }), { page });
  const { style, classList } = panel.box;
  expect([classList.contains('left'), style.getPropertyValue('--y')]).toEqual([true, '80px']);
  expect(['--cf-panel-w', '--cf-panel-h', '--button'].map((name) => style.getPropertyValue(name))).toEqual([
    '280px',
    '700px',
    '40px',
  ]);
});
