// Limits of sum and dot: four vector accumulators, which is what V8 11 schedules best.

import { type FunctionBuilder, type Local, Op } from '@budflow/backend-wasm';
import { f32, kernelModule, type LimitKernel, repeat, Vectors } from './support/kernel.js';

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
