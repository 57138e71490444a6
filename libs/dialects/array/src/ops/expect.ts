// array.expect: a program says what a tensor must hold.
import { expectationAttributes, expectationOf, verifyExpectation } from '@budflow/dialect-core';
import { Interpretable, RuntimeTrap, type TensorValue, unmetExpectation } from '@budflow/interpreter';
import { AnyTensor, defineOp, MemoryEffects, OpCost, OpPattern, OpPatternKind } from '@budflow/ir';
import { FREE, tensorType } from '../structure.js';

export const ExpectOp = defineOp({
  name: 'array.expect',
  summary: 'Stops the program unless a tensor holds what is expected',
  description: `Elements must be equal bit by bit (NaN is equal to NaN), differ by \`tolerance\` at most, or be from \`min_ulps\` to \`max_ulps\`
values of their type apart. The message names the first elements that are not. It is an effect: an expectation is never removed.`,
  example: `func.func @f(%x: tensor<2xf32>, %y: tensor<2xf32>) {
  array.expect equal %x, %y : tensor<2xf32>, tensor<2xf32>
  array.expect tolerance %x, %y {tolerance = 1.000000e-03 : f64} : tensor<2xf32>, tensor<2xf32>
  return
}`,
  operands: { actual: AnyTensor, expected: AnyTensor },
  attributes: expectationAttributes,
  interfaces: [
    MemoryEffects.implement({ effects: () => [{ kind: 'write', value: null }] }),
    OpPattern.implement({ pattern: () => OpPatternKind.opaque }),
    OpCost.implement({ pointCost: () => FREE }),
    Interpretable.implement({
      compile(op, c) {
        const [actual, expected] = [c.slot(op.operand(0)), c.slot(op.operand(1))];
        const expectation = expectationOf(op);
        const dtype = tensorType(op.operand(0)).element.toString();
        return ({ values }) => {
          const unmet = unmetExpectation(
            dtype,
            values[actual] as TensorValue,
            values[expected] as TensorValue,
            expectation,
          );
          if (unmet !== undefined) throw new RuntimeTrap('CheckFailed', unmet);
        };
      },
    }),
  ],
  assembly: '$relation $actual `,` $expected attr-dict `:` type($actual) `,` type($expected)',
  verify: verifyExpectation,
});
