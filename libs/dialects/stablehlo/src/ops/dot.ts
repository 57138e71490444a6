// Products of tensors: dot, dot_general, einsum.
import { attr, defineOp, type Operation, optionalAttr, Pure, type TensorType } from '@budflow/ir';
import { DotDimensionNumbers, type DotDimensions } from '../attributes/dims.js';
import { DotAlgorithm } from '../attributes/other.js';
import { precisionConfig } from '../attributes/specs.js';
import { example } from '../example.js';
import { elementOf, expectDimensions, expectLength, expectResult, shapeOf, sizesAgree, tensorOf } from '../shapes.js';
import { HloAnyQuantizedTensor, HloTensor } from '../types.js';

/** Sizes of a product: batching, then the remaining dimensions of both operands. */
function productShape(lhs: readonly number[], rhs: readonly number[], d: DotDimensions): number[] {
  const rest = (shape: readonly number[], ...used: (readonly number[])[]) =>
    shape.filter((_, i) => !used.some((list) => list.includes(i)));
  return [
    ...d.lhs_batching_dimensions.map((i) => lhs[i]!),
    ...rest(lhs, d.lhs_batching_dimensions, d.lhs_contracting_dimensions),
    ...rest(rhs, d.rhs_batching_dimensions, d.rhs_contracting_dimensions),
  ];
}

export const DotGeneralOp = defineOp({
  name: 'stablehlo.dot_general',
  summary: 'Products of tensors, summed over contracting dimensions, for each index of batching dimensions.',
  description: `The result has the batching dimensions, then the others of lhs, then the others of rhs. Precision asks for more exact products on
machines that have less exact ones; an algorithm says how they are computed.`,
  example: example(
    '%x: tensor<2x4x8xf32>, %y: tensor<2x8x5xf32>',
    '%r = stablehlo.dot_general %x, %y, batching_dims = [0] x [0], contracting_dims = [2] x [1], precision = [DEFAULT, DEFAULT] : (tensor<2x4x8xf32>, tensor<2x8x5xf32>) -> tensor<2x4x5xf32>',
    'tensor<2x4x5xf32>',
  ),
  operands: { lhs: HloAnyQuantizedTensor, rhs: HloAnyQuantizedTensor },
  results: { result: HloAnyQuantizedTensor },
  attributes: {
    dot_dimension_numbers: attr.dialect(DotDimensionNumbers),
    precision_config: optionalAttr(precisionConfig),
    algorithm: optionalAttr(attr.dialect(DotAlgorithm)),
  },
  traits: [Pure],
  assembly: `$lhs \`,\` $rhs \`,\` custom<DotDimensions>($dot_dimension_numbers)
    (\`\` custom<PrecisionAndAlgorithm>($precision_config, $algorithm)^)? attr-dict \`:\` functional-type(operands, results)`,
  verify(op) {
    const d = DotGeneralOp.dot_dimension_numbers(op);
    const [lhs, rhs] = [tensorOf(op.operand(0)), tensorOf(op.operand(1))];
    if (!verifyDotDimensions(op, lhs, rhs, d) || !verifyPrecision(op, DotGeneralOp.precision_config(op))) return;
    expectResult(op, op.context.tensor(productShape(lhs.shape, rhs.shape, d), elementOf(op.result(0))));
  },
  verifyReads: 'signature',
});

export function verifyPrecision(op: Operation, precision: readonly unknown[] | undefined): boolean {
  return precision === undefined || precision.length === 0 || expectLength(op, 'precision_config', precision, 2);
}

/** Batching and contracting dimensions are distinct ones of their operands, in pairs of one size. */
export function verifyDotDimensions(op: Operation, lhs: TensorType, rhs: TensorType, d: DotDimensions): boolean {
  const pairs = [
    ['batching', d.lhs_batching_dimensions, d.rhs_batching_dimensions],
    ['contracting', d.lhs_contracting_dimensions, d.rhs_contracting_dimensions],
  ] as const;
  for (const [what, a, b] of pairs)
    if (a.length !== b.length) {
      op.emitError(
        'stablehlo.dot-dimensions',
        `requires as many ${what} dimensions of lhs as of rhs, got ${a.length} and ${b.length}`,
      );
      return false;
    }
  const all = (side: 1 | 2) => pairs.flatMap((p) => p[side]);
  if (!expectDimensions(op, 'batching and contracting dimensions of lhs', all(1), lhs.rank)) return false;
  if (!expectDimensions(op, 'batching and contracting dimensions of rhs', all(2), rhs.rank)) return false;
  for (const [what, a, b] of pairs)
    for (const [i, left] of a.entries()) {
      const right = b[i]!;
      if (sizesAgree(lhs.shape[left]!, rhs.shape[right]!)) continue;
      op.emitError(
        'stablehlo.dot-size',
        `${what} dimension ${left} of ${lhs} and ${right} of ${rhs} must have one size`,
      );
      return false;
    }
  return true;
}

export const DotOp = defineOp({
  name: 'stablehlo.dot',
  summary: 'Product of vectors and matrices.',
  description: 'Contracts the last dimension of lhs with the first one of rhs. An older form of stablehlo.dot_general.',
  example: example(
    '%x: tensor<4x8xf32>, %y: tensor<8x5xf32>',
    '%r = stablehlo.dot %x, %y, precision = [HIGH, DEFAULT] : (tensor<4x8xf32>, tensor<8x5xf32>) -> tensor<4x5xf32>',
    'tensor<4x5xf32>',
  ),
  operands: { lhs: HloTensor, rhs: HloTensor },
  results: { result: HloTensor },
  attributes: { precision_config: optionalAttr(precisionConfig) },
  traits: [Pure],
  assembly: `$lhs \`,\` $rhs (\`,\` \`precision\` \`=\` custom<PrecisionConfig>($precision_config)^)? attr-dict \`:\`
    functional-type(operands, results)`,
  verify(op) {
    const [lhs, rhs] = [tensorOf(op.operand(0)), tensorOf(op.operand(1))];
    if (lhs.rank < 1 || lhs.rank > 2 || rhs.rank < 1 || rhs.rank > 2) {
      op.emitError('stablehlo.dot-rank', `requires vectors or matrices, got ${lhs} and ${rhs}`);
      return;
    }
    const d = dotDimensions(lhs);
    if (!verifyDotDimensions(op, lhs, rhs, d) || !verifyPrecision(op, DotOp.precision_config(op))) return;
    expectResult(op, op.context.tensor(productShape(lhs.shape, rhs.shape, d), elementOf(op.result(0))));
  },
  verifyReads: 'signature',
});
function dotDimensions(lhs: TensorType): DotDimensions {
  return {
    lhs_batching_dimensions: [],
    rhs_batching_dimensions: [],
    lhs_contracting_dimensions: [lhs.rank - 1],
    rhs_contracting_dimensions: [0],
  };
}

/** Sizes by letter of an operand of an einsum; undefined when the operand does not fit its part. */
function letterSizes(part: string, shape: readonly number[], sizes: Map<string, number>): boolean {
  const letters = part.replace('...', '');
  if (part.includes('...') ? letters.length > shape.length : letters.length !== shape.length) return false;
  const dots = part.indexOf('...');
  [...letters].forEach((letter, i) => {
    const d = dots >= 0 && i >= dots ? shape.length - letters.length + i : i;
    sizes.set(letter, shape[d]!);
  });
  return true;
}

function verifyEinsum(op: Operation, config: string): void {
  const match = /^([A-Za-z.]*)(?:,([A-Za-z.]*))?->([A-Za-z.]*)$/.exec(config);
  const inputs = match ? [match[1]!, match[2]].filter((p): p is string => p !== undefined) : [];
  if (match === null || inputs.length !== op.operandCount) {
    op.emitError(
      'stablehlo.einsum-config',
      `requires a configuration such as "${op.operandCount === 2 ? 'ab,bc->ac' : 'ab->a'}", got "${config}"`,
    );
    return;
  }
  const sizes = new Map<string, number>();
  for (const [i, part] of inputs.entries())
    if (!letterSizes(part, shapeOf(op.operand(i)), sizes)) {
      op.emitError('stablehlo.einsum-rank', `"${part}" does not go with operand #${i} of type ${op.operand(i).type}`);
      return;
    }
  if (inputs.some((part) => part.includes('...'))) return;
  const result = [...match[3]!];
  const unknown = result.find((letter) => !sizes.has(letter));
  if (unknown !== undefined)
    op.emitError('stablehlo.einsum-letter', `'${unknown}' of the result is no dimension of an operand`);
  else
    expectResult(
      op,
      op.context.tensor(
        result.map((l) => sizes.get(l)!),
        elementOf(op.result(0)),
      ),
    );
}

export const EinsumOp = defineOp({
  name: 'stablehlo.einsum',
  summary: 'Product of two tensors, by letters for their dimensions.',
  description: 'Letters that the result does not have are summed over.',
  example: example(
    '%x: tensor<4x8xf32>, %y: tensor<8x5xf32>',
    '%r = stablehlo.einsum %x, %y, config = "ab,bc->ac" : (tensor<4x8xf32>, tensor<8x5xf32>) -> tensor<4x5xf32>',
    'tensor<4x5xf32>',
  ),
  operands: { lhs: HloTensor, rhs: HloTensor },
  results: { result: HloTensor },
  attributes: { einsum_config: attr.string },
  traits: [Pure],
  assembly: '$lhs `,` $rhs `,` `config` `=` $einsum_config attr-dict `:` functional-type(operands, results)',
  verify: (op) => verifyEinsum(op, EinsumOp.einsum_config(op)),
  verifyReads: 'signature',
});

export const UnaryEinsumOp = defineOp({
  name: 'stablehlo.unary_einsum',
  summary: 'Sums and transposition of a tensor, by letters for its dimensions.',
  description: 'Letters that the result does not have are summed over.',
  example: example(
    '%x: tensor<4x8xf32>',
    '%r = stablehlo.unary_einsum %x, config = "ab->a" : (tensor<4x8xf32>) -> tensor<4xf32>',
    'tensor<4xf32>',
  ),
  operands: { operand: HloTensor },
  results: { result: HloTensor },
  attributes: { einsum_config: attr.string },
  traits: [Pure],
  assembly: '$operand `,` `config` `=` $einsum_config attr-dict `:` functional-type(operands, results)',
  verify: (op) => verifyEinsum(op, UnaryEinsumOp.einsum_config(op)),
  verifyReads: 'signature',
});
