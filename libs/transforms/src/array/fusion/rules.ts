// Whether a producer may be computed inside a kernel, and as what. After XLA's ShouldFuse and TVM's operator patterns;
// the limits are those of one processor core: code size, streams of memory, and how often something is computed.
import { MulOp, ReshapeOp } from '@budflow/dialect-array';
import {
  AffineExpr,
  ConstantLike,
  DYNAMIC,
  OpCost,
  type Operation,
  OpPattern,
  OpPatternKind,
  StructuredOp,
  TensorType,
} from '@budflow/ir';
import { derivePattern } from '../derive-pattern.js';
import { contractionBody, isContractionShaped } from '../numerics/orders.js';
import {
  type Accesses,
  countAccesses,
  operandMap,
  parallelDims,
  rankOf,
  rereads,
  resultMap,
  sharedRows,
} from './accesses.js';
import type { Group } from './group.js';
import { boxesOf, isPatchwork } from './patches.js';
import type { FusionRefusal } from './report.js';

export interface FusionLimits {
  /** Arrays a kernel may read and write at once. */
  readonly maxOperands: number;
  /** Times a value may be computed, in one kernel and in all together. */
  readonly duplicationLimit: number;
  /** Scalar operations of one kernel. */
  readonly maxOps: number;
}

/** Operations that may be repeated for several kernels in a row of ops that are. */
export const MAX_DUPLICATED_FLOPS = 8;

export interface Joining {
  readonly accesses: Accesses;
  /** The op has loops and a buffer of its own. */
  readonly stage: boolean;
  /** Loop nests of the root then. */
  readonly boxes: number;
  /** The buffer is a result of the kernel: asked for, or too large for a private one as far as is known. */
  readonly kept: boolean;
}
export type Answer = Joining | { readonly refusal: FusionRefusal };

function pattern(op: Operation): OpPatternKind {
  return OpPattern.of(op)?.pattern(op) ?? derivePattern(op);
}

export function flops(op: Operation): number {
  return OpCost.of(op)?.pointCost(op).flops ?? 1;
}
export function isExpensive(op: Operation): boolean {
  return OpCost.of(op)?.pointCost(op).expensive ?? true;
}

/** Whether an op is computed by a fusion; the others stay where they are. */
export function isFusible(op: Operation): boolean {
  return (
    StructuredOp.of(op) !== undefined &&
    !op.info.hasTrait(ConstantLike) &&
    pattern(op) !== OpPatternKind.opaque &&
    op.resultCount > 0
  );
}

/** A reshape that only adds and drops dimensions of size 1 is a renaming of subscripts; any other is left as a view. */
export function isViewReshape(op: Operation): boolean {
  if (!ReshapeOp.is(op)) return false;
  const map = operandMap(op, 0);
  return !map?.results.every((e) => e.kind === 'dim' || e === AffineExpr.constant(0));
}

/** Matrix products in either form. */
export function isContraction(op: Operation): boolean {
  return pattern(op) === OpPatternKind.outElementwiseFusable || isContractionShaped(op);
}

/** Whether the op has no tensor operands: it is cheaper to make than to load. */
export function isLeaf(op: Operation): boolean {
  return op.operands.every((v) => !(v.type instanceof TensorType));
}

/** The product that a contracting reduction adds unrounded: it must stay with it. */
export function isContractedProduct(producer: Operation): boolean {
  const product = producer.result(0);
  return (
    MulOp.is(producer) &&
    product.hasOneUse() &&
    product.users().some((user) => contracts(user) && user.operand(0) === product)
  );
}

/** Whether the producer makes what a reduction in the shape of a matrix product combines from its factors. */
function isBodyOf(producer: Operation, root: Operation): boolean {
  return contractionBody(root)?.has(producer) ?? false;
}

/** Whether the op is a reduction that adds products unrounded. */
export function contracts(op: Operation): boolean {
  const contract = op.attr('contract');
  return contract !== undefined && pattern(op) === OpPatternKind.reduction;
}

/** What a producer is, whoever consumes it. */
function producerRefusal(op: Operation): FusionRefusal | undefined {
  if (isViewReshape(op)) return 'reshape-view';
  if (isContraction(op)) return 'contraction';
  return undefined;
}

/**
 * How many loop nests the root needs when it reads a tensor of several pieces where it is: one for each box in which all
 * reads meet one piece. Undefined when the tensor has to be put together in memory first.
 */
function boxesWith(producer: Operation, accesses: Accesses, group: Group): number | undefined {
  const { root } = group;
  const structured = StructuredOp.of(root)!;
  if (structured.reduction || isPatchwork(structured) || group.stages.length > 1) return undefined;
  const patches = [...group.patches(), [producer, accesses] as const];
  if (patches.some(([, reads]) => [...reads.keys()].some((stage) => stage !== root))) return undefined;
  return boxesOf(root, patches)?.length;
}

/** Whether `producer` can join `group`. `yielded`: its result is stored too. */
export function mayJoin(
  producer: Operation,
  group: Group,
  limits: FusionLimits,
  { yielded }: { readonly yielded: boolean },
): Answer {
  const refusal = producerRefusal(producer);
  if (refusal) return { refusal };
  const { root } = group;
  const accesses = group.readsOf(producer);
  const stage = yielded || needsLoops(producer, accesses);
  const contraction = isContraction(root);
  const readsBuffers = pattern(root) === OpPatternKind.outElementwiseFusable;
  if (contraction && !isBodyOf(producer, root) && (stage || flops(producer) > 0 || readsBuffers))
    return { refusal: 'contraction' };
  const patchwork = isPatchwork(StructuredOp.of(producer)!);
  const boxes = patchwork && !stage ? boxesWith(producer, accesses, group) : group.boxes;
  if (boxes === undefined || (patchwork && stage))
    return { refusal: StructuredOp.of(producer)!.fill ? 'padding' : 'concatenation' };
  if (stage) {
    // Loops inside of loops that a border, or another piece, needs once more.
    const pieces = [root, ...group.patches().map(([op]) => op)].map((op) => StructuredOp.of(op)!);
    if (pieces.some((op) => op.fill)) return { refusal: 'padding' };
    if (pieces.some((op) => op.sideBySide)) return { refusal: 'concatenation' };
  }
  if (stage) {
    const problem = placement(producer, accesses);
    if (problem) return { refusal: problem };
  } else if (flops(producer) > 0 && countAccesses(accesses) > limits.duplicationLimit)
    return { refusal: 'duplication-limit' };
  if (boxes * (group.emitted + (stage ? 1 : countAccesses(accesses))) > limits.maxOps) return { refusal: 'code-size' };
  const streams = group.streams(producer);
  if (streams > limits.maxOperands && streams > group.streams()) return { refusal: 'operand-limit' };
  return { accesses, stage, boxes, kept: yielded || (stage && !hasKnownRow(producer, accesses)) };
}

/** Whether what is left of a stage's result inside the rows of its consumers has a static size. */
function hasKnownRow(producer: Operation, accesses: Accesses): boolean {
  let rows = Number.POSITIVE_INFINITY;
  for (const [stage, maps] of accesses) for (const map of maps) rows = Math.min(rows, sharedRows(stage, map));
  return producer.results.every((r) => !(r.type as TensorType).shape.slice(rows).includes(DYNAMIC));
}

/** Whether the lowering gives the op loops and a buffer of its own. */
export function needsLoops(op: Operation, accesses: Accesses): boolean {
  if (StructuredOp.of(op)!.reduction) return true;
  if (!isExpensive(op)) return false;
  if (countAccesses(accesses) > 1) return true;
  for (const [stage, maps] of accesses) for (const map of maps) if (rereads(stage, map)) return true;
  return false;
}

/**
 * A stage can be placed inside the loops of its consumers when these loops are rows: the leading subscripts of every
 * access are the consumer's outer loops, and a row is whole in memory. A stage that is read point by point is placed
 * whatever it is.
 */
function placement(producer: Operation, accesses: Accesses): FusionRefusal | undefined {
  const reduces = StructuredOp.of(producer)!.reduction !== undefined;
  const rank = rankOf(producer.result(0));
  for (const [stage, maps] of accesses) {
    const domain = StructuredOp.of(stage)!.domain(stage);
    const intoReduction = domain.some((d) => d.iterator === 'reduction');
    for (const map of maps) {
      const rows = sharedRows(stage, map);
      if (rows === rank && rank === domain.length) continue;
      if (rows >= 1 && leading(stage) && leading(producer)) continue;
      if (!reduces) return 'expensive-producer-reused';
      if (intoReduction) return 'reduce-into-reduce';
      return rank === 0 ? 'full-reduction' : 'not-row-wise';
    }
  }
  return undefined;
}

/** Whether the first loop of the op walks over the first dimension of its domain, and of its result. */
function leading(op: Operation): boolean {
  return parallelDims(op)[0] === 0 && op.results.every((_, i) => resultMap(op, i).results[0] === AffineExpr.dim(0));
}
