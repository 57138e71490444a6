import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Schema, Target } from './index.js';
import {
  BUILT_IN_TARGETS,
  cacheLevel,
  getTarget,
  lanes,
  parseTarget,
  sourceOf,
  TARGET_SCHEMA,
  TargetError,
} from './index.js';
import { editDistance, nearest } from './nearest.js';

function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(TargetError);
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
}

/** A copy of a target that may be damaged. */
// biome-ignore lint/suspicious/noExplicitAny: the tests write what the type forbids
const copy = (name = 'x86-64-v3'): any => structuredClone(getTarget(name));

describe('built-in targets', () => {
  it('are the six of the command line', () => {
    expect(BUILT_IN_TARGETS.map((target) => target.name)).toEqual([
      'wasm32-simd128',
      'wasm32-relaxed-simd',
      'x86-64-v2',
      'x86-64-v3',
      'x86-64-v4',
      'aarch64-neon',
    ]);
  });

  it.each(BUILT_IN_TARGETS)('$name fits the schema', (target) => {
    expect(parseTarget(JSON.stringify(target))).toEqual(target);
  });

  it.each(BUILT_IN_TARGETS)('$name says of every number where it comes from', (target) => {
    const numbers: string[] = [];
    const walk = (value: unknown, path: string): void => {
      if (typeof value === 'number') numbers.push(path);
      else if (typeof value === 'object' && value !== null) {
        for (const [key, item] of Object.entries(value)) walk(item, `${path}/${key}`);
      }
    };
    walk(target, '');
    expect(numbers.length).toBeGreaterThan(25);
    expect(numbers.filter((path) => sourceOf(target, path) === undefined)).toEqual([]);
    // And no source is about something that is not there.
    for (const pointer of Object.keys(target.sources)) {
      const value = pointer
        .split('/')
        .slice(1)
        .reduce<unknown>((at, key) => (at as Record<string, unknown>)?.[key], target);
      expect(value, pointer).toBeDefined();
    }
  });

  it.each(BUILT_IN_TARGETS)('$name has micro-kernels whose accumulators fit its live vectors', (target) => {
    for (const { mr, nr } of target.engine?.microKernels ?? []) {
      const columns = nr / lanes(target, 32);
      expect(Number.isInteger(columns)).toBe(true);
      // Accumulators, one row of B, and one value of A (which x86 folds into the multiplication).
      expect(mr * columns + columns + 1).toBeLessThanOrEqual(target.engine?.maxLiveVectors ?? 0);
    }
  });

  it('order x86 levels by features', () => {
    const [v2, v3, v4] = ['x86-64-v2', 'x86-64-v3', 'x86-64-v4'].map((name) => new Set(getTarget(name).features));
    expect([...(v2 ?? [])].every((f) => v3?.has(f))).toBe(true);
    expect([...(v3 ?? [])].every((f) => v4?.has(f))).toBe(true);
  });

  it('say how they multiply and add', () => {
    const fma = Object.fromEntries(BUILT_IN_TARGETS.map((target) => [target.name, target.fma]));
    expect(fma).toEqual({
      'wasm32-simd128': 'none',
      'wasm32-relaxed-simd': 'relaxed',
      'x86-64-v2': 'none',
      'x86-64-v3': 'exact',
      'x86-64-v4': 'exact',
      'aarch64-neon': 'exact',
    });
  });

  it('answer lanes and cache levels', () => {
    expect(lanes(getTarget('x86-64-v4'), 32)).toBe(16);
    expect(lanes(getTarget('wasm32-simd128'), 64)).toBe(2);
    expect(cacheLevel(getTarget('x86-64-v4'), 2)?.bytes).toBe(1024 * 1024);
    expect(cacheLevel(getTarget('x86-64-v4'), 4)).toBeUndefined();
  });
});

describe('getTarget', () => {
  it('suggests the nearest name', () => {
    expect(messageOf(() => getTarget('wasm32-relaxed'))).toBe(
      'unknown target "wasm32-relaxed"; did you mean "wasm32-relaxed-simd"?',
    );
    expect(messageOf(() => getTarget('x86-64-V5'))).toContain('did you mean "x86-64-v');
  });

  it('lists all names when none is near', () => {
    expect(messageOf(() => getTarget('riscv'))).toContain('there are wasm32-simd128, wasm32-relaxed-simd');
  });

  it('sends those who want the host to the Node entry', () => {
    expect(messageOf(() => getTarget('host'))).toContain('@budflow/target/node');
  });
});

describe('parseTarget', () => {
  it('names the path, what was expected and what was there', () => {
    const target = copy();
    target.caches[1].bytes = '64';
    expect(messageOf(() => parseTarget(target, { file: 'mine.json' }))).toBe(
      'mine.json: /caches/1/bytes: expected integer >= 1, got "64"',
    );
  });

  it('suggests the property that was meant', () => {
    const target = copy();
    target.latency.sqr = 3;
    expect(messageOf(() => parseTarget(target))).toBe(
      'target: /latency/sqr: there is no property "sqr"; did you mean "sqrt"?',
    );
  });

  it('reports every problem at once, missing properties at their object', () => {
    const target = copy();
    delete target.bandwidth.dram;
    target.fma = 'fused';
    target.throughput.div = 0;
    target.features = ['avx', ''];
    target.caches = [];
    const message = messageOf(() => parseTarget(target));
    expect(message.split('\n').sort()).toEqual([
      'target: /bandwidth: the property "dram" is missing',
      'target: /caches: expected an array of at least 1 items, got []',
      'target: /features/1: expected a non-empty string, got ""',
      'target: /fma: expected "none" or "relaxed" or "exact", got "fused"',
      'target: /throughput/div: expected number > 0, got 0',
    ]);
  });

  it('keeps the issues as data', () => {
    try {
      parseTarget({ ...copy(), vectorBits: 100 });
      expect.unreachable();
    } catch (error) {
      expect((error as TargetError).issues).toEqual([
        { path: '/vectorBits', message: 'expected a multiple of 32, got 100' },
      ]);
    }
  });

  it('checks what the schema cannot say', () => {
    const target = copy();
    target.caches.reverse();
    target.bandwidth.caches.pop();
    const message = messageOf(() => parseTarget(target));
    expect(message).toContain('/caches/1/level: expected a level above 3, got 2');
    expect(message).toContain('/bandwidth/caches: expected one number for each of the 3 caches, got 2');
  });

  it('refuses text that is not JSON, and JSON that is no object', () => {
    expect(messageOf(() => parseTarget('{', { file: 'a.json' }))).toMatch(/^a\.json: not JSON: /);
    for (const value of [null, [], 3, 'x', undefined]) {
      expect(messageOf(() => parseTarget(JSON.stringify(value) ?? value))).toContain('target: /: expected an object');
    }
  });

  it('does not take names from the prototype for properties', () => {
    const target = JSON.parse(JSON.stringify(copy()).replace('"name"', '"__proto__":{},"toString":1,"name"'));
    const message = messageOf(() => parseTarget(target));
    expect(message).toContain('there is no property "toString"');
    expect(message).toContain('there is no property "__proto__"');
  });

  it('finds the damage at any leaf, whatever replaces it', () => {
    const leaves: string[][] = [];
    const walk = (value: unknown, path: string[]): void => {
      if (typeof value !== 'object' || value === null) leaves.push(path);
      else for (const [key, item] of Object.entries(value)) walk(item, [...path, key]);
    };
    walk(copy(), []);
    fc.assert(
      fc.property(fc.constantFrom(...leaves), fc.constantFrom(null, true, {}, [], -1), (path, wrong) => {
        const target = copy();
        const parent = path.slice(0, -1).reduce((at, key) => at[key], target);
        parent[path.at(-1) as string] = wrong;
        const pointer = `/${path.map((key) => key.replaceAll('~', '~0').replaceAll('/', '~1')).join('/')}`;
        expect(messageOf(() => parseTarget(target))).toContain(`target: ${pointer}: expected`);
      }),
    );
  });

  it('has a schema for every field of the type, and understands every keyword it uses', () => {
    const known = new Set(
      '$id title description type enum minLength minimum exclusiveMinimum properties required additionalProperties items minItems'.split(
        ' ',
      ),
    );
    const walk = (schema: Schema): void => {
      for (const key of Object.keys(schema)) expect(known).toContain(key);
      for (const property of Object.values(schema.properties ?? {})) walk(property);
      if (schema.items) walk(schema.items);
      for (const key of schema.required ?? []) expect(Object.keys(schema.properties ?? {})).toContain(key);
    };
    walk(TARGET_SCHEMA);
    // The compiler checks that these are all the fields there are.
    const fields: Record<keyof Target, true> = {
      $schema: true,
      name: true,
      triple: true,
      cpu: true,
      features: true,
      vectorBits: true,
      vectorRegisters: true,
      caches: true,
      latency: true,
      throughput: true,
      frequencyHint: true,
      cores: true,
      bandwidth: true,
      fma: true,
      maxPrefetchStreams: true,
      engine: true,
      dispatchCostNs: true,
      parallel: true,
      sources: true,
    };
    expect(Object.keys(TARGET_SCHEMA.properties ?? {}).sort()).toEqual(Object.keys(fields).sort());
  });
});

describe('nearest', () => {
  it('measures insertions, deletions and replacements', () => {
    expect(editDistance('kitten', 'sitting')).toBe(3);
    expect(editDistance('', 'abc')).toBe(3);
    expect(editDistance('abc', 'abc')).toBe(0);
    expect(editDistance('fma', 'fam')).toBe(1);
  });

  it('finds a name one edit away, and nothing that is far', () => {
    expect(nearest('fam', ['fma', 'add'])).toBe('fma');
    expect(nearest('fm', ['fma', 'add'])).toBe('fma');
    expect(nearest('bandwith', ['bandwidth', 'caches'])).toBe('bandwidth');
    expect(nearest('band', ['bandwidth', 'caches'])).toBe('bandwidth');
    expect(nearest('zzzzzz', ['bandwidth', 'caches'])).toBeUndefined();
  });
});
