// Reductions, or elementwise results, of a fusion that run over one domain side by side: the lowering gives them one nest, so
// that what they read is loaded, and what they share computed, once. (Multi-output fusion, as in XLA.)
import { bodyOps } from '@budflow/dialect-array';
import { type Operation, OpPattern, OpPatternKind, StructuredOp, type Value } from '@budflow/ir';
import { operandMap, rankOf, resultMap } from './accesses.js';
import { isPatchwork } from './patches.js';
import { isContraction } from './rules.js';

/** Sums that run together keep their accumulators in registers: four of sixteen lanes fill them. */
const MAX_SIBLINGS = 4;

/**
 * For each reduction of a fusion body that runs with others: the first of them. Those of one nest have one domain and one
 * order of combination, read something in common, and none of them waits for another.
 */
export function siblingReductions(body: readonly Operation[]): Map<Operation, Operation> {
  const inputs = new Inputs(body);
  const leaders = new Map<Operation, Operation>();
  const nests = new Map<Operation, Operation[]>();
  for (const op of body) {
    if (!isSiblingReduction(op)) continue;
    const found = [...nests.values()].find(
      (nest) =>
        nest.length < MAX_SIBLINGS && inputs.areSiblings(nest[0]!, op) && !waits(inputs, leaders, nests, op, nest),
    );
    const nest = found ?? [];
    nest.push(op);
    if (!found) nests.set(op, nest);
    leaders.set(op, nest[0]!);
  }
  for (const [op, nest] of nests) if (nest.length === 1) leaders.delete(op);
  return leaders;
}

/**
 * For each op whose results leave a fusion without reductions, the first of them, where one nest over their common domain
 * could store them all; empty where it could not, or where there is but one.
 */
export function siblingResults(fusion: Operation): Map<Operation, Operation> {
  const leaders = new Map<Operation, Operation>();
  const body = bodyOps(fusion);
  const yielded = new Set(fusion.region(0).entry.terminator.operands.map((v) => v.definingOp));
  if (yielded.size < 2) return leaders;
  const members = body.filter((op) => yielded.has(op));
  const [first] = members;
  const fits = (op: Operation): boolean => isSiblingResult(op) && haveOneDomain(first!, op);
  if (members.length < yielded.size || body.some((op) => StructuredOp.of(op)?.reduction) || !members.every(fits))
    return leaders;
  for (const op of members) leaders.set(op, first!);
  return leaders;
}

/** An op of one nest of parallel loops that writes the element at its own place. */
export function isSiblingResult(op: Operation): boolean {
  const structured = StructuredOp.of(op);
  return (
    structured !== undefined &&
    structured.reduction === undefined &&
    !isPatchwork(structured) &&
    structured.domain(op).every((d) => d.iterator === 'parallel') &&
    structured.domain(op).length > 0
  );
}

/** Whether the domains of two ops surely have the same sizes, and results lie at the same places of them. */
function haveOneDomain(a: Operation, b: Operation): boolean {
  if (a === b) return true;
  const [p, q] = [a, b].map((op) => StructuredOp.of(op)!.domain(op));
  return p!.length === q!.length && sameMaps(a, b) && p!.every((_, i) => sameSize(a, b, i));
}

/** Whether `op`, or a nest that it needs, waits for a reduction of `nest`. */
function waits(
  inputs: Inputs,
  leaders: ReadonlyMap<Operation, Operation>,
  nests: ReadonlyMap<Operation, readonly Operation[]>,
  op: Operation,
  nest: readonly Operation[],
): boolean {
  const seen = new Set<Operation>();
  const pending = [op];
  for (let at = pending.pop(); at; at = pending.pop())
    for (const needed of inputs.reductionsBefore(at)) {
      for (const member of nests.get(leaders.get(needed) ?? needed) ?? [needed]) {
        if (nest.includes(member)) return true;
        if (seen.has(member)) continue;
        seen.add(member);
        pending.push(member);
      }
    }
  return false;
}

/** A reduction with a known identity that is not blocked like a matrix product. */
export function isSiblingReduction(op: Operation): boolean {
  const structured = StructuredOp.of(op);
  if (!structured?.reduction || structured.reduction.identity(op).includes(null)) return false;
  return structured.domain(op).some((d) => d.iterator === 'reduction') && !isContraction(op);
}

/** What the ops of a body are made from. */
class Inputs {
  private readonly arguments = new Map<Operation, ReadonlySet<Value>>();
  private readonly reductions = new Map<Operation, ReadonlySet<Operation>>();

  constructor(body: readonly Operation[]) {
    for (const op of body) {
      const [args, before] = [new Set<Value>(), new Set<Operation>()];
      for (const operand of op.operands) {
        const producer = operand.definingOp;
        if (!producer) {
          args.add(operand);
          continue;
        }
        for (const reduction of this.reductionsBefore(producer)) before.add(reduction);
        if (StructuredOp.of(producer)?.reduction) before.add(producer);
        else for (const argument of this.arguments.get(producer) ?? []) args.add(argument);
      }
      this.arguments.set(op, args);
      this.reductions.set(op, before);
    }
  }

  /** All reductions of the body that an op is made from. */
  reductionsBefore(op: Operation): ReadonlySet<Operation> {
    return this.reductions.get(op) ?? new Set();
  }

  areSiblings(a: Operation, b: Operation): boolean {
    const [x, y] = [StructuredOp.of(a)!, StructuredOp.of(b)!];
    if (JSON.stringify(x.reduction!.order(a)) !== JSON.stringify(y.reduction!.order(b))) return false;
    const [p, q] = [x.domain(a), y.domain(b)];
    if (p.length !== q.length || p.some((d, i) => d.iterator !== q[i]!.iterator)) return false;
    if (!sameMaps(a, b) || !this.shares(a, b)) return false;
    return p.every((_, i) => sameSize(a, b, i));
  }

  /** Whether both read some tensor that is not a single element. */
  private shares(a: Operation, b: Operation): boolean {
    const own = this.arguments.get(a)!;
    return [...this.arguments.get(b)!].some((v) => own.has(v) && 'rank' in v.type && rankOf(v) > 0);
  }
}

/** Whether results lie at the same place of the domain. */
function sameMaps(a: Operation, b: Operation): boolean {
  const map = resultMap(a, 0);
  return [a, b].every((op) => op.results.every((_, i) => resultMap(op, i) === map));
}

/** Whether dimension `dim` of both domains surely has one size. */
function sameSize(a: Operation, b: Operation, dim: number): boolean {
  const [p, q] = [a, b].map((op) => StructuredOp.of(op)!.domain(op)[dim]!.size);
  if (p!.kind === 'static' && q!.kind === 'static') return p!.size === q!.size;
  const own = sizeSources(a, dim);
  return [...sizeSources(b, dim)].some(([value, dims]) => [...dims].some((d) => own.get(value)?.has(d)));
}

/** Dimensions of values that have the size of a dimension of the domain of an op. */
function sizeSources(op: Operation, dim: number): Map<Value, Set<number>> {
  const found = new Map<Value, Set<number>>();
  const visit = (value: Value, d: number): void => {
    const dims = found.get(value) ?? new Set();
    if (dims.has(d)) return;
    found.set(value, dims.add(d));
    const producer = value.definingOp;
    if (!producer || OpPattern.of(producer)?.pattern(producer) !== OpPatternKind.elementwise) return;
    producer.operands.forEach((operand, i) => {
      const map = operandMap(producer, i);
      if (map && map === resultMap(producer, value.index)) visit(operand, d);
    });
  };
  const { size } = StructuredOp.of(op)!.domain(op)[dim]!;
  if (size.kind === 'operand') visit(op.operand(size.operand), size.dim);
  return found;
}
