import { cleanup, fireEvent, screen } from '@testing-library/preact';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { aConsole, refusal, type Stage } from '../testing';
import { ImportScreen } from './ImportScreen';

const definitions = [
  { name: 'id', title: 'Id', type: 'string', origin: 'builtin' },
  { name: 'email', title: 'Email', type: 'string', origin: 'builtin' },
  { name: 'currentPageUrl', title: 'Current Page Url', type: 'string', origin: 'builtin', live: true },
  { name: 'plan', title: 'Plan', type: 'string', origin: 'custom' },
];
const report = {
  rows: 3,
  created: 1,
  updated: 1,
  unchanged: 0,
  refused: 1,
  faults: [{ line: 3, column: 'Seats', message: 'This attribute is a number.' }],
  attributes: ['seats'],
  dryRun: true,
};

beforeEach(() => {
  HTMLDialogElement.prototype.showModal = function () {
    this.open = true;
  };
});
afterEach(cleanup);

async function show(role: 'agent' | 'admin' = 'admin') {
  const stage = await aConsole({
    role,
    answers: { 'GET /attributes': { data: definitions, next: null }, 'POST /contacts/import': report },
  });
  stage.show(<ImportScreen />);
  await stage.settle();
  return stage;
}
const press = async (stage: Stage, name: string | RegExp) => {
  fireEvent.click(screen.getByRole('button', { name }));
  await stage.settle();
};
async function give(stage: Stage, text: string) {
  const input = screen.getByLabelText('Choose a file', { selector: 'input' }) as HTMLInputElement;
  const files = [new File([text], 'people.csv', { type: 'text/csv' })];
  Object.defineProperty(input, 'files', { value: files, configurable: true });
  fireEvent.change(input);
  await stage.settle();
  await stage.settle();
}
const imports = (stage: Stage) =>
  stage.server.queries
    .filter((q) => q.path === '/contacts/import')
    .map((q) => Object.fromEntries(new URLSearchParams(q.query)));

test('ATTR-042 ATTR-043 ATTR-044 ATTR-045 from a file to people, with a new attribute and an error by its line', async () => {
  const stage = await show();
  await give(stage, 'Mail,Plan,Seats\nmaya@x.test,pro,5\njonas@x.test,free,many\n');
  expect((screen.getByLabelText('Mail becomes') as HTMLSelectElement).value).toBe('email');
  const seats = screen.getByLabelText('Seats becomes') as HTMLSelectElement;
  expect(seats.value).toBe('');
  expect([...seats.options].map((o) => o.text)).not.toContain('Current page URL');
  expect(screen.getByText('5 · many')).toBeDefined();

  fireEvent.change(seats, { target: { value: '+' } });
  await stage.settle();
  expect((screen.getByLabelText('Name') as HTMLInputElement).value).toBe('seats');
  fireEvent.change(screen.getByLabelText('Type'), { target: { value: 'number' } });
  stage.server.answers['POST /attributes'] = { name: 'seats', title: 'Seats', type: 'number', origin: 'custom' };
  fireEvent.submit(screen.getByRole('dialog').querySelector('form') as HTMLFormElement);
  await stage.settle();
  expect((screen.getByLabelText('Seats becomes') as HTMLSelectElement).value).toBe('seats');

  fireEvent.click(screen.getByLabelText(/Overwrite it/));
  await press(stage, 'Check the file');
  expect(screen.getByText(/Nothing is written yet/)).toBeDefined();
  expect(screen.getByText('1 line is left out')).toBeDefined();
  expect(screen.getByRole('row', { name: /3 Seats This attribute is a number/ })).toBeDefined();

  stage.server.answers['POST /contacts/import'] = { ...report, dryRun: false };
  await press(stage, 'Import 2 people');
  expect(screen.getByText('The import is done')).toBeDefined();
  expect(screen.getByText('1 line was left out')).toBeDefined();
  const columns = JSON.stringify({ Mail: 'email', Plan: 'plan', Seats: 'seats' });
  expect(imports(stage)).toEqual(
    ['true', 'false'].map((dryRun) => ({ key: 'email', conflict: 'overwrite', dryRun, columns })),
  );
  await press(stage, 'See the contacts');
  expect(stage.app.route.place.value).toEqual({ screen: 'contacts', contact: '' });
});

test('ATTR-045 the key is asked for, and what is known is kept unless that is chosen', async () => {
  const stage = await show();
  await give(stage, 'Mail,Plan\nmaya@x.test,pro\n');
  fireEvent.click(screen.getByLabelText('Id'));
  await press(stage, 'Check the file');
  expect(screen.getByRole('alert').textContent).toMatch(/No column becomes what each person is named by/);
  expect(imports(stage)).toEqual([]);
  fireEvent.click(screen.getByLabelText('Email'));
  await press(stage, 'Check the file');
  expect(imports(stage)[0]).toMatchObject({ key: 'email', conflict: 'keep' });
});

test('a file without people, and a server that refuses, are told', async () => {
  const stage = await show();
  await give(stage, 'Mail\n');
  expect(screen.getByRole('alert').textContent).toMatch(/no people in this file/);
  await give(stage, 'Mail\nmaya@x.test\n');
  stage.server.answers['POST /contacts/import'] = refusal(503, 'unavailable');
  await press(stage, 'Check the file');
  expect(screen.getByRole('alert').textContent).toMatch(/does not answer/);
});

test('who is no admin imports nothing', async () => {
  await show('agent');
  expect(screen.getByText('This is for admins')).toBeDefined();
  expect(screen.queryByText('Drop a CSV file here')).toBeNull();
});
