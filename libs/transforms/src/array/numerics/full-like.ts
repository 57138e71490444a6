// A tensor of one number, as large as the result of an op.
import { DimOp, FullOp } from '@budflow/dialect-array';
import { type Builder, DYNAMIC, type FloatType, type Operation, type TensorType, type Value } from '@budflow/ir';

/** `number` in the shape of the result of an elementwise op on floats. */
export function fullLike(builder: Builder, op: Operation, number: number): Value {
  const { loc } = op;
  const type = op.result(0).type as TensorType;
  const operand = op.operand(0);
  const sizes = type.shape.flatMap((size, dimension) =>
    size === DYNAMIC ? [DimOp.build(builder, loc, { operand, dimension })] : [],
  );
  const value = op.context.floatAttr(type.element as FloatType, number);
  return FullOp.build(builder, loc, { value, sizes, resultTypes: [type] });
}
