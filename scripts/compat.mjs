// Writes docs/compat: for every row of a dialect's contract (dialect/*/rows.json) the tests that prove it.
//   node scripts/compat.mjs           writes what has changed
//   node scripts/compat.mjs --check   fails if the pages are stale, a row that the vendor states has no test, a test names
//                                     a row that is none, or the numbers of a contract have holes
// A test proves the rows whose ids its title begins with; a Go test also those of a comment "Proves ID ID." above it; a case of
// dialect/*/testdata/*.json those that its name begins with.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const skipped = new Set(['node_modules', 'dist', 'bin', '.git', '.tmp', 'testdata']);
/** What a basis begins with; what follows speaks of a part of the row. */
const bases = { 'S!': 'stated, unclear', S: 'stated', P: 'public', D: 'ours' };
const basisOf = (row) => Object.keys(bases).find((basis) => row.basis === basis || row.basis.startsWith(`${basis} `));

function* filesUnder(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (skipped.has(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesUnder(path);
    else if (/(\.test\.(ts|tsx|mjs)|_test\.go)$/.test(entry.name)) yield path;
  }
}

/** Every contract: its rows in order, under the part of their ids before the number. */
export function readContracts() {
  const contracts = new Map();
  for (const name of readdirSync(join(root, 'dialect')).sort()) {
    const file = join(root, 'dialect', name, 'rows.json');
    if (!existsSync(file)) continue;
    for (const row of JSON.parse(readFileSync(file, 'utf8'))) {
      const prefix = row.id.replace(/-\d+$/, '');
      if (!contracts.has(prefix)) contracts.set(prefix, { dialect: name, rows: [] });
      contracts.get(prefix).rows.push(row);
    }
  }
  return contracts;
}

/** Titles of tests that begin with ids, with the file they stand in. */
export function titles(text, prefixes) {
  const id = `(?:${prefixes.join('|')})-\\d{3}`;
  const found = [];
  for (const [, , title] of text.matchAll(new RegExp(`(['"\`])(${id}(?:(?!\\1)[^\\n])*)\\1`, 'g'))) found.push(title);
  const above = new RegExp(`// Proves ((?:${id}[ ,]*)+)\\.?\\n(?://.*\\n)*func (Test\\w+)`, 'g');
  for (const [, ids, name] of text.matchAll(above)) found.push(`${ids.trim()} ${name}`);
  return found.map((title) => {
    const [head] = title.match(new RegExp(`^(?:${id}[ ,:]*)+`));
    const what = title.slice(head.length).replaceAll('|', '/').trim();
    return { ids: head.match(new RegExp(id, 'g')), what };
  });
}

/** Cases that the dialects' runner plays: lists in testdata, whose names begin with ids like titles. */
function* caseFiles() {
  for (const name of readdirSync(join(root, 'dialect')).sort()) {
    const folder = join(root, 'dialect', name, 'testdata');
    if (!existsSync(folder)) continue;
    for (const file of readdirSync(folder).sort()) if (file.endsWith('.json')) yield join(folder, file);
  }
}

function* titled(prefixes) {
  for (const path of filesUnder(root)) yield [path, titles(readFileSync(path, 'utf8'), prefixes)];
  for (const path of caseFiles()) {
    const names = JSON.parse(readFileSync(path, 'utf8')).map(({ name }) => `\`${name}\``);
    yield [path, titles(names.join('\n'), prefixes)];
  }
}

function proofs(prefixes) {
  const byRow = new Map();
  for (const [path, found] of titled(prefixes)) {
    const file = relative(root, path);
    for (const { ids, what } of found) {
      for (const row of ids) byRow.set(row, [...(byRow.get(row) ?? []), { file, what }]);
    }
  }
  return byRow;
}

function stateOf(row, tests) {
  if (row.waits) return tests.length ? `in part; waits for the ${row.waits}` : `waits for the ${row.waits}`;
  return tests.length ? 'proven' : 'no test';
}

function page(prefix, { dialect, rows }, byRow) {
  const lines = rows.map((row) => {
    const tests = byRow.get(row.id) ?? [];
    const shown = [...new Set(tests.map(({ file, what }) => (what ? `${what} (\`${file}\`)` : `\`${file}\``)))];
    return `| ${row.id} | ${row.item.replaceAll('|', '/')} | ${bases[basisOf(row)]} | ${shown.join('<br>')} | ${stateOf(row, tests)} |`;
  });
  const count = (wanted) => rows.filter((row) => stateOf(row, byRow.get(row.id) ?? []).includes(wanted)).length;
  return `# ${prefix}: row, test, state

Made by \`node scripts/compat.mjs\` from \`dialect/${dialect}/rows.json\` and the titles of the tests; \`make test\` fails if a stated row has no test.
${rows.length} rows: ${count('proven')} proven, ${count('waits')} waiting for a part that is still to come, ${count('no test')} without a test.

| row | what | basis | tests | state |
|---|---|---|---|---|
${lines.join('\n')}
`;
}

function faults(contracts, byRow) {
  const found = [];
  const known = new Set();
  for (const [prefix, { rows }] of contracts) {
    rows.forEach((row, i) => {
      known.add(row.id);
      if (row.id !== `${prefix}-${String(i + 1).padStart(3, '0')}`)
        found.push(`${row.id}: the numbers have a hole before it`);
      if (!basisOf(row)) found.push(`${row.id}: basis ${row.basis}`);
      if (row.basis.startsWith('S') && !row.waits && !byRow.has(row.id))
        found.push(`${row.id}: no test names it (${row.item})`);
    });
  }
  for (const [row, tests] of byRow) if (!known.has(row)) found.push(`${row}: is no row, but ${tests[0].file} names it`);
  return found;
}

function main(check) {
  const contracts = readContracts();
  const byRow = proofs([...contracts.keys()]);
  const wrong = faults(contracts, byRow);
  for (const [prefix, contract] of contracts) {
    const file = join(root, 'docs/compat', `${prefix.toLowerCase()}.md`);
    const content = page(prefix, contract, byRow);
    if (existsSync(file) && readFileSync(file, 'utf8') === content) continue;
    if (check) wrong.push(`${relative(root, file)} is stale: run node scripts/compat.mjs`);
    else {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
  }
  for (const line of wrong) console.error(line);
  if (wrong.length) console.error(`${wrong.length} faults`);
  process.exitCode = wrong.length && check ? 1 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.includes('--check'));
