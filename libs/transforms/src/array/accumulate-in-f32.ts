// accumulate-in-f32: sums and products of f16 and bf16 run in f32, and only what they end in is rounded.
//
//   %s = array.reduce add %x init %z dims = [1]        %a = array.cast %x : tensor<4x8xf16> to tensor<4x8xf32>
//     : tensor<4x8xf16>, tensor<f16> to tensor<4xf16>   %b = array.cast %z : tensor<f16> to tensor<f32>
//                                                  ->   %t = array.reduce add %a init %b dims = [1] : ... to tensor<4xf32>
//                                                       %s = array.cast %t : tensor<4xf32> to tensor<4xf16>
//
// Reductions, scans and windows of a named kind, dot_general and conv mean just that (CONTRACTS: numerics); here it is written
// out, and what comes later has nothing to know. Matrix products whose operands are shorter than their result (i8 to i32) get
// casts, too: each element is then widened once, in the copy that a product makes of it, not for every product. Runs before fix-numerics, which then gives the f32 ops their order and
// contraction. Combiners that are regions compute in their own type. Follows XLA's float normalization.
import {
  CastOp,
  ConvOp,
  combinerKind,
  DotGeneralOp,
  dotDimensions,
  effectiveKind,
  ReduceOp,
  ReduceWindowOp,
  ScanOp,
} from '@budflow/dialect-array';
import { Builder, ComplexType, DYNAMIC, FloatType, Operation, type TensorType, type Value } from '@budflow/ir';
import { definePass } from '@budflow/pass';

export const accumulateInF32 = definePass({
  name: 'accumulate-in-f32',
  summary: 'reduce, scan and multiply matrices of f16 and bf16 in f32',
  dependentDialects: ['array'],
  statistics: { widened: 'ops that compute in the type of their sums now' },
  run(root, pass) {
    const found: Operation[] = [];
    root.walk((op) => {
      if (op.resultCount === 1 && accumulates(op) && (isHalf(op.result(0)) || widensOften(op))) found.push(op);
    });
    for (const op of found) {
      if (isHalf(op.result(0))) widen(op);
      else widenOperands(op);
    }
    pass.statistic('widened', found.length);
    if (found.length === 0) pass.unchanged();
  },
});

function isHalf(value: Value): boolean {
  const { element } = value.type as TensorType;
  return element instanceof FloatType && element.width === 16;
}

function accumulates(op: Operation): boolean {
  if (DotGeneralOp.is(op) || ConvOp.is(op)) return true;
  if (ReduceOp.is(op)) return kindOf(op) !== undefined;
  return (ScanOp.is(op) || ReduceWindowOp.is(op)) && combinerKind(op) !== undefined;
}

function kindOf(op: Operation) {
  return effectiveKind(op, ReduceOp.kind(op));
}

function widen(op: Operation): void {
  const { context } = op;
  const builder = Builder.before(op);
  const wide = (value: Value) => context.withElement(value.type as TensorType, context.f32);
  const operands = op.operands.map((v) =>
    isHalf(v) ? CastOp.build(builder, op.loc, { operand: v, resultTypes: [wide(v)] }) : v,
  );
  // A region of one op that has a name goes by the name.
  const attributes = ReduceOp.is(op)
    ? context.withAttribute(op.attributes, 'kind', context.stringAttr(kindOf(op)!))
    : op.attributes;
  const result = op.result(0);
  const made = builder.insert(Operation.create(op.info, op.loc, operands, [wide(result)], attributes)).result(0);
  result.replaceAllUsesWith(CastOp.build(builder, op.loc, { operand: made, resultTypes: [result.type] }));
  op.erase();
}

/** Rows, and columns, of a product from which on elements are widened before it. */
const OFTEN = 16;

/** Whether a matrix product widens its elements, each for many rows and columns. */
function widensOften(op: Operation): boolean {
  if (!DotGeneralOp.is(op)) return false;
  const { element } = op.result(0).type as TensorType;
  if (element instanceof ComplexType || op.operands.every((v) => (v.type as TensorType).element === element))
    return false;
  const { lhsFree, rhsFree } = dotDimensions(op);
  const count = (value: Value, dims: readonly number[]) =>
    dims.reduce(
      (n, d) => n * ((value.type as TensorType).shape[d] === DYNAMIC ? OFTEN : (value.type as TensorType).shape[d]!),
      1,
    );
  return count(op.operand(0), lhsFree) >= OFTEN && count(op.operand(1), rhsFree) >= OFTEN;
}

/** Casts the operands of a product to the type of its result: conversions that it makes exactly. */
function widenOperands(op: Operation): void {
  const builder = Builder.before(op);
  const { element } = op.result(0).type as TensorType;
  op.operands.forEach((operand, i) => {
    const type = operand.type as TensorType;
    if (type.element === element) return;
    op.setOperand(i, CastOp.build(builder, op.loc, { operand, resultTypes: [op.context.withElement(type, element)] }));
  });
}
