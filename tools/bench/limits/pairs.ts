// Limits of programs whose work differs from element to element or goes over pairs: bodies that attract each other, points
// of a fractal, places of extremes, bytes of an image.

import { type Local, Op } from '@budflow/backend-wasm';
import { copyOf, f32, kernelModule, type LimitKernel, repeat, Vectors } from './support/kernel.js';

/** Vectors of bodies in flight: square roots and divisions of one hide those of the other. */
const BODIES = 2;

export const nbody: LimitKernel = {
  unsupported: ({ N }) => (N % (4 * BODIES) === 0 ? null : `bodies must be multiples of ${4 * BODIES}, not ${N}`),
  scratchBytes: () => 0,
  build({ N }, features) {
    const { module, f } = kernelModule(['x', 'y', 'm', 'ax', 'ay', 'scratch']);
    const v = new Vectors(f, features);
    const [x, y, m, ax, ay] = [0, 1, 2, 3, 4].map((i) => f.param(i));
    const epsilon = v.constant(0.01);
    const [xi, yi] = [copyOf(f, x), copyOf(f, y)];
    const step = 16 * BODIES;
    repeat(
      f,
      N / (4 * BODIES),
      [xi, yi, ax, ay].map((p) => [p, step] as const),
      () => {
        const bodies = [...Array(BODIES).keys()].map((b) => {
          const load = (p: Local): Local =>
            v.let(() => {
              f.get(p);
              f.memory(Op.v128_load, 16 * b, 4);
            });
          const zero = (): Local => v.let(() => f.v128ConstF32x4(0, 0, 0, 0));
          return { x: load(xi), y: load(yi), ax: zero(), ay: zero() };
        });
        const [xj, yj, mj] = [x, y, m].map((p) => copyOf(f, p));
        repeat(
          f,
          N,
          [xj, yj, mj].map((p) => [p, 4] as const),
          () => {
            const [px, py, mass] = [xj, yj, mj].map((p) =>
              v.let(() => {
                f.get(p);
                f.memory(Op.v128_load32_splat);
              }),
            );
            for (const body of bodies) {
              const dx = v.let(() => v.op2(Op.f32x4_sub, px, body.x));
              const dy = v.let(() => v.op2(Op.f32x4_sub, py, body.y));
              const yy = v.let(() => v.madd(dy, dy, epsilon));
              const rr = v.let(() => v.madd(dx, dx, yy));
              const weight = v.let(() => {
                f.get(mass);
                f.get(rr);
                f.get(rr);
                f.emit(Op.f32x4_sqrt);
                f.emit(Op.f32x4_mul);
                f.emit(Op.f32x4_div);
              });
              v.madd(weight, dx, body.ax);
              f.set(body.ax);
              v.madd(weight, dy, body.ay);
              f.set(body.ay);
            }
          },
        );
        bodies.forEach((body, b) => {
          for (const [to, sum] of [
            [ax, body.ax],
            [ay, body.ay],
          ] as const) {
            f.get(to);
            f.get(sum);
            f.memory(Op.v128_store, 16 * b, 4);
          }
        });
      },
    );
    return module;
  },
};

const STEPS = 12;

export const mandelbrot: LimitKernel = {
  unsupported: ({ N }) => (N % 4 === 0 ? null : `the side must be a multiple of 4, not ${N}`),
  scratchBytes: () => 0,
  build({ N }, features) {
    const { module, f } = kernelModule(['re', 'im', 'out', 'scratch']);
    const v = new Vectors(f, features);
    const [re, im, out] = [f.param(0), f.param(1), f.param(2)];
    const [four, one] = [v.constant(4), v.constant(1)];
    repeat(f, N, [[im, 4]], () => {
      const ci = v.let(() => {
        f.get(im);
        f.memory(Op.v128_load32_splat);
      });
      const from = copyOf(f, re);
      repeat(
        f,
        N / 4,
        [
          [out, 16],
          [from, 16],
        ],
        () => {
          const cr = v.let(() => {
            f.get(from);
            f.memory(Op.v128_load, 0, 4);
          });
          const [x, y] = [cr, ci].map((c) => v.let(() => f.get(c)));
          const count = v.let(() => f.v128ConstF32x4(0, 0, 0, 0));
          const left = f.block();
          for (let step = 0; step < STEPS; step++) {
            const yy = v.let(() => v.op2(Op.f32x4_mul, y, y));
            const near = v.let(() => {
              v.madd(x, x, yy);
              f.get(four);
              f.emit(Op.f32x4_lt);
            });
            f.get(near);
            f.emit(Op.v128_any_true);
            f.emit(Op.i32_eqz);
            f.brIf(left);
            // A point that has left grows without bound: it is never counted again.
            f.get(count);
            f.get(near);
            f.get(one);
            f.emit(Op.v128_and);
            f.emit(Op.f32x4_add);
            f.set(count);
            if (step === STEPS - 1) break;
            const xx = v.let(() => {
              v.op2(Op.f32x4_mul, x, x);
              f.get(yy);
              f.emit(Op.f32x4_sub);
            });
            const twice = v.let(() => v.op2(Op.f32x4_add, x, x));
            v.madd(twice, y, ci);
            f.set(y);
            v.op2(Op.f32x4_add, xx, cr);
            f.set(x);
          }
          f.end();
          f.get(out);
          f.get(count);
          f.memory(Op.v128_store, 0, 4);
        },
      );
    });
    return module;
  },
};

/** Elements of a block: its maximum is compared with the best so far once. */
const BLOCK = 1024;

export const argmax: LimitKernel = {
  unsupported: ({ N }) => (N % 16 === 0 ? null : `the size must be a multiple of 16, not ${N}`),
  scratchBytes: () => 0,
  build({ N }, features) {
    const { module, f } = kernelModule(['x', 'out', 'scratch']);
    const v = new Vectors(f, features);
    const [x, out] = [f.param(0), f.param(1)];
    let rounds = BLOCK / 16;
    while ((N / 16) % rounds !== 0) rounds--;
    const best = f.newLocal(f32);
    f.f32Const(Number.NEGATIVE_INFINITY);
    f.set(best);
    const [block, pointer] = [copyOf(f, x), copyOf(f, x)];
    repeat(f, N / 16 / rounds, [[pointer, 64 * rounds]], () => {
      const inside = copyOf(f, pointer);
      const maxima = [0, 1, 2, 3].map(() => v.let(() => f.v128ConstF32x4(-Infinity, -Infinity, -Infinity, -Infinity)));
      // pmax keeps the maximum where the element is NaN; elements that differ from themselves are noticed apart.
      const unordered = v.let(() => f.v128ConstI32x4(0, 0, 0, 0));
      repeat(f, rounds, [[inside, 64]], () => {
        maxima.forEach((maximum, u) => {
          const element = v.let(() => {
            f.get(inside);
            f.memory(Op.v128_load, 16 * u, 4);
          });
          v.op2(Op.f32x4_pmax, maximum, element);
          f.set(maximum);
          f.get(unordered);
          v.op2(Op.f32x4_ne, element, element);
          f.emit(Op.v128_or);
          f.set(unordered);
        });
      });
      const all = v.let(() => {
        v.op2(Op.f32x4_pmax, maxima[0], maxima[1]);
        v.op2(Op.f32x4_pmax, maxima[2], maxima[3]);
        f.emit(Op.f32x4_pmax);
      });
      const largest = f.newLocal(f32);
      v.horizontal(Op.f32x4_max, all);
      f.set(largest);
      f.get(unordered);
      f.emit(Op.v128_any_true);
      f.if();
      f.f32Const(Number.NaN);
      f.set(largest);
      f.end();
      // Once the best is NaN it stays.
      f.get(largest);
      f.get(best);
      f.emit(Op.f32_gt);
      f.get(largest);
      f.get(largest);
      f.emit(Op.f32_ne);
      f.get(best);
      f.get(best);
      f.emit(Op.f32_eq);
      f.emit(Op.i32_and);
      f.emit(Op.i32_or);
      f.if();
      f.get(largest);
      f.set(best);
      f.get(pointer);
      f.set(block);
      f.end();
    });
    // The first such element of the best block.
    const value = f.newLocal(f32);
    const found = f.block();
    const again = f.loop();
    f.get(block);
    f.memory(Op.f32_load);
    f.set(value);
    f.get(value);
    f.get(best);
    f.emit(Op.f32_eq);
    f.get(value);
    f.get(value);
    f.emit(Op.f32_ne);
    f.emit(Op.i32_or);
    f.brIf(found);
    f.get(block);
    f.i32Const(4);
    f.emit(Op.i32_add);
    f.set(block);
    f.br(again);
    f.end();
    f.end();
    f.get(out);
    f.get(block);
    f.get(x);
    f.emit(Op.i32_sub);
    f.i32Const(2);
    f.emit(Op.i32_shr_u);
    f.memory(Op.i32_store);
    return module;
  },
};

export const grey: LimitKernel = {
  unsupported: ({ N }) => (N % 16 === 0 ? null : `pixels must be multiples of 16, not ${N}`),
  scratchBytes: () => 0,
  build({ N }, features) {
    const { module, f } = kernelModule(['x', 'w', 'out', 'scratch']);
    const v = new Vectors(f, features);
    const [x, w, out] = [f.param(0), f.param(1), f.param(2)];
    const weights = [0, 1, 2].map((channel) =>
      v.let(() => {
        f.get(w);
        f.memory(Op.v128_load32_splat, 4 * channel);
      }),
    );
    const zero = v.constantI32(0);
    const truncate = features.relaxedSimd ? Op.i32x4_relaxed_trunc_f32x4_s : Op.i32x4_trunc_sat_f32x4_s;
    repeat(
      f,
      N / 16,
      [
        [out, 16],
        [x, 48],
      ],
      () => {
        const quarters = [0, 1, 2, 3].map((quarter) => {
          // The last load moves back: nothing behind the image is read.
          const back = quarter === 3 ? 4 : 0;
          const bytes = v.let(() => {
            f.get(x);
            f.memory(Op.v128_load, 12 * quarter - back, 1);
          });
          const channel = (c: number): Local =>
            v.let(() => {
              f.get(bytes);
              f.get(zero);
              f.shuffle([0, 1, 2, 3].flatMap((p) => [back + 3 * p + c, 16, 16, 16]));
              f.emit(Op.f32x4_convert_i32x4_s);
            });
          const red = v.let(() => v.op2(Op.f32x4_mul, channel(0), weights[0]));
          const green = channel(1);
          const two = v.let(() => v.madd(green, weights[1], red));
          const blue = channel(2);
          return v.let(() => {
            v.madd(blue, weights[2], two);
            f.emit(Op.f32x4_nearest);
            f.emit(truncate);
          });
        });
        f.get(out);
        v.op2(Op.i16x8_narrow_i32x4_s, quarters[0], quarters[1]);
        v.op2(Op.i16x8_narrow_i32x4_s, quarters[2], quarters[3]);
        f.emit(Op.i8x16_narrow_i16x8_u);
        f.memory(Op.v128_store, 0, 1);
      },
    );
    return module;
  },
};
