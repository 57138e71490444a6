// The loops and branches of host functions in one form: which values are carried, by position.
import { ForOp, forInits, IfOp, WhileOp } from '@budflow/dialect-loop';
import { AttrNames, type Block, type DenseArrayAttr, type Operation, type Type, type Value } from '@budflow/ir';

export function isLoop(op: Operation): boolean {
  return ForOp.is(op) || WhileOp.is(op);
}

export function isControlFlow(op: Operation): boolean {
  return isLoop(op) || IfOp.is(op);
}

/** A loop whose body passes carried value k at operand `firstYield + k` of its terminator. */
export interface LoopShape {
  readonly op: Operation;
  readonly body: Block;
  /** Position of the first carried value among the operands, the body's arguments and the operands of its terminator. */
  readonly firstInit: number;
  readonly firstArgument: number;
  readonly firstYield: number;
  /** For each carried value its position among the initial values; a loop.while passes them through its first region. */
  readonly order: readonly number[];
}

/** Undefined for a loop.while whose first region does more than pass its arguments on. */
export function loopShape(op: Operation): LoopShape | undefined {
  if (ForOp.is(op)) {
    const count = forInits(op).length;
    const order = Array.from({ length: count }, (_, i) => i);
    return {
      op,
      body: op.region(0).entry,
      firstInit: op.operandCount - count,
      firstArgument: 1,
      firstYield: 0,
      order,
    };
  }
  const before = op.region(0).entry;
  if (before.firstOp !== before.lastOp) return undefined;
  const order: number[] = [];
  for (const value of before.terminator.operands.slice(1)) {
    if (value.owner !== before || order.includes(value.index)) return undefined;
    order.push(value.index);
  }
  return { op, body: op.region(1).entry, firstInit: 0, firstArgument: 0, firstYield: 0, order };
}

/** One more carried value; `init` enters the loop. Returns its value in the body and behind the loop. */
export function addCarried({ op, body }: LoopShape, init: Value): { readonly argument: Value; readonly result: Value } {
  op.appendOperand(init);
  if (ForOp.is(op)) {
    const sizes = (op.attr(AttrNames.operandSegmentSizes) as DenseArrayAttr).values.map(Number);
    sizes[2]!++;
    op.setAttr(AttrNames.operandSegmentSizes, op.context.denseArray(op.context.i32, sizes));
  } else {
    const before = op.region(0).entry;
    before.terminator.appendOperand(before.addArgument(init.type));
  }
  return { argument: body.addArgument(init.type), result: op.appendResult(init.type) };
}

/** Gives carried value `k` another type. */
export function retype({ op, body, firstArgument, order }: LoopShape, k: number, type: Type): void {
  body.arguments[firstArgument + k]!.type = type;
  op.result(k).type = type;
  if (WhileOp.is(op)) op.region(0).entry.arguments[order[k]!]!.type = type;
}
