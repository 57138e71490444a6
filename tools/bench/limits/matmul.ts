// Limit of the matrix product: a 4x8 register tile over B packed in panels of 8 columns and A in place, blocks of 512 of
// the contracted index (a panel of B then fills half the nearest cache) and 64 rows (A's block stays in the next).

import { type Local, Op } from '@budflow/backend-wasm';
import { advance, copyOf, kernelModule, type LimitKernel, offset, repeat, Vectors, v128 } from './support/kernel.js';

const MR = 4;
const NR = 8;
const KC = 512;
const MC = 64;

export const matmul: LimitKernel = {
  unsupported({ M, N }) {
    if (M % MR !== 0 || N % NR !== 0) return `rows must be multiples of ${MR} and columns of ${NR}, not ${M}x${N}`;
    return M * N > 0 ? null : 'the product is empty';
  },
  scratchBytes: ({ N, K }) => 4 * N * Math.min(K, KC),
  build({ M, N, K }, features) {
    const { module, f } = kernelModule(['a', 'b', 'c', 'packed']);
    const v = new Vectors(f, features);
    const [a, b, c, packed] = [0, 1, 2, 3].map((i) => f.param(i));
    const block = (depth: number, first: boolean): void => {
      // B[depth, N] -> packed[N / 8][depth][8]
      const from = copyOf(f, b);
      const to = copyOf(f, packed);
      repeat(
        f,
        N / NR,
        [
          [to, 4 * depth * NR],
          [from, 4 * NR],
        ],
        () => {
          const row = copyOf(f, from);
          const line = copyOf(f, to);
          repeat(
            f,
            depth,
            [
              [line, 4 * NR],
              [row, 4 * N],
            ],
            () => {
              for (const half of [0, 16]) {
                f.get(line);
                f.get(row);
                f.memory(Op.v128_load, half, 4);
                f.memory(Op.v128_store, half, 4);
              }
            },
          );
        },
      );
      const rows = (count: number, aBlock: Local, cBlock: Local): void => {
        const panel = copyOf(f, packed);
        const cPanel = copyOf(f, cBlock);
        repeat(
          f,
          N / NR,
          [
            [panel, 4 * depth * NR],
            [cPanel, 4 * NR],
          ],
          () => {
            const aTile = copyOf(f, aBlock);
            const cTile = copyOf(f, cPanel);
            repeat(
              f,
              count / MR,
              [
                [aTile, 4 * MR * K],
                [cTile, 4 * MR * N],
              ],
              () => tile(depth, first, aTile, panel, cTile),
            );
          },
        );
      };
      const aBlock = copyOf(f, a);
      const cBlock = copyOf(f, c);
      repeat(
        f,
        Math.floor(M / MC),
        [
          [aBlock, 4 * MC * K],
          [cBlock, 4 * MC * N],
        ],
        () => rows(MC, aBlock, cBlock),
      );
      if (M % MC > 0) rows(M % MC, aBlock, cBlock);
    };
    /** C[4, 8] (+)= A[4, depth] * panel[depth, 8] */
    const tile = (depth: number, first: boolean, aTile: Local, panel: Local, cTile: Local): void => {
      const accumulators: Local[][] = [];
      for (let i = 0; i < MR; i++) {
        accumulators.push(
          [0, 16].map((half) =>
            v.let(() => {
              if (first) f.v128ConstF32x4(0, 0, 0, 0);
              else {
                f.get(cTile);
                f.memory(Op.v128_load, 4 * i * N + half, 4);
              }
            }),
          ),
        );
      }
      const ap = copyOf(f, aTile);
      const bp = copyOf(f, panel);
      const columns = [f.newLocal(v128), f.newLocal(v128)];
      const value = f.newLocal(v128);
      repeat(
        f,
        depth,
        [
          [bp, 4 * NR],
          [ap, 4],
        ],
        () => {
          columns.forEach((column, half) => {
            f.get(bp);
            f.memory(Op.v128_load, 16 * half, 4);
            f.set(column);
          });
          accumulators.forEach((pair, i) => {
            f.get(ap);
            f.memory(Op.v128_load32_splat, 4 * i * K);
            f.set(value);
            pair.forEach((accumulator, half) => {
              v.madd(value, columns[half], accumulator);
              f.set(accumulator);
            });
          });
        },
      );
      accumulators.forEach((pair, i) => {
        pair.forEach((accumulator, half) => {
          f.get(cTile);
          f.get(accumulator);
          f.memory(Op.v128_store, 4 * i * N + 16 * half, 4);
        });
      });
    };
    const full = Math.floor(K / KC);
    if (full > 0) block(KC, true);
    if (full > 1) {
      const next = (): void => {
        advance(f, a, 4 * KC);
        advance(f, b, 4 * KC * N);
      };
      next();
      const counter = offset(f, packed, 0);
      repeat(f, full - 1, [[counter, 1]], () => {
        block(KC, false);
        next();
      });
    } else if (full === 1) {
      advance(f, a, 4 * KC);
      advance(f, b, 4 * KC * N);
    }
    if (K % KC > 0) block(K % KC, full === 0);
    return module;
  },
};
