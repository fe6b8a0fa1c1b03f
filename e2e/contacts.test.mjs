// Contacts as an admin works with them: found, shown, imported and exported.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, afterEach, before, test } from 'node:test';
import { Agent, eventually } from './cast.mjs';
import { agents, rest, serverKey, setStage } from './stage.mjs';

let stage;
let url;
const here = [];

before(async () => {
  stage = await setStage({ nodes: 1 });
  url = stage.nodes[0].url;
});
after(() => stage?.close());
afterEach(async () => {
  for (const person of here.splice(0)) await person.leave();
});

async function admin(options) {
  const came = await Agent.signIn(stage, url, agents.anna, options);
  came.context.setDefaultTimeout(15_000);
  here.push(came);
  await came.page.keyboard.press('g');
  await came.page.keyboard.press('c');
  await came.page.getByRole('columnheader', { name: 'Name' }).waitFor();
  return came.page;
}
/** People come from a table, as a site's server sends it. */
async function table(body) {
  const headers = { authorization: `Bearer ${serverKey}`, 'content-type': 'text/csv' };
  const answer = await fetch(`${url}/confab/v1/contacts/import`, { method: 'POST', headers, body });
  assert.equal(answer.status, 200);
}
const button = (page, name) => page.getByRole('button', { name, exact: typeof name === 'string' });
const row = (page, name) => page.getByRole('row', { name });
const head = (page, name) => page.getByRole('columnheader', { name, exact: true });

test('ATTR-041 the gear at the top right of the table leads to a new attribute, which is shown and remembered', async () => {
  const page = await admin();
  const gear = button(page, 'Columns');
  const table = await page.getByRole('table').boundingBox();
  const at = await gear.boundingBox();
  assert.ok(at.x + at.width > table.x + table.width - 40 && at.y < table.y + 40, 'the gear is at the top right');
  await gear.click();
  await button(page, 'Add new attribute').click();
  const dialog = page.getByRole('dialog', { name: 'Add new attribute' });
  await dialog.getByLabel('Name').fill('paid_on');
  assert.equal(await dialog.getByLabel('Type').isDisabled(), true);
  await dialog.getByLabel('Name').fill('isActiveAffiliate');
  await dialog.getByLabel('Type').selectOption('Number');
  await button(dialog, 'Add attribute').click();
  await head(page, 'Is Active Affiliate').waitFor();
  const { data } = await rest(url, '/attributes', { token: serverKey });
  assert.equal(data.find((d) => d.name === 'isActiveAffiliate').type, 'number');
  await page.reload();
  await head(page, 'Is Active Affiliate').waitFor();
});

const file = `E-mail,Full name,Plan,Seats,Note
maya@petersen.example,Maya Petersen,pro,5,calls often
jonas@weber.example,Jonas Weber,free,many,
priya@nair.example,Priya Nair,pro,12,
`;
const csv = (name, text) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });

async function choose(page, name, text) {
  await page.getByRole('link', { name: 'Import' }).click();
  await page.locator('input[type=file]').setInputFiles(csv(name, text));
  await page.getByText(name).waitFor();
}

test('ATTR-042 ATTR-043 ATTR-044 ATTR-045 a file with a wrong line is tried, then imported, and the people are there', async () => {
  const page = await admin();
  await choose(page, 'people.csv', file);
  assert.equal(await page.getByLabel('E-mail becomes').inputValue(), 'email');
  assert.equal(await page.getByLabel('Full name becomes').inputValue(), 'name');
  for (const [column, type] of [
    ['Plan', 'Text'],
    ['Seats', 'Number'],
  ]) {
    await page.getByLabel(`${column} becomes`).selectOption('New attribute…');
    const dialog = page.getByRole('dialog', { name: 'Add new attribute' });
    await dialog.getByLabel('Type').selectOption(type);
    await button(dialog, 'Add attribute').click();
    await dialog.waitFor({ state: 'detached' });
  }
  await button(page, 'Check the file').click();
  await page.getByText('1 line is left out').waitFor();
  await row(page, /^3 Seats/).waitFor();
  assert.equal((await rest(url, '/contacts', { token: serverKey })).count, 0);
  await button(page, 'Import 2 people').click();
  await page.getByText('The import is done').waitFor();
  await button(page, 'See the contacts').click();
  await row(page, /Maya Petersen/).waitFor();
  await page.getByText('2 people').waitFor();

  // What is known is kept or overwritten, as was chosen.
  const planOf = async () => {
    const filter = encodeURIComponent('{"attribute":"email","is":"maya@petersen.example"}');
    return (await rest(url, `/contacts?filter=${filter}`, { token: serverKey })).data[0].attributes.plan;
  };
  for (const [conflict, plan] of [
    ['Keep it', 'pro'],
    ['Overwrite it', 'team'],
  ]) {
    await choose(page, `${plan}.csv`, 'E-mail,Plan\nmaya@petersen.example,team\n');
    await page.getByLabel(conflict).check();
    await button(page, 'Check the file').click();
    await button(page, 'Import 1 person').click();
    await page.getByText('The import is done').waitFor();
    assert.equal(await planOf(), plan);
    await button(page, 'See the contacts').click();
  }
});

test('ATTR-004 people are found by universe, words and attributes; a segment holds the filter; the file holds them', async () => {
  await table('email,name,signedUpOn\naino@harju.example,Aino Harju,2026-05-01\n');
  const page = await admin();
  await button(page, 'Signups').click();
  await page.getByText('1 person').waitFor();
  await row(page, /Aino Harju/).waitFor();
  await button(page, 'Leads').click();
  await page.getByText('2 people').waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('priya');
  await page.getByText('1 person').waitFor();
  await row(page, /Priya Nair/).waitFor();
  await page.keyboard.press('Escape');
  await page.getByText('2 people').waitFor();

  await button(page, /^Filter/).click();
  await button(page, 'Add condition').click();
  await page.getByLabel('Attribute').selectOption('Seats');
  await page.getByLabel('Is how').selectOption('is above');
  await page.getByLabel('Value').fill('9');
  await page.keyboard.press('Enter');
  await page.getByText('1 person').waitFor();
  await button(page, 'Save as segment…').click();
  await page.getByLabel('Name of the segment').fill('Large teams');
  await button(page, 'Save segment').click();
  await button(page, /Segment: Large teams/).waitFor();

  const [download] = await Promise.all([page.waitForEvent('download'), button(page, 'Export').click()]);
  assert.match(download.suggestedFilename(), /^contacts-\d{4}-\d\d-\d\d\.csv$/);
  const [heads, ...lines] = (await readFile(await download.path(), 'utf8')).trim().split('\n');
  assert.ok(heads.split(',').includes('seats'));
  assert.equal(lines.length, 1);
  assert.match(lines[0], /priya@nair\.example/);

  await page.reload();
  await page.getByText('3 people').waitFor();
  await button(page, /^Segments/).click();
  await button(page, 'Large teams').click();
  await page.getByText('1 person').waitFor();
  await row(page, /Priya Nair/).click();
  const pane = page.getByRole('complementary', { name: 'Contact' });
  await pane.getByText('Seats').waitFor();
  await pane.getByText('12', { exact: true }).waitFor();
});

test('pages follow one another, and the order is as asked', async () => {
  const lines = Array.from({ length: 120 }, (_, i) => `p${i}@many.example,Person ${String(i).padStart(3, '0')},${i}`);
  await table(['email,name,rank', ...lines].join('\n'));
  const page = await admin();
  await page.keyboard.press('/');
  await page.keyboard.type('many.example');
  await page.getByText('120 people').waitFor();
  await head(page, 'Name').getByRole('button').click();
  await eventually(async () =>
    (
      await row(page, /Person/)
        .first()
        .textContent()
    ).includes('Person 000'),
  );
  for (const n of [100, 120]) {
    await button(page, 'Show more').click();
    await eventually(async () => (await row(page, /Person/).count()) === n);
  }
  const names = await row(page, /Person/)
    .locator('.c-who > span')
    .allTextContents();
  assert.deepEqual(names, [...names].sort());
  assert.equal(new Set(names).size, 120);
  assert.equal(await button(page, 'Show more').count(), 0);
});
