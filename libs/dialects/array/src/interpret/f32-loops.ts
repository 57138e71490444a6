// Loops of the common f32 ops. One function for each op and only ever called with Float32Arrays, so that the host
// compiles each for that one kind of array; everything else takes the interpreter's shared loops.
import type { ElementStorage, Loop } from '@budflow/interpreter';

type F = Float32Array;

/** All arrays of such a loop are Float32Arrays. */
const loop = (f: (out: F, inputs: readonly F[], n: number) => void): Loop => f as unknown as Loop;

export const f32Unary: Readonly<Record<string, Loop>> = {
  neg: loop((o, [a], n) => {
    for (let i = 0; i < n; i++) o[i] = -a![i]!;
  }),
  abs: loop((o, [a], n) => {
    for (let i = 0; i < n; i++) o[i] = Math.abs(a![i]!);
  }),
  sqrt: loop((o, [a], n) => {
    for (let i = 0; i < n; i++) o[i] = Math.sqrt(a![i]!);
  }),
  floor: loop((o, [a], n) => {
    for (let i = 0; i < n; i++) o[i] = Math.floor(a![i]!);
  }),
  ceil: loop((o, [a], n) => {
    for (let i = 0; i < n; i++) o[i] = Math.ceil(a![i]!);
  }),
};

export const f32Binary: Readonly<Record<string, Loop>> = {
  add: loop((o, [a, b], n) => {
    for (let i = 0; i < n; i++) o[i] = a![i]! + b![i]!;
  }),
  sub: loop((o, [a, b], n) => {
    for (let i = 0; i < n; i++) o[i] = a![i]! - b![i]!;
  }),
  mul: loop((o, [a, b], n) => {
    for (let i = 0; i < n; i++) o[i] = a![i]! * b![i]!;
  }),
  div: loop((o, [a, b], n) => {
    for (let i = 0; i < n; i++) o[i] = a![i]! / b![i]!;
  }),
  min: loop((o, [a, b], n) => {
    for (let i = 0; i < n; i++) o[i] = Math.min(a![i]!, b![i]!);
  }),
  max: loop((o, [a, b], n) => {
    for (let i = 0; i < n; i++) o[i] = Math.max(a![i]!, b![i]!);
  }),
};

/** Comparison of Float32Arrays into a Uint8Array. */
const comparison = (f: (out: Uint8Array, inputs: readonly F[], n: number) => void): Loop => f as unknown as Loop;

export const f32Compare: Readonly<Record<string, Loop>> = {
  eq: comparison((o, [a, b], n) => {
    for (let i = 0; i < n; i++) o[i] = a![i]! === b![i]! ? 1 : 0;
  }),
  ne: comparison((o, [a, b], n) => {
    for (let i = 0; i < n; i++) o[i] = a![i]! !== b![i]! ? 1 : 0;
  }),
  lt: comparison((o, [a, b], n) => {
    for (let i = 0; i < n; i++) o[i] = a![i]! < b![i]! ? 1 : 0;
  }),
  le: comparison((o, [a, b], n) => {
    for (let i = 0; i < n; i++) o[i] = a![i]! <= b![i]! ? 1 : 0;
  }),
  gt: comparison((o, [a, b], n) => {
    for (let i = 0; i < n; i++) o[i] = a![i]! > b![i]! ? 1 : 0;
  }),
  ge: comparison((o, [a, b], n) => {
    for (let i = 0; i < n; i++) o[i] = a![i]! >= b![i]! ? 1 : 0;
  }),
};

export const f32Select: Loop = (out: ElementStorage, inputs: readonly ElementStorage[], n: number) => {
  const [c, a, b] = inputs as unknown as [Uint8Array, F, F];
  const o = out as F;
  for (let i = 0; i < n; i++) o[i] = c[i] ? a[i]! : b[i]!;
};

export const f32Clamp: Loop = loop((o, [low, x, high], n) => {
  for (let i = 0; i < n; i++) o[i] = Math.min(Math.max(x![i]!, low![i]!), high![i]!);
});

/** a * b + c, both rounded. */
export const f32MultiplyAddTwice: Loop = loop((o, [a, b, c], n) => {
  for (let i = 0; i < n; i++) o[i] = Math.fround(a![i]! * b![i]!) + c![i]!;
});
