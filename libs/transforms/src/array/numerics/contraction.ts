// Which sums take their products unrounded: array.fma for a product and a sum, `contract` for reductions of products and
// dot_general.
import { AddOp, ConvOp, DotGeneralOp, FmaOp, MulOp, ReduceOp } from '@budflow/dialect-array';
import { Builder, FloatType, type Operation, type TensorType, type Type, type Value } from '@budflow/ir';
import { fullLike } from './full-like.js';

/** How the target multiplies and adds where contraction is allowed; `none` keeps every product rounded. */
export type ContractKind = 'none' | 'relaxed' | 'exact';

/** Machines have multiply-adds of these. */
function hasFma(type: Type): boolean {
  const element = (type as TensorType).element;
  return element instanceof FloatType && (element.name === 'f32' || element.name === 'f64');
}

/** The product behind a value that nothing else reads. */
function onlyProduct(value: Value): Operation | undefined {
  const op = value.definingOp;
  return op && MulOp.is(op) && value.hasOneUse() ? op : undefined;
}

/** What is doubled by a sum that nothing else reads: `x + x` is the product `x * 2`, exactly. */
function onlyDouble(value: Value): Value | undefined {
  const op = value.definingOp;
  return op && AddOp.is(op) && op.operand(0) === op.operand(1) && value.hasOneUse() ? op.operand(0) : undefined;
}

/**
 * `a * b + c` and `(a + a) + c` become one op that rounds as the target's multiply-add does; returns whether they did.
 */
export function formFma(add: Operation, kind: 'relaxed' | 'exact'): boolean {
  if (!AddOp.is(add) || !hasFma(add.result(0).type)) return false;
  for (const [side, find] of [
    [0, onlyProduct],
    [1, onlyProduct],
    [0, onlyDouble],
    [1, onlyDouble],
  ] as const) {
    const summand = add.operand(side);
    if (find(summand) === undefined) continue;
    const product = summand.definingOp!;
    const builder = Builder.before(add);
    const fused = FmaOp.build(builder, add.loc, {
      a: product.operand(0),
      b: find === onlyDouble ? fullLike(builder, product, 2) : product.operand(1),
      c: add.operand(1 - side),
      kind,
    });
    add.result(0).replaceAllUsesWith(fused);
    add.erase();
    product.erase();
    return true;
  }
  return false;
}

/** Writes `contract` on a sum of products; returns whether it contracts. */
export function contractReduction(op: Operation, kind: 'relaxed' | 'exact'): boolean {
  if (DotGeneralOp.is(op) || ConvOp.is(op)) {
    if (!hasFma(op.result(0).type)) return false;
  } else if (
    !ReduceOp.is(op) ||
    ReduceOp.kind(op) !== 'add' ||
    !hasFma(op.operand(0).type) ||
    !onlyProduct(op.operand(0))
  )
    return false;
  op.setAttr('contract', op.context.stringAttr(kind));
  return true;
}
