// Interpretation of the elementwise ops: a scalar function for each element type, with a loop where it pays.

import { expansionOptions } from '@budflow/dialect-core';
import {
  ComplexValue,
  type ElementKernel,
  type Evaluator3,
  elementwiseStep,
  floatBinaryFunction,
  floatKernel,
  floatUnaryKernel,
  Interpretable,
  integerKernel,
  isBigType,
  type Loop,
  multiplyAddKernel,
  type NumberStorage,
  selectKernel,
} from '@budflow/interpreter';
import {
  ComplexType,
  elementTypeOf,
  FloatType,
  IndexType,
  type InterfaceImplementation,
  type Operation,
  type Type,
} from '@budflow/ir';
import type { RoundingOptions } from '@budflow/numerics';
import type { BinaryKind, ComparePredicate, UnaryKind } from '../kinds.js';
import { f32Binary, f32Clamp, f32Compare, f32MultiplyAddTwice, f32Select, f32Unary } from './f32-loops.js';
import {
  binaryScalar,
  compareScalar,
  convertScalar,
  convertToComplex,
  floatUnaryName,
  integerPowerScalar,
  unaryScalar,
} from './scalars.js';

function isF32(type: Type): boolean {
  return type instanceof FloatType && type.name === 'f32';
}
function withLoop(kernel: ElementKernel, loop: Loop | undefined): ElementKernel {
  return loop ? { scalar: kernel.scalar, loop } : kernel;
}
function element(op: Operation, operand = 0): Type {
  return elementTypeOf(op.operand(operand).type);
}
/** Scalars that lie in their storage as they are, as numbers. */
function isNumberStorage(type: Type): boolean {
  return (
    !(type instanceof IndexType) &&
    !(type instanceof ComplexType) &&
    !isBigType(type) &&
    !(type instanceof FloatType && type.width < 32)
  );
}

/** `relaxed` says how the engine rounds; only ops that depend on it ask. */
function interpretation(
  kernel: (op: Operation, relaxed: () => 'once' | 'twice') => ElementKernel,
): InterfaceImplementation {
  return Interpretable.implement({
    compile: (op, c) =>
      elementwiseStep(
        op,
        c,
        kernel(op, () => c.options.relaxedMadd ?? 'once'),
      ),
  });
}

export function interpretUnary(kind: UnaryKind): InterfaceImplementation {
  return interpretation((op, relaxed) => {
    const type = element(op);
    if (!(type instanceof FloatType) || kind === 'sign') return { scalar: unaryScalar(kind, type) };
    const options = expansionOptions(op, relaxed);
    return withLoop(floatUnaryKernel(floatUnaryName(kind), type, options), isF32(type) ? f32Unary[kind] : undefined);
  });
}

const FLOAT_NAMES = {
  add: 'addf',
  sub: 'subf',
  mul: 'mulf',
  div: 'divf',
  rem: 'remf',
  min: 'minimumf',
  max: 'maximumf',
} as const;
/** Integer ops that arith and the array dialect define alike. Quotients are not among them: arith's can be undefined. */
const INTEGER_NAMES = { add: 'addi', sub: 'subi', mul: 'muli', and: 'andi', or: 'ori', xor: 'xori' } as const;

const minimumLoop: Loop = (out, inputs, n) => {
  const [a, b] = inputs as [NumberStorage, NumberStorage];
  for (let i = 0; i < n; i++) out[i] = Math.min(a[i]!, b[i]!);
};
const maximumLoop: Loop = (out, inputs, n) => {
  const [a, b] = inputs as [NumberStorage, NumberStorage];
  for (let i = 0; i < n; i++) out[i] = Math.max(a[i]!, b[i]!);
};

export function binaryKernel(kind: BinaryKind, type: Type, options: RoundingOptions = {}): ElementKernel {
  if (type instanceof ComplexType) return { scalar: binaryScalar(kind, type) };
  if (kind === 'pow' && !(type instanceof FloatType)) return { scalar: integerPowerScalar(type) };
  if (kind === 'pow' || kind === 'atan2')
    return { scalar: floatBinaryFunction(kind === 'pow' ? 'powf' : kind, type, options) };
  if (type instanceof FloatType) {
    const kernel = floatKernel(FLOAT_NAMES[kind as keyof typeof FLOAT_NAMES], type);
    return withLoop(kernel, isF32(type) ? f32Binary[kind] : undefined);
  }
  const scalar = binaryScalar(kind, type);
  if (kind === 'min' || kind === 'max')
    return withLoop({ scalar }, isNumberStorage(type) ? (kind === 'min' ? minimumLoop : maximumLoop) : undefined);
  const name = INTEGER_NAMES[kind as keyof typeof INTEGER_NAMES];
  return name === undefined ? { scalar } : withLoop({ scalar }, integerKernel(name, type).loop);
}

export function interpretBinary(kind: BinaryKind): InterfaceImplementation {
  return interpretation((op, relaxed) => binaryKernel(kind, element(op), expansionOptions(op, relaxed)));
}

const numberCompare: Readonly<Record<ComparePredicate, Loop>> = numberComparisons();

/** The comparison loops once more, for the other number arrays. */
function numberComparisons(): Record<ComparePredicate, Loop> {
  const loop = (f: (out: NumberStorage, a: NumberStorage, b: NumberStorage, n: number) => void): Loop => {
    return (out, inputs, n) => f(out as NumberStorage, inputs[0] as NumberStorage, inputs[1] as NumberStorage, n);
  };
  return {
    eq: loop((o, a, b, n) => {
      for (let i = 0; i < n; i++) o[i] = a[i]! === b[i]! ? 1 : 0;
    }),
    ne: loop((o, a, b, n) => {
      for (let i = 0; i < n; i++) o[i] = a[i]! !== b[i]! ? 1 : 0;
    }),
    lt: loop((o, a, b, n) => {
      for (let i = 0; i < n; i++) o[i] = a[i]! < b[i]! ? 1 : 0;
    }),
    le: loop((o, a, b, n) => {
      for (let i = 0; i < n; i++) o[i] = a[i]! <= b[i]! ? 1 : 0;
    }),
    gt: loop((o, a, b, n) => {
      for (let i = 0; i < n; i++) o[i] = a[i]! > b[i]! ? 1 : 0;
    }),
    ge: loop((o, a, b, n) => {
      for (let i = 0; i < n; i++) o[i] = a[i]! >= b[i]! ? 1 : 0;
    }),
  };
}

export function interpretCompare(predicateOf: (op: Operation) => ComparePredicate): InterfaceImplementation {
  return interpretation((op) => {
    const predicate = predicateOf(op);
    const type = element(op);
    const loop = isF32(type) ? f32Compare[predicate] : isNumberStorage(type) ? numberCompare[predicate] : undefined;
    return withLoop({ scalar: compareScalar(predicate, type) }, loop);
  });
}

export const interpretSelect: InterfaceImplementation = interpretation((op) => {
  const type = element(op, 1);
  return withLoop(selectKernel(type), isF32(type) ? f32Select : undefined);
});

export const interpretMakeComplex: InterfaceImplementation = interpretation(() => ({
  scalar: (re: number, im: number) => new ComplexValue(re, im),
}));

export const interpretIsFinite: InterfaceImplementation = interpretation(() => ({
  scalar: (x: number) => (Number.isFinite(x) ? 1 : 0),
}));

export const interpretClamp: InterfaceImplementation = interpretation((op) => {
  const type = element(op);
  const [min, max] = [binaryScalar('min', type), binaryScalar('max', type)];
  const scalar: Evaluator3 = (low, x, high) => min(max(x, low), high);
  return withLoop({ scalar }, isF32(type) ? f32Clamp : undefined);
});

export function interpretFma(kindOf: (op: Operation) => 'exact' | 'relaxed'): InterfaceImplementation {
  return interpretation((op, relaxed) => {
    const type = element(op);
    const roundings = kindOf(op) === 'exact' ? 'once' : relaxed();
    return withLoop(
      multiplyAddKernel(type, roundings),
      roundings === 'twice' && isF32(type) ? f32MultiplyAddTwice : undefined,
    );
  });
}

const copyNumbers: Loop = (out, inputs, n) => {
  const a = inputs[0] as NumberStorage;
  for (let i = 0; i < n; i++) out[i] = a[i]!;
};

export const interpretCast: InterfaceImplementation = interpretation((op) => {
  const from = element(op);
  const to = elementTypeOf(op.result(0).type);
  if (to instanceof ComplexType) return { scalar: convertToComplex(from, to) };
  const scalar = convertScalar(from, to) as ElementKernel['scalar'];
  // Storing to a float array rounds, once, what every number array holds.
  const rounds = isNumberStorage(from) && to instanceof FloatType && to.width >= 32;
  return withLoop({ scalar }, rounds ? copyNumbers : undefined);
});
