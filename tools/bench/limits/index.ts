// Hand-written Wasm SIMD kernels by the name that programs.json gives: what a program can cost on this engine.

import { add, axpy, chain, chain10, expKernel, tanhKernel } from './elementwise.js';
import { matmul } from './matmul.js';
import { blur, transpose } from './movement.js';
import { dot, sum } from './reductions.js';
import { layernorm, softmax } from './rows.js';
import type { LimitKernel } from './support/kernel.js';

export type { Features, LimitKernel } from './support/kernel.js';

/** All of them. */
export const LIMITS: Readonly<Record<string, LimitKernel>> = {
  add,
  axpy,
  blur,
  chain,
  chain10,
  dot,
  exp: expKernel,
  layernorm,
  matmul,
  softmax,
  sum,
  tanh: tanhKernel,
  transpose,
};
