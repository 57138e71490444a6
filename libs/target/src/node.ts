// What needs Node: the flag for relaxed SIMD, and a look at the machine. Everything detected carries its source.

import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { V8_GENERATIONS } from './builtin.js';
import { type EngineGeneration, engineGeneration, hasRelaxedSimd, selectWasmTarget } from './engine.js';
import { getTarget, TargetError } from './lookup.js';
import type { CacheLevel, Target } from './target.js';

/**
 * Makes relaxed SIMD available in this process (all its threads) where the engine has it behind a flag, as Node 20
 * does. Call it before any module is compiled. Returns whether relaxed SIMD can be used.
 */
export function enableRelaxedSimd(): boolean {
  if (!hasRelaxedSimd()) setFlagsFromString('--experimental-wasm-relaxed-simd');
  return hasRelaxedSimd();
}

/** Where to look; for tests and for descriptions of other machines' files. */
export interface DetectOptions {
  /** Folder that stands for `/` (default `/`). */
  readonly root?: string;
  /** Processor architecture as Node names it (default: this one's). */
  readonly architecture?: string;
  /** Operating system as Node names it (default: this one's). */
  readonly platform?: string;
  /** Clock in MHz (default: `os.cpus()`); 0 if unknown. */
  readonly megahertz?: number;
  /** Logical processors (default: `os.availableParallelism()`). */
  readonly cores?: number;
}

const CPUINFO = '/proc/cpuinfo';
const CACHES = '/sys/devices/system/cpu/cpu0/cache';

/**
 * This machine's native target: the built-in one whose features it has, with the caches, features, clock and number of
 * processors that were found. `sources` says `detected: <path>` or `default: ...` for each.
 * @throws TargetError on an architecture there is no target for
 */
export function detectHost(options: DetectOptions = {}): Target {
  const machine = look(options);
  const { base, features } = detectLevel(machine);
  const found = withMachine(getTarget(base), machine);
  const triple = tripleOf(machine, found);
  return {
    ...found,
    name: `${base}-host`,
    ...(triple === undefined ? {} : { triple }),
    features: features ?? found.features,
    sources: {
      ...found.sources,
      '/features': features ? `detected: ${CPUINFO}` : `default: ${base}`,
    },
  };
}

/**
 * The WebAssembly target for this process: relaxed SIMD where the engine has it (it is switched on if need be), with
 * this machine's caches, clock and number of processors, and the facts of this generation of V8. The number of
 * accumulators of a sum is that of the built-in target in all of them, so that results do not depend on it.
 */
export function wasmTargetForThisEngine(
  options: DetectOptions & { readonly generation?: EngineGeneration } = {},
): Target {
  enableRelaxedSimd();
  const target = withMachine(selectWasmTarget(), look(options));
  const generation = options.generation ?? engineGeneration();
  const { facts, source } = V8_GENERATIONS[generation];
  const { '/engine/maxLiveVectors': _, '/engine/microKernels': __, ...sources } = target.sources;
  return { ...target, engine: facts, sources: { ...sources, '/engine': `detected: V8 ${generation}; ${source}` } };
}

interface Machine {
  readonly root: string;
  readonly architecture: string;
  readonly platform: string;
  readonly megahertz: number;
  readonly cores: number;
}

function look(options: DetectOptions): Machine {
  return {
    root: options.root ?? '/',
    architecture: options.architecture ?? process.arch,
    platform: options.platform ?? process.platform,
    megahertz: options.megahertz ?? cpus()[0]?.speed ?? 0,
    cores: options.cores ?? availableParallelism(),
  };
}

/** Replaces caches, clock and processor count by what the machine says. */
function withMachine(target: Target, machine: Machine): Target {
  const caches = detectCaches(machine.root);
  const { megahertz } = machine;
  return {
    ...target,
    ...(caches ? { caches, bandwidth: { ...target.bandwidth, caches: bandwidthsFor(target, caches) } } : {}),
    ...(megahertz > 0 ? { frequencyHint: megahertz / 1000 } : {}),
    cores: machine.cores,
    sources: {
      ...target.sources,
      '/caches': caches ? `detected: ${CACHES}` : `default: ${target.sources['/caches'] ?? target.name}`,
      '/frequencyHint':
        megahertz > 0 ? 'detected: os.cpus()' : `default: ${target.sources['/frequencyHint'] ?? target.name}`,
      '/cores': 'detected: os.availableParallelism()',
    },
  };
}

/** Bandwidths stay the base's, level by level; a level it does not know gets the next outer one's it knows. */
function bandwidthsFor(target: Target, caches: readonly CacheLevel[]): number[] {
  return caches.map(({ level }) => {
    const index = target.caches.findIndex((cache) => cache.level >= level);
    return target.bandwidth.caches[index] ?? target.bandwidth.caches.at(-1) ?? target.bandwidth.dram;
  });
}

/** Data and unified caches of the first processor, nearest first; undefined if the system does not tell. */
function detectCaches(root: string): CacheLevel[] | undefined {
  const caches: CacheLevel[] = [];
  for (const index of entries(root, CACHES).filter((name) => /^index\d+$/.test(name))) {
    const field = (name: string) => read(root, `${CACHES}/${index}/${name}`)?.trim() ?? '';
    const type = field('type');
    if (type !== 'Data' && type !== 'Unified') continue;
    const level = Number(field('level'));
    const bytes = parseSize(field('size'));
    const lineBytes = Number(field('coherency_line_size'));
    const associativity = Number(field('ways_of_associativity'));
    // Virtual machines leave fields empty or zero: an incomplete level is worth less than the default.
    if (![level, bytes, lineBytes, associativity].every((n) => n >= 1)) return undefined;
    const sharedBy = countCpuList(field('shared_cpu_list'));
    caches.push({ level, bytes, lineBytes, associativity, ...(sharedBy >= 1 ? { sharedBy } : {}) });
  }
  caches.sort((a, b) => a.level - b.level);
  const ascending = caches.every((cache, i) => i === 0 || cache.level > (caches[i - 1]?.level ?? 0));
  return caches.length > 0 && ascending ? caches : undefined;
}

/** `32K`, `1M`, or bytes. */
function parseSize(text: string): number {
  const match = /^(\d+)([KMG]?)$/.exec(text);
  if (!match) return Number.NaN;
  return Number(match[1]) * 1024 ** ' KMG'.indexOf(match[2] || ' ');
}

/** Number of processors in a list such as `0-3,8,10-11`. */
function countCpuList(text: string): number {
  let count = 0;
  for (const range of text.split(',')) {
    const match = /^(\d+)(?:-(\d+))?$/.exec(range);
    if (!match) return 0;
    count += Number(match[2] ?? match[1]) - Number(match[1]) + 1;
  }
  return count;
}

/** Linux's names of x86 features, where they differ from LLVM's. Features not listed here are not passed on. */
const X86_FEATURES: Readonly<Record<string, string>> = {
  pni: 'sse3',
  ssse3: 'ssse3',
  cx16: 'cx16',
  sse4_1: 'sse4.1',
  sse4_2: 'sse4.2',
  movbe: 'movbe',
  popcnt: 'popcnt',
  xsave: 'xsave',
  avx: 'avx',
  f16c: 'f16c',
  lahf_lm: 'sahf',
  abm: 'lzcnt',
  fma: 'fma',
  bmi1: 'bmi',
  bmi2: 'bmi2',
  avx2: 'avx2',
  avx512f: 'avx512f',
  avx512dq: 'avx512dq',
  avx512cd: 'avx512cd',
  avx512bw: 'avx512bw',
  avx512vl: 'avx512vl',
  avx512_bf16: 'avx512bf16',
  avx512_fp16: 'avx512fp16',
  avx512vbmi: 'avx512vbmi',
  avx512_vbmi2: 'avx512vbmi2',
  avx512_vnni: 'avx512vnni',
  avx512_bitalg: 'avx512bitalg',
  avx512_vpopcntdq: 'avx512vpopcntdq',
  avx_vnni: 'avxvnni',
  gfni: 'gfni',
};

/** The built-in target this machine can run, and its features if the system tells. */
function detectLevel(machine: Machine): { base: string; features?: string[] } {
  if (machine.architecture === 'arm64') return detectArm(machine);
  if (machine.architecture === 'x64') return detectX86(machine);
  throw new TargetError(
    `there is no native target for the architecture "${machine.architecture}"; WebAssembly targets run everywhere`,
  );
}

function detectX86(machine: Machine): { base: string; features?: string[] } {
  const flags = flagsOf(machine.root, 'flags');
  if (!flags) return { base: 'x86-64-v2' };
  const features = translate(flags, X86_FEATURES);
  // The kernel hides AVX flags when it does not save the registers, so a flag is permission to use the feature.
  const base = ['x86-64-v4', 'x86-64-v3'].find((name) => getTarget(name).features.every((f) => features.includes(f)));
  return { base: base ?? 'x86-64-v2', features };
}

/** Linux's names of AArch64 features. */
const ARM_FEATURES: Readonly<Record<string, string>> = {
  fp: 'fp-armv8',
  asimd: 'neon',
  asimddp: 'dotprod',
  asimdhp: 'fullfp16',
  atomics: 'lse',
  bf16: 'bf16',
  i8mm: 'i8mm',
  sve: 'sve',
  sve2: 'sve2',
};

function detectArm(machine: Machine): { base: string; features?: string[] } {
  const flags = flagsOf(machine.root, 'Features');
  return flags ? { base: 'aarch64-neon', features: translate(flags, ARM_FEATURES) } : { base: 'aarch64-neon' };
}

function translate(flags: readonly string[], names: Readonly<Record<string, string>>): string[] {
  const features = flags.map((flag) => (Object.hasOwn(names, flag) ? names[flag] : undefined));
  return [...new Set(features.filter((feature) => feature !== undefined))].sort();
}

/** The words of the first line `key : words` in /proc/cpuinfo. */
function flagsOf(root: string, key: string): string[] | undefined {
  const line = read(root, CPUINFO)
    ?.split('\n')
    .find((text) => text.split(':')[0]?.trim() === key);
  return line
    ?.slice(line.indexOf(':') + 1)
    .trim()
    .split(/\s+/);
}

function tripleOf({ architecture, platform }: Machine, target: Target): string | undefined {
  const cpu = architecture === 'arm64' ? 'aarch64' : 'x86_64';
  if (platform === 'darwin') return `${architecture === 'arm64' ? 'arm64' : cpu}-apple-darwin`;
  if (platform === 'win32') return `${cpu}-pc-windows-msvc`;
  return target.triple;
}

function read(root: string, path: string): string | undefined {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch {
    return undefined;
  }
}

function entries(root: string, path: string): string[] {
  try {
    return readdirSync(join(root, path)).sort();
  } catch {
    return [];
  }
}
