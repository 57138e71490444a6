// Which ops of a fusion get loops and a buffer of their own ("stages"), and which are recomputed as scalar code inside
// their consumers. A stage is a root nest; placing it inside another is the schedule's business (compute_at).
import { InternalError, type Operation, StringAttr } from '@budflow/ir';
import { type BodyAccesses, bodyAccesses } from '../../array/fusion/body-accesses.js';
import { type Box, boxesOf } from '../../array/fusion/patches.js';

export interface Stage {
  /** The op, or reductions or results that run side by side. */
  readonly ops: readonly Operation[];
  /** Unique within the kernel; its loops are `name.d0 ... name.r0 ...`. */
  readonly name: string;
  /** Boxes of its domain in which every read meets one piece of what it reads: one nest each. None when one nest will do. */
  readonly boxes: readonly Box[];
}

const REDUCTION_NAMES: Record<string, string> = { add: 'sum', mul: 'prod' };

/** Name of a stage without its number: the reduction kind where there is one, the op's mnemonic otherwise. */
function baseName(op: Operation): string {
  const kind = op.attr('kind');
  if (op.name.endsWith('.reduce') && kind instanceof StringAttr) return REDUCTION_NAMES[kind.value] ?? kind.value;
  return op.name.slice(op.name.lastIndexOf('.') + 1);
}

/**
 * Numbers the stages of a fusion body. An op is a stage when its result leaves the fusion, when it reduces, or when it is
 * expensive and would be computed more than once: what fusion reckoned with when it formed the kernel.
 */
export function findStages(body: readonly Operation[]): Stage[] {
  const fusion = body[0]?.parentOp;
  if (!fusion) return [];
  const stages: Stage[] = [];
  const taken = new Set<string>();
  const accesses = bodyAccesses(fusion);
  const patches = accesses.patches.map((op) => [op, accesses.values.get(op.result(0)) ?? new Map()] as const);
  for (const ops of inOrder(accesses)) {
    const op = ops[0]!;
    const base = baseName(op);
    let name = base;
    for (let n = 1; taken.has(name); n++) name = `${base}_${n}`;
    taken.add(name);
    const read = patches.filter(([, reads]) => reads.has(op));
    const boxes = read.length > 0 ? boxesOf(op, read) : [];
    if (!boxes) throw new InternalError('array-to-loop: pieces of a tensor are read in an unknown order', op);
    stages.push({ ops, name, boxes });
  }
  return stages;
}

/** The stages in program order, but that those which run side by side are one, and come after all that they need. */
function inOrder({ stages, leaders }: BodyAccesses): Operation[][] {
  const order: Operation[][] = [];
  const placed = new Set<Operation>();
  const isStage = new Set(stages);
  const place = (op: Operation): void => {
    if (placed.has(op)) return;
    placed.add(op);
    if (!isStage.has(op)) {
      for (const operand of op.operands) if (operand.definingOp) place(operand.definingOp);
      return;
    }
    const leader = leaders.get(op);
    const nest = leader ? stages.filter((other) => leaders.get(other) === leader) : [op];
    for (const member of nest) placed.add(member);
    for (const member of nest) for (const { definingOp } of member.operands) if (definingOp) place(definingOp);
    order.push(nest);
  };
  for (const op of stages) place(op);
  return order;
}
