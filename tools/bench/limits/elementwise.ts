// Limits of the elementwise programs: one loop, four vectors a round; the end by a last vector that overlaps.

import { type Local, Op } from '@budflow/backend-wasm';
import { kernelModule, type LimitKernel, repeat, Vectors } from './support/kernel.js';
import { erf, exp, log, prepareErf, prepareExp, prepareLog, prepareTanh, tanh } from './support/math.js';

interface Elementwise {
  /** Vectors in one round of the loop: more hide latencies, fewer keep all constants in registers. */
  readonly unroll: number;
  /** Inputs that are scalars, before those that are arrays. */
  readonly scalars?: number;
  readonly arrays: number;
  /** Called once before the loop. */
  prepare?(v: Vectors): void;
  /** One vector: operands (scalars splat) to the result. */
  vector(v: Vectors, operands: readonly Local[]): Local;
}

export function elementwise({ unroll, scalars = 0, arrays, prepare, vector }: Elementwise): LimitKernel {
  return {
    unsupported: ({ N }) => (N >= 4 ? null : `needs at least 4 elements, not ${N}`),
    scratchBytes: () => 0,
    build({ N }, features) {
      const names = [...Array(scalars + arrays).keys()].map((i) => `in${i}`);
      const { module, f } = kernelModule([...names, 'out', 'scratch']);
      const v = new Vectors(f, features);
      prepare?.(v);
      const splats = names.slice(0, scalars).map((_, i) =>
        v.let(() => {
          f.get(f.param(i));
          f.memory(Op.v128_load32_splat);
        }),
      );
      const pointers = names.slice(scalars).map((_, i) => f.param(scalars + i));
      const out = f.param(names.length);
      const at = (bytes: number): void => {
        const operands = pointers.map((p) =>
          v.let(() => {
            f.get(p);
            f.memory(Op.v128_load, bytes, 4);
          }),
        );
        const result = vector(v, [...splats, ...operands]);
        f.get(out);
        f.get(result);
        f.memory(Op.v128_store, bytes, 4);
      };
      const steps = (vectors: number) => [...pointers, out].map((p) => [p, 16 * vectors] as const);
      repeat(f, Math.floor(N / (4 * unroll)), steps(unroll), () => {
        for (let u = 0; u < unroll; u++) at(16 * u);
      });
      const rest = Math.floor((N % (4 * unroll)) / 4);
      for (let u = 0; u < rest; u++) at(16 * u);
      if (N % 4 !== 0) {
        const back = 4 * (N % (4 * unroll)) - 16;
        for (const p of [...pointers, out]) {
          f.get(p);
          f.i32Const(back);
          f.emit(Op.i32_add);
          f.set(p);
        }
        at(0);
      }
      return module;
    },
  };
}

export const chain = elementwise({
  unroll: 4,
  arrays: 3,
  vector: (v, [a, b, c]) =>
    v.let(() => {
      v.madd(a, b, c);
      v.f.emit(Op.f32x4_sqrt);
    }),
});

export const chain10 = elementwise({
  unroll: 4,
  arrays: 3,
  vector(v, [a, b, c]) {
    const { f } = v;
    const t = v.let(() => v.madd(a, b, c));
    const root = v.let(() => {
      v.op2(Op.f32x4_sub, t, a);
      f.emit(Op.f32x4_abs);
      f.emit(Op.f32x4_sqrt);
    });
    const u = v.let(() => {
      v.op2(Op.f32x4_mul, root, b);
      f.get(c);
      f.emit(Op.f32x4_max);
      f.get(a);
      f.emit(Op.f32x4_add);
    });
    const square = v.let(() => v.op2(Op.f32x4_mul, u, u));
    // V8's f32x4.min is longer: both orders of pmin agree but for zeros and NaN, which `or` gets right.
    return v.let(() => {
      v.op2(Op.f32x4_pmin, square, t);
      v.op2(Op.f32x4_pmin, t, square);
      f.emit(Op.v128_or);
    });
  },
});

export const add = elementwise({ unroll: 4, arrays: 2, vector: (v, [a, b]) => v.let(() => v.op2(Op.f32x4_add, a, b)) });

export const axpy = elementwise({
  unroll: 4,
  scalars: 1,
  arrays: 2,
  vector: (v, [k, x, y]) => v.let(() => v.madd(k, x, y)),
});

export const expKernel = elementwise({ unroll: 4, arrays: 1, prepare: prepareExp, vector: (v, [x]) => exp(v, x) });

export const tanhKernel = elementwise({ unroll: 4, arrays: 1, prepare: prepareTanh, vector: (v, [x]) => tanh(v, x) });

export const gelu = elementwise({
  unroll: 2,
  arrays: 1,
  prepare(v) {
    prepareErf(v);
    for (const c of [0.5, Math.SQRT1_2]) v.constant(c);
  },
  vector(v, [x]) {
    const e = erf(
      v,
      v.let(() => v.op2(Op.f32x4_mul, x, v.constant(Math.SQRT1_2))),
    );
    const half = v.let(() => v.op2(Op.f32x4_mul, x, v.constant(0.5)));
    return v.let(() => v.madd(half, e, half));
  },
});

export const blackScholes = elementwise({
  unroll: 1,
  arrays: 3,
  prepare(v) {
    prepareErf(v);
    prepareLog(v);
    prepareExp(v);
    for (const c of [0.3, 0.065, -0.02, 0.5, 1, Math.SQRT1_2]) v.constant(c);
  },
  vector(v, [s, k, t]) {
    const { f } = v;
    const moneyness = log(
      v,
      v.let(() => v.op2(Op.f32x4_div, s, k)),
    );
    const deviation = v.let(() => {
      f.get(t);
      f.emit(Op.f32x4_sqrt);
      f.get(v.constant(0.3));
      f.emit(Op.f32x4_mul);
    });
    const d1 = v.let(() => {
      v.madd(t, v.constant(0.065), moneyness);
      f.get(deviation);
      f.emit(Op.f32x4_div);
    });
    // Twice the normal distribution: 1 + erf(d / sqrt 2).
    const twice = (d: Local): Local => {
      const e = erf(
        v,
        v.let(() => v.op2(Op.f32x4_mul, d, v.constant(Math.SQRT1_2))),
      );
      return v.let(() => v.op2(Op.f32x4_add, e, v.constant(1)));
    };
    const first = twice(d1);
    const second = twice(v.let(() => v.op2(Op.f32x4_sub, d1, deviation)));
    const discount = exp(
      v,
      v.let(() => v.op2(Op.f32x4_mul, t, v.constant(-0.02))),
    );
    const strike = v.let(() => v.op2(Op.f32x4_mul, k, discount));
    const share = v.let(() => v.op2(Op.f32x4_mul, s, first));
    return v.let(() => {
      v.nmadd(strike, second, share);
      f.get(v.constant(0.5));
      f.emit(Op.f32x4_mul);
    });
  },
});
