// Starts a command: from the bundle and its V8 code cache when they are there and fit, from the modules in dist
// otherwise. CommonJS, and few builtin modules: each costs a millisecond or more. README.md says how it works,
// docs/decisions/0005-bundle-and-code-cache.md why.
const fs = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');

const APP = path.dirname(__dirname);
/** Where code of the bundle thinks it is: two levels below the package, as src/cli is. */
const SEEMS_AT = path.join(APP, 'dist', 'bin', 'bundle.js');
/** Head of a cache file: magic number, CRC-32 and length of the data. */
const HEAD = 12;
const MAGIC = 0x62756463;
/** Caches of one chunk that are kept: for other engines and other flags of V8. */
const KEPT_CACHES = 6;

/** Runs a command on the arguments of this process and sets the exit code. */
function start(command) {
  const argv = process.argv.slice(2);
  const bundle = mayLoadPlugins(argv) ? undefined : openBundle(command);
  tuning.start(bytesOfInput(argv));
  if (bundle) {
    bundle.commands.runCommand(command, argv).then((code) => {
      process.exitCode = code;
      // The first run of an engine teaches the next ones. What this run had to say is written by now.
      if (bundle.lacksCache && isWritable(bundle.folder)) setImmediate(() => teach(bundle).catch(() => {}));
    }, fail);
  } else startModules(command, argv).catch(fail);
}

function fail(error) {
  setImmediate(() => {
    throw error;
  });
}

/** Bytes of the largest input; nobody knows how many a pipe will bring. */
function bytesOfInput(argv) {
  const files = argv.filter((word) => !word.startsWith('-'));
  if (files.length === 0 || argv.includes('-')) return sizeOf(() => fs.fstatSync(0));
  return Math.max(...files.map((file) => sizeOf(() => fs.statSync(file))));
}

function sizeOf(look) {
  try {
    const stats = look();
    return stats.isFIFO() || stats.isSocket() ? Number.POSITIVE_INFINITY : stats.size;
  } catch {
    return 0;
  } finally {
    // Node's realpath gives up when the latest stat was of a pipe, and modules would be loaded under two names.
    fs.statSync(__dirname);
  }
}

/**
 * A run is short, and V8 optimises for long ones: told to wait longer, it spends less time on optimising functions that
 * are done soon or not understood yet. A code cache holds for the flags it was made with, all of them: around every use
 * of caches the flags are what they were.
 */
const tuning = {
  /**
   * By version of V8, for flags come and go: when a function is optimised; usually (the caches are for this very value:
   * V8 13 says 3000 and means 10000), for small inputs, and for large ones.
   */
  flags: {
    11: { name: '--interrupt-budget', usual: 67584, small: 1081344, large: 337920 },
    12: { name: '--invocation-count-for-turbofan', usual: 3000, small: 48000, large: 15000 },
    13: { name: '--invocation-count-for-turbofan', usual: 10000, small: 48000, large: 24000 },
  },
  now: 'usual',
  tag: undefined,
  start(bytes) {
    // Smaller ones are done before `node:v8`, which sets flags, is worth loading.
    if (bytes >= 1 << 16) this.set(bytes < 1 << 20 ? 'small' : 'large');
  },
  set(size) {
    const flag = this.flags[Number.parseInt(process.versions.v8, 10)];
    if (!flag) return;
    const v8 = require('node:v8');
    this.tag ??= v8.cachedDataVersionTag();
    v8.setFlagsFromString(`${flag.name}=${flag[size]}`);
    this.now = size;
  },
  /** Calls `body` with the flags as they were at the start. */
  without(body) {
    const size = this.now;
    if (size === 'usual') return body();
    this.set('usual');
    try {
      return body();
    } finally {
      this.set(size);
    }
  },
};

async function startModules(command, argv) {
  require('node:module').enableCompileCache?.();
  const { COMMAND_NAMES, runCommand } = await import('../dist/bin/commands.js');
  if (COMMAND_NAMES.includes(command)) process.exitCode = await runCommand(command, argv);
  else await import(`../dist/bin/${command}.js`);
}

/**
 * Plug-ins import the packages, and a dialect of theirs must meet the very classes that the compiler has: then the
 * modules of the packages run, not their copies in the bundle. Which plug-ins there are is decided by
 * src/compiler/project.ts; this looks only whether there may be some, in the same places: at `--load`, and in the
 * nearest package.json above the input, which is one of the words without a dash, or the current folder.
 */
function mayLoadPlugins(argv) {
  if (argv.some((word) => word === '--load' || word.startsWith('--load='))) return true;
  const folders = new Set([process.cwd()]);
  for (const word of argv) if (!word.startsWith('-')) folders.add(path.dirname(path.resolve(word)));
  for (const start of folders) {
    for (let folder = start; ; folder = path.dirname(folder)) {
      const text = textOf(path.join(folder, 'package.json'));
      if (text?.includes('"budflow"') && text.includes('"plugins"')) return true;
      if (text !== undefined || folder === path.dirname(folder)) break;
    }
  }
  return false;
}

function textOf(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/**
 * The bundle, loaded; undefined when there is none that fits, or none with that command. BUDFLOW_BUNDLE is `off` or
 * another folder.
 */
function openBundle(command) {
  const wanted = process.env.BUDFLOW_BUNDLE;
  if (wanted === 'off') return undefined;
  const folder = wanted || path.join(APP, 'dist', 'bundle');
  try {
    const manifest = JSON.parse(fs.readFileSync(path.join(folder, 'manifest.json'), 'utf8'));
    if (!manifest.commands.includes(command) || !isFresh(manifest.builtFrom)) return undefined;
    const bundle = { folder, manifest, chunks: new Map(), lacksCache: false };
    bundle.commands = loadChunk(bundle, manifest.entry);
    return bundle;
  } catch {
    return undefined;
  }
}

/** Whether the packages are as they were when the bundle was made. An installed package is never built again. */
function isFresh(builtFrom) {
  if (!fs.existsSync(path.join(APP, 'tsconfig.json'))) return true;
  return builtFrom.every(({ file, modified, size }) => {
    const now = fs.statSync(path.join(APP, file), { throwIfNoEntry: false });
    return now !== undefined && now.mtimeMs === modified && now.size === size;
  });
}

/** The exports of a chunk of the bundle. */
function loadChunk(bundle, name) {
  const known = bundle.chunks.get(name);
  if (known) return known.exports;
  const file = path.join(bundle.folder, name);
  // Latin-1: the bundle is ASCII, and strings of one byte a character are read and scanned faster.
  const source = fs.readFileSync(file, 'latin1');
  if (source.length !== bundle.manifest.chunks[name]) throw new Error(`${file} is not complete; run npm run build`);
  const cachedData = readCache(cacheFile(bundle, name));
  const script = tuning.without(() => new vm.Script(source, { filename: file, cachedData }));
  if (!cachedData || script.cachedDataRejected) bundle.lacksCache = true;
  const chunk = { script, exports: {} };
  bundle.chunks.set(name, chunk);
  const requireHere = (id) => (id.startsWith('./') ? loadChunk(bundle, id.slice(2)) : require(id));
  script.runInThisContext()(chunk.exports, requireHere, importPackage, SEEMS_AT, path.dirname(SEEMS_AT));
  return chunk.exports;
}

/** For what is not in the bundle. */
async function importPackage(id) {
  // Its dialects would belong to other classes.
  if (/^[./]|^file:/.test(id)) throw new Error(`${id} cannot be loaded into the bundle; set BUDFLOW_BUNDLE=off`);
  return import(id);
}

/** V8 itself refuses the cache of another version, of other flags and of another processor. */
function cacheFile(bundle, name) {
  const flags = [process.env.NODE_OPTIONS ?? '', ...process.execArgv].join(' ').trim();
  const own = flags === '' ? '' : `-${require('node:zlib').crc32(flags).toString(16)}`;
  return path.join(bundle.folder, `${name}-${process.version}-${process.arch}${own}.cache`);
}

/** V8 believes what it reads, so a damaged file must not reach it. */
function readCache(file) {
  try {
    const bytes = fs.readFileSync(file);
    if (bytes.length < HEAD || bytes.readUInt32LE(0) !== MAGIC) return undefined;
    const data = bytes.subarray(HEAD);
    if (bytes.readUInt32LE(8) !== data.length) return undefined;
    return require('node:zlib').crc32(data) === bytes.readUInt32LE(4) ? data : undefined;
  } catch {
    return undefined;
  }
}

function writeCache(bundle, name, data) {
  const head = Buffer.alloc(HEAD);
  head.writeUInt32LE(MAGIC, 0);
  head.writeUInt32LE(require('node:zlib').crc32(data), 4);
  head.writeUInt32LE(data.length, 8);
  const file = cacheFile(bundle, name);
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    fs.writeFileSync(temporary, Buffer.concat([head, data]));
    fs.renameSync(temporary, file);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
  const caches = fs
    .readdirSync(bundle.folder)
    .filter((other) => other.startsWith(`${name}.`) && other.endsWith('.cache'))
    .map((other) => path.join(bundle.folder, other))
    .map((other) => ({ other, age: fs.statSync(other, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((a, b) => b.age - a.age);
  for (const { other } of caches.slice(KEPT_CACHES)) fs.rmSync(other, { force: true });
}

function isWritable(folder) {
  try {
    fs.accessSync(folder, fs.constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Runs the training programs, so that V8 has compiled what runs need, and writes what it compiled.
 *
 * @returns whether it did: not when the flags of V8 are other ones than at the start, for nobody could use such a cache
 */
async function teach(bundle) {
  const v8 = require('node:v8');
  const tag = tuning.tag ?? v8.cachedDataVersionTag();
  const isUsual = () => tuning.without(() => v8.cachedDataVersionTag()) === tag;
  if (!isUsual()) return false;
  v8.setFlagsFromString('--no-flush-bytecode');
  await bundle.commands.train();
  v8.setFlagsFromString('--flush-bytecode');
  if (!isUsual()) return false;
  for (const [name, { script }] of bundle.chunks)
    writeCache(
      bundle,
      name,
      tuning.without(() => script.createCachedData()),
    );
  return true;
}

/** Makes the caches of this engine; for the build. @throws Error when that does not work */
async function prepare() {
  const bundle = openBundle('bud-opt');
  if (!bundle) throw new Error('the bundle does not fit what it was made of: a package was built meanwhile');
  const hasAll = Object.keys(bundle.manifest.chunks).every((name) => readCache(cacheFile(bundle, name)));
  if (hasAll && !bundle.lacksCache) return;
  if (!(await teach(bundle))) throw new Error('the training programs change the flags of V8');
}

module.exports = { start };
if (require.main === module)
  prepare().catch((error) => {
    process.exitCode = 1;
    fs.writeSync(2, error.message);
  });
