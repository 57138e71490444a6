// Hand-written Wasm SIMD kernels by the name that programs.json gives: what a program can cost on this engine.

import { add, axpy, chain, chain10, expKernel, tanhKernel } from './elementwise.js';
import { matmul } from './matmul.js';
import { blur, transpose } from './movement.js';
import { colsum, cumsum, dot, sum } from './reductions.js';
import { layernorm, rmsnorm, rowmax, softmax } from './rows.js';
import { downsample, sobel } from './stencils.js';
import type { LimitKernel } from './support/kernel.js';

export type { Features, LimitKernel } from './support/kernel.js';

/** All of them. */
export const LIMITS: Readonly<Record<string, LimitKernel>> = {
  add,
  axpy,
  blur,
  chain,
  chain10,
  colsum,
  cumsum,
  dot,
  downsample,
  exp: expKernel,
  layernorm,
  matmul,
  rmsnorm,
  rowmax,
  sobel,
  softmax,
  sum,
  tanh: tanhKernel,
  transpose,
};
