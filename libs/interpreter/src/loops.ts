// Loops of the hot elementwise ops. A typed array rounds to f32 and wraps integers of its width when it is stored to,
// so one loop text serves all number arrays; bigints have their own, as mixing both would make the host generic.
import type { BigStorage, ElementStorage, NumberStorage } from './element.js';
import type { Loop } from './elementwise.js';
import type { FloatOp, FloatPredicate } from './scalar/floats.js';
import type { IntegerOp, IntegerPredicate } from './scalar/integers.js';

type Numbers = readonly NumberStorage[];
type Bigs = readonly BigStorage[];
type N = NumberStorage;
type B = BigStorage;

const loop = <I extends readonly ElementStorage[], O extends ElementStorage>(
  f: (out: O, inputs: I, n: number) => void,
): Loop => f as unknown as Loop;

/** Loops of float ops on f32 and f64. */
export const floatLoops: Partial<Record<FloatOp, Loop>> = {
  addf: loop<Numbers, N>((o, [a, b], n) => {
    for (let i = 0; i < n; i++) o[i] = a![i]! + b![i]!;
  }),
  subf: loop<Numbers, N>((o, [a, b], n) => {
    for (let i = 0; i < n; i++) o[i] = a![i]! - b![i]!;
  }),
  mulf: loop<Numbers, N>((o, [a, b], n) => {
    for (let i = 0; i < n; i++) o[i] = a![i]! * b![i]!;
  }),
  divf: loop<Numbers, N>((o, [a, b], n) => {
    for (let i = 0; i < n; i++) o[i] = a![i]! / b![i]!;
  }),
  maximumf: loop<Numbers, N>((o, [a, b], n) => {
    for (let i = 0; i < n; i++) o[i] = Math.max(a![i]!, b![i]!);
  }),
  minimumf: loop<Numbers, N>((o, [a, b], n) => {
    for (let i = 0; i < n; i++) o[i] = Math.min(a![i]!, b![i]!);
  }),
};

/** Loops of exact float functions on f32 and f64. */
export const floatUnaryLoops: Readonly<Record<string, Loop>> = {
  negf: loop<Numbers, N>((o, [a], n) => {
    for (let i = 0; i < n; i++) o[i] = -a![i]!;
  }),
  absf: loop<Numbers, N>((o, [a], n) => {
    for (let i = 0; i < n; i++) o[i] = Math.abs(a![i]!);
  }),
  sqrt: loop<Numbers, N>((o, [a], n) => {
    for (let i = 0; i < n; i++) o[i] = Math.sqrt(a![i]!);
  }),
  floor: loop<Numbers, N>((o, [a], n) => {
    for (let i = 0; i < n; i++) o[i] = Math.floor(a![i]!);
  }),
  ceil: loop<Numbers, N>((o, [a], n) => {
    for (let i = 0; i < n; i++) o[i] = Math.ceil(a![i]!);
  }),
};

/** Loops of integer ops on integers stored in 8, 16 or 32 bits as wide as their type. */
export const narrowLoops: Partial<Record<IntegerOp, Loop>> = {
  addi: loop<Numbers, N>((o, [a, b], n) => {
    for (let i = 0; i < n; i++) o[i] = a![i]! + b![i]!;
  }),
  subi: loop<Numbers, N>((o, [a, b], n) => {
    for (let i = 0; i < n; i++) o[i] = a![i]! - b![i]!;
  }),
  muli: loop<Numbers, N>((o, [a, b], n) => {
    for (let i = 0; i < n; i++) o[i] = Math.imul(a![i]!, b![i]!);
  }),
  andi: loop<Numbers, N>((o, [a, b], n) => {
    for (let i = 0; i < n; i++) o[i] = a![i]! & b![i]!;
  }),
  ori: loop<Numbers, N>((o, [a, b], n) => {
    for (let i = 0; i < n; i++) o[i] = a![i]! | b![i]!;
  }),
  xori: loop<Numbers, N>((o, [a, b], n) => {
    for (let i = 0; i < n; i++) o[i] = a![i]! ^ b![i]!;
  }),
};

/** Loops of integer ops on i64. */
export const bigLoops: Partial<Record<IntegerOp, Loop>> = {
  addi: loop<Bigs, B>((o, [a, b], n) => {
    for (let i = 0; i < n; i++) o[i] = a![i]! + b![i]!;
  }),
  subi: loop<Bigs, B>((o, [a, b], n) => {
    for (let i = 0; i < n; i++) o[i] = a![i]! - b![i]!;
  }),
  muli: loop<Bigs, B>((o, [a, b], n) => {
    for (let i = 0; i < n; i++) o[i] = a![i]! * b![i]!;
  }),
};

const lessThan = loop<Numbers, Uint8Array>((o, [a, b], n) => {
  for (let i = 0; i < n; i++) o[i] = a![i]! < b![i]! ? 1 : 0;
});
const lessEqual = loop<Numbers, Uint8Array>((o, [a, b], n) => {
  for (let i = 0; i < n; i++) o[i] = a![i]! <= b![i]! ? 1 : 0;
});
const greaterThan = loop<Numbers, Uint8Array>((o, [a, b], n) => {
  for (let i = 0; i < n; i++) o[i] = a![i]! > b![i]! ? 1 : 0;
});
const greaterEqual = loop<Numbers, Uint8Array>((o, [a, b], n) => {
  for (let i = 0; i < n; i++) o[i] = a![i]! >= b![i]! ? 1 : 0;
});
const equal = loop<Numbers, Uint8Array>((o, [a, b], n) => {
  for (let i = 0; i < n; i++) o[i] = a![i]! === b![i]! ? 1 : 0;
});
const notEqual = loop<Numbers, Uint8Array>((o, [a, b], n) => {
  for (let i = 0; i < n; i++) o[i] = a![i]! !== b![i]! ? 1 : 0;
});

/** Loops of float comparisons on f32 and f64. */
export const floatCompareLoops: Partial<Record<FloatPredicate, Loop>> = {
  olt: lessThan,
  ole: lessEqual,
  ogt: greaterThan,
  oge: greaterEqual,
  oeq: equal,
  une: notEqual,
};

/** Loops of signed comparisons on integers in signed number storage. */
export const narrowCompareLoops: Partial<Record<IntegerPredicate, Loop>> = {
  slt: lessThan,
  sle: lessEqual,
  sgt: greaterThan,
  sge: greaterEqual,
  eq: equal,
  ne: notEqual,
};

/** Copies with the conversion that storing does: int to float, f64 to f32, float to float, widening and narrowing ints. */
export const convertLoop: Loop = loop<Numbers, N>((o, [a], n) => {
  for (let i = 0; i < n; i++) o[i] = a![i]!;
});

/** `condition ? a : b`, condition in Uint8Array. */
export const selectLoop: Loop = loop<Numbers, N>((o, [c, a, b], n) => {
  for (let i = 0; i < n; i++) o[i] = c![i] ? a![i]! : b![i]!;
});
