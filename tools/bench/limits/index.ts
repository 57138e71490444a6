// Hand-written Wasm SIMD kernels by the name that programs.json gives: what a program can cost on this engine.

import { conv3x3, depthwise3x3 } from './convolutions.js';
import { add, axpy, blackScholes, chain, chain10, expKernel, gelu, tanhKernel } from './elementwise.js';
import { matmul } from './matmul.js';
import { blur, transpose } from './movement.js';
import { argmax, grey, mandelbrot, nbody } from './pairs.js';
import { colsum, cumsum, dot, sum } from './reductions.js';
import { layernorm, rmsnorm, rowmax, softmax } from './rows.js';
import { downsample, sobel } from './stencils.js';
import type { LimitKernel } from './support/kernel.js';

export type { Features, LimitKernel } from './support/kernel.js';

/** All of them. */
export const LIMITS: Readonly<Record<string, LimitKernel>> = {
  add,
  argmax,
  axpy,
  black_scholes: blackScholes,
  blur,
  chain,
  chain10,
  colsum,
  conv3x3,
  cumsum,
  depthwise3x3,
  dot,
  downsample,
  exp: expKernel,
  gelu,
  grey,
  layernorm,
  mandelbrot,
  matmul,
  nbody,
  rmsnorm,
  rowmax,
  sobel,
  softmax,
  sum,
  tanh: tanhKernel,
  transpose,
};
