// Builds array.fusion ops from a plan.
import { DimOp, FusionOp, YieldOp } from '@budflow/dialect-array';
import {
  Block,
  Builder,
  ConstantLike,
  isMemoryEffectFree,
  type Operation,
  Region,
  StructuredOp,
  TensorType,
  Terminator,
  type Value,
} from '@budflow/ir';
import { hasLoopLowering } from '../lowering/registry.js';
import { type Group, isInlineConstant } from './group.js';
import type { FusionPlan } from './plan.js';
import { isContraction } from './rules.js';

/** What kind of kernel a fusion is: its schedule starts from there. */
export type FusionKind = 'loop' | 'reduce' | 'row-wise' | 'contraction' | 'pad' | 'concat' | 'opaque';

/** Replaces the ops of all groups by fusions, in an order in which every value is defined before its uses. */
export function emitFusions(block: Block, plan: FusionPlan): void {
  const replaced = new Map<Value, Value>();
  const position = new Map(block.ops.map((op, i) => [op, i]));
  const fusions = plan.groups.map((group) => emitGroup(group, position));
  plan.groups.forEach((group, i) => {
    for (const [k, value] of outputs(group).entries()) replaced.set(value, fusions[i]!.result(k));
  });
  for (const [from, to] of replaced) from.replaceAllUsesWith(to);
  eraseDead(block);
  sortBlock(block);
}

function outputs(group: Group): Value[] {
  return [group.root, ...group.yielded].flatMap((op) => op.results);
}

function emitGroup(group: Group, position: ReadonlyMap<Operation, number>): Operation {
  const { root } = group;
  const { context } = root;
  const region = new Region();
  const body = region.append(new Block());
  const builder = Builder.atEnd(context, body);
  const mapping = new Map<Value, Value>();
  const operands: Value[] = [];
  const members = group.members.sort((a, b) => position.get(a)! - position.get(b)!);

  const provide = (value: Value): void => {
    if (mapping.has(value)) return;
    const op = value.definingOp;
    const copied =
      op && (value.type instanceof TensorType ? isInlineConstant(op) : DimOp.is(op) || op.info.hasTrait(ConstantLike));
    if (copied) {
      for (const operand of op.operands) provide(operand);
      builder.insert(op.clone(mapping));
      return;
    }
    operands.push(value);
    mapping.set(value, body.addArgument(value.type));
  };
  for (const op of members) {
    for (const operand of op.operands) provide(operand);
    builder.insert(op.clone(mapping));
  }
  const values = outputs(group);
  builder.setInsertionPointToEnd(body);
  YieldOp.create(builder, root.loc, { values: values.map((v) => mapping.get(v)!) });
  return FusionOp.create(Builder.before(root), root.loc, {
    inputs: operands,
    kind: kindOf(group),
    regions: [region],
    resultTypes: values.map((v) => v.type),
  });
}

function kindOf(group: Group): FusionKind {
  if (hasLoopLowering(group.root)) return 'opaque';
  if (isContraction(group.root)) return 'contraction';
  if (StructuredOp.of(group.root)!.fill) return 'pad';
  if (StructuredOp.of(group.root)!.sideBySide) return 'concat';
  if (!group.hasReduction) return 'loop';
  return group.stages.length > 1 ? 'row-wise' : 'reduce';
}

/** Erases what is now computed inside of fusions. */
function eraseDead(block: Block): void {
  const ops = block.ops;
  for (let i = ops.length - 1; i >= 0; i--) {
    const op = ops[i]!;
    if (op.resultCount > 0 && !op.hasResultUses && isMemoryEffectFree(op)) op.erase();
  }
}

/** Moves ops behind what they use; those that need not move keep their order. Ops with effects stay in order. */
export function sortBlock(block: Block): void {
  const ops = block.ops;
  const effects = effectChain(ops);
  const placed = new Set<Operation>();
  const order: Operation[] = [];
  const place = (op: Operation): void => {
    if (placed.has(op)) return;
    placed.add(op);
    const before = effects.get(op);
    if (before) place(before);
    for (const operand of usedFrom(op, block)) place(operand);
    order.push(op);
  };
  for (const op of ops) place(op);
  if (order.every((op, i) => op === ops[i])) return;
  for (const op of ops) op.remove();
  for (const op of order) block.append(op);
}

/** For each op with effects, the one before it. */
function effectChain(ops: readonly Operation[]): Map<Operation, Operation> {
  const chain = new Map<Operation, Operation>();
  let last: Operation | undefined;
  for (const op of ops) {
    if (isMemoryEffectFree(op) && !op.info.hasTrait(Terminator)) continue;
    if (last) chain.set(op, last);
    last = op;
  }
  return chain;
}

function usedFrom(op: Operation, block: Block): Operation[] {
  const list: Operation[] = [];
  op.walk((inner) => {
    for (const operand of inner.operands) {
      const definition = operand.definingOp;
      if (definition && definition.parent === block && definition !== op) list.push(definition);
    }
  });
  return list;
}
