// Ops between element widths: widen_low, widen_high, narrow, and the upper halves of products.

import {
  type CastOp,
  type ElementStorage,
  elementAccess,
  Interpretable,
  integerExtended,
  type Scalar,
  scalarCast,
  step1,
  step2,
} from '@budflow/interpreter';
import {
  allTypesMatch,
  attr,
  Commutative,
  type Context,
  defineOp,
  FloatType,
  IntegerType,
  InternalError,
  Pure,
  type Type,
  type VectorType,
} from '@budflow/ir';
import { Vector, vectorType } from './support.js';

/** The element type of twice the width (f32 for both 16-bit floats); undefined when there is none. */
export function widerElement(context: Context, type: Type): Type | undefined {
  if (type instanceof IntegerType)
    return [8, 16, 32].includes(type.width) ? context.integer(2 * type.width, type.signedness) : undefined;
  if (type instanceof FloatType)
    return type.name === 'f16' || type.name === 'bf16' ? context.f32 : type.name === 'f32' ? context.f64 : undefined;
  return undefined;
}

function widening(half: 'low' | 'high') {
  const name = `simd.widen_${half}` as const;
  return defineOp({
    name,
    summary: `the ${half === 'low' ? 'first' : 'second'} half of the lanes, each twice as wide`,
    description:
      'i8 to i16, i16 to i32, i32 to i64, f16 and bf16 to f32, f32 to f64. Integers keep their value as signed ones, or as unsigned ones with `unsigned`.',
    example: `func.func @f(%v: vector<16xi8>) -> vector<8xi16> {
  %0 = ${name} %v : vector<16xi8> to vector<8xi16>
  %1 = ${name} %v {unsigned} : vector<16xi8> to vector<8xi16>
  return %1 : vector<8xi16>
}`,
    operands: { vector: Vector },
    results: { result: Vector },
    attributes: { unsigned: attr.unit },
    traits: [Pure],
    interfaces: [
      Interpretable.implement({
        compile(op, c) {
          const from = vectorType(op.operand(0));
          const to = vectorType(op.result(0));
          const float = from.element instanceof FloatType;
          const convert = scalarCast(
            float ? 'extf' : op.attr('unsigned') ? 'extui' : 'extsi',
            from.element,
            to.element,
          );
          return step1(op, c, (v) => converted(v as ElementStorage, from, half === 'low' ? 0 : to.lanes, to, convert));
        },
      }),
    ],
    inferTypes: (context, { operands }) => {
      const type = operands[0]!.type as VectorType;
      const element = widerElement(context, type.element);
      if (element === undefined || type.lanes % 2 !== 0) throw new InternalError(`${type} cannot be widened in halves`);
      return [context.vector([type.lanes / 2], element)];
    },
    assembly: '$vector attr-dict `:` type($vector) `to` type($result)',
    verify(op) {
      const from = vectorType(op.operand(0));
      const element = widerElement(op.context, from.element);
      if (element === undefined || from.lanes % 2 !== 0) {
        op.emitError('simd.widen-type', `expects an even number of i8, i16, i32, f16, bf16 or f32, got ${from}`);
        return;
      }
      const wanted = op.context.vector([from.lanes / 2], element);
      if (op.result(0).type !== wanted)
        op.emitError('simd.result-type', `expects a result of type ${wanted}, got ${op.result(0).type}`);
      else if (op.attr('unsigned') && from.element instanceof FloatType)
        op.emitError('simd.widen-unsigned', "takes 'unsigned' only for integers");
    },
  });
}

type Convert = (x: number | bigint) => number | bigint;

/** Lanes [start, start + to.lanes) of a vector, converted. */
function converted(
  vector: ElementStorage,
  from: VectorType,
  start: number,
  to: VectorType,
  convert: Convert,
): ElementStorage {
  const result = elementAccess(to.element).make(to.lanes);
  convertInto(vector, from, start, to.lanes, result, to, 0, convert);
  return result;
}

function convertInto(
  vector: ElementStorage,
  from: VectorType,
  start: number,
  count: number,
  result: ElementStorage,
  to: VectorType,
  at: number,
  convert: Convert,
): void {
  const read = elementAccess(from.element);
  const write = elementAccess(to.element);
  for (let l = 0; l < count; l++)
    write.store(result, at + l, convert(read.load(vector, start + l) as number | bigint) as Scalar);
}

export const WidenLowOp = widening('low');
export const WidenHighOp = widening('high');

export const NarrowOp = defineOp({
  name: 'simd.narrow',
  summary: 'the lanes of two vectors, each half as wide',
  description:
    'The lanes of the first vector, then those of the second. Integers are truncated (i64 to i32, i32 to i16, i16 to i8), floats rounded to nearest (f64 to f32, f32 to f16 or bf16).',
  example: `func.func @f(%a: vector<8xi16>, %b: vector<8xi16>) -> vector<16xi8> {
  %0 = simd.narrow %a, %b : vector<8xi16> to vector<16xi8>
  return %0 : vector<16xi8>
}`,
  operands: { lhs: Vector, rhs: Vector },
  results: { result: Vector },
  traits: [Pure, allTypesMatch('lhs', 'rhs')],
  interfaces: [
    Interpretable.implement({
      compile(op, c) {
        const from = vectorType(op.operand(0));
        const to = vectorType(op.result(0));
        const cast: CastOp = from.element instanceof FloatType ? 'truncf' : 'trunci';
        const convert = scalarCast(cast, from.element, to.element);
        return step2(op, c, (a, b) => {
          const result = elementAccess(to.element).make(to.lanes);
          convertInto(a as ElementStorage, from, 0, from.lanes, result, to, 0, convert);
          convertInto(b as ElementStorage, from, 0, from.lanes, result, to, from.lanes, convert);
          return result;
        });
      },
    }),
  ],
  assembly: '$lhs `,` $rhs attr-dict `:` type($lhs) `to` type($result)',
  verify(op) {
    const from = vectorType(op.operand(0));
    const to = vectorType(op.result(0));
    if (to.lanes !== 2 * from.lanes || widerElement(op.context, to.element) !== from.element)
      op.emitError(
        'simd.narrow-type',
        `expects ${2 * from.lanes} lanes of half the width of ${from.element}, got ${to}`,
      );
  },
});

export const MulHighOp = defineOp({
  name: 'simd.mul_high',
  summary: 'the upper halves of the products of lanes',
  description:
    'The product has twice the width of the lanes (i8, i16, i32); its upper half is the result. Lanes are signed, or unsigned with `unsigned`. With a multiplier that stands for 1 / d, it divides.',
  example: `func.func @f(%a: vector<8xi16>, %b: vector<8xi16>) -> vector<8xi16> {
  %0 = simd.mul_high %a, %b {unsigned} : vector<8xi16>
  return %0 : vector<8xi16>
}`,
  operands: { lhs: Vector, rhs: Vector },
  results: { result: Vector },
  attributes: { unsigned: attr.unit },
  traits: [Pure, Commutative, allTypesMatch('lhs', 'rhs', 'result')],
  interfaces: [
    Interpretable.implement({
      compile(op, c) {
        const type = vectorType(op.result(0));
        const product = integerExtended(op.attr('unsigned') ? 'mului' : 'mulsi', type.element);
        const access = elementAccess(type.element);
        return step2(op, c, (a, b) => {
          const result = access.make(type.lanes);
          for (let l = 0; l < type.lanes; l++) {
            const [x, y] = [a, b].map((v) => access.load(v as ElementStorage, l) as number) as [number, number];
            access.store(result, l, product(x, y)[1] as Scalar);
          }
          return result;
        });
      },
    }),
  ],
  inferTypes: (_, { operands }) => [operands[0]!.type],
  assembly: '$lhs `,` $rhs attr-dict `:` type($result)',
  verify(op) {
    const type = vectorType(op.result(0));
    if (!(type.element instanceof IntegerType) || ![8, 16, 32].includes(type.element.width))
      op.emitError('simd.mul-high-type', `expects lanes of i8, i16 or i32, got ${type}`);
  },
});
