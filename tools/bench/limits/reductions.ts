// Limits of sum and dot: four vector accumulators, which is what V8 11 schedules best; of sums of columns and running sums.

import { type FunctionBuilder, type Local, Op } from '@budflow/backend-wasm';
import { copyOf, f32, kernelModule, type LimitKernel, repeat, Vectors } from './support/kernel.js';

const ACCUMULATORS = 4;

/** Sum over elements of what `term` adds: `vector(acc)` pushes the accumulator plus one vector's terms. */
function reduction(
  inputs: number,
  emit: {
    vector(v: Vectors, accumulator: Local, operands: readonly Local[]): void;
    scalar(f: FunctionBuilder, operands: readonly (() => void)[]): void;
  },
): LimitKernel {
  return {
    unsupported: () => null,
    scratchBytes: () => 0,
    build({ N }, features) {
      const names = [...Array(inputs).keys()].map((i) => `in${i}`);
      const { module, f } = kernelModule([...names, 'out', 'scratch']);
      const v = new Vectors(f, features);
      const pointers = names.map((_, i) => f.param(i));
      const accumulators = [...Array(ACCUMULATORS).keys()].map(() => v.let(() => f.v128ConstF32x4(0, 0, 0, 0)));
      const at = (accumulator: Local, bytes: number): void => {
        const operands = pointers.map((p) =>
          v.let(() => {
            f.get(p);
            f.memory(Op.v128_load, bytes, 4);
          }),
        );
        emit.vector(v, accumulator, operands);
        f.set(accumulator);
      };
      const round = 4 * ACCUMULATORS;
      repeat(
        f,
        Math.floor(N / round),
        pointers.map((p) => [p, 4 * round] as const),
        () => {
          accumulators.forEach((accumulator, u) => {
            at(accumulator, 16 * u);
          });
        },
      );
      const vectors = Math.floor((N % round) / 4);
      for (let u = 0; u < vectors; u++) at(accumulators[u], 16 * u);
      const total = v.let(() => {
        v.op2(Op.f32x4_add, accumulators[0], accumulators[2]);
        v.op2(Op.f32x4_add, accumulators[1], accumulators[3]);
        f.emit(Op.f32x4_add);
      });
      const sum = f.newLocal(f32);
      v.horizontal(Op.f32x4_add, total);
      f.set(sum);
      for (let i = 0; i < N % 4; i++) {
        f.get(sum);
        emit.scalar(
          f,
          pointers.map((p) => () => {
            f.get(p);
            f.memory(Op.f32_load, 16 * vectors + 4 * i);
          }),
        );
        f.emit(Op.f32_add);
        f.set(sum);
      }
      f.get(f.param(inputs));
      f.get(sum);
      f.memory(Op.f32_store);
      return module;
    },
  };
}

export const sum = reduction(1, {
  vector: (v, accumulator, [x]) => v.op2(Op.f32x4_add, accumulator, x),
  scalar: (_, [x]) => x(),
});

export const dot = reduction(2, {
  vector: (v, accumulator, [x, y]) => v.madd(x, y, accumulator),
  scalar(f, [x, y]) {
    x();
    y();
    f.emit(Op.f32_mul);
  },
});

/** Columns summed at once: their sums stay in registers down all rows. */
const COLUMNS = 32;

export const colsum: LimitKernel = {
  unsupported: ({ N }) => (N % COLUMNS === 0 ? null : `columns must be multiples of ${COLUMNS}, not ${N}`),
  scratchBytes: () => 0,
  build({ M, N }, features) {
    const { module, f } = kernelModule(['x', 'out', 'scratch']);
    const v = new Vectors(f, features);
    const [x, out] = [f.param(0), f.param(1)];
    repeat(
      f,
      N / COLUMNS,
      [
        [out, 4 * COLUMNS],
        [x, 4 * COLUMNS],
      ],
      () => {
        const sums = [...Array(COLUMNS / 4).keys()].map(() => v.let(() => f.v128ConstF32x4(0, 0, 0, 0)));
        const from = copyOf(f, x);
        repeat(f, M, [[from, 4 * N]], () => {
          sums.forEach((sum, u) => {
            f.get(sum);
            f.get(from);
            f.memory(Op.v128_load, 16 * u, 4);
            f.emit(Op.f32x4_add);
            f.set(sum);
          });
        });
        sums.forEach((sum, u) => {
          f.get(out);
          f.get(sum);
          f.memory(Op.v128_store, 16 * u, 4);
        });
      },
    );
    return module;
  },
};

/** Lanes of a vector moved up by one and two, zeros behind them (of the second operand). */
const UP_ONE = [16, 17, 18, 19, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
const UP_TWO = [16, 17, 18, 19, 20, 21, 22, 23, 0, 1, 2, 3, 4, 5, 6, 7];
const LAST = [12, 13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15];
const VECTORS = 4;

export const cumsum: LimitKernel = {
  unsupported: ({ N }) => (N % (4 * VECTORS) === 0 ? null : `the size must be a multiple of ${4 * VECTORS}, not ${N}`),
  scratchBytes: () => 0,
  build({ N }, features) {
    const { module, f } = kernelModule(['x', 'out', 'scratch']);
    const v = new Vectors(f, features);
    const [x, out] = [f.param(0), f.param(1)];
    const zero = v.constant(0);
    const carry = v.let(() => f.v128ConstF32x4(0, 0, 0, 0));
    const shuffled = (a: Local, b: Local, lanes: readonly number[]): Local =>
      v.let(() => {
        f.get(a);
        f.get(b);
        f.shuffle(lanes);
      });
    repeat(
      f,
      N / (4 * VECTORS),
      [
        [out, 16 * VECTORS],
        [x, 16 * VECTORS],
      ],
      () => {
        // Sums inside of each vector (Hillis and Steele), then one addition of the carry from vector to vector.
        for (let u = 0; u < VECTORS; u++) {
          const element = v.let(() => {
            f.get(x);
            f.memory(Op.v128_load, 16 * u, 4);
          });
          const pairs = v.let(() => v.op2(Op.f32x4_add, element, shuffled(element, zero, UP_ONE)));
          const inside = v.let(() => v.op2(Op.f32x4_add, pairs, shuffled(pairs, zero, UP_TWO)));
          f.get(out);
          v.op2(Op.f32x4_add, inside, carry);
          f.memory(Op.v128_store, 16 * u, 4);
          const last = shuffled(inside, inside, LAST);
          v.op2(Op.f32x4_add, carry, last);
          f.set(carry);
        }
      },
    );
    return module;
  },
};
