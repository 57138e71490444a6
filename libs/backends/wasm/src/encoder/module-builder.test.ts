import { describe, expect, it } from 'vitest';
import { EncoderError, ModuleBuilder, Op, ValueType } from './index.js';
import { instantiate } from './testing/instantiate.js';

const { i32, i64, f32, f64, v128 } = ValueType;

/** The name section, decoded by the specification: module name, function names, local names by function. */
function readNames(bytes: Uint8Array<ArrayBuffer>) {
  const [section] = WebAssembly.Module.customSections(new WebAssembly.Module(bytes), 'name');
  const data = new Uint8Array(section ?? new ArrayBuffer(0));
  let at = 0;
  const uleb = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = data[at++] as number;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const text = (): string => {
    const length = uleb();
    at += length;
    return new TextDecoder('utf-8', { fatal: true }).decode(data.subarray(at - length, at));
  };
  const map = <T>(read: () => T): Record<number, T> =>
    Object.fromEntries(Array.from({ length: uleb() }, () => [uleb(), read()]));
  const names = { module: '', functions: {} as Record<number, string>, locals: {} as Record<number, object> };
  while (at < data.length) {
    const kind = uleb();
    const end = uleb() + at;
    if (kind === 0) names.module = text();
    else if (kind === 1) names.functions = map(text);
    else names.locals = map(() => map(text));
    expect(at).toBe(end);
  }
  return names;
}

describe('modules', () => {
  it('without anything are valid', () => {
    expect([...new ModuleBuilder().build()]).toEqual([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  });

  it('share equal types', () => {
    const module = new ModuleBuilder();
    const a = module.type([i32, f32], [i64]);
    expect(module.type([i32, f32], [i64])).toBe(a);
    expect(module.type([i32], [f32, i64])).not.toBe(a);
    expect(module.function({ params: [i32, f32], results: [i64] }).typeIndex).toBe(a);
  });

  it('call imports and functions by index, also before those are filled', () => {
    const module = new ModuleBuilder();
    const log = module.importFunction('env', 'log', [i32, f64]);
    const zero = module.importFunction('env', 'zero', [], [i32]);
    const main = module.function({ params: [i32], results: [i32], export: 'main' });
    const twice = module.function({ params: [i32], results: [i32] });
    main.get(main.param(0));
    main.call(twice.index);
    main.f64Const(0.5);
    main.call(log);
    main.call(zero);
    twice.get(twice.param(0));
    twice.get(twice.param(0));
    twice.emit(Op.i32_add);
    const calls: unknown[] = [];
    const exports = instantiate(module, {
      env: { log: (a: number, b: number) => calls.push([a, b]), zero: () => 40 },
    });
    expect((exports.main as (x: number) => number)(21)).toBe(40);
    expect(calls).toEqual([[42, 0.5]]);
  });

  it('return several results', () => {
    const module = new ModuleBuilder();
    const f = module.function({ results: [i32, f64], export: 'pair' });
    f.i32Const(1);
    f.f64Const(2.5);
    expect((instantiate(module).pair as () => unknown)()).toEqual([1, 2.5]);
  });

  it('import a shared memory and work on it with atomics', () => {
    const module = new ModuleBuilder();
    module.importMemory('env', 'memory', { min: 1, max: 10, shared: true });
    const f = module.function({ params: [i32, i32], results: [i32], export: 'add' });
    f.get(f.param(0));
    f.get(f.param(1));
    f.memory(Op.i32_atomic_rmw_add, 8);
    f.atomicFence();
    const memory = new WebAssembly.Memory({ initial: 2, maximum: 10, shared: true });
    const add = instantiate(module, { env: { memory } }).add as (address: number, value: number) => number;
    const words = new Int32Array(memory.buffer);
    words[4] = 100;
    expect(add(8, 11)).toBe(100);
    expect(Atomics.load(words, 4)).toBe(111);
    expect(() => add(9, 1), 'unaligned').toThrow(WebAssembly.RuntimeError);
    const small = new WebAssembly.Memory({ initial: 0, maximum: 10, shared: true });
    expect(() => instantiate(module, { env: { memory: small } })).toThrow(WebAssembly.LinkError);
  });

  it('place data segments in their own memory', () => {
    const module = new ModuleBuilder();
    module.memory({ min: 1, max: 2 }, { export: 'memory' });
    module.data(100, new Uint8Array([1, 2, 3]));
    const long = new Uint8Array(5000).map((_, i) => i);
    module.data(40_000, long);
    const { memory } = instantiate(module) as unknown as { memory: WebAssembly.Memory };
    const bytes = new Uint8Array(memory.buffer);
    expect([...bytes.subarray(99, 104)]).toEqual([0, 1, 2, 3, 0]);
    expect(bytes.subarray(40_000, 45_000)).toEqual(long);
    expect(memory.grow(1)).toBe(1);
    expect(() => memory.grow(1)).toThrow(RangeError);
  });

  it('hold globals of every type', () => {
    const module = new ModuleBuilder();
    module.global({ type: i32, initial: -5, export: 'a' });
    module.global({ type: i64, initial: 2n ** 40n, export: 'b' });
    module.global({ type: f32, initial: 1.5, export: 'c' });
    const counter = module.global({ type: f64, mutable: true, initial: 0.25, export: 'd' });
    const vector = module.global({ type: v128, initial: new Uint8Array(16).fill(3) });
    const f = module.function({ results: [i32], export: 'f' });
    f.globalGet(counter);
    f.f64Const(1);
    f.emit(Op.f64_add);
    f.globalSet(counter);
    f.globalGet(vector);
    f.lane(Op.i32x4_extract_lane, 3);
    const exports = instantiate(module) as unknown as Record<string, WebAssembly.Global> & { f: () => number };
    expect(exports.f()).toBe(0x03030303);
    expect(['a', 'b', 'c', 'd'].map((name) => exports[name]?.value)).toEqual([-5, 2n ** 40n, 1.5, 1.25]);
  });

  it('are the same when built twice, and can be added to in between', () => {
    const module = new ModuleBuilder();
    module.function({ export: 'a', name: 'a' });
    const first = module.build();
    expect(module.build()).toEqual(first);
    module.function({ export: 'b' });
    expect(Object.keys(instantiate(module))).toEqual(['a', 'b']);
  });

  it('with long bodies have sizes of several bytes', () => {
    const module = new ModuleBuilder();
    const f = module.function({ params: [i32], results: [i32], export: 'f' });
    f.get(f.param(0));
    for (let i = 0; i < 50_000; i++) {
      f.i32Const(i);
      f.emit(Op.i32_add);
    }
    expect((instantiate(module).f as (x: number) => number)(7)).toBe(7 + (50_000 * 49_999) / 2);
  });
});

describe('names', () => {
  it('of module, functions and locals can be read back', () => {
    const module = new ModuleBuilder({ name: 'kernels' });
    module.importFunction('env', 'trap', []);
    const f = module.function({ name: 'matmul', params: [i32, i32], paramNames: ['args', 'begin'] });
    module.function();
    const g = module.function({ name: 'größe', params: [i32] });
    const k = f.local(i32, 'k');
    f.local(f32);
    f.nameLocal(f.local(v128), 'acc.0');
    expect(k).toBe(2);
    expect(g.index).toBe(3);
    expect(readNames(module.build())).toEqual({
      module: 'kernels',
      functions: { 0: 'env.trap', 1: 'matmul', 3: 'größe' },
      locals: { 1: { 0: 'args', 1: 'begin', 2: 'k', 4: 'acc.0' } },
    });
  });

  it('can be left out', () => {
    const module = new ModuleBuilder({ name: 'kernels' });
    module.function({ name: 'f' });
    const stripped = module.build({ names: false });
    expect(WebAssembly.Module.customSections(new WebAssembly.Module(stripped), 'name')).toEqual([]);
    expect(stripped.length).toBeLessThan(module.build().length);
  });

  it('appear in the stack of a trap', () => {
    const module = new ModuleBuilder();
    module.function({ name: 'deliberate_trap', export: 'f' }).unreachable();
    const f = instantiate(module).f as () => void;
    let stack = '';
    try {
      f();
    } catch (error) {
      stack = (error as Error).stack ?? '';
    }
    expect(stack).toContain('deliberate_trap');
  });
});

describe('mistakes', () => {
  it('are named: imports after functions, memories, exports, globals, data', () => {
    const module = new ModuleBuilder();
    module.function({ export: 'f' });
    expect(() => module.importFunction('env', 'late', [])).toThrow(/import env.late: imports come before functions/);
    expect(() => module.exportFunction('g', 5)).toThrow(/export g: there is no function 5/);
    expect(() => module.exportFunction('f', 0)).toThrow(/export f: the name is already taken/);
    expect(() => module.exportMemory('memory')).toThrow(/no memory yet/);
    expect(() => module.memory({ min: 1, shared: true })).toThrow(/needs a maximum/);
    expect(() => module.memory({ min: 2, max: 1 })).toThrow(/maximum of 1 pages is not in 2/);
    expect(() => module.memory({ min: 65537 })).toThrow(EncoderError);
    module.data(0, new Uint8Array(1));
    expect(() => module.build()).toThrow(/data segments need a memory/);
    module.memory({ min: 1 });
    expect(() => module.importMemory('env', 'memory', { min: 1 })).toThrow(/already has a memory/);
    module.global({ type: i32, initial: 1n });
    expect(() => module.build()).toThrow(/global: 1 is not a constant of i32/);
  });
});
