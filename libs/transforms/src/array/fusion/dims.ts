// Sizes are asked of what is in memory: array.dim of a value that fusion may swallow is replaced by the size operand,
// the operand's dimension or the arithmetic that its size follows from.
import { buildResultSizes, DimOp, sizeOperand, sizeSource } from '@budflow/dialect-array';
import { type Block, Builder, DYNAMIC, Operation, StructuredOp, type TensorType, type Value } from '@budflow/ir';

/** Rewrites the dims of a block until they are of block arguments or of ops without a structured form. */
export function liftDims(block: Block): void {
  const pending = block.ops.filter((op) => DimOp.is(op));
  while (pending.length > 0) {
    const op = pending.pop()!;
    if (!op.result(0).hasUses) {
      op.erase();
      continue;
    }
    const size = sizeBefore(op, pending);
    if (size === undefined) continue;
    op.result(0).replaceAllUsesWith(size);
    op.erase();
  }
}

/** What a dim is equal to, one step closer to the arguments; undefined when it stays. New dims are added to `made`. */
function sizeBefore(op: Operation, made: Operation[]): Value | undefined {
  const value = op.operand(0);
  const dim = DimOp.dimension(op);
  const size = (value.type as TensorType).shape[dim]!;
  const builder = Builder.before(op);
  if (size !== DYNAMIC) return constantIndex(builder, op, size);
  const definition = value.definingOp;
  if (!definition || !StructuredOp.of(definition)) return undefined;
  const given = sizeOperand(value, dim);
  if (given) return given;
  const source = sizeSource(value, dim);
  if (source) {
    const next = DimOp.create(builder, op.loc, { operand: source.value, dimension: source.dim });
    made.push(next);
    return next.result(0);
  }
  const before = op.previous;
  const sizes = buildResultSizes(definition, value.index, builder, op.loc);
  for (let at = before ? before.next : op.parent!.firstOp; at && at !== op; at = at.next)
    if (DimOp.is(at)) made.push(at);
  const found = sizes?.[dim];
  return typeof found === 'number' ? constantIndex(builder, op, found) : found;
}

function constantIndex(builder: Builder, op: Operation, value: number): Value {
  const { context } = op;
  const attributes = context.dictionary([['value', context.indexAttr(value)]]);
  return builder
    .insert(Operation.create(context.opInfo('arith.constant'), op.loc, [], [context.index], attributes))
    .result(0);
}
