// rt.expect: a host program says what a buffer must hold.
import { expectationAttributes, expectationOf, verifyExpectation } from '@budflow/dialect-core';
import { Interpretable, type MemRefValue, RuntimeTrap, tensorFromMemRef, unmetExpectation } from '@budflow/interpreter';
import { AnyMemRef, defineOp, MemoryEffects, type MemRefType, type Operation, type TensorType } from '@budflow/ir';

function tensorOf(op: Operation, operand: number): TensorType {
  const { shape, element } = op.operand(operand).type as MemRefType;
  return op.context.tensor(shape, element);
}

export const ExpectOp = defineOp({
  name: 'rt.expect',
  summary: 'stops the program unless a buffer holds what is expected',
  description: 'What array.expect is on buffers: between kernels, the host compares.',
  example: `func.func @f(%x: memref<2xf32>, %y: memref<2xf32>) {
  rt.expect equal %x, %y : memref<2xf32>, memref<2xf32>
  return
}`,
  operands: { actual: AnyMemRef, expected: AnyMemRef },
  attributes: expectationAttributes,
  interfaces: [
    MemoryEffects.implement({
      effects: (op) => [
        ...op.operands.map((value) => ({ kind: 'read' as const, value })),
        { kind: 'write' as const, value: null },
      ],
    }),
    Interpretable.implement({
      compile(op, c) {
        const [actual, expected] = [c.slot(op.operand(0)), c.slot(op.operand(1))];
        const [actualType, expectedType] = [tensorOf(op, 0), tensorOf(op, 1)];
        const expectation = expectationOf(op);
        const dtype = actualType.element.toString();
        return ({ values }) => {
          const unmet = unmetExpectation(
            dtype,
            tensorFromMemRef(values[actual] as MemRefValue, actualType),
            tensorFromMemRef(values[expected] as MemRefValue, expectedType),
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
