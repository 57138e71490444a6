import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasRelaxedSimd, hasSimd, parseTarget, selectWasmTarget } from './index.js';
import { detectHost, enableRelaxedSimd, wasmTargetForThisEngine } from './node.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'budflow-target-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

let machines = 0;
/** A folder that looks like the root of a machine. */
function machine(files: Record<string, string>): string {
  const root = join(folder, String(machines++));
  mkdirSync(root);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

function cacheFiles(index: number, level: number, type: string, size: string, ways: number, shared: string) {
  const at = `/sys/devices/system/cpu/cpu0/cache/index${index}`;
  return {
    [`${at}/level`]: `${level}\n`,
    [`${at}/type`]: `${type}\n`,
    [`${at}/size`]: `${size}\n`,
    [`${at}/coherency_line_size`]: '64\n',
    [`${at}/ways_of_associativity`]: `${ways}\n`,
    [`${at}/shared_cpu_list`]: `${shared}\n`,
  };
}

const caches = {
  ...cacheFiles(0, 1, 'Data', '48K', 12, '0,4'),
  ...cacheFiles(1, 1, 'Instruction', '32K', 8, '0,4'),
  ...cacheFiles(2, 2, 'Unified', '2M', 16, '0,4'),
  ...cacheFiles(3, 3, 'Unified', '36M', 12, '0-7,10-13'),
};
const V2 = 'fpu sse sse2 pni ssse3 cx16 sse4_1 sse4_2 popcnt lahf_lm';
const V3 = `${V2} movbe xsave avx f16c abm fma bmi1 bmi2 avx2`;
const V4 = `${V3} avx512f avx512dq avx512cd avx512bw avx512vl avx512_vnni`;
const cpuinfo = (flags: string) => ({ '/proc/cpuinfo': `processor\t: 0\nmodel name\t: Test\nflags\t\t: ${flags}\n\n` });
const LINUX = { architecture: 'x64', platform: 'linux', megahertz: 2500, cores: 12 };

describe('relaxed SIMD', () => {
  it('can be enabled in this Node', () => {
    expect(hasSimd()).toBe(true);
    expect(enableRelaxedSimd()).toBe(true);
    expect(hasRelaxedSimd()).toBe(true);
    expect(selectWasmTarget().name).toBe('wasm32-relaxed-simd');
  });

  it('gives the relaxed target, with this machine behind it', () => {
    const target = wasmTargetForThisEngine();
    expect(target.name).toBe('wasm32-relaxed-simd');
    expect(target.fma).toBe('relaxed');
    expect(target.cores).toBe(availableParallelism());
    expect(parseTarget(target)).toBe(target);
  });

  it('takes caches from the machine and the micro-kernel from the generation of V8', () => {
    const root = machine(caches);
    const old = wasmTargetForThisEngine({ ...LINUX, root, generation: 11 });
    expect(old.caches.map((cache) => cache.bytes)).toEqual([48 * 1024, 2 * 1024 ** 2, 36 * 1024 ** 2]);
    expect(old.vectorBits).toBe(128);
    expect(old.sources['/engine']).toMatch(/^detected: V8 11; measured .*: V8 11\.3, 6x8/);
    const own = wasmTargetForThisEngine({ ...LINUX, root });
    expect(own.sources['/engine']).toContain(`detected: V8 ${Math.min(13, Number.parseInt(process.versions.v8, 10))};`);
    for (const generation of [11, 12, 13] as const) {
      const { engine, sources } = wasmTargetForThisEngine({ ...LINUX, root, generation });
      expect(sources['/engine']).toContain(`V8 ${generation}.`);
      expect(engine).toMatchObject({ maxLiveVectors: 15, sumAccumulators: old.engine!.sumAccumulators });
      // Accumulators, a row of the right operand and a broadcast.
      for (const { mr, nr } of engine!.microKernels)
        expect((mr * nr) / 4 + nr / 4 + 1).toBeLessThanOrEqual(engine!.maxLiveVectors);
    }
  });
});

describe('detectHost', () => {
  it.each([
    ['x86-64-v2', V2],
    ['x86-64-v3', V3],
    ['x86-64-v4', V4],
    ['x86-64-v3', V4.replace('avx512vl', '')],
    ['x86-64-v2', V3.replace('fma', '')],
  ])('finds the level %s from the flags of the processor', (level, flags) => {
    const target = detectHost({ ...LINUX, root: machine({ ...cpuinfo(flags), ...caches }) });
    expect(target.name).toBe(`${level}-host`);
    expect(target.cpu).toBe(level);
    expect(target.features.includes('sse4.2')).toBe(true);
    expect(target.features.includes('avx512vnni')).toBe(flags.includes('vnni'));
    expect(target.features).not.toContain('fpu');
    expect(target.sources['/features']).toBe('detected: /proc/cpuinfo');
    expect(parseTarget(target)).toBe(target);
  });

  it('reads data caches, skips instruction caches, and counts who shares them', () => {
    const target = detectHost({ ...LINUX, root: machine({ ...cpuinfo(V3), ...caches }) });
    expect(target.caches).toEqual([
      { level: 1, bytes: 48 * 1024, lineBytes: 64, associativity: 12, sharedBy: 2 },
      { level: 2, bytes: 2 * 1024 ** 2, lineBytes: 64, associativity: 16, sharedBy: 2 },
      { level: 3, bytes: 36 * 1024 ** 2, lineBytes: 64, associativity: 12, sharedBy: 12 },
    ]);
    expect(target.sources['/caches']).toBe('detected: /sys/devices/system/cpu/cpu0/cache');
    expect(target.frequencyHint).toBe(2.5);
    expect(target.sources['/frequencyHint']).toBe('detected: os.cpus()');
    expect(target.cores).toBe(12);
  });

  it('keeps one bandwidth per cache when levels are missing or new', () => {
    const root = machine({
      ...cpuinfo(V3),
      ...cacheFiles(0, 1, 'Data', '32K', 8, '0'),
      ...cacheFiles(1, 2, 'Unified', '4M', 16, '0-3'),
    });
    const two = detectHost({ ...LINUX, root });
    expect(two.bandwidth.caches).toEqual([64, 24]);
    const four = detectHost({
      ...LINUX,
      root: machine({ ...cpuinfo(V3), ...caches, ...cacheFiles(4, 4, 'Unified', '1G', 16, '0-63') }),
    });
    expect(four.bandwidth.caches).toEqual([64, 24, 12, 12]);
    expect(four.caches[3]?.bytes).toBe(1024 ** 3);
  });

  it('falls back to defaults, and says so, where the system tells nothing', () => {
    const target = detectHost({ ...LINUX, root: machine({}), megahertz: 0 });
    expect(target.name).toBe('x86-64-v2-host');
    expect(target.sources['/features']).toBe('default: x86-64-v2');
    expect(target.sources['/caches']).toMatch(/^default: /);
    expect(target.sources['/frequencyHint']).toMatch(/^default: /);
    expect(parseTarget(target)).toBe(target);
  });

  it('prefers the defaults to half a description of the caches', () => {
    const broken = { ...cpuinfo(V3), ...caches, ...cacheFiles(3, 3, 'Unified', '', 0, '') };
    expect(detectHost({ ...LINUX, root: machine(broken) }).sources['/caches']).toMatch(/^default: /);
  });

  it('knows ARM by its features line, and other systems by their triples', () => {
    const root = machine({ '/proc/cpuinfo': 'processor\t: 0\nFeatures\t: fp asimd asimddp sve2\n' });
    const target = detectHost({ ...LINUX, root, architecture: 'arm64' });
    expect(target.name).toBe('aarch64-neon-host');
    expect(target.features).toEqual(['dotprod', 'fp-armv8', 'neon', 'sve2']);
    const mac = detectHost({ ...LINUX, root: machine({}), architecture: 'arm64', platform: 'darwin' });
    expect(mac.triple).toBe('arm64-apple-darwin');
    expect(mac.features).toEqual(['fp-armv8', 'neon']);
    expect(detectHost({ ...LINUX, root: machine({}), platform: 'win32' }).triple).toBe('x86_64-pc-windows-msvc');
  });

  it('has no target for architectures it does not know', () => {
    expect(() => detectHost({ ...LINUX, architecture: 'riscv64' })).toThrow(/no native target.*riscv64/);
  });

  it('describes this machine', () => {
    const target = detectHost();
    expect(target.name).toMatch(/-host$/);
    expect(parseTarget(target)).toBe(target);
    expect(target.cores).toBe(availableParallelism());
  });
});
