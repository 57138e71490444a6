// Sizes that only the run knows, and only a kernel uses: no allocation of the host would find that they are negative.
import { bodyOps, DimOp, sizeOperand } from '@budflow/dialect-array';
import { AssertOp, CmpIOp, ConstantOp } from '@budflow/dialect-core';
import { ForOp, forBounds } from '@budflow/dialect-loop';
import { Builder, DYNAMIC, IntegerAttr, type Operation, symbolVisibility, TensorType, type Value } from '@budflow/ir';

/** On a cf.assert: the kind of the trap, other than CheckFailed. */
const TRAP_ATTR = 'rt.trap';

/** Checks before a fusion the sizes that it is given, apart from those that `checked` has and those that are never negative. */
export function checkGivenSizes(fusion: Operation, checked: Set<Value>): void {
  const { arguments: args } = fusion.region(0).entry;
  for (const op of bodyOps(fusion)) {
    for (const result of op.results) {
      if (!(result.type instanceof TensorType)) continue;
      result.type.shape.forEach((declared, d) => {
        const given = declared === DYNAMIC ? sizeOperand(result, d) : undefined;
        const index = given ? args.indexOf(given as (typeof args)[number]) : -1;
        if (index < 0) return;
        const size = fusion.operand(index);
        if (checked.has(size) || isNeverNegative(size) || isKnownUpFront(size)) return;
        checked.add(size);
        check(Builder.before(fusion), op, size);
      });
    }
  }
}

function check(builder: Builder, { context, loc }: Operation, size: Value): void {
  const zero = ConstantOp.build(builder, loc, { value: context.indexAttr(0), resultTypes: [context.index] });
  const arg = CmpIOp.build(builder, loc, { predicate: 'sge', lhs: size, rhs: zero });
  const made = AssertOp.create(builder, loc, { arg, msg: 'a size must not be negative' });
  made.setAttr(TRAP_ATTR, context.stringAttr('ShapeMismatch'));
}

const KEEP_SIGN: ReadonlySet<string> = new Set(
  'addi muli divsi divui ceildivsi ceildivui floordivsi remsi remui minsi minui maxui'
    .split(' ')
    .map((n) => `arith.${n}`),
);

function isNeverNegative(value: Value): boolean {
  const op = value.definingOp;
  if (!op) {
    // The variable of a loop that begins at 0 or above.
    const loop = value.parentBlock?.parentOp;
    if (!loop || !ForOp.is(loop) || value.index !== 0) return false;
    const { map } = forBounds(loop).lower;
    return map.results.some((e) => e.kind === 'constant' && e.value >= 0);
  }
  if (op.name === 'memory.dim' || DimOp.is(op)) return true;
  const constant = op.name === 'arith.constant' ? op.attr('value') : undefined;
  if (constant instanceof IntegerAttr) return constant.bigint >= 0n;
  if (op.name === 'arith.maxsi') return op.operands.some(isNeverNegative);
  return KEEP_SIGN.has(op.name) && op.operands.every(isNeverNegative);
}

/** Arithmetic on arguments of a function that is called from outside is required to give sizes before the program runs. */
function isKnownUpFront(value: Value): boolean {
  const op = value.definingOp;
  if (!op) {
    const owner = value.parentBlock?.parentOp;
    return owner?.name === 'func.func' && symbolVisibility(owner) === 'public';
  }
  if (op.name === 'memory.dim' || DimOp.is(op)) return isKnownUpFront(op.operand(0));
  return (
    /^arith\.(constant|(add|sub|mul)i|(div|rem|min|max)[su]i|ceildiv[su]i|floordivsi)$/.test(op.name) &&
    op.operands.every(isKnownUpFront)
  );
}
