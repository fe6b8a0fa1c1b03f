import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/preact';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { aConsole, aContact, refusal, type Stage } from '../testing';
import { ContactPane } from './ContactPane';

const basic = (name: string, email: string, phone = '') => ({ basic: { name, email, ...(phone ? { phone } : {}) } });
const maya = aContact(
  { id: 'p1', name: 'Maya', email: 'maya@x.test', universe: 'signup' },
  { ...basic('Maya', 'maya@x.test'), attributes: { plan: 'pro' } },
);
const maja = aContact(
  { id: 'p2', name: 'Maja', email: 'maja@x.test', universe: 'lead', blocked: true },
  { ...basic('Maja', 'maja@x.test', '555'), attributes: { plan: 'free', seats: 3 } },
);
const one = aContact(
  { id: 'p1', name: 'Maya', phone: '555', blocked: true, emailSubscription: false },
  { ...basic('Maya', 'maya@x.test', '555'), attributes: { plan: 'pro', seats: 3 } },
);

beforeEach(() => {
  HTMLDialogElement.prototype.showModal = function () {
    this.open = true;
  };
});
afterEach(cleanup);

async function show(answers: Record<string, unknown> = {}) {
  const stage = await aConsole({
    answers: {
      'GET /contacts': { data: [maya, maja], next: null, count: 2 },
      'GET /contacts/p1': maya,
      'GET /contacts/p1/history': { data: [], next: null },
      'POST /contact-merges': one,
      ...answers,
    },
  });
  stage.show(<ContactPane contact="p1" close={() => undefined} />);
  await stage.settle();
  await stage.settle();
  await press(stage, 'Visitor, more');
  await press(stage, 'Merge with…');
  return stage;
}
const press = async (stage: Stage, name: string | RegExp) => {
  fireEvent.click(screen.getByRole('button', { name }));
  await stage.settle();
  await stage.settle();
};
const asked = (stage: Stage) => stage.server.asked.filter((a) => a.line === 'POST /contact-merges').map((a) => a.body);
const row = (name: string) => screen.getByRole('row', { name: new RegExp(`^${name} `) });

test('two people are merged after a look at which values win', async () => {
  const stage = await show();
  expect(screen.getByRole('dialog', { name: 'Merge Maya with…' })).toBeDefined();
  expect(screen.queryByRole('button', { name: /^Maya/ })).toBeNull(); // nobody is merged with himself
  await press(stage, /Maja/);
  expect(asked(stage)).toEqual([{ from: 'p2', into: 'p1', dryRun: true }]);
  expect(screen.getByText('Maya remains, and Maja becomes a part of it.')).toBeDefined();
  expect(within(row('Plan')).getByText('pro')).toBeDefined();
  expect(within(row('Plan')).getByText('free').tagName).toBe('S');
  expect(within(row('Seats')).getByText('from the other')).toBeDefined();
  expect(within(row('Phone')).getByText('from the other')).toBeDefined();
  expect(screen.getByText('Stays blocked.')).toBeDefined();
  expect(screen.getByText(/Gets no mail/)).toBeDefined();
  await press(stage, 'Merge');
  expect(asked(stage)[1]).toEqual({ from: 'p2', into: 'p1', dryRun: false });
  expect(screen.queryByRole('dialog')).toBeNull();
});

test('the other may remain, and somebody else may be chosen', async () => {
  const stage = await show();
  await press(stage, /Maja/);
  await press(stage, 'Keep the other');
  expect(asked(stage)[1]).toEqual({ from: 'p1', into: 'p2', dryRun: true });
  await press(stage, 'Somebody else');
  expect(screen.getByRole('searchbox', { name: 'Who is the same person?' })).toBeDefined();
});

test('whom the site tells apart is not merged, and it is said why', async () => {
  const stage = await show({ 'POST /contact-merges': refusal(409, 'conflict') });
  await press(stage, /Maja/);
  expect(screen.getByRole('alert').textContent).toMatch(/two ids of its own/);
  await press(stage, 'Merge');
  expect(asked(stage)).toHaveLength(1);
});

test('what does not load is said, and asked again', async () => {
  const stage = await show({ 'POST /contact-merges': refusal(503, 'unavailable') });
  await press(stage, /Maja/);
  expect(screen.getByRole('alert').textContent).toMatch(/did not load/);
  stage.server.answers['POST /contact-merges'] = one;
  await press(stage, 'Try again');
  expect(row('Plan')).toBeDefined();
});

test('people are found by words, and it is said that there are none', async () => {
  const stage = await show();
  stage.server.answers['GET /contacts'] = { data: [maya], next: null, count: 1 };
  fireEvent.input(screen.getByRole('searchbox'), { target: { value: 'maj' } });
  await waitFor(() => expect(screen.getByText('Nobody else matches.')).toBeDefined());
  expect(stage.server.queries.at(-1)?.query).toContain('maj');
});
