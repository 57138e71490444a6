// Limits of softmax, layernorm, rmsnorm and maxima of rows: each row is read three times while it stays in the nearest cache.

import { type FunctionBuilder, type Local, Op } from '@budflow/backend-wasm';
import { copyOf, kernelModule, type LimitKernel, repeat, Vectors } from './support/kernel.js';
import { exp, prepareExp } from './support/math.js';

const UNROLL = 4;
const ROUND = 4 * UNROLL;

function load(v: Vectors, pointer: Local, bytes: number): Local {
  return v.let(() => {
    v.f.get(pointer);
    v.f.memory(Op.v128_load, bytes, 4);
  });
}

function store(f: FunctionBuilder, pointer: Local, value: Local, bytes: number): void {
  f.get(pointer);
  f.get(value);
  f.memory(Op.v128_store, bytes, 4);
}

/** Sweeps the row at `start` with `UNROLL` accumulators and leaves their combination over the lanes, splat. */
function reduceRow(
  v: Vectors,
  N: number,
  start: Local,
  initial: number,
  combine: typeof Op.f32x4_add | typeof Op.f32x4_max | typeof Op.f32x4_pmax,
  step: (accumulator: Local, pointer: Local, bytes: number) => void,
  also: readonly Local[] = [],
): Local {
  const { f } = v;
  const accumulators = [...Array(UNROLL).keys()].map(() =>
    v.let(() => f.v128ConstF32x4(initial, initial, initial, initial)),
  );
  const pointer = copyOf(f, start);
  repeat(
    f,
    N / ROUND,
    [pointer, ...also].map((p) => [p, 4 * ROUND] as const),
    () => {
      accumulators.forEach((accumulator, u) => {
        step(accumulator, pointer, 16 * u);
        f.set(accumulator);
      });
    },
  );
  const [a, b, c, d] = accumulators;
  const all = v.let(() => {
    v.op2(combine, a, b);
    v.op2(combine, c, d);
    f.emit(combine);
  });
  return v.let(() => {
    v.horizontal(combine, all);
    f.emit(Op.f32x4_splat);
  });
}

const whole = ({ N }: Readonly<Record<string, number>>): string | null =>
  N % ROUND === 0 ? null : `rows must be multiples of ${ROUND}, not ${N}`;

export const softmax: LimitKernel = {
  unsupported: whole,
  scratchBytes: () => 0,
  build({ M, N }, features) {
    const { module, f } = kernelModule(['x', 'out', 'scratch']);
    const v = new Vectors(f, features);
    prepareExp(v);
    const [x, out] = [f.param(0), f.param(1)];
    repeat(
      f,
      M,
      [
        [x, 4 * N],
        [out, 4 * N],
      ],
      () => {
        // A NaN may be lost here; it then comes back through its own exponential.
        const max = reduceRow(v, N, x, Number.NEGATIVE_INFINITY, Op.f32x4_pmax, (accumulator, p, bytes) =>
          v.op2(Op.f32x4_pmax, accumulator, load(v, p, bytes)),
        );
        const to = copyOf(f, out);
        const sum = reduceRow(
          v,
          N,
          x,
          0,
          Op.f32x4_add,
          (accumulator, p, bytes) => {
            const e = exp(
              v,
              v.let(() => v.op2(Op.f32x4_sub, load(v, p, bytes), max)),
            );
            store(f, to, e, bytes);
            v.op2(Op.f32x4_add, accumulator, e);
          },
          [to],
        );
        const scale = v.let(() => v.op2(Op.f32x4_div, v.constant(1), sum));
        const again = copyOf(f, out);
        repeat(f, N / ROUND, [[again, 4 * ROUND]], () => {
          for (let u = 0; u < UNROLL; u++) {
            store(
              f,
              again,
              v.let(() => v.op2(Op.f32x4_mul, load(v, again, 16 * u), scale)),
              16 * u,
            );
          }
        });
      },
    );
    return module;
  },
};

export const layernorm: LimitKernel = {
  unsupported: whole,
  scratchBytes: () => 0,
  build({ M, N }, features) {
    const { module, f } = kernelModule(['x', 'gamma', 'beta', 'out', 'scratch']);
    const v = new Vectors(f, features);
    const [x, gamma, beta, out] = [0, 1, 2, 3].map((i) => f.param(i));
    const perElement = v.constant(1 / N);
    const epsilon = v.constant(1e-5);
    const one = v.constant(1);
    repeat(
      f,
      M,
      [
        [x, 4 * N],
        [out, 4 * N],
      ],
      () => {
        const sum = reduceRow(v, N, x, 0, Op.f32x4_add, (accumulator, p, bytes) =>
          v.op2(Op.f32x4_add, accumulator, load(v, p, bytes)),
        );
        const mean = v.let(() => v.op2(Op.f32x4_mul, sum, perElement));
        const squares = reduceRow(v, N, x, 0, Op.f32x4_add, (accumulator, p, bytes) => {
          const d = v.let(() => v.op2(Op.f32x4_sub, load(v, p, bytes), mean));
          v.madd(d, d, accumulator);
        });
        const scale = v.let(() => {
          f.get(one);
          v.madd(squares, perElement, epsilon);
          f.emit(Op.f32x4_sqrt);
          f.emit(Op.f32x4_div);
        });
        const [from, g, b, to] = [x, gamma, beta, out].map((p) => copyOf(f, p));
        repeat(
          f,
          N / ROUND,
          [from, g, b, to].map((p) => [p, 4 * ROUND] as const),
          () => {
            for (let u = 0; u < UNROLL; u++) {
              const d = v.let(() => v.op2(Op.f32x4_sub, load(v, from, 16 * u), mean));
              const scaled = v.let(() => v.op2(Op.f32x4_mul, d, scale));
              const shift = load(v, b, 16 * u);
              store(
                f,
                to,
                v.let(() => v.madd(scaled, load(v, g, 16 * u), shift)),
                16 * u,
              );
            }
          },
        );
      },
    );
    return module;
  },
};

export const rmsnorm: LimitKernel = {
  unsupported: whole,
  scratchBytes: () => 0,
  build({ M, N }, features) {
    const { module, f } = kernelModule(['x', 'gamma', 'out', 'scratch']);
    const v = new Vectors(f, features);
    const [x, gamma, out] = [0, 1, 2].map((i) => f.param(i));
    const perElement = v.constant(1 / N);
    const epsilon = v.constant(1e-5);
    const one = v.constant(1);
    repeat(
      f,
      M,
      [
        [x, 4 * N],
        [out, 4 * N],
      ],
      () => {
        const squares = reduceRow(v, N, x, 0, Op.f32x4_add, (accumulator, p, bytes) => {
          const element = load(v, p, bytes);
          v.madd(element, element, accumulator);
        });
        const scale = v.let(() => {
          f.get(one);
          v.madd(squares, perElement, epsilon);
          f.emit(Op.f32x4_sqrt);
          f.emit(Op.f32x4_div);
        });
        const [from, g, to] = [x, gamma, out].map((p) => copyOf(f, p));
        repeat(
          f,
          N / ROUND,
          [from, g, to].map((p) => [p, 4 * ROUND] as const),
          () => {
            for (let u = 0; u < UNROLL; u++) {
              const scaled = v.let(() => v.op2(Op.f32x4_mul, load(v, from, 16 * u), scale));
              store(
                f,
                to,
                v.let(() => v.op2(Op.f32x4_mul, scaled, load(v, g, 16 * u))),
                16 * u,
              );
            }
          },
        );
      },
    );
    return module;
  },
};

export const rowmax: LimitKernel = {
  unsupported: whole,
  scratchBytes: () => 0,
  build({ M, N }, features) {
    const { module, f } = kernelModule(['x', 'out', 'scratch']);
    const v = new Vectors(f, features);
    const [x, out] = [f.param(0), f.param(1)];
    repeat(
      f,
      M,
      [
        [out, 4],
        [x, 4 * N],
      ],
      () => {
        // With NaN and the signs of zeros, as the program has them.
        const max = reduceRow(v, N, x, Number.NEGATIVE_INFINITY, Op.f32x4_max, (accumulator, p, bytes) =>
          v.op2(Op.f32x4_max, accumulator, load(v, p, bytes)),
        );
        f.get(out);
        f.get(max);
        f.lane(Op.f32x4_extract_lane, 0);
        f.memory(Op.f32_store, 0);
      },
    );
    return module;
  },
};
