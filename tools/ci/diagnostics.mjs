// Every diagnostic is known: the ids that the sources emit, the ids that tests made happen, and what is in one list only.
//   node tools/ci/diagnostics.mjs [--all]     the ids that no test triggered, by folder; --all: every id with its files
// Tests record what they trigger (record-diagnostics.ts) in `.results/diagnostics` of their project, so run them first.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(import.meta.dirname, '..', '..');
const PARENTS = ['libs', 'libs/dialects', 'libs/backends', 'apps', 'tools'];

/** What makes diagnostics: functions whose first argument (after the severity, for `Diagnostic`) is an id. */
const EMITTERS = [
  'emitError',
  'emitWarning',
  'emitRemark',
  'Diagnostic',
  'fail',
  'failWithNote',
  'failure',
  'error',
  'problem',
];
const CALL = new RegExp(
  `\\b(?:${EMITTERS.join('|')})\\(\\s*(?:'(?:error|warning|remark|note)',\\s*)?'([a-z][\\w-]*(?:\\.[\\w-]+)+)'`,
  'g',
);
/** One id or the other. */
const CHOICE = new RegExp(
  `(?:\\b(?:${EMITTERS.join('|')})\\(\\s*|\\bid: )[^\\n(){};,]*\\? '([a-z][\\w-]*(?:\\.[\\w-]+)+)' : '([a-z][\\w-]*(?:\\.[\\w-]+)+)'`,
  'g',
);
/** Helpers that take the id last. */
const HANDED_ON = /\bverifyYield\([^;]*?'([a-z][\w-]*(?:\.[\w-]+)+)'/g;
/** A record of a diagnostic to be. */
const RECORD = /\bid: '([a-z][\w-]*(?:\.[\w-]+)+)'/g;

function projects() {
  return PARENTS.flatMap((parent) =>
    existsSync(join(root, parent))
      ? readdirSync(join(root, parent))
          .map((name) => `${parent}/${name}`)
          .filter((folder) => existsSync(join(root, folder, 'package.json')))
      : [],
  );
}

function sources(folder) {
  const src = join(root, folder, 'src');
  if (!existsSync(src)) return [];
  return readdirSync(src, { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile() && e.name.endsWith('.ts') && !/\.test\.ts$|\.d\.ts$/.test(e.name))
    .map((e) => join(e.parentPath ?? e.path, e.name))
    .filter((path) => !/[/\\](testing|dist|node_modules)[/\\]/.test(path));
}

/** Ids in a source text. Comments do not count, and neither do names of ops. */
export function idsIn(text) {
  const code = text.replace(/^\s*(?:\/\/|\*|\/\*).*$/gm, '');
  const found = new Set();
  for (const [, id] of code.matchAll(CALL)) found.add(id);
  for (const [, id] of code.matchAll(HANDED_ON)) found.add(id);
  for (const [, one, other] of code.matchAll(CHOICE)) found.add(one).add(other);
  // In a table of ops `id` would be something else: only where severities or messages are near.
  for (const match of code.matchAll(RECORD))
    if (/\b(?:message|severity|path)\b/.test(code.slice(match.index, match.index + 200))) found.add(match[1]);
  return found;
}

/** Files by id, of the libs and the apps. */
export function catalogue() {
  const files = new Map();
  for (const folder of projects()) {
    if (folder.startsWith('tools/')) continue;
    for (const path of sources(folder))
      for (const id of idsIn(readFileSync(path, 'utf8')))
        files.set(id, [...(files.get(id) ?? []), relative(root, path)]);
  }
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Ids that tests triggered; records of test files that are gone do not count. */
export function triggered() {
  const ids = new Set();
  for (const folder of projects()) {
    const records = join(root, folder, '.results', 'diagnostics');
    if (!existsSync(records)) continue;
    for (const name of readdirSync(records)) {
      if (!name.endsWith('.json')) continue;
      const record = JSON.parse(readFileSync(join(records, name), 'utf8'));
      if (existsSync(join(root, record.test))) for (const id of record.ids) ids.add(id);
    }
  }
  return ids;
}

/** Ids of the catalogue without a test, by folder of the source. */
export function untriggered(known = catalogue(), seen = triggered()) {
  const byFolder = new Map();
  for (const [id, files] of known) {
    if (seen.has(id)) continue;
    const folder = files[0].replace(/\/src\/.*$/, '');
    byFolder.set(folder, [...(byFolder.get(folder) ?? []), id]);
  }
  return byFolder;
}

/** The report at the end of `npm test`; the number of ids that no test triggered. */
export function reportDiagnostics(print = console.log) {
  const known = catalogue();
  const seen = triggered();
  const missing = untriggered(known, seen);
  const count = [...missing.values()].reduce((n, ids) => n + ids.length, 0);
  print(`${known.size} kinds of diagnostics, ${known.size - count} triggered by tests`);
  for (const [folder, ids] of missing) print(`no test triggers: ${folder}: ${ids.join(' ')}`);
  return count;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.includes('--all')) for (const [id, files] of catalogue()) console.log(`${id}  ${files.join(' ')}`);
  else {
    reportDiagnostics();
    const known = catalogue();
    const unknown = [...triggered()].filter((id) => !known.has(id) && !/^(test|x|t|lab)\./.test(id)).sort();
    if (unknown.length > 0) console.log(`triggered, and not found in the sources: ${unknown.join(' ')}`);
  }
}
