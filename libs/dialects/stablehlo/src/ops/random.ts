// Random numbers.
import { AsmNames, attr, defineOp, MemoryEffects, Pure, type Type } from '@budflow/ir';
import { RngAlgorithm, RngDistribution } from '../enums.js';
import { example } from '../example.js';
import { expectElements, expectResult, shapeOf, tensorOf } from '../shapes.js';
import { HloDimensionTensor, HloIntTensor, HloPredIntOrFpTensor, isHloFloatType } from '../types.js';

export const RngOp = defineOp({
  name: 'stablehlo.rng',
  summary: 'Random numbers of a distribution.',
  description: 'UNIFORM in [a, b), or NORMAL with mean a and standard deviation b. Each run gives other numbers.',
  example: example(
    '%a: tensor<f32>, %b: tensor<f32>, %s: tensor<2xi64>',
    '%r = stablehlo.rng %a, %b, %s, distribution = UNIFORM : (tensor<f32>, tensor<f32>, tensor<2xi64>) -> tensor<3x4xf32>',
    'tensor<3x4xf32>',
  ),
  operands: { a: HloPredIntOrFpTensor, b: HloPredIntOrFpTensor, shape: HloDimensionTensor },
  results: { result: HloPredIntOrFpTensor },
  attributes: { rng_distribution: attr.dialect(RngDistribution) },
  // It reads and moves on a state that nobody else sees.
  interfaces: [
    MemoryEffects.implement({
      effects: () => [
        { kind: 'read', value: null },
        { kind: 'write', value: null },
      ],
    }),
  ],
  assembly:
    '$a `,` $b `,` $shape `,` `distribution` `=` $rng_distribution attr-dict `:` functional-type(operands, results)',
  verify(op) {
    const [a, b, result] = [tensorOf(op.operand(0)), tensorOf(op.operand(1)), tensorOf(op.result(0))];
    if (a.rank !== 0 || b.rank !== 0 || a !== b) {
      op.emitError('stablehlo.rng-bounds', `requires scalars of one type for a and b, got ${a} and ${b}`);
      return;
    }
    if (RngOp.rng_distribution(op) === 'NORMAL' && !isHloFloatType(a.element)) {
      op.emitError('stablehlo.rng-normal', `requires floating-point numbers for a NORMAL distribution, got ${a}`);
      return;
    }
    if (!expectElements(op, 'the result', result.element, a.element)) return;
    const [size] = shapeOf(op.operand(2));
    if (size !== undefined && size >= 0 && size !== result.rank)
      op.emitError(
        'stablehlo.rng-shape',
        `requires a shape of ${result.rank} sizes for ${result}, got ${op.operand(2).type}`,
      );
  },
  verifyReads: 'signature',
});

export const RngBitGeneratorOp = defineOp({
  name: 'stablehlo.rng_bit_generator',
  summary: 'Random bits from a state, and the next state.',
  description:
    'THREE_FRY and PHILOX are the algorithms of Salmon et al., "Parallel random numbers: as easy as 1, 2, 3"; the same state gives the same bits.',
  example: example(
    '%s: tensor<2xui64>',
    '%output_state, %r = stablehlo.rng_bit_generator %s, algorithm = THREE_FRY : (tensor<2xui64>) -> (tensor<2xui64>, tensor<3x4xui32>)',
    'tensor<3x4xui32>',
  ),
  operands: { initial_state: HloIntTensor },
  results: { output_state: HloIntTensor, output: HloPredIntOrFpTensor },
  attributes: { rng_algorithm: attr.dialect(RngAlgorithm) },
  traits: [Pure],
  interfaces: [AsmNames.implement({ resultName: (_, i) => ['output_state', 'output'][i] })],
  assembly: '$initial_state `,` `algorithm` `=` $rng_algorithm attr-dict `:` functional-type(operands, results)',
  verify(op) {
    const state = tensorOf(op.operand(0));
    const algorithm = RngBitGeneratorOp.rng_algorithm(op);
    const sizes = algorithm === 'THREE_FRY' ? [2] : algorithm === 'PHILOX' ? [2, 3] : undefined;
    // What a state is made of is up to the platform with DEFAULT.
    const fits =
      sizes === undefined ||
      (`${state.element}` === 'ui64' && state.rank === 1 && (state.shape[0]! < 0 || sizes.includes(state.shape[0]!)));
    if (!fits) {
      op.emitError(
        'stablehlo.rng-state',
        `requires a state of ${sizes.join(' or ')} ui64 numbers for ${algorithm}, got ${state}`,
      );
      return;
    }
    expectResult(op, state as Type, 0);
  },
  verifyReads: 'signature',
});
