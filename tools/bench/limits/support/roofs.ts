// Kernels that do nothing but stream or multiply-add: what the machine gives to Wasm at all.

import { type ModuleBuilder, Op } from '@budflow/backend-wasm';
import { copyOf, type Features, i32, kernelModule, repeat, Vectors, v128 } from './kernel.js';

const UNROLL = 4;

/** `run(a, b, c, rounds)`: a = b (copy) or a = b + 3 c (triad), `elements` (a multiple of 16) floats, `rounds` times. */
export function streamModule(kind: 'copy' | 'triad', elements: number, features: Features): ModuleBuilder {
  const { module, f } = kernelModule(['a', 'b', 'c', 'rounds']);
  const v = new Vectors(f, features);
  const factor = v.constant(3);
  const rounds = f.param(3);
  const again = f.loop();
  const [a, b, c] = [0, 1, 2].map((i) => copyOf(f, f.param(i)));
  const step = 16 * UNROLL;
  const pointers = (kind === 'triad' ? [a, b, c] : [a, b]).map((p) => [p, step] as const);
  repeat(f, elements / (4 * UNROLL), pointers, () => {
    for (let u = 0; u < UNROLL; u++) {
      const from = v.let(() => {
        f.get(b);
        f.memory(Op.v128_load, 16 * u);
      });
      if (kind === 'copy') {
        f.get(a);
        f.get(from);
      } else {
        const other = v.let(() => {
          f.get(c);
          f.memory(Op.v128_load, 16 * u);
        });
        f.get(a);
        v.madd(other, factor, from);
      }
      f.memory(Op.v128_store, 16 * u);
    }
  });
  f.get(rounds);
  f.i32Const(1);
  f.emit(Op.i32_sub);
  f.tee(rounds);
  f.brIf(again);
  f.end();
  return module;
}

/** Independent chains of multiply-adds: more than latency times throughput, and no more than there are registers. */
const CHAINS = 12;
/** Multiply-adds of each chain in one round. */
const STEPS = 8;

/** Floating-point operations of one round of `peakModule`. */
export const PEAK_FLOPS_PER_ROUND = CHAINS * STEPS * 4 * 2;

/** `run(out, rounds)`: `PEAK_FLOPS_PER_ROUND` operations on registers, `rounds` times. */
export function peakModule(features: Features): ModuleBuilder {
  const { module, f } = kernelModule(['out', 'rounds']);
  const v = new Vectors(f, features);
  const [factor, addend] = [v.constant(0.999), v.constant(0.001)];
  const chains = [...Array(CHAINS).keys()].map((i) => v.let(() => f.v128ConstF32x4(i, 1, 2, 3)));
  const counter = f.newLocal(i32);
  f.get(f.param(1));
  f.set(counter);
  const again = f.loop();
  for (let s = 0; s < STEPS; s++) {
    for (const chain of chains) {
      v.madd(chain, factor, addend);
      f.set(chain);
    }
  }
  f.get(counter);
  f.i32Const(1);
  f.emit(Op.i32_sub);
  f.tee(counter);
  f.brIf(again);
  f.end();
  const total = f.newLocal(v128);
  for (const chain of chains) {
    v.op2(Op.f32x4_add, total, chain);
    f.set(total);
  }
  f.get(f.param(0));
  f.get(total);
  f.memory(Op.v128_store);
  return module;
}
