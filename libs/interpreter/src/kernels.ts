// Kernels of the arith and math ops: the scalar function with, where there is one, its loop. `type` is the element
// type. Dialects with the same operations on tensors (array) use these too.
import { FloatType, IndexType, IntegerType, type Type } from '@budflow/ir';
import type { RoundingOptions } from '@budflow/numerics';
import { isBigType } from './element.js';
import type { ElementKernel, Loop } from './elementwise.js';
import {
  bigLoops,
  convertLoop,
  floatCompareLoops,
  floatLoops,
  floatUnaryLoops,
  narrowCompareLoops,
  narrowLoops,
  selectLoop,
} from './loops.js';
import { type CastOp, type RoundingMode, scalarCast } from './scalar/casts.js';
import {
  type FloatOp,
  type FloatPredicate,
  floatBinary,
  floatCompare,
  floatMultiplyAdd,
  floatUnary,
} from './scalar/floats.js';
import {
  type IntegerOp,
  type IntegerPredicate,
  type IntegerUnary,
  integerBinary,
  integerCompare,
  integerPower,
  integerUnary,
  isSignedForm,
} from './scalar/integers.js';

/** f32 or f64: storing to the array rounds. */
function roundsWhenStored(type: Type): boolean {
  return type instanceof FloatType && (type.name === 'f32' || type.name === 'f64');
}
/** i8, i16, i32: storing to the array wraps. */
function wrapsWhenStored(type: Type): boolean {
  return type instanceof IntegerType && (type.width === 8 || type.width === 16 || type.width === 32);
}

function withLoop(scalar: ElementKernel['scalar'], loop: Loop | undefined): ElementKernel {
  return loop ? { scalar, loop } : { scalar };
}

export function integerKernel(op: IntegerOp, type: Type): ElementKernel {
  const scalar = integerBinary(op, type) as ElementKernel['scalar'];
  if (wrapsWhenStored(type)) return withLoop(scalar, narrowLoops[op]);
  return withLoop(scalar, isBigType(type) && (type as IntegerType).width === 64 ? bigLoops[op] : undefined);
}

export function floatKernel(op: FloatOp, type: Type): ElementKernel {
  return withLoop(floatBinary(op, type), roundsWhenStored(type) ? floatLoops[op] : undefined);
}

/** `name` is that of the math op, or `negf`. Traps when numerics lacks the function. */
export function floatUnaryKernel(name: string, type: Type, options: RoundingOptions = {}): ElementKernel {
  return withLoop(floatUnary(name, type, options), roundsWhenStored(type) ? floatUnaryLoops[name] : undefined);
}

export function integerUnaryKernel(op: IntegerUnary, type: Type): ElementKernel {
  return { scalar: integerUnary(op, type) };
}

export function integerPowerKernel(type: Type): ElementKernel {
  return { scalar: integerPower(type) };
}

export function multiplyAddKernel(type: Type, roundings: 'once' | 'twice'): ElementKernel {
  return { scalar: floatMultiplyAdd(type, roundings) };
}

export function integerCompareKernel(predicate: IntegerPredicate, type: Type): ElementKernel {
  const signedNumbers = type instanceof IntegerType && !isBigType(type) && isSignedForm(type);
  return withLoop(integerCompare(predicate, type), signedNumbers ? narrowCompareLoops[predicate] : undefined);
}

export function floatCompareKernel(predicate: FloatPredicate, type: Type): ElementKernel {
  return withLoop(floatCompare(predicate), roundsWhenStored(type) ? floatCompareLoops[predicate] : undefined);
}

export function castKernel(op: CastOp, from: Type, to: Type, mode: RoundingMode = 'to_nearest_even'): ElementKernel {
  const scalar = scalarCast(op, from, to, mode);
  return withLoop(scalar, convertsWhenStored(op, from, to, mode) ? convertLoop : undefined);
}

function convertsWhenStored(op: CastOp, from: Type, to: Type, mode: RoundingMode): boolean {
  switch (op) {
    case 'extf':
      return roundsWhenStored(from) && roundsWhenStored(to);
    case 'truncf':
      return mode === 'to_nearest_even' && roundsWhenStored(from) && roundsWhenStored(to);
    case 'sitofp':
      return wrapsWhenStored(from) && isSignedForm(from as IntegerType) && roundsWhenStored(to);
    case 'uitofp':
      return from instanceof IntegerType && !isBigType(from) && !isSignedForm(from) && roundsWhenStored(to);
    case 'extsi':
    case 'trunci':
      return wrapsWhenStored(from) && isSignedForm(from as IntegerType) && wrapsWhenStored(to);
    case 'extui':
      return from instanceof IntegerType && from.width === 1 && wrapsWhenStored(to);
    default:
      return false;
  }
}

/** `condition ? a : b` on elements of `type`. */
export function selectKernel(type: Type): ElementKernel {
  const numbers = !(type instanceof IndexType) && !isBigType(type);
  return withLoop((c, a, b) => (c ? a : b), numbers ? selectLoop : undefined);
}
