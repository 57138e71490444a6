// Orders of reductions (CONTRACTS: numerics): canonical lanes over the last dimensions, rows over outer ones, ascending
// for contractions.
import {
  BroadcastOp,
  CANONICAL_LANES,
  CANONICAL_LANES_ORDER,
  CANONICAL_OUTER_ORDER,
  ConstantOp,
  FullOp,
  isRounded,
  MulOp,
  OrderAttr,
  ReduceOp,
  ReshapeOp,
  ScanOp,
} from '@budflow/dialect-array';
import {
  type Attribute,
  Builder,
  byteWidth,
  DYNAMIC,
  FloatType,
  type Operation,
  OpPattern,
  OpPatternKind,
  type ReductionOrder,
  StructuredOp,
  TensorType,
  type Type,
  type Value,
} from '@budflow/ir';
import { MergeableDims } from '../collapse/mergeable.js';

export function setOrder(op: Operation, order: ReductionOrder): void {
  op.setAttr('order', op.context.dialectAttr(OrderAttr, order));
}

function shapeOf(value: Value): readonly number[] {
  return (value.type as TensorType).shape;
}

/** Lanes of a blocked scan: a register, and at least four, so that what is carried takes a quarter of the time. */
export function scanLanes(element: Type): number {
  return Math.max(4, 16 / (byteWidth(element) ?? 4));
}

/** Whether a scan may run in blocks: a sum or product of floats along the last dimension, of some length. */
export function isBlockedScan(op: Operation): boolean {
  const kind = ScanOp.kind(op);
  const { element, shape, rank } = op.operand(0).type as TensorType;
  if ((kind !== 'add' && kind !== 'mul') || !(element instanceof FloatType) || ScanOp.dim(op) !== rank - 1)
    return false;
  const size = shape[rank - 1]!;
  return size === DYNAMIC || size >= 2 * scanLanes(element);
}

/** Maximal runs of adjacent dimensions, ascending, cut before the dimensions of `apart`. */
function adjacentGroups(dims: readonly number[], apart: ReadonlySet<number>): number[][] {
  const groups: number[][] = [];
  for (const d of [...dims].sort((a, b) => a - b)) {
    const last = groups[groups.length - 1];
    if (last && last[last.length - 1] === d - 1 && !apart.has(d)) last.push(d);
    else groups.push([d]);
  }
  return groups;
}

/** The order of a reduction over one group of adjacent dimensions. */
export function groupOrder(op: Operation): ReductionOrder {
  const rank = shapeOf(op.operand(0)).length;
  const dims = ReduceOp.dims(op);
  return dims.length === 0 || Math.max(...dims) === rank - 1 ? CANONICAL_LANES_ORDER : CANONICAL_OUTER_ORDER;
}

/** Whether the result depends on the order of combination. Integers, and min and max, are associative and commutative. */
export function orderMatters(op: Operation): boolean {
  const kind = ReduceOp.kind(op);
  return (kind === 'add' || kind === 'mul') && isRounded((op.operand(0).type as TensorType).element);
}

/** Whether a reduction combines what two factors make, in the shape of a matrix product; see `contractionBody`. */
export function isContractionShaped(op: Operation): boolean {
  return contractionBody(op) !== undefined;
}

/** Whether it is a sum of products: such sums run in ascending order in every mode. */
export function isSumOfProducts(op: Operation): boolean {
  return contractionBody(op)?.size === 1 && ReduceOp.kind(op) === 'add' && MulOp.is(op.operand(0).definingOp!);
}

/**
 * "Matrix product as broadcast, multiply, reduce": a sum of products in which each factor is the same along some result
 * dimension and both vary along every reduced one. It runs like dot_general, in ascending order. So does any reduction of
 * what elementwise ops make of two such factors: squares of differences, maxima of sums. Returns the ops that compute what
 * is reduced from the factors.
 */
export function contractionBody(op: Operation): ReadonlySet<Operation> | undefined {
  if (!ReduceOp.is(op) || ReduceOp.kind(op) === undefined || op.operandCount !== 2) return undefined;
  const dims = ReduceOp.dims(op);
  const shape = shapeOf(op.operand(0));
  const kept = shape.flatMap((size, d) => (dims.includes(d) || size === 1 ? [] : [d]));
  if (dims.length === 0 || kept.length === 0) return undefined;
  const product = op.operand(0).definingOp;
  if (product && MulOp.is(product) && ReduceOp.kind(op) === 'add') {
    const varies = product.operands.map((factor) => varyingDims(factor));
    if (varies.every((v) => dims.every((d) => v[d]) && kept.some((d) => !v[d]))) return new Set([product]);
  }
  // Tiles of short sums are mostly loads and stores.
  const terms = dims.reduce((n, d) => n * (shape[d] === DYNAMIC ? SHORTEST_SUM : shape[d]!), 1);
  const sides = kept.filter((d) => shape[d] === DYNAMIC || shape[d]! >= SMALLEST_SIDE);
  if (sides.length < 2 || terms < SHORTEST_SUM) return undefined;
  const body = new Set<Operation>();
  const factors = new Map<Value, readonly boolean[]>();
  const visit = (value: Value): boolean => {
    if (factors.has(value)) return true;
    if (!(value.type instanceof TensorType)) return false;
    const varies = varyingDims(value);
    if (!varies.includes(true)) return true;
    if (sides.some((d) => !varies[d])) {
      factors.set(value, varies);
      return factors.size <= 2 && dims.every((d) => varies[d]);
    }
    const made = value.definingOp;
    if (!made || OpPattern.of(made)?.pattern(made) !== OpPatternKind.elementwise) return false;
    if (body.has(made)) return true;
    body.add(made);
    return body.size <= LARGEST_BODY && made.operands.every(visit);
  };
  if (!visit(op.operand(0)) || factors.size !== 2) return undefined;
  const [left, right] = [...factors.values()] as [readonly boolean[], readonly boolean[]];
  const apart = sides.some((d) => left[d] && !right[d]) && sides.some((d) => right[d] && !left[d]);
  return apart ? body : undefined;
}

/** What a reduction other than a sum of products needs to run like one: terms, and places on each side. */
const [SHORTEST_SUM, SMALLEST_SIDE] = [16, 4];
/** Elementwise ops between the factors and the reduction: more leave no registers for a tile. */
const LARGEST_BODY = 6;

/** Along which dimensions a value may differ. Looks through ops that repeat and move elements. */
function varyingDims(value: Value, depth = 8): boolean[] {
  const rank = shapeOf(value).length;
  const op = value.definingOp;
  if (op && (FullOp.is(op) || (ConstantOp.is(op) && isSplat(op)))) return new Array<boolean>(rank).fill(false);
  const structured = op ? StructuredOp.of(op) : undefined;
  const resultMap = op ? structured?.indexingMaps(op)[op.operandCount + value.index] : undefined;
  const whole = structured && !structured.reduction && !structured.fill && !structured.sideBySide;
  if (!op || !whole || depth === 0 || !resultMap?.isPermutation()) return new Array<boolean>(rank).fill(true);
  const tensorOperands = structured.indexingMaps(op).slice(0, op.operandCount);
  if (
    tensorOperands.some(
      (m, i) => m === null && op.operand(i).type instanceof TensorType && !BroadcastOp.is(op) && !ReshapeOp.is(op),
    )
  )
    return new Array<boolean>(rank).fill(true);
  if (!tensorOperands.some((m) => m !== null) && !BroadcastOp.is(op) && !ReshapeOp.is(op))
    return new Array<boolean>(rank).fill(true);
  const varies = new Array<boolean>(rank).fill(false);
  tensorOperands.forEach((map, i) => {
    if (!map) return;
    const source = varyingDims(op.operand(i), depth - 1);
    map.results.forEach((expr, k) => {
      if (!source[k]) return;
      resultMap.results.forEach((r, d) => {
        if (expr.usesDim(r.value)) varies[d] = true;
      });
    });
  });
  return varies;
}

function isSplat(op: Operation): boolean {
  const value = op.attr('value') as (Attribute & { splat?: boolean }) | undefined;
  return value?.splat === true;
}

/**
 * The dimensions of a reduction that what feeds it does not walk together with the ones before: those of windows, of padded
 * tensors, of rows that repeat. As one dimension their elements would be found by division.
 */
function apartDims(op: Operation): Set<number> {
  const ops = new Set<Operation>();
  const outside = new Set<Value>();
  const visit = (value: Value): void => {
    const producer = value.definingOp;
    const pattern = producer ? OpPattern.of(producer)?.pattern(producer) : undefined;
    if (!producer || pattern === undefined || pattern > OpPatternKind.injective) outside.add(value);
    else if (!ops.has(producer)) {
      for (const operand of producer.operands) visit(operand);
      ops.add(producer);
    }
  };
  visit(op.operand(0));
  const first = new MergeableDims([...ops], [...outside]).groups(op.operand(0)).map((group) => group[0]!);
  const shape = shapeOf(op.operand(0));
  // Short rows do not fill the lanes.
  const isLong = (d: number) => shape[d] === DYNAMIC || shape[d]! >= CANONICAL_LANES;
  return new Set(first.filter(isLong));
}

/**
 * Splits a reduction over several groups of dimensions into one for each, the last group first; the inits are combined
 * by the last of them, as before. Returns the parts in the order in which they run.
 * @param keepsRuns adjacent dimensions are one group always; otherwise where it is cheap to walk them as one
 */
export function splitGroups(op: Operation, { keepsRuns }: { readonly keepsRuns: boolean }): Operation[] {
  const groups = adjacentGroups(ReduceOp.dims(op), keepsRuns ? new Set() : apartDims(op));
  if (groups.length < 2 || ReduceOp.kind(op) === undefined) return [op];
  const builder = Builder.before(op);
  const { context } = op;
  const identity = StructuredOp.of(op)?.reduction?.identity(op)[0];
  if (!identity) return [op];
  const scalar = context.tensor([], (op.operand(0).type as TensorType).element);
  const parts: Operation[] = [];
  let input = op.operand(0);
  groups.reverse().forEach((dims, i) => {
    const last = i === groups.length - 1;
    const init = last
      ? op.operand(1)
      : FullOp.build(builder, op.loc, { value: identity, sizes: [], resultTypes: [scalar] });
    const part = ReduceOp.create(builder, op.loc, {
      inputs: [input],
      inits: [init],
      kind: ReduceOp.kind(op),
      dims,
      regions: [],
    });
    parts.push(part);
    input = part.result(0);
  });
  op.result(0).replaceAllUsesWith(input);
  op.erase();
  return parts;
}
