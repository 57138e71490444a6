// Limits of convolutions of images with channels last and a border of zeros.

import { type FunctionBuilder, type Local, Op } from '@budflow/backend-wasm';
import { advance, copyOf, kernelModule, type LimitKernel, offset, repeat, Vectors } from './support/kernel.js';

/** Pixels and channels of the register tile, as of the matrix product. */
const PIXELS = 4;
const CHANNELS = 8;

/** Bytes of the image with its border, and of the weights in panels. */
const paddedBytes = (H: number, C: number): number => 4 * (H + 2) * (H + 2) * C;

/** memory[to..] = zeros */
function clear(f: FunctionBuilder, to: Local, bytes: number): void {
  f.get(to);
  f.i32Const(0);
  f.i32Const(bytes);
  f.memoryFill();
}

export const conv3x3: LimitKernel = {
  unsupported: ({ H, O }) =>
    H % PIXELS === 0 && O % CHANNELS === 0
      ? null
      : `the side must be a multiple of ${PIXELS} and channels of ${CHANNELS}, not ${H} and ${O}`,
  scratchBytes: ({ H, C, O }) => paddedBytes(H, C) + 4 * 9 * C * O,
  build({ H, C, O }, features) {
    const { module, f } = kernelModule(['x', 'w', 'out', 'scratch']);
    const v = new Vectors(f, features);
    const [x, w, out, padded] = [0, 1, 2, 3].map((i) => f.param(i));
    const packed = offset(f, padded, paddedBytes(H, C));
    const line = 4 * (H + 2) * C;
    // 1. The image with a border: then three rows of three pixels are three runs of memory.
    clear(f, padded, paddedBytes(H, C));
    const [from, to] = [copyOf(f, x), offset(f, padded, line + 4 * C)];
    repeat(
      f,
      H,
      [
        [from, 4 * H * C],
        [to, line],
      ],
      () => {
        f.get(to);
        f.get(from);
        f.i32Const(4 * H * C);
        f.memoryCopy();
      },
    );
    // 2. Weights[9 C, O] in panels of eight channels.
    const [panel, column] = [copyOf(f, packed), copyOf(f, w)];
    repeat(
      f,
      O / CHANNELS,
      [
        [panel, 4 * 9 * C * CHANNELS],
        [column, 4 * CHANNELS],
      ],
      () => {
        const [a, b] = [copyOf(f, panel), copyOf(f, column)];
        repeat(
          f,
          9 * C,
          [
            [a, 4 * CHANNELS],
            [b, 4 * O],
          ],
          () => {
            for (const half of [0, 16]) {
              f.get(a);
              f.get(b);
              f.memory(Op.v128_load, half, 4);
              f.memory(Op.v128_store, half, 4);
            }
          },
        );
      },
    );
    // 3. Row by row, panel by panel: the tile's products along three runs.
    repeat(
      f,
      H,
      [
        [padded, line],
        [out, 4 * H * O],
      ],
      () => {
        const weights = copyOf(f, packed);
        const result = copyOf(f, out);
        repeat(
          f,
          O / CHANNELS,
          [
            [weights, 4 * 9 * C * CHANNELS],
            [result, 4 * CHANNELS],
          ],
          () => {
            const pixel = copyOf(f, padded);
            const at = copyOf(f, result);
            repeat(
              f,
              H / PIXELS,
              [
                [pixel, 4 * PIXELS * C],
                [at, 4 * PIXELS * O],
              ],
              () => tile(v, pixel, weights, at, { C, O, line }),
            );
          },
        );
      },
    );
    return module;
  },
};

function tile(
  v: Vectors,
  pixel: Local,
  weights: Local,
  at: Local,
  { C, O, line }: { readonly C: number; readonly O: number; readonly line: number },
): void {
  const { f } = v;
  const sums = [...Array(PIXELS).keys()].map(() => [0, 1].map(() => v.let(() => f.v128ConstF32x4(0, 0, 0, 0))));
  const w = copyOf(f, weights);
  const row = copyOf(f, pixel);
  for (let i = 0; i < 3; i++) {
    repeat(
      f,
      3 * C,
      [
        [w, 4 * CHANNELS],
        [row, 4],
      ],
      () => {
        const columns = [0, 16].map((half) =>
          v.let(() => {
            f.get(w);
            f.memory(Op.v128_load, half, 4);
          }),
        );
        sums.forEach((pair, p) => {
          const value = v.let(() => {
            f.get(row);
            f.memory(Op.v128_load32_splat, 4 * p * C);
          });
          pair.forEach((sum, half) => {
            v.madd(value, columns[half], sum);
            f.set(sum);
          });
        });
      },
    );
    advance(f, row, line - 4 * 3 * C);
  }
  sums.forEach((pair, p) => {
    pair.forEach((sum, half) => {
      f.get(at);
      f.get(sum);
      f.memory(Op.v128_store, 4 * p * O + 16 * half, 4);
    });
  });
}

export const depthwise3x3: LimitKernel = {
  unsupported: ({ H, C }) =>
    H >= 3 && C % 4 === 0 ? null : `the side must be at least 3 and channels a multiple of 4, not ${H} and ${C}`,
  scratchBytes: () => 0,
  build({ H, C }, features) {
    const { module, f } = kernelModule(['x', 'w', 'out', 'scratch']);
    const v = new Vectors(f, features);
    const [x, w, out] = [0, 1, 2].map((i) => f.param(i));
    const line = 4 * H * C;
    // Rows of the image that a row of the result sees: the border is left out, not read.
    const row = (seen: readonly number[]): void => {
      const [from, to, taps] = [x, out, w].map((p) => copyOf(f, p));
      repeat(
        f,
        C / 4,
        [
          [to, 16],
          [from, 16],
          [taps, 16],
        ],
        () => {
          // Nine taps of four channels stay in registers; each pixel is read once and goes into three sums.
          const weights = seen.map((i) =>
            [0, 1, 2].map((j) =>
              v.let(() => {
                f.get(taps);
                f.memory(Op.v128_load, 4 * (3 * i + j) * C, 4);
              }),
            ),
          );
          const zero = (): Local => v.let(() => f.v128ConstF32x4(0, 0, 0, 0));
          const [done, current, next] = [zero(), zero(), zero()];
          const [at, result] = [copyOf(f, from), copyOf(f, to)];
          const column = ({ last = false, first = false }: { last?: boolean; first?: boolean }): void => {
            const pixels = seen.map((i) =>
              v.let(() => {
                f.get(at);
                // Addresses are unsigned: the row above is reached from below.
                f.i32Const((i - 1) * line);
                f.emit(Op.i32_add);
                f.memory(Op.v128_load, 0, 4);
              }),
            );
            f.v128ConstF32x4(0, 0, 0, 0);
            f.set(next);
            pixels.forEach((p, r) => {
              for (const [sum, tap] of [
                [done, 2],
                [current, 1],
                [next, 0],
              ] as const) {
                if ((first && sum === done) || (last && sum === next)) continue;
                v.madd(p, weights[r]![tap], sum);
                f.set(sum);
              }
            });
            if (!first) {
              f.get(result);
              f.get(done);
              f.memory(Op.v128_store, 0, 4);
              advance(f, result, 4 * C);
            }
            f.get(current);
            f.set(done);
            f.get(next);
            f.set(current);
          };
          column({ first: true });
          advance(f, at, 4 * C);
          repeat(f, H - 2, [[at, 4 * C]], () => column({}));
          column({ last: true });
          f.get(result);
          f.get(done);
          f.memory(Op.v128_store, 0, 4);
        },
      );
    };
    const down = (): void => {
      advance(f, x, line);
      advance(f, out, line);
    };
    row([1, 2]);
    down();
    repeat(f, H - 2, [[x, line]], () => {
      row([0, 1, 2]);
      advance(f, out, line);
    });
    row([0, 1]);
    return module;
  },
};
