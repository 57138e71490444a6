// Limits of transposition and blur.

import { type Local, Op } from '@budflow/backend-wasm';
import { copyOf, kernelModule, type LimitKernel, repeat, Vectors } from './support/kernel.js';

/** Side of the blocks a transposition goes through: whole cache lines on both sides. */
const TILE = 16;
/** Side of what these blocks are visited in: pages, and lines that are loaded together. */
const BLOCK = 128;

const UNPACK_LOW = [0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23];
const UNPACK_HIGH = [8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31];
const LOW_HALVES = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23];
const HIGH_HALVES = [8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31];

export const transpose: LimitKernel = {
  unsupported: ({ M, N }) =>
    M % TILE === 0 && N % TILE === 0 ? null : `sides must be multiples of ${TILE}, not ${M}x${N}`,
  scratchBytes: () => 0,
  build({ M, N }, features) {
    const { module, f } = kernelModule(['x', 'out', 'scratch']);
    const v = new Vectors(f, features);
    const [x, out] = [f.param(0), f.param(1)];
    const shuffle = (a: Local, b: Local, lanes: readonly number[]): Local =>
      v.let(() => {
        f.get(a);
        f.get(b);
        f.shuffle(lanes);
      });
    /** Four by four elements at constant offsets of the tile. */
    const block = (from: Local, to: Local, row: number, column: number): void => {
      const [a, b, c, d] = [0, 1, 2, 3].map((i) =>
        v.let(() => {
          f.get(from);
          f.memory(Op.v128_load, 4 * ((row + i) * N + column), 4);
        }),
      );
      const [ab, AB, cd, CD] = [
        shuffle(a, b, UNPACK_LOW),
        shuffle(a, b, UNPACK_HIGH),
        shuffle(c, d, UNPACK_LOW),
        shuffle(c, d, UNPACK_HIGH),
      ];
      [
        shuffle(ab, cd, LOW_HALVES),
        shuffle(ab, cd, HIGH_HALVES),
        shuffle(AB, CD, LOW_HALVES),
        shuffle(AB, CD, HIGH_HALVES),
      ].forEach((vector, i) => {
        f.get(to);
        f.get(vector);
        f.memory(Op.v128_store, 4 * ((column + i) * M + row), 4);
      });
    };
    // Squares in blocks of 128 x 128, where sides are multiples of that: lines side by side are visited soon after another.
    const side = M % BLOCK === 0 && N % BLOCK === 0 ? BLOCK : TILE;
    const nest = (
      from: Local,
      to: Local,
      [columns, rows]: readonly [number, number],
      step: number,
      body: (x: Local, y: Local) => void,
    ): void => {
      const [x0, y0] = [copyOf(f, from), copyOf(f, to)];
      repeat(
        f,
        columns / step,
        [
          [y0, 4 * step * M],
          [x0, 4 * step],
        ],
        () => {
          const [x1, y1] = [copyOf(f, x0), copyOf(f, y0)];
          repeat(
            f,
            rows / step,
            [
              [y1, 4 * step],
              [x1, 4 * step * N],
            ],
            () => body(x1, y1),
          );
        },
      );
    };
    nest(x, out, [N, M], side, (x1, y1) =>
      nest(x1, y1, [side, side], TILE, (x2, y2) => {
        for (let column = 0; column < TILE; column += 4)
          for (let row = 0; row < TILE; row += 4) block(x2, y2, row, column);
      }),
    );
    return module;
  },
};

/** Rows of the result made at once: each row of the image is then read for four of them. */
const ROWS = 4;

export const blur: LimitKernel = {
  unsupported: ({ N }) => (N % ROWS === 0 ? null : `the side must be a multiple of ${ROWS}, not ${N}`),
  scratchBytes: () => 0,
  build({ N }, features) {
    const { module, f } = kernelModule(['x', 'out', 'scratch']);
    const v = new Vectors(f, features);
    const W = N + 2;
    const [x, out] = [f.param(0), f.param(1)];
    const sixteenth = v.constant(0.0625);
    const two = v.constant(2);
    const at = (p: Local, row: number, column: number): Local =>
      v.let(() => {
        f.get(p);
        f.memory(Op.v128_load, 4 * (row * W + column), 4);
      });
    const weighted = (a: Local, b: Local, c: Local): Local => {
      const outside = v.let(() => v.op2(Op.f32x4_add, a, c));
      return v.let(() => v.madd(b, two, outside));
    };
    repeat(
      f,
      N / ROWS,
      [
        [out, 4 * ROWS * N],
        [x, 4 * ROWS * W],
      ],
      () => {
        const from = copyOf(f, x);
        const to = copyOf(f, out);
        repeat(
          f,
          N / 4,
          [
            [to, 16],
            [from, 16],
          ],
          () => {
            const line = (row: number): Local => weighted(at(from, row, 0), at(from, row, 1), at(from, row, 2));
            let above = line(0);
            let here = line(1);
            for (let i = 0; i < ROWS; i++) {
              const below = line(i + 2);
              const total = weighted(above, here, below);
              f.get(to);
              v.op2(Op.f32x4_mul, total, sixteenth);
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
