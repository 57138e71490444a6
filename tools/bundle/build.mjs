// Bundles the command lines of apps/opt and fills V8's code cache for them; the second half of `npm run build`.
//   node tools/bundle/build.mjs [--out=FOLDER]
// apps/opt/bin/start.js loads what is written here, and docs/decisions/0005-bundle-and-code-cache.md says why.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

const root = join(import.meta.dirname, '..', '..');
const app = join(root, 'apps', 'opt');

/**
 * What a run on scalar ops needs is one chunk, everything else another: V8 reads the code cache of a chunk as a whole.
 * Within a chunk a module is evaluated when it is imported first.
 */
const CORE =
  /\/(apps\/opt|libs\/(numerics|ir|interpreter|rewrite|pass|dialects\/core))\/dist\/|\/transforms\/dist\/general\//;
const NOT_CORE = /\/apps\/opt\/dist\/(run\/|opt\/(emit|information|reports)\.js|bin\/training\.js)|pipeline-config/;
const isCore = (id) => CORE.test(id) && !NOT_CORE.test(id);

/** Loaded from its package when it is asked for: 13 MB. */
const EXTERNAL = ['binaryen'];

/** Node itself has loaded these by the time a command starts. */
const LOADED = ['node:fs', 'node:path', 'node:vm'];

const out = resolve(
  process.argv.find((word) => word.startsWith('--out='))?.slice('--out='.length) ?? join(app, 'dist', 'bundle'),
);
// The state of the packages before the modules are read: a build in between makes the bundle stale, not wrong.
const before = buildInfos();
// What is in the bundle depends on these two as well.
const madeBy = hash([import.meta.filename, join(app, 'bin', 'start.js')].map((file) => readFileSync(file, 'utf8')));
try {
  if (!isUpToDate()) {
    const { chunks, modules } = await bundle();
    const { COMMAND_NAMES } = await import(pathToFileURL(join(app, 'dist', 'bin', 'commands.js')).href);
    write(chunks, { commands: COMMAND_NAMES, builtFrom: builtFrom(modules) });
  }
  // Does nothing when the caches of this engine are there.
  teach();
} catch (error) {
  console.error(`bundle: ${stripVTControlCharacters(error.message)}`);
  process.exitCode = 1;
}

/** Size and time of change of the file that `tsc -b` writes whenever it writes modules, of all projects. */
function buildInfos() {
  const config = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'));
  return new Map(
    config.references.map(({ path }) => {
      const file = join(root, path, 'tsconfig.tsbuildinfo');
      return [join(root, path), { file, stats: statSync(file, { throwIfNoEntry: false }) }];
    }),
  );
}

function builtFrom(modules) {
  const used = [...before].filter(([project]) => modules.some((id) => id.startsWith(`${join(project, 'dist')}/`)));
  return used.map(([project, { file, stats }]) => {
    if (!stats) throw new Error(`${relative(root, project)}: ${relative(root, file)} is missing; run npx tsc -b first`);
    return { file: relative(app, file), modified: stats.mtimeMs, size: stats.size };
  });
}

function isUpToDate() {
  const manifest = readManifest();
  if (manifest?.madeBy !== madeBy) return false;
  return manifest.builtFrom.every(({ file, modified, size }) => {
    const now = statSync(join(app, file), { throwIfNoEntry: false });
    return now?.mtimeMs === modified && now.size === size;
  });
}

function hash(texts) {
  return createHash('sha256').update(JSON.stringify(texts)).digest('hex').slice(0, 12);
}

async function bundle() {
  const { rolldown } = await import('rolldown');
  const build = await rolldown({
    input: { entry: join(app, 'dist', 'bin', 'commands.js') },
    platform: 'node',
    tsconfig: false,
    external: EXTERNAL,
    onLog(level, log) {
      // Modules of one chunk import each other dynamically; that is how they are evaluated late.
      if (log.code !== 'INEFFECTIVE_DYNAMIC_IMPORT') console.error(`bundle: ${level}: ${log.message}`);
    },
  });
  const { output } = await build.generate({
    format: 'cjs',
    strictExecutionOrder: true,
    comments: false,
    minify: false,
    chunkFileNames: '[name].js',
    entryFileNames: '[name].js',
    codeSplitting: {
      groups: [
        { name: 'core', test: isCore, priority: 2 },
        { name: 'rest', test: (id) => !isCore(id), priority: 1 },
      ],
    },
  });
  await build.close();
  const codes = new Map(output.map((chunk) => [chunk.fileName, chunk.code]));
  return {
    chunks: new Map(['core.js', 'rest.js'].map((name) => [name, functionOf(name, withHelpers(name, codes))])),
    modules: output.flatMap((chunk) => chunk.moduleIds),
  };
}

/** A chunk with the small ones it needs put in: each file that is read at start costs. */
function withHelpers(name, codes) {
  const inline = (code, file, value) => code.replaceAll(`require("./${file}")`, value);
  let code = codes.get(name);
  for (const [file, helper] of codes) {
    if (file === 'core.js' || file === 'rest.js' || file === 'entry.js') continue;
    if (helper.includes('require(')) throw new Error(`${file}: a chunk that is not expected`);
    code = inline(code, file, `((exports) => {\n${helper}\nreturn exports;\n})({})`);
  }
  // The entry only hands on what the core exports.
  return name === 'core.js' ? `${code}\n{\n${inline(codes.get('entry.js'), 'core.js', 'exports')}\n}` : code;
}

/** The code of a chunk as a function, in ASCII. */
function functionOf(name, code) {
  for (const [text, , id] of code.matchAll(/\bimport\s*\(\s*(["'])([^"'\n]+)\1/g))
    if (!EXTERNAL.includes(id)) throw new Error(`${name}: ${text} is left: it should be in the bundle`);
  if (/\bimport\.meta\b/.test(code)) throw new Error(`${name}: an import.meta is left`);
  const closed = lateBuiltins(code.replace(/\bimport\s*\(/g, 'importPackage('));
  const ascii = closed.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `(function (exports, require, importPackage, __filename, __dirname) {\n${ascii}\n})`;
}

/** Builtin modules are required where they are used: most runs use few. */
function lateBuiltins(code) {
  let result = code;
  for (const [line, name, id] of code.matchAll(/^let (node_\w+) = require\("(node:[\w/]+)"\);$/gm)) {
    const all = code.match(new RegExp(`\\b${name}\\b`, 'g')).length;
    const members = code.match(new RegExp(`\\b${name}\\.`, 'g'))?.length ?? 0;
    if (LOADED.includes(id) || members !== all - 1) continue;
    result = result
      .replace(line, '')
      .replace(new RegExp(`\\bnew ${name}\\.(\\w+)`, 'g'), `new (require("${id}").$1)`)
      .replace(new RegExp(`\\b${name}\\.`, 'g'), `require("${id}").`);
  }
  return result;
}

/** Writes the chunks under names of their own, then says so: who starts in between finds the old ones or the new. */
function write(chunks, { commands, builtFrom }) {
  const id = hash([...chunks]);
  const named = (name) => name.replace(/\.js$/, `-${id}.js`);
  mkdirSync(out, { recursive: true });
  const previous = readManifest();
  const lengths = {};
  for (const [name, code] of chunks) {
    const text = [...chunks.keys()].reduce((t, other) => t.replaceAll(`"./${other}"`, `"./${named(other)}"`), code);
    lengths[named(name)] = text.length;
    writeAtomically(named(name), text);
  }
  const manifest = { id, madeBy, commands, entry: named('core.js'), chunks: lengths, builtFrom };
  writeAtomically('manifest.json', `${JSON.stringify(manifest, null, 2)}\n`);
  // The chunks before these may be in use by processes that have yet to load the second one.
  const kept = [id, previous?.id];
  for (const file of readdirSync(out))
    if (file !== 'manifest.json' && !kept.some((k) => k !== undefined && file.includes(`-${k}.js`)))
      rmSync(join(out, file));
}

function readManifest() {
  try {
    return JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8'));
  } catch {
    return undefined;
  }
}

function writeAtomically(name, text) {
  const temporary = join(out, `${name}.${process.pid}.tmp`);
  writeFileSync(temporary, text, 'latin1');
  renameSync(temporary, join(out, name));
}

/** Runs the training programs in a process of its own, which writes the caches. */
function teach() {
  const { status, stderr } = spawnSync(process.execPath, [join(app, 'bin', 'start.js')], {
    env: { ...process.env, BUDFLOW_BUNDLE: out },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`no code cache: ${stderr}`);
}
