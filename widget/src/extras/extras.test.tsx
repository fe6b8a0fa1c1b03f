import { afterEach, beforeEach, expect, test } from 'vitest';
import type { WidgetConfig } from '../config';
import { anna, FakeCore, openPanel, press, settle, visitor, write } from '../panel/testing';
import { extras } from './main';

beforeEach(() => sessionStorage.clear());
afterEach(() => document.body.replaceChildren());

const closed = { kind: 'conversation.closed', author: anna, reason: 'agent_closed' } as const;
const started = { kind: 'conversation.started', author: visitor } as const;
const away = { online: false, agents: [] };
const here = { online: true, agents: [{ name: 'Anna Lindqvist' }] };
const known = { id: 'v1', no: 1, level: 'claimed' as const, attributes: {} };

const contacts: WidgetConfig = {
  form: { fields: [{ name: 'name' }, { name: 'email', required: true }, { name: 'order', label: 'Order number' }] },
};
const ask = async (core: FakeCore) => {
  const panel = await openPanel(core);
  await write(panel.in.getByRole('textbox', { name: 'Message' }), 'Do you ship to Norway?');
  await press(panel.in.getByRole('button', { name: 'Send' }));
  await settle();
  return panel;
};

test('the form comes after the first message, which is already on its way', async () => {
  const core = new FakeCore(contacts);
  const panel = await ask(core);
  expect(core.calls).toEqual([['send', 'Do you ship to Norway?']]);
  const log = panel.in.getByRole('log');
  expect(log.contains(panel.in.getByRole('form', { name: 'Where do we reach you?' }))).toBe(true);
  expect(core.emitted).toEqual([{ name: 'form', value: { kind: 'contacts', step: 'shown', values: {} } }]);
});

test('what is missing or looks wrong is said under its field, and the first of them gets the keyboard', async () => {
  const core = new FakeCore(contacts);
  const panel = await ask(core);
  const email = panel.in.getByRole('textbox', { name: 'E-mail' });
  await press(panel.in.getByRole('button', { name: 'Send details' }));
  expect(panel.in.getByText('This is needed.').id).toBe(email.getAttribute('aria-describedby'));
  expect([panel.root.activeElement, email.getAttribute('aria-invalid')]).toEqual([email, 'true']);
  await write(email, 'ingrid@solberg');
  expect(panel.in.getByText('This address looks incomplete.').getAttribute('role')).toBe('alert');
  expect(core.calls).toHaveLength(1);
});

test('name, address and number go to what is known of the visitor, the rest to the form', async () => {
  const core = new FakeCore(contacts);
  const panel = await ask(core);
  await write(panel.in.getByRole('textbox', { name: 'E-mail' }), 'ingrid@solberg.example');
  await write(panel.in.getByRole('textbox', { name: /Order number/ }), '48213');
  await press(panel.in.getByRole('button', { name: 'Send details' }));
  expect(core.calls.slice(1)).toEqual([
    ['patch', 'basic', { email: 'ingrid@solberg.example' }],
    ['patch', 'form', { order: '48213' }],
  ]);
  expect(core.emitted.at(-1)).toEqual({
    name: 'form',
    value: {
      kind: 'contacts',
      step: 'submitted',
      values: { name: '', email: 'ingrid@solberg.example', order: '48213' },
    },
  });
  expect(panel.in.queryByRole('form')).toBeNull();
  expect(panel.root.activeElement).toBe(panel.in.getByRole('textbox', { name: 'Message' }));
});

test('a form that the server refused stays, and says so', async () => {
  const core = new FakeCore(contacts);
  const panel = await ask(core);
  core.answer = { code: 'bad_field', message: 'no' };
  await write(panel.in.getByRole('textbox', { name: 'E-mail' }), 'ingrid@solberg.example');
  await press(panel.in.getByRole('button', { name: 'Send details' }));
  expect(panel.in.getByText('This did not go out. Try again.').getAttribute('role')).toBe('alert');
  expect(core.emitted.map((e) => e.value)).toHaveLength(1);
});

test('fields that are known are not shown, and if all are there is no form', async () => {
  const core = new FakeCore(contacts);
  core.user = { ...known, email: 'a@b.example' };
  const panel = await ask(core);
  expect(panel.in.queryByRole('textbox', { name: 'E-mail' })).toBeNull();
  expect(panel.in.getByRole('textbox', { name: /Order number/ })).toBeTruthy();

  document.body.replaceChildren();
  const all = new FakeCore({ form: { fields: [{ name: 'email', required: true }] } });
  all.user = { ...known, email: 'a@b.example' };
  expect((await ask(all)).in.queryByRole('form')).toBeNull();
});

test('a form without what must be filled in can be skipped, and is not shown again in this conversation', async () => {
  const config: WidgetConfig = { form: { fields: [{ name: 'email' }] } };
  const core = new FakeCore(config).history([started, { text: 'Hello' }]);
  const panel = await openPanel(core, { view: 'chat' });
  await press(panel.in.getByRole('button', { name: 'Skip' }));
  expect(panel.in.queryByRole('form')).toBeNull();
  document.body.replaceChildren();
  const again = await openPanel(new FakeCore(config).history([started, { text: 'Hello' }]), { view: 'chat' });
  expect(again.in.queryByRole('form')).toBeNull();
});

test('a form that comes first stands before the message box, and what is written in it is sent', async () => {
  const fields = [{ name: 'email', required: true }, { name: 'group' }, { name: 'message' }];
  const core = new FakeCore({ form: { when: 'before', fields } }, { groups: [{ id: 'g1', no: 1, name: 'Repairs' }] });
  const panel = await openPanel(core);
  expect(panel.views).toEqual(['form']);
  await write(panel.in.getByRole('textbox', { name: 'E-mail' }), 'a@b.example');
  await settle(() => {
    const select = panel.in.getByRole('combobox', { name: /Topic/ }) as HTMLSelectElement;
    select.value = 'g1';
    select.dispatchEvent(new Event('change', { bubbles: true }));
  });
  await write(panel.in.getByRole('textbox', { name: /Message/ }), 'A pole is cracked');
  await press(panel.in.getByRole('button', { name: 'Start chat' }));
  expect(core.calls).toEqual([
    ['setGroup', 'g1'],
    ['patch', 'basic', { email: 'a@b.example' }],
    ['send', 'A pole is cracked'],
  ]);
  expect(core.emitted.map(({ value }) => value)).toMatchObject([
    { kind: 'prechat', step: 'shown' },
    { kind: 'prechat', step: 'submitted' },
  ]);
  expect(panel.views.at(-1)).toBe('chat');
});

test('while nobody is there a form takes the place of the thread; its message is left for later', async () => {
  const core = new FakeCore({ offline: {} });
  core.availability = away;
  const panel = await openPanel(core);
  expect(panel.views).toEqual(['offline']);
  expect(panel.in.queryByRole('log')).toBeNull();
  await write(panel.in.getByRole('textbox', { name: 'E-mail' }), 'a@b.example');
  await write(panel.in.getByRole('textbox', { name: 'Message' }), 'Can you re-seal a Skerry 2?');
  await press(panel.in.getByRole('button', { name: 'Leave message' }));
  expect(core.calls).toEqual([
    ['patch', 'basic', { email: 'a@b.example' }],
    ['send', 'Can you re-seal a Skerry 2?', { offline: true }],
  ]);
  expect(core.emitted.map(({ value }) => value)).toMatchObject([
    { kind: 'offline', step: 'shown' },
    { kind: 'offline', step: 'submitted', values: { email: 'a@b.example' } },
  ]);
  expect(panel.views.at(-1)).toBe('chat');
});

test('the offline form comes and goes with the people, but never under the fingers of somebody who writes', async () => {
  const core = new FakeCore({ offline: {} });
  const panel = await openPanel(core, { focus: true });
  await settle(() => core.become({ availability: away }));
  expect(panel.views.at(-1)).toBe('offline');
  await settle(() => core.become({ availability: here }));
  expect(panel.views.at(-1)).toBe('home');
  const box = panel.in.getByRole('textbox', { name: 'Message' });
  box.focus();
  await write(box, 'Could you');
  await settle(() => core.become({ availability: away }));
  expect(panel.views.at(-1)).toBe('home');
  expect(panel.root.activeElement).toBe(box);
  await write(box, '');
  await settle(() => core.become({}));
  expect(panel.views.at(-1)).toBe('offline');
});

test('what was written in the message box is there in the offline form', async () => {
  const core = new FakeCore({ offline: {} });
  core.draft.set('Could you');
  core.availability = away;
  const panel = await openPanel(core);
  expect((panel.in.getByRole('textbox', { name: 'Message' }) as HTMLTextAreaElement).value).toBe('Could you');
});

test('without a connection a message that is left is kept at once', async () => {
  const core = new FakeCore({ offline: {} });
  core.become({ availability: away, connection: 'offline' });
  core.patch = (...args) => {
    core.calls.push(['patch', ...args]);
    return new Promise(() => undefined);
  };
  const panel = await openPanel(core);
  await write(panel.in.getByRole('textbox', { name: 'E-mail' }), 'a@b.example');
  await write(panel.in.getByRole('textbox', { name: 'Message' }), 'Hello');
  await press(panel.in.getByRole('button', { name: 'Leave message' }));
  expect(core.calls.at(-1)).toEqual(['send', 'Hello', { offline: true }]);
});

test.each<['form' | 'offline', string]>([
  ['form', 'Start chat'],
  ['offline', 'Leave message'],
])('in a thread that tells him nothing yet a visitor is led to the %s', async (view, button) => {
  const asks: WidgetConfig = { form: { when: 'before', fields: [{ name: 'email', required: true }] } };
  const core = new FakeCore(view === 'form' ? asks : { offline: {} }).history([{ kind: 'hidden' }]);
  if (view === 'offline') core.availability = away;
  const panel = await openPanel(core, { view: 'chat' });
  expect(panel.views).toEqual(['chat']);
  expect(panel.in.queryByRole('textbox', { name: 'Message' })).toBeNull();
  await press(panel.in.getByRole('button', { name: button }));
  expect(panel.views.at(-1)).toBe(view);
});

const ended = () => new FakeCore().history([{ text: 'Hi' }, { author: anna, text: 'Hello' }, closed]);

test('a conversation that an agent ended is rated with five faces and a word, in one go', async () => {
  const core = ended();
  const panel = await openPanel(core, { view: 'chat' });
  const faces = panel.in.getAllByRole('radio');
  expect(faces.map((face) => face.closest('label')?.textContent)).toEqual(['Very bad', 'Bad', 'Fair', 'Good', 'Great']);
  await press(panel.in.getByRole('button', { name: 'Send rating' })); // nothing is chosen
  expect(core.calls).toEqual([]);
  await press(panel.in.getByRole('radio', { name: 'Good' }));
  await write(panel.in.getByRole('textbox', { name: /Anything to add/ }), 'quick');
  await press(panel.in.getByRole('button', { name: 'Send rating' }));
  expect(core.calls).toEqual([['rate', 'c1', 4, 'quick']]);
  expect(core.emitted).toEqual([]); // the entry tells the page
  expect(panel.in.getByText('You rated it: Good')).toBeTruthy();
});

test('a rating can be changed once', async () => {
  const core = ended();
  const panel = await openPanel(core, { view: 'chat' });
  await settle(() => core.arrives({ kind: 'conversation.rated', score: 2 }));
  expect(panel.in.getByText('You rated it: Bad')).toBeTruthy();
  await press(panel.in.getByRole('button', { name: 'Change' }));
  await press(panel.in.getByRole('radio', { name: 'Great' }));
  await press(panel.in.getByRole('button', { name: 'Send rating' }));
  await settle(() => core.arrives({ kind: 'conversation.rated', score: 5 }));
  expect(panel.in.getByText('You rated it: Great')).toBeTruthy();
  expect(panel.in.queryByRole('button', { name: 'Change' })).toBeNull();
});

test('a rating that did not go out is asked again', async () => {
  const core = ended();
  core.answer = { code: 'unavailable', message: 'no' };
  const panel = await openPanel(core, { view: 'chat' });
  await press(panel.in.getByRole('radio', { name: 'Great' }));
  await press(panel.in.getByRole('button', { name: 'Send rating' }));
  expect(panel.in.getByText('This did not go out. Try again.')).toBeTruthy();
  expect(core.emitted).toEqual([]);
});

test('thumbs are two, who skips is not asked again, and what ended by itself is not rated', async () => {
  const thumbs = new FakeCore({ rating: 'thumbs' }).history([{ text: 'Hi' }, closed]);
  const panel = await openPanel(thumbs, { view: 'chat' });
  await press(panel.in.getByRole('radio', { name: 'Bad' }));
  await press(panel.in.getByRole('button', { name: 'Skip' }));
  expect(thumbs.calls).toEqual([]);
  expect(panel.in.queryByRole('radio')).toBeNull();
  for (const config of [{ rating: 'off' as const }, {}]) {
    document.body.replaceChildren();
    sessionStorage.clear();
    const end = config.rating ? closed : { ...closed, author: { kind: 'system' as const }, reason: 'idle' };
    const none = await openPanel(new FakeCore(config).history([{ text: 'Hi' }, end]), { view: 'chat' });
    expect(none.in.queryByRole('radio')).toBeNull();
    expect(none.in.getByRole('button', { name: 'New chat' })).toBeTruthy();
  }
});

test('a call is asked for with a number, and how it goes is said', async () => {
  const core = new FakeCore({}, { calls: true });
  const panel = await openPanel(core);
  await press(panel.in.getByRole('button', { name: 'Get a call' }));
  const phone = panel.in.getByRole('textbox', { name: 'Phone' });
  await write(phone, '123');
  await press(panel.in.getByRole('button', { name: 'Call me' }));
  expect(panel.in.getByText('This number looks incomplete.')).toBeTruthy();
  await write(phone, '+1 (408) 498-7855');
  await press(panel.in.getByRole('button', { name: 'Call me' }));
  expect(core.calls).toEqual([['requestCall', '+14084987855']]);
  await settle(() => core.become({ call: { id: 'x', status: 'agent_connected' } }));
  expect(panel.in.getByText('Somebody is there. Your phone rings now.').getAttribute('role')).toBe('status');
  expect(panel.in.queryByRole('button', { name: 'Call me' })).toBeNull();
  await settle(() => core.become({ call: { id: 'x', status: 'end' } }));
  expect(panel.in.getByRole('button', { name: 'Call me' })).toBeTruthy();
  await press(panel.in.getByRole('button', { name: 'Back' }));
  expect(panel.views).toEqual(['home', 'call', 'home']);
});

test('who comes back while a call goes on sees how it goes, until he goes elsewhere', async () => {
  const core = new FakeCore({}, { calls: true }).history([{ text: 'Call me?' }]);
  const panel = await openPanel(core);
  await settle(() => core.become({ call: { id: 'old', status: 'end' } }));
  expect(panel.views).toEqual(['chat']);
  await settle(() => core.become({ call: { id: 'x', status: 'client_connected' } }));
  const connected = () => panel.in.queryByText('You are connected');
  expect(connected()).toBeTruthy();
  await settle(() => panel.panel.open({ focus: false }));
  expect(connected()).toBeTruthy();
  await press(panel.in.getByRole('button', { name: 'Back' }));
  expect(connected()).toBeNull();
  await settle(() => panel.panel.open({ focus: false }));
  await settle(() => core.become({ call: { id: 'x', status: 'agent_connected' } }));
  expect(panel.views.at(-1)).toBe('chat');
});

test('a call does not come before what somebody writes, nor before the view that the page opens', async () => {
  const core = new FakeCore({}, { calls: true }).history([{ text: 'Call me?' }]);
  const panel = await openPanel(core);
  const box = panel.in.getByRole('textbox', { name: 'Message' });
  box.focus();
  await write(box, 'one more thing');
  await settle(() => core.become({ call: { id: 'x', status: 'start' } }));
  expect(panel.views).toEqual(['chat']);
  document.body.replaceChildren();
  const asked = await openPanel(core, { view: 'chat' });
  expect(asked.views).toEqual(['chat']);
});

test('a file that was picked while the extras did not load goes out when they do', async () => {
  let fails = true;
  const core = new FakeCore();
  const panel = await openPanel(core, { extras: async () => (fails ? Promise.reject(new Error('gone')) : extras) });
  const picker = panel.box.querySelector('input[type=file]') as HTMLInputElement;
  Object.defineProperty(picker, 'files', { value: [new File(['x'], 'pole.jpg')] });
  await settle(() => picker.dispatchEvent(new Event('change')));
  expect(core.calls).toEqual([]);
  fails = false;
  await press(panel.in.getByRole('button', { name: 'Retry' }));
  expect(core.calls).toEqual([['upload', 'pole.jpg']]);
});

test('the menu lets one choose between chat and call', async () => {
  const panel = await openPanel(new FakeCore({}, { calls: true }), { view: 'menu' });
  await press(panel.in.getByRole('button', { name: 'Write to us' }));
  expect(panel.views).toEqual(['menu', 'home']);
});

test('where the extras do not load it says so, and tries again when asked', async () => {
  let fails = true;
  const core = new FakeCore({ offline: {} });
  core.availability = away;
  const panel = await openPanel(core, { extras: async () => (fails ? Promise.reject(new Error('gone')) : extras) });
  expect(panel.in.getByRole('alert').textContent).toContain('This did not load.');
  fails = false;
  await press(panel.in.getByRole('button', { name: 'Retry' }));
  expect(panel.in.getByRole('button', { name: 'Leave message' })).toBeTruthy();
});
