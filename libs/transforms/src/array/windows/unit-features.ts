// Features of size one: a convolution of images without channels.
import { ConstantOp, ConvOp, convLabels, convWindow, DimOp, isPlainConv, uniformValue } from '@budflow/dialect-array';
import { Builder, FloatAttr, type Operation, type TensorType, type Value } from '@budflow/ir';
import { reshaped } from './spread.js';

function typeOf(value: Value): TensorType {
  return value.type as TensorType;
}

/** The value without dimensions of size one. */
function without(builder: Builder, op: Operation, value: Value, dims: readonly number[]): Value {
  if (dims.length === 0) return value;
  const { shape } = typeOf(value);
  const kept = shape.flatMap((_, d) => (dims.includes(d) ? [] : [d]));
  const left = kept.map((d) => shape[d]!);
  // One value everywhere needs no memory: it stays part of the code.
  const constant = value.definingOp;
  const uniform = constant && ConstantOp.is(constant) ? uniformValue(constant) : undefined;
  if (uniform instanceof FloatAttr) {
    const type = op.context.tensor(left, typeOf(value).element);
    return ConstantOp.build(builder, op.loc, { value: op.context.splat(type, uniform.value), resultTypes: [type] });
  }
  return reshaped(builder, op.loc, value, left, (at) =>
    DimOp.build(builder, op.loc, { operand: value, dimension: kept[at]! }),
  );
}

/** The value with dimensions of size one where `dims` says. */
function withUnits(builder: Builder, op: Operation, value: Value, dims: readonly number[]): Value {
  const { shape } = typeOf(op.result(0));
  const kept = shape.flatMap((_, d) => (dims.includes(d) ? [] : [d]));
  return reshaped(builder, op.loc, value, shape, (at) =>
    DimOp.build(builder, op.loc, { operand: value, dimension: kept.indexOf(at) }),
  );
}

/**
 * Drops input or output features of size one that are the last dimension of an image: its rows then lie in memory as they
 * are walked.
 */
export function dropUnitFeatures(op: Operation): boolean {
  if (!isPlainConv(convWindow(op))) return false;
  const { lhs, rhs, result, rank } = convLabels(op);
  if (rank === 0) return false;
  const [image, kernel] = op.operands.map(typeOf) as [TensorType, TensorType];
  const last = (type: TensorType, d: number): boolean => d >= 0 && type.shape[d] === 1 && d === type.rank - 1;
  const input = last(image, lhs.feature) && kernel.shape[rhs.feature] === 1;
  const output = last(typeOf(op.result(0)), result.feature) && kernel.shape[rhs.batch] === 1;
  if (!input && !output) return false;
  const builder = Builder.before(op);
  let [l, rest] = ConvOp.dims(op).split('_') as [string, string];
  let [r, out] = rest.split('->') as [string, string];
  if (input) [l, r] = [l.replace('f', ''), r.replace('i', '')];
  if (output) [r, out] = [r.replace('o', ''), out.replace('f', '')];
  const made = ConvOp.create(builder, op.loc, {
    lhs: without(builder, op, op.operand(0), input ? [lhs.feature] : []),
    rhs: without(builder, op, op.operand(1), [...(input ? [rhs.feature] : []), ...(output ? [rhs.batch] : [])]),
    dims: `${l}_${r}->${out}`,
    ...plainWindow(op),
    resultTypes: [
      op.context.tensor(
        typeOf(op.result(0)).shape.filter((_, d) => !output || d !== result.feature),
        typeOf(op.result(0)).element,
      ),
    ],
  });
  for (const name of ['order', 'contract', 'fastmath']) {
    const value = op.attr(name);
    if (value !== undefined) made.setAttr(name, value);
  }
  const value = made.result(0);
  op.result(0).replaceAllUsesWith(output ? withUnits(builder, op, value, [result.feature]) : value);
  op.erase();
  return true;
}

function plainWindow(op: Operation) {
  const { strides, low, high, lhsDilation, rhsDilation } = convWindow(op);
  return { strides, low, high, lhs_dilation: lhsDilation, rhs_dilation: rhsDilation };
}
