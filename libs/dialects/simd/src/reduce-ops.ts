// Reductions of a vector to a scalar.

import {
  type ElementStorage,
  elementAccess,
  floatBinary,
  type IntegerOp,
  Interpretable,
  integerBinary,
  type Scalar,
  step1,
} from '@budflow/interpreter';
import {
  AnyType,
  attr,
  defineOp,
  elementTypeOf,
  FloatType,
  IndexType,
  Pure,
  type Type,
  typesMatchWith,
} from '@budflow/ir';
import { lanesOf, Vector, vectorType } from './support.js';

type Kind = 'add' | 'mul' | 'min' | 'max' | 'and' | 'or' | 'xor';

/** The combination of two scalars, as arith does it: float minima and maxima propagate NaN. */
function combiner(kind: Kind, type: Type, unsigned: boolean): (a: Scalar, b: Scalar) => Scalar {
  if (type instanceof FloatType) {
    const op = kind === 'add' ? 'addf' : kind === 'mul' ? 'mulf' : kind === 'min' ? 'minimumf' : 'maximumf';
    return floatBinary(op, type) as (a: Scalar, b: Scalar) => Scalar;
  }
  const ops: Record<Kind, IntegerOp> = {
    add: 'addi',
    mul: 'muli',
    min: unsigned ? 'minui' : 'minsi',
    max: unsigned ? 'maxui' : 'maxsi',
    and: 'andi',
    or: 'ori',
    xor: 'xori',
  };
  return integerBinary(ops[kind], type) as (a: Scalar, b: Scalar) => Scalar;
}

function reduction(kind: Kind) {
  const name = `simd.reduce_${kind}` as const;
  const bitwise = kind === 'and' || kind === 'or' || kind === 'xor';
  const ordered = kind === 'min' || kind === 'max';
  const what = {
    add: 'sum',
    mul: 'product',
    min: 'minimum',
    max: 'maximum',
    and: 'conjunction',
    or: 'disjunction',
    xor: 'exclusive or',
  }[kind];
  const element = bitwise ? 'i32' : 'f32';
  return defineOp({
    name,
    summary: `${what} of the lanes, combined in halves`,
    description: `Lane l is combined with lane l + L/2, then the L/2 lanes in the same way, until one is left: the canonical order of lanes. The
number of lanes is a power of two.${ordered ? ' Floats propagate NaN; integers are compared as signed ones, or as unsigned ones with `unsigned`.' : ''}`,
    example: `func.func @f(%v: vector<16x${element}>) -> ${element} {
  %0 = ${name} %v : vector<16x${element}>
  return %0 : ${element}
}`,
    operands: { vector: Vector },
    results: { result: AnyType },
    attributes: { unsigned: attr.unit },
    traits: [Pure, typesMatchWith('vector', 'result', elementTypeOf)],
    interfaces: [
      Interpretable.implement({
        compile(op, c) {
          const type = vectorType(op.operand(0));
          const access = elementAccess(type.element);
          const combine = combiner(kind, type.element, op.attr('unsigned') !== undefined);
          return step1(op, c, (v) => {
            const lanes: Scalar[] = Array.from({ length: type.lanes }, (_, l) => access.load(v as ElementStorage, l));
            for (let half = type.lanes >> 1; half > 0; half >>= 1)
              for (let l = 0; l < half; l++) lanes[l] = combine(lanes[l]!, lanes[l + half]!);
            return lanes[0]!;
          });
        },
      }),
    ],
    inferTypes: (_, { operands }) => [elementTypeOf(operands[0]!.type)],
    assembly: '$vector attr-dict `:` type($vector)',
    verify(op) {
      const type = vectorType(op.operand(0));
      if (!Number.isInteger(Math.log2(type.lanes)))
        op.emitError('simd.reduce-lanes', `expects a power of two of lanes, got ${type.lanes}`);
      else if (bitwise && type.element instanceof FloatType)
        op.emitError('simd.reduce-type', `expects integers, got ${type}`);
      else if (
        op.attr('unsigned') &&
        (!ordered || type.element instanceof FloatType || type.element instanceof IndexType)
      )
        op.emitError('simd.reduce-unsigned', "takes 'unsigned' only for minima and maxima of integers");
    },
    fold(op) {
      const vector = op.operand(0);
      const inner = vector.definingOp;
      if (inner === null || inner.name !== 'simd.splat') return null;
      // min (splat s) == s, and so for max, and, or; a sum of one lane is that lane.
      return ordered || kind === 'and' || kind === 'or' || lanesOf(vector) === 1 ? inner.operand(0) : null;
    },
  });
}

export const ReduceAddOp = reduction('add');
export const ReduceMulOp = reduction('mul');
export const ReduceMinOp = reduction('min');
export const ReduceMaxOp = reduction('max');
export const ReduceAndOp = reduction('and');
export const ReduceOrOp = reduction('or');
export const ReduceXorOp = reduction('xor');

/** The reduction op of each kind. */
export const REDUCE_OPS = {
  add: ReduceAddOp,
  mul: ReduceMulOp,
  min: ReduceMinOp,
  max: ReduceMaxOp,
  and: ReduceAndOp,
  or: ReduceOrOp,
  xor: ReduceXorOp,
} as const;
