import { cleanup, fireEvent, screen, within } from '@testing-library/preact';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { aConsole, aContact, refusal, type Stage } from '../testing';
import { ContactsScreen } from './ContactsScreen';

const maya = aContact({
  id: 'p1',
  name: 'Maya Petersen',
  email: 'maya@petersen.test',
  universe: 'signup',
  createdAt: Date.UTC(2026, 4, 12, 12),
  attributes: { plan: 'pro', seats: 1200, isActiveAffiliate: 1 },
});
const nobody = aContact({ id: 'p2', universe: 'anonymous' });
const definitions = [
  { name: 'email', title: 'Email', type: 'string', origin: 'builtin' },
  { name: 'createdAt', title: 'First known of', type: 'date', origin: 'builtin' },
  { name: 'currentPageUrl', title: 'Current Page Url', type: 'string', origin: 'builtin', live: true },
  { name: 'isActiveAffiliate', title: 'Is Active Affiliate', type: 'number', origin: 'custom' },
  { name: 'plan', title: 'Plan', type: 'string', origin: 'custom' },
  { name: 'seats', title: 'Seats', type: 'number', origin: 'custom' },
];
const pro = { id: 's1', name: 'Pro', filter: { all: [{ attribute: 'plan', is: 'pro' }] } };

beforeEach(() => {
  HTMLDialogElement.prototype.showModal = function () {
    this.open = true;
  };
});
afterEach(cleanup);

async function show(answers: Record<string, unknown> = {}, chosen = '') {
  const stage = await aConsole({
    role: 'admin',
    answers: {
      'GET /contacts': { data: [maya, nobody], next: null, count: 2 },
      'GET /attributes': { data: definitions, next: null },
      'GET /segments': { data: [pro], next: null },
      'GET /contacts/p1': maya,
      'GET /contacts/p1/history': { data: [], next: null },
      ...answers,
    },
  });
  stage.show(<ContactsScreen chosen={chosen} />);
  await stage.settle();
  await stage.settle();
  return stage;
}
const press = async (stage: Stage, name: string | RegExp) => {
  fireEvent.click(screen.getByRole('button', { name }));
  await stage.settle();
};
/** By what the server was asked the last time. */
function wished(stage: Stage) {
  const params = new URLSearchParams(stage.server.queries.filter((q) => q.path === '/contacts').at(-1)?.query);
  return { filter: JSON.parse(params.get('filter') ?? 'null'), sort: params.get('sort'), after: params.get('after') };
}
const heads = () => screen.getAllByRole('columnheader').map((th) => th.textContent);

test('people stand there with what is known of them', async () => {
  await show();
  const row = screen.getByRole('row', { name: /Maya Petersen/ });
  expect(within(row).getByText('Signup')).toBeDefined();
  expect(within(row).getAllByText('maya@petersen.test').length).toBeGreaterThan(0);
  expect(screen.getByText('2 people')).toBeDefined();
  expect(screen.getByRole('row', { name: /Visitor/ })).toBeDefined();
});

test('ATTR-049 the universes part the people', async () => {
  const stage = await show();
  for (const [name, universe] of [
    ['Signups', 'signup'],
    ['Leads', 'lead'],
    ['Anonymous', 'anonymous'],
  ] as const) {
    await press(stage, name);
    expect(wished(stage).filter).toEqual({ attribute: 'universe', is: universe });
  }
  await press(stage, 'All');
  expect(wished(stage).filter).toEqual({});
});

test('ATTR-004 ATTR-005 a filter is put together of attribute, operator and value; live attributes are not offered', async () => {
  const stage = await show();
  await press(stage, 'Filter');
  await press(stage, 'Add condition');
  const attribute = screen.getByLabelText('Attribute') as HTMLSelectElement;
  expect([...attribute.options].map((o) => o.text)).not.toContain('Current page URL');
  fireEvent.change(attribute, { target: { value: 'seats' } });
  fireEvent.change(screen.getByLabelText('Is how'), { target: { value: 'above' } });
  fireEvent.change(screen.getByLabelText('Value'), { target: { value: '9' } });
  await stage.settle();
  expect(wished(stage).filter).toEqual({ all: [{ attribute: 'seats', above: 9 }] });
  await press(stage, 'Add condition');
  fireEvent.change(screen.getByLabelText('People of whom'), { target: { value: 'any' } });
  fireEvent.change(screen.getAllByLabelText('Is how')[1] as Element, { target: { value: 'unknown' } });
  await stage.settle();
  expect(wished(stage).filter).toEqual({
    any: [
      { attribute: 'seats', above: 9 },
      { attribute: 'email', unknown: true },
    ],
  });
  await press(stage, 'Remove condition 1');
  expect(wished(stage).filter).toEqual({ any: [{ attribute: 'email', unknown: true }] });
});

test('a segment is saved, chosen and removed', async () => {
  const stage = await show();
  await press(stage, /^Segments/);
  await press(stage, 'Pro');
  expect(wished(stage).filter).toEqual(pro.filter);
  expect(screen.getByRole('button', { name: /Segment: Pro/ })).toBeDefined();
  await press(stage, 'Leads');
  expect(screen.queryByRole('button', { name: /Segment: Pro/ })).toBeNull();
  await press(stage, 'Save as segment…');
  fireEvent.input(screen.getByLabelText('Name of the segment'), { target: { value: 'Pro leads' } });
  stage.server.answers['POST /segments'] = { id: 's2', name: 'Pro leads', filter: {} };
  fireEvent.submit(screen.getByRole('dialog').querySelector('form') as HTMLFormElement);
  await stage.settle();
  expect(stage.server.asked.find((a) => a.line === 'POST /segments')?.body).toEqual({
    name: 'Pro leads',
    filter: { all: [{ attribute: 'universe', is: 'lead' }, pro.filter] },
  });
  stage.server.answers['DELETE /segments/s1'] = null;
  await press(stage, /^Segment: Pro leads/);
  await press(stage, 'Remove segment Pro');
  expect(screen.queryByRole('button', { name: 'Pro' })).toBeNull();
});

test('a segment of another making is used as it is', async () => {
  const filter = { any: [{ all: [{ any: [{ attribute: 'plan', is: ['a', 'b'] }] }] }] };
  const stage = await show({ 'GET /segments': { data: [{ id: 's3', name: 'Odd', filter }], next: null } });
  await press(stage, /^Segments/);
  await press(stage, 'Odd');
  expect(wished(stage).filter).toEqual({ all: [filter, {}] });
  expect(screen.getByText(/made elsewhere/)).toBeDefined();
});

test('ATTR-041 the gear at the end of the heads chooses columns and leads to a new attribute', async () => {
  const stage = await show();
  expect(
    within(screen.getAllByRole('columnheader').at(-1) as HTMLElement).getByRole('button', { name: 'Columns' }),
  ).toBeDefined();
  await press(stage, 'Columns');
  fireEvent.click(screen.getByLabelText('Is Active Affiliate'));
  await stage.settle();
  expect(heads()).toContain('Is Active Affiliate');
  expect(screen.queryByLabelText('Current page URL')).toBeNull();
  await press(stage, 'Add new attribute');
  fireEvent.input(screen.getByLabelText('Name'), { target: { value: 'twitter_handle' } });
  stage.server.answers['POST /attributes'] = {
    name: 'twitter_handle',
    title: 'Twitter Handle',
    type: 'string',
    origin: 'custom',
  };
  fireEvent.submit(screen.getByRole('dialog', { name: 'Add new attribute' }).querySelector('form') as HTMLFormElement);
  await stage.settle();
  expect(heads()).toContain('Twitter Handle');
  // What was chosen is there again in another tab.
  stage.app.prefs.heard(null);
  expect(stage.app.prefs.columns.value).toEqual([
    'email',
    'universe',
    'lastVisitedAt',
    'totalVisits',
    'createdAt',
    'isActiveAffiliate',
    'twitter_handle',
  ]);
});

test('a head sorts, and again the other way', async () => {
  const stage = await show();
  expect(wished(stage).sort).toBe('-createdAt');
  await press(stage, 'Name');
  expect(wished(stage).sort).toBe('name');
  await press(stage, 'Name');
  expect(wished(stage).sort).toBe('-name');
  expect(screen.getByRole('columnheader', { name: 'Name' }).getAttribute('aria-sort')).toBe('descending');
});

test('pages follow one another without anybody twice', async () => {
  const stage = await show({ 'GET /contacts': { data: [maya], next: 'n1', count: 2 } });
  stage.server.answers['GET /contacts'] = { data: [maya, nobody], next: null, count: 2 };
  await press(stage, 'Show more');
  expect(wished(stage).after).toBe('n1');
  expect(screen.getAllByRole('row')).toHaveLength(3);
  expect(screen.queryByRole('button', { name: 'Show more' })).toBeNull();
});

test('the search asks when the writing pauses', async () => {
  const stage = await show();
  vi.useFakeTimers();
  fireEvent.input(screen.getByRole('searchbox'), { target: { value: 'ma' } });
  fireEvent.input(screen.getByRole('searchbox'), { target: { value: 'maya' } });
  await vi.advanceTimersByTimeAsync(300);
  vi.useRealTimers();
  await stage.settle();
  const some = (word: string) => ({
    any: [
      { attribute: 'name', contains: word },
      { attribute: 'email', contains: word },
    ],
  });
  expect(stage.server.queries.filter((q) => q.path === '/contacts').length).toBe(2);
  expect(wished(stage).filter).toEqual(some('maya'));
});

test('nobody, nobody who matches, and a list that did not load are told apart', async () => {
  const stage = await show({ 'GET /contacts': { data: [], next: null, count: 0 } });
  expect(screen.getByText('Nobody is known yet')).toBeDefined();
  await press(stage, 'Leads');
  expect(screen.getByText('Nobody matches')).toBeDefined();
  stage.server.answers['GET /contacts'] = refusal(503, 'unavailable');
  await press(stage, 'Show everybody');
  expect(screen.getByText('The contacts did not load')).toBeDefined();
  stage.server.answers['GET /contacts'] = { data: [maya], next: null, count: 1 };
  await press(stage, 'Try again');
  expect(screen.getByText('1 person')).toBeDefined();
});

test('a row leads to the person', async () => {
  const stage = await show();
  fireEvent.click(screen.getByRole('row', { name: /Maya Petersen/ }));
  expect(stage.app.route.place.value).toEqual({ screen: 'contacts', contact: 'p1' });
});

test('ATTR-031 ATTR-032 the person shows attributes with spaces in their names', async () => {
  await show(
    { 'GET /contacts/p1': { ...maya, layers: { ...maya.layers, attributes: { isActiveAffiliate: 1 } } } },
    'p1',
  );
  const pane = screen.getByRole('complementary', { name: 'Contact' });
  expect(within(pane).getByText('Is Active Affiliate')).toBeDefined();
});
