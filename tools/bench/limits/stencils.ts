// Limits of Sobel filters and of means of two by two.

import { type Local, Op } from '@budflow/backend-wasm';
import { copyOf, kernelModule, type LimitKernel, repeat, Vectors } from './support/kernel.js';

/** Rows of the result made at once: six rows of the image are read for four of them. */
const ROWS = 4;

export const sobel: LimitKernel = {
  unsupported: ({ N }) => (N % ROWS === 0 ? null : `the side must be a multiple of ${ROWS}, not ${N}`),
  scratchBytes: () => 0,
  build({ N }, features) {
    const { module, f } = kernelModule(['x', 'out', 'scratch']);
    const v = new Vectors(f, features);
    const W = N + 2;
    const [x, out] = [f.param(0), f.param(1)];
    const two = v.constant(2);
    repeat(
      f,
      N / ROWS,
      [
        [out, 4 * ROWS * N],
        [x, 4 * ROWS * W],
      ],
      () => {
        const [from, to] = [copyOf(f, x), copyOf(f, out)];
        repeat(
          f,
          N / 4,
          [
            [to, 16],
            [from, 16],
          ],
          () => {
            const at = (row: number, column: number): Local =>
              v.let(() => {
                f.get(from);
                f.memory(Op.v128_load, 4 * (row * W + column), 4);
              });
            // Of each row its difference east - west, and west + 2 middle + east: the filters are separable (sums in another
            // order than the program has, so no compiler may do it).
            const line = (row: number): { across: Local; weighted: Local } => {
              const [west, east] = [at(row, 0), at(row, 2)];
              const outside = v.let(() => v.op2(Op.f32x4_add, west, east));
              return {
                across: v.let(() => v.op2(Op.f32x4_sub, east, west)),
                weighted: v.let(() => v.madd(at(row, 1), two, outside)),
              };
            };
            let [above, here] = [line(0), line(1)];
            for (let i = 0; i < ROWS; i++) {
              const below = line(i + 2);
              const ends = v.let(() => v.op2(Op.f32x4_add, above.across, below.across));
              const gx = v.let(() => v.madd(here.across, two, ends));
              const gy = v.let(() => v.op2(Op.f32x4_sub, below.weighted, above.weighted));
              const yy = v.let(() => v.op2(Op.f32x4_mul, gy, gy));
              f.get(to);
              v.madd(gx, gx, yy);
              f.emit(Op.f32x4_sqrt);
              f.memory(Op.v128_store, 4 * i * N, 4);
              [above, here] = [here, below];
            }
          },
        );
      },
    );
    return module;
  },
};

const EVEN = [0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27];
const ODD = [4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31];

export const downsample: LimitKernel = {
  unsupported: ({ N }) => (N % 4 === 0 ? null : `the side must be a multiple of 4, not ${N}`),
  scratchBytes: () => 0,
  build({ N }, features) {
    const { module, f } = kernelModule(['x', 'out', 'scratch']);
    const v = new Vectors(f, features);
    const [x, out] = [f.param(0), f.param(1)];
    const quarter = v.constant(0.25);
    repeat(f, N, [[x, 16 * N]], () => {
      const from = copyOf(f, x);
      repeat(
        f,
        N / 4,
        [
          [out, 16],
          [from, 32],
        ],
        () => {
          const both = (column: number): Local =>
            v.let(() => {
              for (const row of [0, 1]) {
                f.get(from);
                f.memory(Op.v128_load, 4 * (row * 2 * N + column), 4);
              }
              f.emit(Op.f32x4_add);
            });
          const [left, right] = [both(0), both(4)];
          f.get(out);
          for (const lanes of [EVEN, ODD]) {
            f.get(left);
            f.get(right);
            f.shuffle(lanes);
          }
          f.emit(Op.f32x4_add);
          f.get(quarter);
          f.emit(Op.f32x4_mul);
          f.memory(Op.v128_store, 0, 4);
        },
      );
    });
    return module;
  },
};
