// Changes of the IR that reductions are made of. They keep uses linked; whether the result is valid, the verifier says.
import {
  type Block,
  Builder,
  type Context,
  FloatType,
  type FunctionType,
  IndexType,
  IntegerType,
  IsolatedFromAbove,
  MemRefType,
  Operation,
  TensorType,
  Terminator,
  type Type,
  type Value,
  VectorType,
} from '@budflow/ir';

/** The ops below the module in walk order. Copies of a module have theirs in the same order. */
export function opsOf(module: Operation): Operation[] {
  const ops: Operation[] = [];
  module.walk((op) => {
    if (op !== module) ops.push(op);
  });
  return ops;
}

export function isTerminator(op: Operation): boolean {
  return op.info.hasTrait(Terminator) || op.successors.length > 0;
}

/** An op that is not among those of its block any more takes nothing with it. */
export function eraseOps(ops: readonly Operation[]): void {
  for (let i = ops.length - 1; i >= 0; i--) {
    const op = ops[i] as Operation;
    if (op.isErased || isInsideErased(op)) continue;
    for (const result of op.results) if (result.hasUses) result.replaceAllUsesWith(substituteFor(op, result));
    op.erase();
  }
}

function isInsideErased(op: Operation): boolean {
  for (let at: Operation | null = op; at; at = at.parentOp) if (at.isErased) return true;
  return false;
}

/** Another value for a result: an operand, an earlier value of the type, or a zero made in front of the op. */
function substituteFor(op: Operation, result: Value): Value {
  const operand = op.operands.find((value) => value.type === result.type);
  return operand ?? earlierValue(op, result.type) ?? zeroBefore(op, result.type);
}

/** The first value of a type that is visible at `op`: arguments of enclosing blocks, then results of earlier ops. */
export function earlierValue(op: Operation, type: Type): Value | undefined {
  for (let at: Operation | null = op; at?.parent; at = at.parentOp) {
    const argument = at.parent.arguments.find((value) => value.type === type);
    if (argument) return argument;
    const entry = at.parentRegion?.entry;
    const entryArgument = entry?.arguments.find((value) => value.type === type);
    if (entryArgument) return entryArgument;
    for (let before: Operation | null = at.parent.firstOp; before && before !== at; before = before.next)
      for (const result of before.results) if (result.type === type) return result;
    // What encloses an isolated op is not visible.
    if (at.parentOp?.name === 'func.func') return undefined;
  }
  return undefined;
}

/** A constant zero in front of an op. @throws InternalError for types without constants */
export function zeroBefore(op: Operation, type: Type): Value {
  return constantBefore(op, type, 0);
}

export function constantBefore(op: Operation, type: Type, value: number): Value {
  const builder = Builder.before(op);
  const { context } = op;
  if (type instanceof MemRefType && type.shape.every((d) => d >= 0))
    return builder.insert(Operation.create(context.opInfo('memory.alloca'), op.loc, [], [type])).result();
  const attr = context.constantAttr(type, value);
  for (const dialect of constantDialects(op, type)) {
    const made = context.dialect(dialect)?.materializeConstant?.(builder, op.loc, attr, type);
    if (made) return made.result();
  }
  return builder
    .insert(
      Operation.create(context.opInfo('arith.constant'), op.loc, [], [type], context.dictionary([['value', attr]])),
    )
    .result();
}

function constantDialects(op: Operation, type: Type): string[] {
  return type instanceof TensorType ? ['array', op.info.dialect, 'arith'] : [op.info.dialect, 'arith'];
}

/** Whether `constantBefore` knows a constant of the type. */
export function hasConstant(type: Type): boolean {
  if (type instanceof TensorType || type instanceof VectorType)
    return type.shape.every((d) => d >= 0) && hasConstant(type.element);
  return type instanceof FloatType || type instanceof IntegerType || type instanceof IndexType;
}

/** A copy of `op` with other operands, results and attributes, in its place. Regions move; results in `kept` are replaced. */
export function rebuild(
  op: Operation,
  change: {
    readonly operands?: readonly Value[];
    /** Indices of the results that stay, in order. */
    readonly kept?: readonly number[];
  },
): Operation {
  const kept = change.kept ?? op.results.map((_, i) => i);
  const made = Operation.create(
    op.info,
    op.loc,
    change.operands ?? op.operands,
    kept.map((i) => op.result(i).type),
    op.attributes,
    [],
    op.successors,
  );
  for (const region of [...op.regions]) made.appendRegion().takeBody(region);
  op.parent?.insertBefore(made, op);
  kept.forEach((index, i) => {
    op.result(index).replaceAllUsesWith(made.result(i));
  });
  op.erase();
  return made;
}

/** Moves the body of an op with one block in front of it; its arguments and results become values of the same types. */
export function unwrap(op: Operation, regionIndex: number): boolean {
  const region = op.regions[regionIndex];
  if (region?.blocks.length !== 1 || !op.parent || op.info.hasTrait(IsolatedFromAbove)) return false;
  const body = region.entry;
  const last = body.lastOp;
  const passed = last && isTerminator(last) ? last : undefined;
  for (const argument of body.arguments)
    if (argument.hasUses)
      argument.replaceAllUsesWith(
        op.operands.find((value) => value.type === argument.type) ??
          earlierValue(op, argument.type) ??
          zeroBefore(op, argument.type),
      );
  const values = passed?.operands ?? [];
  if (passed) passed.erase();
  for (let inner = body.firstOp; inner; ) {
    const next: Operation | null = inner.next;
    inner.moveBefore(op);
    inner = next;
  }
  const free = values.slice();
  for (const result of op.results) {
    const at = free.findIndex((value) => value.type === result.type);
    const value = at >= 0 ? (free.splice(at, 1)[0] as Value) : undefined;
    if (result.hasUses) result.replaceAllUsesWith(value ?? substituteFor(op, result));
  }
  op.erase();
  return true;
}

/** Changes the type of a function: `inputs` and `results` that stay. */
export function functionTypeWithout(
  context: Context,
  type: FunctionType,
  drop: { readonly input?: number; readonly result?: number },
): FunctionType {
  return context.functionType(
    type.inputs.filter((_, i) => i !== drop.input),
    type.results.filter((_, i) => i !== drop.result),
  );
}

/** Erases blocks that nothing branches to; values of theirs that are used elsewhere are substituted. */
export function eraseUnreached(root: Operation): void {
  root.walk((op) => {
    for (const region of op.regions) {
      if (region.blocks.length < 2) continue;
      const reached = new Set<Block>([region.entry]);
      for (const block of reached) for (const next of block.successors) reached.add(next);
      const dead = region.blocks.filter((block) => !reached.has(block));
      for (const block of dead) eraseOps(block.ops);
      for (const block of dead) block.erase();
    }
  });
}
