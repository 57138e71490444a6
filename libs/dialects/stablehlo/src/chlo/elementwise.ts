// Functions of elements that CHLO has beyond StableHLO: `chlo.erf %x : tensor<4xf32> -> tensor<4xf32>`.
import {
  type Context,
  defineOp,
  Elementwise,
  Pure,
  type TensorType,
  type Type,
  type TypeConstraint,
  UnrankedTensorType,
} from '@budflow/ir';
import { example } from '../example.js';
import { inferFirst, verifySameTypes } from '../ops/elementwise.js';
import { expectResult } from '../shapes.js';
import {
  HloAnyRankComplexTensor,
  HloAnyRankFpOrComplexTensor,
  HloAnyRankFpTensor,
  HloAnyRankPredTensor,
  HloAnyRankTensor,
  HloIntTensor,
} from '../types.js';

function unary<const N extends string>(name: N, summary: string, tensor: TypeConstraint, element = 'f32') {
  const type = `tensor<4x${element}>`;
  return defineOp({
    name,
    summary,
    description: 'Applied to each element.',
    example: example(`%x: ${type}`, `%r = ${name} %x : ${type} -> ${type}`, type),
    operands: { operand: tensor },
    results: { result: tensor },
    traits: [Pure, Elementwise],
    assembly: '$operand attr-dict `:` type($operand) `->` type($result)',
    inferTypes: inferFirst,
    verify: verifySameTypes,
    verifyReads: 'signature',
  });
}
const real = HloAnyRankFpTensor;
const any = HloAnyRankFpOrComplexTensor;

export const AcosOp = unary('chlo.acos', 'Arc cosine.', any);
export const AcoshOp = unary('chlo.acosh', 'Area hyperbolic cosine.', any);
export const AsinOp = unary('chlo.asin', 'Arc sine.', any);
export const AsinhOp = unary('chlo.asinh', 'Area hyperbolic sine.', any);
export const AtanOp = unary('chlo.atan', 'Arc tangent.', any);
export const AtanhOp = unary('chlo.atanh', 'Area hyperbolic tangent.', any);
export const AsinAcosKernelOp = unary(
  'chlo._asin_acos_kernel',
  'What arc sine and arc cosine of complex numbers have in common.',
  HloAnyRankComplexTensor,
  'complex<f32>',
);
export const BesselI1eOp = unary('chlo.bessel_i1e', 'Modified Bessel function of order 1, times e^-|x|.', real);
export const ConjOp = unary('chlo.conj', 'Complex conjugate.', HloAnyRankTensor);
export const ChloCoshOp = unary('chlo.cosh', 'Hyperbolic cosine.', any);
export const DigammaOp = unary('chlo.digamma', 'Derivative of the logarithm of the gamma function.', real);
export const ErfOp = unary('chlo.erf', 'Error function.', real);
export const ErfInvOp = unary('chlo.erf_inv', 'Inverse of the error function.', real);
export const ErfcOp = unary('chlo.erfc', '1 - erf(x), exact where erf is near one.', real);
export const LgammaOp = unary('chlo.lgamma', 'Logarithm of the absolute value of the gamma function.', real);
export const ChloSinhOp = unary('chlo.sinh', 'Hyperbolic sine.', any);
export const SquareOp = unary('chlo.square', 'x * x.', any);
export const ChloTanOp = unary('chlo.tan', 'Tangent of an angle in radians.', any);

/** The type with an i1 for each element. */
function predicates(context: Context, type: Type): Type {
  if (type instanceof UnrankedTensorType) return context.unrankedTensor(context.i1);
  const { shape, encoding } = type as TensorType;
  return context.tensor(shape, context.i1, encoding);
}
function test<const N extends string>(name: N, summary: string) {
  return defineOp({
    name,
    summary,
    description: 'An i1 for each element.',
    example: example('%x: tensor<4xf32>', `%r = ${name} %x : tensor<4xf32> -> tensor<4xi1>`, 'tensor<4xi1>'),
    operands: { operand: real },
    results: { result: HloAnyRankPredTensor },
    traits: [Pure, Elementwise],
    assembly: '$operand attr-dict `:` type($operand) `->` type($result)',
    inferTypes: (context, { operands }): Type[] => [predicates(context, operands[0]!.type)],
    verify(op) {
      expectResult(op, predicates(op.context, op.operand(0).type));
    },
    verifyReads: 'signature',
  });
}
export const IsInfOp = test('chlo.is_inf', 'Whether elements are infinite.');
export const IsNegInfOp = test('chlo.is_neg_inf', 'Whether elements are minus infinity.');
export const IsPosInfOp = test('chlo.is_pos_inf', 'Whether elements are plus infinity.');

function binary<const N extends string, const A extends string, const B extends string>(
  name: N,
  summary: string,
  first: A,
  second: B,
) {
  return defineOp({
    name,
    summary,
    description: 'Applied to each pair of elements.',
    example: example(
      '%x: tensor<4xf32>, %y: tensor<4xf32>',
      `%r = ${name} %x, %y : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>`,
      'tensor<4xf32>',
    ),
    operands: { [first]: real, [second]: real } as { readonly [K in A | B]: TypeConstraint },
    results: { result: real },
    traits: [Pure, Elementwise],
    assembly: `$${first} \`,\` $${second} attr-dict \`:\` type($${first}) \`,\` type($${second}) \`->\` type($result)`,
    inferTypes: inferFirst,
    verify: verifySameTypes,
    verifyReads: 'signature',
  });
}
export const NextAfterOp = binary('chlo.next_after', 'The next number after x towards y.', 'x', 'y');
export const PolygammaOp = binary('chlo.polygamma', 'The n-th derivative of digamma.', 'n', 'x');
export const ZetaOp = binary('chlo.zeta', 'Hurwitz zeta function: sum of (q + k)^-x over k >= 0.', 'x', 'q');

export const MulhiOp = defineOp({
  name: 'chlo.mulhi',
  summary: 'The upper half of the product of integers.',
  description: 'Applied to each pair of elements.',
  example: example(
    '%x: tensor<4xi32>, %y: tensor<4xi32>',
    '%r = chlo.mulhi %x, %y : tensor<4xi32>, tensor<4xi32> -> tensor<4xi32>',
    'tensor<4xi32>',
  ),
  operands: { lhs: HloIntTensor, rhs: HloIntTensor },
  results: { result: HloIntTensor },
  traits: [Pure, Elementwise],
  assembly: '$lhs `,` $rhs attr-dict `:` type($lhs) `,` type($rhs) `->` type($result)',
  inferTypes: inferFirst,
  verify: verifySameTypes,
  verifyReads: 'signature',
});
