// sibling-fusion: kernels that reduce over one domain, or compute element by element over one, and read the same arrays
// there, become one with several results.
//
//   %a = array.fusion(%p = %x, %q = %y) {           %r:2 = array.fusion(%p = %x, %q = %y) {
//     %0 = array.exp %p                               %0 = array.exp %p
//     %1 = array.mul %0, %q                           %1 = array.mul %0, %q
//     %2 = array.reduce add %1 init %z }      ->      %2 = array.reduce add %1 init %z
//   %b = array.fusion(%p = %x) {                      %3 = array.reduce add %0 init %z
//     %0 = array.exp %p                               array.yield %2, %3 }
//     %1 = array.reduce add %0 init %z }
//
// They become one nest of loops (array-to-loop): arrays are read, and what both are made from is computed, once; an
// elementwise value that one kernel stored for the other stays in registers, and needs no array if nobody else reads it.
// Requires instruction-fusion and orders of reductions; no order changes. As XLA's multi-output fusion.
import { bodyOps, FusionOp, YieldOp } from '@budflow/dialect-array';
import {
  Block,
  Builder,
  ConstantLike,
  type Operation,
  OpPattern,
  OpPatternKind,
  Region,
  StructuredOp,
  TensorType,
  type Value,
} from '@budflow/ir';
import { definePass } from '@budflow/pass';
import { getTarget } from '@budflow/target';
import { resultMap } from './fusion/accesses.js';
import { bodyAccesses } from './fusion/body-accesses.js';
import { sortBlock } from './fusion/emit.js';
import { flops } from './fusion/rules.js';
import { isSiblingReduction, isSiblingResult, siblingReductions } from './fusion/siblings.js';
import { hasLoopLowering } from './lowering/registry.js';

export const siblingFusion = definePass({
  name: 'sibling-fusion',
  summary: 'merge kernels that reduce, or map, the same arrays over one domain',
  anchor: 'func.func',
  options: {
    'max-operands': {
      type: 'integer',
      minimum: 0,
      description: 'arrays a kernel reads and writes at once; 0: as many as the target prefetches',
      default: 0,
    },
    target: { type: 'string', description: 'name of the target machine', default: 'wasm32-relaxed-simd' },
  },
  dependentDialects: ['array'],
  statistics: { merged: 'kernels computed by one with a kernel before them' },
  run(func, pass) {
    const maxOperands = pass.options['max-operands'] || getTarget(pass.options.target).maxPrefetchStreams;
    const blocks = new Set<Block>();
    func.walk((op) => {
      if (FusionOp.is(op)) blocks.add(op.parent!);
    });
    let merged = 0;
    for (const block of blocks)
      merged += mergeSiblings(block, maxOperands, (fusion, name, message) =>
        pass.remark({ kind: name === 'merged' ? 'applied' : 'missed', name, message, at: fusion }),
      );
    pass.statistic('merged', merged);
    if (merged === 0) pass.unchanged();
  },
});

type Report = (fusion: Operation, name: 'merged' | 'operand-limit' | 'waits', message: string) => void;

const TOO_MANY_ARRAYS = 'together they would read and write too many arrays at once';

/** Merges each kernel of a block into the first one before it that it can be computed with; returns how many. */
function mergeSiblings(block: Block, maxOperands: number, report: Report): number {
  const kernels: Operation[] = [];
  let count = 0;
  const isMap = new Map<Operation, boolean>();
  for (const fusion of block.ops.filter((op) => FusionOp.is(op))) {
    const maps = onlyMaps(fusion);
    if (!maps && !onlyReduces(fusion)) continue;
    isMap.set(fusion, maps);
    let kernel = fusion;
    for (let i = 0; i < kernels.length; i++) {
      const first = kernels[i]!;
      // Merging moves kernels behind others that read what they make.
      if (isMap.get(first) !== maps || !shareArray(first, kernel) || !first.isBeforeInBlock(kernel)) continue;
      if (maps && !(mayBeOneMap(first, kernel) && readsInPlace(kernel, first))) continue;
      if (maps && arraysOfBoth(first, kernel) > maxOperands) {
        report(kernel, 'operand-limit', TOO_MANY_ARRAYS);
        continue;
      }
      const merged = mergeTwo(first, kernel);
      if (!merged) continue;
      const problem =
        arraysOf(merged) > maxOperands
          ? (['operand-limit', TOO_MANY_ARRAYS] as const)
          : waitsFor(kernel, first)
            ? (['waits', 'one of the two kernels waits for the other'] as const)
            : undefined;
      if (problem) {
        report(kernel, problem[0], problem[1]);
        merged.erase();
        continue;
      }
      report(kernel, 'merged', `${maps ? 'maps' : 'reduces'} the same arrays as a kernel before it: they become one`);
      replaceBoth(first, kernel, merged);
      isMap.set(merged, maps);
      kernels.splice(i, 1);
      kernel = merged;
      count++;
      // The two together may share something with a kernel that neither did before.
      i = -1;
    }
    kernels.push(kernel);
  }
  return count;
}

/** Whether a kernel does nothing but reduce over one domain, and store what it computes element by element on the way. */
function onlyReduces(fusion: Operation): boolean {
  const { stages, leaders } = bodyAccesses(fusion);
  const yielded = new Set(fusion.region(0).entry.terminator.operands);
  const reductions = stages.filter((op) => StructuredOp.of(op)!.reduction);
  return (
    reductions.length > 0 &&
    reductions.every(isSiblingReduction) &&
    (reductions.length === 1 || reductions.every((op) => leaders.get(op) === reductions[0])) &&
    stages.every((op) => op.results.every((r) => yielded.has(r))) &&
    stages.every((op) => reductions.includes(op) || isBefore(op, reductions))
  );
}

/** Operations of a nest of several results: with more, its values do not stay in registers anyway. */
const MAX_MAPPED_FLOPS = 256;

/** Whether a kernel is one nest of parallel loops, in which every result is stored where the nest is. */
function onlyMaps(fusion: Operation): boolean {
  const body = bodyOps(fusion);
  if (body.length === 0 || !body.every((op) => StructuredOp.of(op) || op.info.hasTrait(ConstantLike))) return false;
  // An op that builds its loops itself is a kernel of its own.
  if (body.some(hasLoopLowering)) return false;
  const { stages, patches, leaders } = bodyAccesses(fusion);
  return (
    patches.length === 0 &&
    stages.every(isSiblingResult) &&
    (stages.length === 1 || stages.every((op) => leaders.get(op) === stages[0]))
  );
}

/** Whether a kernel reads what another one makes only where it stores its own results, so that it is in a register there. */
function readsInPlace(fusion: Operation, first: Operation): boolean {
  const { stages, values, anywhere } = bodyAccesses(fusion);
  const own = resultMap(stages[0]!, 0);
  return fusion.operands.every((operand, i) => {
    if (operand.definingOp !== first) return true;
    const argument = fusion.region(0).entry.arguments[i]!;
    if (anywhere.has(argument)) return false;
    return [...(values.get(argument)?.values() ?? [])].every((maps) => [...maps].every((map) => map === own));
  });
}

/** Whether an op is elementwise and made from no reduction. */
function isBefore(op: Operation, reductions: readonly Operation[]): boolean {
  if (OpPattern.of(op)?.pattern(op) !== OpPatternKind.elementwise) return false;
  const seen = new Set<Operation>();
  const pending = [op];
  for (let at = pending.pop(); at; at = pending.pop()) {
    if (reductions.includes(at)) return false;
    if (seen.has(at)) continue;
    seen.add(at);
    for (const { definingOp } of at.operands) if (definingOp) pending.push(definingOp);
  }
  return true;
}

function isArray({ type }: Value): boolean {
  return type instanceof TensorType && type.rank > 0;
}

/** Arrays that a kernel reads and writes. */
function arraysOf(fusion: Operation): number {
  return [...fusion.operands, ...fusion.results].filter(isArray).length;
}

/** Arrays that one kernel of both would read and write. */
function arraysOfBoth(first: Operation, second: Operation): number {
  const read = new Set([...first.operands, ...second.operands].filter((v) => isArray(v) && v.definingOp !== first));
  return read.size + resultsOfBoth(first, second).filter(isArray).length;
}

/** Whether two kernels read an array in common, or the second reads what the first one stores: siblings do. */
function shareArray(first: Operation, second: Operation): boolean {
  return second.operands.some((v) => isArray(v) && (v.definingOp === first || first.operands.includes(v)));
}

/** Whether `fusion` needs something that is computed from results of `first`, other than these themselves. */
function waitsFor(fusion: Operation, first: Operation): boolean {
  const waiting = new Set<Operation>([first]);
  for (let op = first.next; op; op = op.next) {
    let waits = false;
    op.walk((inner) => {
      for (const { definingOp } of inner.operands) {
        if (definingOp && waiting.has(definingOp) && (op !== fusion || definingOp !== first)) waits = true;
      }
    });
    if (op === fusion) return waits;
    if (waits) waiting.add(op);
  }
  return false;
}

/** One kernel of both, in front of the second; undefined when their reductions do not run side by side. */
function mergeTwo(first: Operation, second: Operation): Operation | undefined {
  const region = new Region();
  const body = region.append(new Block());
  const builder = Builder.atEnd(first.context, body);
  const operands: Value[] = [];
  const mapping = new Map<Value, Value>();
  const stored = new Map<Value, Value>();
  for (const fusion of [first, second]) {
    const block = fusion.region(0).entry;
    fusion.operands.forEach((operand, i) => {
      // What the first kernel stored for the second one is at hand.
      const known = stored.get(operand) ?? body.arguments[operands.indexOf(operand)];
      mapping.set(block.arguments[i]!, known ?? body.addArgument(operand.type));
      if (!known) operands.push(operand);
    });
    for (const op of bodyOps(fusion)) builder.insert(op.clone(mapping));
    for (const result of fusion.results) stored.set(result, mapping.get(block.terminator.operand(result.index))!);
  }
  const results = resultsOfBoth(first, second);
  YieldOp.create(builder, second.loc, { values: results.map((r) => stored.get(r)!) });
  const kinds = [first, second].map((fusion) => FusionOp.kind(fusion));
  const merged = FusionOp.create(Builder.before(second), second.loc, {
    inputs: operands,
    kind: kinds[0] === kinds[1] ? kinds[0] : 'row-wise',
    regions: [region],
    resultTypes: results.map((r) => r.type),
  });
  if (onlyMaps(merged)) return merged;
  const leaders = siblingReductions(bodyOps(merged));
  const nests = new Set(bodyOps(merged).flatMap((op) => (StructuredOp.of(op)?.reduction ? [leaders.get(op)] : [])));
  if (nests.size === 1 && !nests.has(undefined)) return merged;
  merged.erase();
  return undefined;
}

/** Whether two maps are small enough for one nest, and make tensors of one shape: what is quick to see before they are merged. */
function mayBeOneMap(first: Operation, second: Operation): boolean {
  const shapeOf = (fusion: Operation): string => (fusion.result(0).type as TensorType).shape.join();
  return work(first) + work(second) <= MAX_MAPPED_FLOPS && shapeOf(first) === shapeOf(second);
}

function work(fusion: Operation): number {
  return bodyOps(fusion).reduce((sum, op) => sum + (StructuredOp.of(op) ? flops(op) : 0), 0);
}

/** What others still need of the results. */
function resultsOfBoth(first: Operation, second: Operation): Value[] {
  const others = first.results.filter((result) => result.users().some((user) => user !== second));
  return [...others, ...second.results];
}

function replaceBoth(first: Operation, second: Operation, merged: Operation): void {
  const { parent } = second;
  const results = resultsOfBoth(first, second);
  for (const [i, result] of results.entries()) result.replaceAllUsesWith(merged.result(i));
  second.erase();
  first.erase();
  sortBlock(parent!);
}
