import { enableRelaxedSimd } from '@budflow/target/node';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  EncoderError,
  ModuleBuilder,
  Op,
  probeRelaxedMaddRounding,
  probeRelaxedSimd,
  probeSimd,
  probeThreads,
  ValueType,
} from './index.js';
import { instantiate } from './testing/instantiate.js';

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('probes', () => {
  it('find what every supported Node has', () => {
    expect(probeSimd()).toBe(true);
    expect(probeThreads()).toBe(true);
  });

  it('find relaxed SIMD once it is switched on', () => {
    const enabled = enableRelaxedSimd();
    expect(probeRelaxedSimd()).toBe(enabled);
  });

  it('say no where the engine refuses the module', () => {
    vi.stubGlobal('WebAssembly', { validate: () => false });
    expect([probeSimd(), probeRelaxedSimd(), probeThreads()]).toEqual([false, false, false]);
    expect(() => probeRelaxedMaddRounding()).toThrow(EncoderError);
    vi.stubGlobal('WebAssembly', undefined);
    expect(() => probeSimd()).toThrow(/no WebAssembly/);
  });

  it('say no to threads without shared buffers', () => {
    vi.stubGlobal('SharedArrayBuffer', undefined);
    expect(probeThreads()).toBe(false);
  });
});

describe.skipIf(!enableRelaxedSimd())('relaxed multiply-add (skipped where the engine has no relaxed SIMD)', () => {
  const { f32, f64 } = ValueType;

  /** Exports madd and nmadd of lane 1, in f32 and f64. */
  function relaxed() {
    const module = new ModuleBuilder();
    for (const [name, type, op] of [
      ['madd', f32, Op.f32x4_relaxed_madd],
      ['nmadd', f32, Op.f32x4_relaxed_nmadd],
      ['madd64', f64, Op.f64x2_relaxed_madd],
    ] as const) {
      const f = module.function({ params: [type, type, type], results: [type], export: name });
      for (let i = 0; i < 3; i++) {
        f.get(f.param(i));
        f.emit(type === f32 ? Op.f32x4_splat : Op.f64x2_splat);
      }
      f.emit(op);
      f.lane(type === f32 ? Op.f32x4_extract_lane : Op.f64x2_extract_lane, 1);
    }
    return instantiate(module) as Record<string, (a: number, b: number, c: number) => number>;
  }

  it('multiplies and adds', () => {
    const { madd, nmadd, madd64 } = relaxed();
    expect([madd?.(3, 4, 5), nmadd?.(3, 4, 5), madd64?.(0.5, 3, 1)]).toEqual([17, -7, 2.5]);
  });

  it('rounds as the probe found, for any operands', () => {
    const { madd, madd64 } = relaxed();
    const once = probeRelaxedMaddRounding() === 'once';
    const step = 2 ** -23;
    for (let i = 1; i < 2000; i += 7) {
      const a = Math.fround(1 + i * step);
      const b = Math.fround(1 + (4000 - i) * step);
      // The product of two binary32 numbers is exact in binary64, and so is the difference to its rounded value.
      const rounded = Math.fround(a * b);
      expect(madd?.(a, b, -rounded)).toBe(once ? Math.fround(a * b - rounded) : 0);
    }
    // In f64: (1 + 2^-27)^2 - (1 + 2^-26) = 2^-54.
    expect(madd64?.(1 + 2 ** -27, 1 + 2 ** -27, -(1 + 2 ** -26))).toBe(once ? 2 ** -54 : 0);
  });
});
