// What elementwise ops share: the definitions of those with one and with two operands of one type.
import {
  attr,
  Commutative,
  type Context,
  defineOp,
  Elementwise,
  type InferState,
  type Operation,
  optionalAttr,
  Pure,
  type Trait,
  type Type,
  type TypeConstraint,
} from '@budflow/ir';
import { ResultAccuracy } from '../attributes/other.js';
import { example } from '../example.js';
import { typesAgree } from '../shapes.js';

/** Operands and results have compatible types. */
export function verifySameTypes(op: Operation): void {
  const first = op.operand(0).type;
  for (const value of [...op.operands.slice(1), ...op.results])
    if (!typesAgree(value.type, first)) {
      op.emitError(
        'stablehlo.same-types',
        `requires operands and results of compatible types, got ${first} and ${value.type}`,
      );
      return;
    }
}
export const inferFirst = (_: Context, state: InferState): Type[] => [state.operands[0]!.type];

export interface ElementwiseOptions {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  readonly tensor: TypeConstraint;
  /** Element type of the example; f32 without it. */
  readonly element?: string;
  readonly traits?: readonly Trait[];
}

/** `%x : type` */
export function unaryOp({ name, summary, description, tensor, element = 'f32', traits = [] }: ElementwiseOptions) {
  const type = `tensor<4x${element}>`;
  return defineOp({
    name,
    summary,
    description,
    example: example(`%x: ${type}`, `%r = ${name} %x : ${type}`, type),
    operands: { operand: tensor },
    results: { result: tensor },
    traits: [Pure, Elementwise, ...traits],
    assembly: '$operand attr-dict `:` custom<SameOperandsAndResultType>(type($operand), type($result))',
    inferTypes: inferFirst,
    verify: verifySameTypes,
    verifyReads: 'signature',
  });
}

/** A unary op that may say how accurate its result must be. */
export function functionOp({ name, summary, description, tensor, element = 'f32' }: ElementwiseOptions) {
  const type = `tensor<4x${element}>`;
  return defineOp({
    name,
    summary,
    description,
    example: example(
      `%x: ${type}`,
      `%0 = ${name} %x {result_accuracy = #stablehlo.result_accuracy<rtol = 1.000000e-03, ulps = 2, mode = #stablehlo.result_accuracy_mode<TOLERANCE>>} : ${type}
%r = ${name} %0 : ${type}`,
      type,
    ),
    operands: { operand: tensor },
    results: { result: tensor },
    attributes: { result_accuracy: optionalAttr(attr.dialect(ResultAccuracy)) },
    traits: [Pure, Elementwise],
    assembly: '$operand attr-dict `:` custom<SameOperandsAndResultType>(type($operand), type($result))',
    inferTypes: inferFirst,
    verify: verifySameTypes,
    verifyReads: 'signature',
  });
}

/** `%x, %y : type` */
export function binaryOp({ name, summary, description, tensor, element = 'f32', traits = [] }: ElementwiseOptions) {
  const type = `tensor<4x${element}>`;
  return defineOp({
    name,
    summary,
    description,
    example: example(`%x: ${type}, %y: ${type}`, `%r = ${name} %x, %y : ${type}`, type),
    operands: { lhs: tensor, rhs: tensor },
    results: { result: tensor },
    traits: [Pure, Elementwise, ...traits],
    assembly: '$lhs `,` $rhs attr-dict `:` custom<SameOperandsAndResultType>(type($lhs), type($rhs), type($result))',
    inferTypes: inferFirst,
    verify: verifySameTypes,
    verifyReads: 'signature',
  });
}
export const COMMUTATIVE: readonly Trait[] = [Commutative];
