// Replacing one call by the body of its callee, and the reasons why that cannot be done.
import { BranchOp as JumpOp } from '@budflow/dialect-core';
import {
  Block,
  Builder,
  CallableOp,
  CallOp,
  Inlinable,
  type Operation,
  type Region,
  ReturnLike,
  SingleBlock,
  SymbolTableTrait,
  type Value,
} from '@budflow/ir';

export interface InlineRefusal {
  /** kebab-case, stable. */
  readonly name: string;
  readonly reason: string;
}

const refusal = (name: string, reason: string): InlineRefusal => ({ name, reason });

/** Attribute of a call or callable that forbids inlining. */
export const NO_INLINE = 'no_inline';

/** Why a callable cannot be inlined anywhere; null when it can. Does not depend on the call. */
export function callableRefusal(callable: Operation): InlineRefusal | null {
  const body = CallableOp.of(callable)?.body(callable) ?? null;
  if (body === null) return refusal('no-body', 'the callee has no body');
  if (callable.attr(NO_INLINE)) return refusal('no-inline', `the callee is marked ${NO_INLINE}`);
  const own = Inlinable.of(callable)?.callableRefusal?.(callable);
  if (own) return refusal('callee-refuses', own);
  let found: InlineRefusal | null = null;
  let returns = 0;
  for (const block of body.blocks) {
    const exit = block.lastOp;
    if (exit === null || (exit.ownSuccessors === null && !exit.info.hasTrait(ReturnLike)))
      return refusal('unknown-exit', `the callee ends in '${exit?.name ?? 'nothing'}', which is no return`);
    if (exit.ownSuccessors === null) returns++;
  }
  if (returns === 0) return refusal('no-return', 'the callee never returns');
  callable.walk((op) => {
    if (op === callable || found !== null) return;
    const reason = Inlinable.of(op)?.refusal?.(op);
    if (reason) found = refusal('op-refuses', `'${op.name}': ${reason}`);
    else if (op.info.hasTrait(SymbolTableTrait))
      found = refusal('nested-symbols', `the callee contains '${op.name}' with symbols`);
  });
  return found;
}

/** Why this call of a callable that can be inlined must stay. */
export function callRefusal(call: Operation, callable: Operation): InlineRefusal | null {
  const body = CallableOp.of(callable)!.body(callable)!;
  if (call.attr(NO_INLINE)) return refusal('no-inline', `the call is marked ${NO_INLINE}`);
  const own = Inlinable.of(call)?.callRefusal?.(call);
  if (own) return refusal('call-refuses', own);
  const args = CallOp.of(call)!.arguments(call);
  const parameters = body.entry.arguments;
  if (args.length !== parameters.length || args.some((a, i) => a.type !== parameters[i]!.type))
    return refusal('types-differ', 'the call passes other types than the callee takes');
  for (const block of body.blocks) {
    const exit = block.terminator;
    if (exit.ownSuccessors !== null) continue;
    if (exit.operandCount !== call.resultCount || exit.operands.some((v, i) => v.type !== call.result(i).type))
      return refusal('types-differ', 'the callee returns other types than the call has');
  }
  if (body.blocks.length > 1 && !takesBlocks(call.parentRegion))
    return refusal(
      'single-block',
      `a callee of ${body.blocks.length} blocks does not fit into '${call.parentOp?.name}', which has one block`,
    );
  return null;
}

/** Whether a region may have several blocks. */
function takesBlocks(region: Region | null): boolean {
  const parent = region?.parent;
  if (!parent?.info.definition || parent.info.hasTrait(SingleBlock)) return false;
  if (CallableOp.of(parent)) return true;
  const specs = Object.values(parent.info.definition.spec.regions ?? {});
  const spec = specs[parent.regions.indexOf(region!)] ?? specs[specs.length - 1];
  return spec?.blocks === 'any' && region!.blocks.length > 1;
}

/** Replaces the call by a copy of the body. The callable stays. */
export function inlineCall(call: Operation, callable: Operation): void {
  const body = CallableOp.of(callable)!.body(callable)!;
  const mapping = new Map<Value, Value>();
  body.entry.arguments.forEach((parameter, i) => {
    mapping.set(parameter, CallOp.of(call)!.arguments(call)[i]!);
  });
  const made: Operation[] = [];
  if (body.blocks.length === 1) {
    const source = body.entry;
    for (let op = source.firstOp; op !== source.lastOp; op = op!.next) {
      const copy = op!.clone(mapping);
      call.parent!.insertBefore(copy, call);
      made.push(copy);
    }
    replaceCall(
      call,
      source.terminator.operands.map((v) => mapping.get(v) ?? v),
    );
  } else made.push(...inlineBlocks(call, body, mapping));
  finish(call, made);
}

/** Whether `inlineOnlyCall` can do this one: a body of one block. */
export function canMove(callable: Operation): boolean {
  return CallableOp.of(callable)!.body(callable)!.blocks.length === 1;
}

/** Replaces the only call of a callable by its body itself, and erases the callable. Takes time for the ops of its own. */
export function inlineOnlyCall(call: Operation, callable: Operation): void {
  const source = CallableOp.of(callable)!.body(callable)!.entry;
  const args = CallOp.of(call)!.arguments(call);
  source.arguments.forEach((parameter, i) => {
    parameter.replaceAllUsesWith(args[i]!);
  });
  const values = source.terminator.operands;
  source.terminator.erase();
  const made = source.ops;
  for (const op of made) {
    op.remove();
    call.parent!.insertBefore(op, call);
  }
  replaceCall(call, values);
  finish(call, made);
  callable.erase();
}

/** The call's block is cut in two: the copied blocks stand between, and each return jumps to the rest. */
function inlineBlocks(call: Operation, body: Region, mapping: Map<Value, Value>): Operation[] {
  const before = call.parent!;
  const region = before.parent!;
  const rest = before.splitBefore(call.next!);
  const results = call.results.map((r) => rest.addArgument(r.type));
  const blocks = new Map<Block, Block>();
  let at = region.blocks.indexOf(rest);
  for (const block of body.blocks) {
    // The entry continues the block of the call: nothing branches to it.
    if (block === body.entry) {
      blocks.set(block, before);
      continue;
    }
    const copy = region.insert(at++, new Block());
    blocks.set(block, copy);
    for (const argument of block.arguments) mapping.set(argument, copy.addArgument(argument.type));
  }
  const made: Operation[] = [];
  const patches: { copy: Operation; index: number; value: Value }[] = [];
  for (const block of body.blocks) {
    for (let op = block.firstOp; op !== null; op = op.next) {
      const copy = op.clone(mapping, blocks);
      // Definitions in blocks that come later in the list are not mapped yet.
      copy.walk((inner) => {
        for (let i = 0; i < inner.operandCount; i++) {
          const value = inner.operand(i);
          if (value.parentBlock !== null && isInside(value, body)) patches.push({ copy: inner, index: i, value });
        }
      });
      const target = blocks.get(block)!;
      if (block === body.entry) target.insertBefore(copy, call);
      else target.append(copy);
      made.push(copy);
    }
  }
  for (const { copy, index, value } of patches) copy.setOperand(index, mapping.get(value)!);
  const builder = new Builder(call.context);
  for (const exit of made.filter((op) => op.info.hasTrait(ReturnLike) && op.parentRegion === region)) {
    builder.setInsertionPoint(exit);
    JumpOp.create(builder, exit.loc, { destOperands: exit.operands, successors: [rest] });
    exit.erase();
  }
  replaceCall(call, results);
  return made.filter((op) => !op.isErased);
}

function isInside(value: Value, region: Region): boolean {
  const home = value.parentBlock?.parent ?? null;
  return home !== null && region.isAncestorOf(home);
}

function replaceCall(call: Operation, values: readonly Value[]): void {
  call.results.forEach((result, i) => {
    result.replaceAllUsesWith(values[i]!);
  });
}

/** Erases the call; the copies say where they come from and where they were called. */
function finish(call: Operation, made: readonly Operation[]): void {
  const { context } = call;
  const caller = call.location;
  for (const top of made)
    top.walk((op) => {
      if (op.loc !== 0) op.loc = context.callSiteLoc(op.location, caller);
    });
  call.erase();
}
