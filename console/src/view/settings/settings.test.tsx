import { cleanup, fireEvent, screen } from '@testing-library/preact';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Delivery, Webhook } from '../../net/types';
import { aConsole, refusal, type Stage } from '../testing';
import { SettingsScreen } from './SettingsScreen';

const anna = {
  id: 'd9nKoegKSjmCtyK78',
  no: 1,
  name: 'Anna',
  email: 'anna@acme.test',
  role: 'admin',
  groups: ['g1'],
  status: 'online',
};
const ben = { id: 'me', no: 2, name: 'Ben Okafor', role: 'agent', groups: [], status: 'online' };
const key = { id: 'k1', kind: 'server', masked: '••••••••aB3d', createdAt: 1000 };
const hook: Webhook = {
  id: 'w1',
  dialect: 'confab',
  url: 'https://hooks.acme.test/in',
  state: 'disabled',
  createdAt: 1000,
  waiting: 2,
  lastError: 'It answered with 410.',
};
const delivery: Delivery = {
  id: 'd1',
  webhook: 'w1',
  type: 'message',
  thread: 't1',
  conversation: 'c1',
  status: 'parked',
  tries: 8,
  replays: 0,
  createdAt: 1000,
  lastAnswer: 500,
  lastTook: 31,
  body: '{"text":"words"}',
};

beforeEach(() => {
  // happy-dom has no modal dialogs.
  HTMLDialogElement.prototype.showModal = function () {
    this.open = true;
  };
});
afterEach(cleanup);

const answers = {
  'GET /agents': { data: [anna, ben], next: null },
  'GET /groups': { data: [{ id: 'g1', no: 1, name: 'Sales' }], next: null },
  'GET /account/keys': { data: [key], next: null },
  'GET /account': { id: 'acme', name: 'Acme', channels: [], allowedOrigins: ['https://shop.test'] },
  'GET /webhooks': { data: [hook], next: null },
  'GET /webhooks/dialects': {
    data: [
      { id: 'confab', signed: true },
      { id: 'other', signed: false },
      { id: 'third', signed: false, numericIds: true },
    ],
    next: null,
  },
  'GET /webhooks/deliveries': { data: [delivery], next: null },
  'GET /webhooks/deliveries/d1': delivery,
  'GET /attributes': {
    data: [
      { name: 'email', title: 'Email', type: 'string', origin: 'builtin' },
      { name: 'isActiveAffiliate', title: 'Is Active Affiliate', type: 'number', origin: 'custom' },
    ],
    next: null,
  },
};

async function show(
  section: Parameters<typeof SettingsScreen>[0]['section'],
  id = '',
  item = '',
  role: 'agent' | 'admin' = 'admin',
  also: Record<string, unknown> = {},
) {
  const stage = await aConsole({ role, answers: { ...answers, ...also } });
  stage.show(<SettingsScreen section={section} id={id} item={item} />);
  await stage.settle();
  return stage;
}
const press = async (stage: Stage, name: string | RegExp) => {
  fireEvent.click(screen.getByRole('button', { name }));
  await stage.settle();
};
const asked = (stage: Stage, line: string) => stage.server.asked.filter((a) => a.line === line);

test("CHATRA-REST-057 an agent's page shows the id, and what else others know the agent by", async () => {
  await show('agents', anna.id);
  for (const words of [anna.id, '1', 'anna@acme.test', 'Admin', 'Sales', 'Online'])
    expect(screen.getByText(words)).toBeDefined();
});

test("CHATRA-REST-058 a group's page shows the id and its agents", async () => {
  await show('groups', 'g1');
  expect(screen.getByText('g1')).toBeDefined();
  expect(screen.getByRole('link', { name: /Anna/ })).toBeDefined();
  expect(screen.queryByRole('link', { name: /Ben/ })).toBeNull();
});

test('the id is copied by a press', async () => {
  const writeText = vi.fn(async () => undefined);
  vi.stubGlobal('navigator', { ...navigator, clipboard: { writeText } });
  const stage = await show('agents', anna.id);
  await press(stage, 'Copy Id');
  expect(writeText).toHaveBeenCalledWith(anna.id);
  expect(screen.getByRole('button', { name: 'Copied' })).toBeDefined();
});

test('a key is masked until it is asked for, and again when it is hidden', async () => {
  const stage = await show('integrations');
  expect(screen.getByText('••••••••aB3d')).toBeDefined();
  expect(asked(stage, 'POST /account/keys/reveal')).toEqual([]);
  stage.server.answers['POST /account/keys/reveal'] = { ...key, key: 'cfk_whole' };
  await press(stage, 'Reveal API key');
  expect(screen.getByText('cfk_whole')).toBeDefined();
  expect(asked(stage, 'POST /account/keys/reveal')[0]?.body).toEqual({ id: 'k1' });
  await press(stage, 'Hide API key');
  expect(screen.queryByText('cfk_whole')).toBeNull();
});

test('a new key is made with the overlap that was chosen', async () => {
  const stage = await show('integrations');
  stage.server.answers['POST /account/keys/rotate'] = { ...key, id: 'k2', key: 'cfk_new' };
  await press(stage, /Make a new key/);
  fireEvent.change(screen.getByLabelText('The keys before it hold for'), { target: { value: '168' } });
  await press(stage, 'Make new key');
  expect(asked(stage, 'POST /account/keys/rotate')[0]?.body).toEqual({ overlapHours: 168 });
  expect(asked(stage, 'GET /account/keys')).toHaveLength(2);
});

test('origins are saved as they are written, one a line; one that is none is told', async () => {
  const stage = await show('integrations');
  const box = screen.getByLabelText(/Pages that may embed/);
  fireEvent.input(box, { target: { value: ' https://shop.test\n\nhttps://*.acme.test, https://shop.test' } });
  stage.server.answers['PATCH /account'] = refusal(400, 'bad_field');
  await press(stage, 'Save');
  expect(screen.getByRole('alert').textContent).toMatch(/One of these is no origin/);
  stage.server.answers['PATCH /account'] = {
    id: 'acme',
    name: 'Acme',
    allowedOrigins: ['https://shop.test', 'https://*.acme.test'],
  };
  await press(stage, 'Save');
  expect(asked(stage, 'PATCH /account')[1]?.body).toEqual({
    allowedOrigins: ['https://shop.test', 'https://*.acme.test'],
  });
  expect(screen.queryByRole('button', { name: 'Save' })).toBeNull();
});

test('mail is on or off, and off says how it is turned on', async () => {
  await show('integrations');
  expect(screen.getByText(/answers reach people in the chat only/)).toBeDefined();
  expect(screen.getByText(/--smtp.*--mail-from/)).toBeDefined();
  cleanup();
  const account = { id: 'acme', name: 'Acme', mail: { on: true, from: 'chat@acme.test' } };
  await show('integrations', '', '', 'admin', { 'GET /account': account });
  expect(screen.getByText(/from chat@acme.test/)).toBeDefined();
  expect(screen.queryByText(/--smtp/)).toBeNull();
});

test('what is kept of visitors is chosen, and what was chosen stays if it is not saved', async () => {
  const stage = await show('privacy');
  const addresses = screen.getByLabelText(/Keep of a visitor/) as HTMLSelectElement;
  expect(addresses.value).toBe('shortened');
  stage.server.answers['PATCH /account'] = refusal(503, 'unavailable');
  fireEvent.change(addresses, { target: { value: 'whole' } });
  await stage.settle();
  expect(screen.getByRole('alert')).toBeDefined();
  expect(addresses.value).toBe('shortened');
  stage.server.answers['PATCH /account'] = {
    id: 'acme',
    name: 'Acme',
    privacy: { addresses: 'shortened', queries: 'removed' },
  };
  const queries = screen.getByLabelText(/what follows the \?/) as HTMLSelectElement;
  expect(queries.value).toBe('cleaned');
  fireEvent.change(queries, { target: { value: 'removed' } });
  await stage.settle();
  expect(asked(stage, 'PATCH /account')[1]?.body).toEqual({ privacy: { queries: 'removed' } });
  expect(queries.value).toBe('removed');
});

test('for how long anonymous visitors are kept is chosen, and what was set elsewhere is among the choices', async () => {
  const privacy = { addresses: 'shortened', queries: 'cleaned', forgetAnonymousDays: 45 };
  const account = { id: 'acme', name: 'Acme', privacy };
  const stage = await show('privacy', '', '', 'admin', { 'GET /account': account });
  const days = screen.getByLabelText(/Erase them/) as HTMLSelectElement;
  expect(days.value).toBe('45');
  stage.server.answers['PATCH /account'] = { ...account, privacy: { ...privacy, forgetAnonymousDays: 0 } };
  fireEvent.change(days, { target: { value: '0' } });
  await stage.settle();
  expect(asked(stage, 'PATCH /account')[0]?.body).toEqual({ privacy: { forgetAnonymousDays: 0 } });
  expect(days.value).toBe('0');
  expect([...days.options].map((o) => o.text)).toContain('When they were away for 90 days');
});

test('who is no admin sees the team and the attributes, and is told so elsewhere', async () => {
  const stage = await show('integrations', '', '', 'agent');
  expect(screen.getByText('This is for admins')).toBeDefined();
  expect(screen.queryByRole('link', { name: 'Webhooks' })).toBeNull();
  expect(screen.getByRole('link', { name: 'Attributes' })).toBeDefined();
  expect(stage.server.asked.some((a) => a.line.includes('/account/keys'))).toBe(false);
});

test('ids go as numbers only where the dialect has such ids and somebody asked for it', async () => {
  const stage = await show('webhooks');
  await press(stage, 'Add webhook');
  const dialog = screen.getByRole('dialog', { name: 'Add a webhook' });
  const choose = (dialect: string) =>
    fireEvent.change(screen.getByLabelText('In the words of'), { target: { value: dialect } });
  expect(screen.queryByRole('switch')).toBeNull();
  choose('third');
  fireEvent.click(screen.getByRole('switch', { name: /ids as numbers/ }));
  choose('other');
  expect(screen.queryByRole('switch')).toBeNull();
  choose('third');
  fireEvent.input(screen.getByLabelText('Address of the webhook'), { target: { value: 'https://crm.test/hook' } });
  const made = { ...hook, id: 'w3', dialect: 'third', numericIds: true };
  stage.server.answers['POST /webhooks'] = made;
  fireEvent.submit(dialog.querySelector('form') as HTMLFormElement);
  await stage.settle();
  expect(asked(stage, 'POST /webhooks').at(-1)?.body).toEqual({
    dialect: 'third',
    url: 'https://crm.test/hook',
    numericIds: true,
  });
  cleanup();
  stage.server.answers['GET /webhooks'] = { data: [made], next: null };
  stage.show(<SettingsScreen section="webhooks" id="w3" item="" />);
  await stage.settle();
  expect(screen.getByText('sent as numbers')).toBeDefined();
});

test('a webhook is added, and its secret is shown this once', async () => {
  const stage = await show('webhooks');
  await press(stage, 'Add webhook');
  const dialog = screen.getByRole('dialog', { name: 'Add a webhook' });
  const submit = async () => {
    fireEvent.submit(dialog.querySelector('form') as HTMLFormElement);
    await stage.settle();
  };
  await submit();
  expect(screen.getByRole('alert').textContent).toMatch(/Write an address/);
  fireEvent.input(screen.getByLabelText('Address of the webhook'), { target: { value: 'https://10.0.0.4/hook' } });
  stage.server.answers['POST /webhooks'] = Response.json(
    { code: 'bad_field', detail: 'The address leads to 10.0.0.4, which is not public.' },
    { status: 400 },
  );
  await submit();
  expect(screen.getByRole('alert').textContent).toMatch(/not public/);
  stage.server.answers['POST /webhooks'] = { ...hook, id: 'w2', state: 'healthy', secret: 'whsec_once' };
  await submit();
  expect(asked(stage, 'POST /webhooks').at(-1)?.body).toEqual({ dialect: 'confab', url: 'https://10.0.0.4/hook' });
  expect(stage.app.route.place.value).toMatchObject({ section: 'webhooks', id: 'w2' });
  cleanup();
  stage.show(<SettingsScreen section="webhooks" id="w2" item="" />);
  stage.server.answers['GET /webhooks'] = { data: [hook, { ...hook, id: 'w2' }], next: null };
  await stage.settle();
  expect(screen.getByText('whsec_once')).toBeDefined();
  await press(stage, 'Done');
  expect(screen.queryByText('whsec_once')).toBeNull();
});

test('a webhook that is disabled says so and is enabled again', async () => {
  const stage = await show('webhooks', 'w1');
  expect(screen.getByText('Disabled')).toBeDefined();
  expect(screen.getByText('It answered with 410.')).toBeDefined();
  stage.server.answers['PATCH /webhooks/w1'] = { ...hook, state: 'healthy' };
  await press(stage, 'Enable again');
  expect(asked(stage, 'PATCH /webhooks/w1')[0]?.body).toEqual({ disabled: false });
  expect(screen.getByText('Working')).toBeDefined();
});

test('a delivery shows what was sent and how it was answered, and is sent again', async () => {
  const stage = await show('webhooks', 'w1', 'd1');
  await stage.settle();
  for (const words of ['Given up', 'HTTP 500', 'in 31 ms', '8 tries']) expect(screen.getByText(words)).toBeDefined();
  expect(screen.getByText(/"text": "words"/)).toBeDefined();
  stage.server.answers['POST /webhooks/deliveries/d1/replay'] = {
    ...delivery,
    status: 'waiting',
    tries: 0,
    replays: 1,
  };
  await press(stage, 'Send again');
  expect(screen.getByText('Waiting')).toBeDefined();
});

test('deliveries are shown by their status', async () => {
  const stage = await show('webhooks', 'w1');
  stage.server.answers['GET /webhooks/deliveries'] = { data: [], next: null };
  await press(stage, 'Delivered');
  expect(screen.getByText('None of this kind')).toBeDefined();
});

test('attributes stand there as people read them; a new one is checked while it is written', async () => {
  const stage = await show('attributes');
  expect(screen.getByText('Is Active Affiliate')).toBeDefined();
  await press(stage, 'Add new attribute');
  const name = screen.getByLabelText('Name');
  const type = screen.getByLabelText('Type') as HTMLSelectElement;
  fireEvent.input(name, { target: { value: '2fast' } });
  expect(screen.getByRole('alert').textContent).toMatch(/a letter first/);
  fireEvent.input(name, { target: { value: 'paid_on' } });
  expect(screen.getByText('Shown as Paid On')).toBeDefined();
  expect([type.value, type.disabled]).toEqual(['date', true]);
  stage.server.answers['POST /attributes'] = { name: 'paid_on', title: 'Paid On', type: 'date', origin: 'custom' };
  fireEvent.submit(screen.getByRole('dialog', { name: 'Add new attribute' }).querySelector('form') as HTMLFormElement);
  await stage.settle();
  expect(asked(stage, 'POST /attributes')[0]?.body).toEqual({ name: 'paid_on', type: 'date' });
  expect(screen.getByText('Paid On')).toBeDefined();
});

test('what does not load says so, and tries again', async () => {
  const stage = await aConsole({ role: 'admin', answers: { ...answers, 'GET /webhooks': refusal(500, 'internal') } });
  stage.show(<SettingsScreen section="webhooks" id="" item="" />);
  await stage.settle();
  expect(screen.getByText('Webhooks did not load')).toBeDefined();
  stage.server.answers['GET /webhooks'] = { data: [], next: null };
  await press(stage, 'Try again');
  expect(screen.getByText('Nobody is told')).toBeDefined();
});

test('an admin limits an agent to his groups', async () => {
  const stage = await show('agents', ben.id);
  expect(screen.queryByRole('button', { name: 'Save' })).toBeNull();
  fireEvent.click(screen.getByRole('switch', { name: /Limited to the groups/ }));
  fireEvent.click(screen.getByRole('switch', { name: 'In the group Sales' }));
  await stage.settle();
  expect(screen.getByText(/has to sign in again/)).toBeDefined();
  stage.server.answers['PATCH /agents/me'] = refusal(403, 'forbidden');
  await press(stage, 'Save');
  expect(screen.getByRole('alert')).toBeDefined();
  stage.server.answers['PATCH /agents/me'] = { ...ben, groups: ['g1'], limited: true };
  await press(stage, 'Save');
  expect(asked(stage, 'PATCH /agents/me')[1]?.body).toEqual({ groups: ['g1'], limited: true });
  expect(screen.getByText('Of the groups')).toBeDefined();
  expect(screen.queryByRole('button', { name: 'Save' })).toBeNull();
});

test('an admin cannot be limited, and who is none changes nothing', async () => {
  await show('agents', anna.id);
  expect(screen.getByText('An admin sees all conversations.')).toBeDefined();
  expect(screen.queryByRole('switch', { name: /Limited to the groups/ })).toBeNull();
  cleanup();
  await show('agents', anna.id, '', 'agent');
  expect(screen.queryByRole('switch')).toBeNull();
});
