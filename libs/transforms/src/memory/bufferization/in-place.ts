// Which inputs of a fusion may share memory with an output: element p of the result needs only element p of them.
import { bodyOps } from '@budflow/dialect-array';
import { type Operation, StructuredOp, type Value } from '@budflow/ir';
import { bodyAccesses } from '../../array/fusion/body-accesses.js';
import { isPatchwork } from '../../array/fusion/patches.js';
import { hasLoopLowering, loopLowering } from '../../array/lowering/registry.js';

/**
 * Pairs (input, output) of equal types such that storing the output over the input is safe in any order of elements. The
 * output is one of the last stage; only that stage reads the input, point by point.
 */
export function inPlaceCandidates(fusion: Operation): { readonly input: number; readonly output: number }[] {
  const block = fusion.region(0).entry;
  const opaque = bodyOps(fusion).find(hasLoopLowering);
  if (opaque) return destinations(fusion, opaque);
  const { stages, leaders, values: reads, anywhere } = bodyAccesses(fusion);
  const root = stages[stages.length - 1];
  if (!root) return [];
  const structured = StructuredOp.of(root)!;
  if (isPatchwork(structured) || structured.domain(root).some((d) => d.iterator === 'reduction')) return [];
  // What one nest computes together is read before any of it is stored.
  const nest = leaders.get(root) ?? root;
  const list: { input: number; output: number }[] = [];
  block.terminator.operands.forEach((value, output) => {
    const writer = value.definingOp;
    if (!writer || (leaders.get(writer) ?? writer) !== nest) return;
    const own = StructuredOp.of(writer)!.indexingMaps(writer)[writer.operandCount + value.index];
    block.arguments.forEach((argument: Value, input) => {
      if (argument.type !== value.type || anywhere.has(argument)) return;
      // What leaves as it came is copied behind the loops.
      if (block.terminator.operands.includes(argument)) return;
      const accesses = [...(reads.get(argument) ?? new Map<Operation, ReadonlySet<unknown>>())];
      const ownOnly = accesses.every(([stage, read]) => stage === nest && [...read].every((map) => map === own));
      if (
        accesses.length > 0 &&
        ownOnly &&
        stages.every((op) => (leaders.get(op) ?? op) !== nest || allowed(op, argument))
      )
        list.push({ input, output });
    });
  });
  return list;
}

/**
 * Results that nobody uses: buffers of stages whose size only the caller knows. Maps each to the result in whose memory
 * the stage can work, when the stage that writes that one is the last, and reads this one point by point.
 */
export function scratchResults(fusion: Operation): Map<number, number> {
  const shared = new Map<number, number>();
  const unused = fusion.results.filter((r) => !r.hasUses);
  if (unused.length === 0) return shared;
  const { stages, leaders, values: reads } = bodyAccesses(fusion);
  const root = stages[stages.length - 1];
  if (!root || leaders.has(root)) return shared;
  const structured = StructuredOp.of(root)!;
  if (isPatchwork(structured) || structured.domain(root).some((d) => d.iterator === 'reduction')) return shared;
  const yielded = fusion.region(0).entry.terminator.operands;
  const output = yielded.findIndex((value) => value.definingOp === root);
  const own = structured.indexingMaps(root)[root.operandCount + yielded[output]!.index];
  for (const { index } of unused) {
    const value = yielded[index]!;
    if (index < output || value.definingOp === root || value.type !== yielded[output]!.type) continue;
    const byRoot = reads.get(value)?.get(root);
    if (byRoot && ![...byRoot].every((map) => map === own)) continue;
    shared.set(index, output);
    break;
  }
  return shared;
}

/** The destination of an op that updates one, when nothing else of it is the same tensor. */
function destinations(fusion: Operation, op: Operation): { readonly input: number; readonly output: number }[] {
  const block = fusion.region(0).entry;
  const lowering = loopLowering(op)!;
  return block.terminator.operands.flatMap((value, output) => {
    const at = value.definingOp === op ? lowering.destination?.(op, value.index) : undefined;
    const input = at === undefined ? -1 : block.arguments.indexOf(op.operand(at) as (typeof block.arguments)[number]);
    if (input < 0 || block.arguments[input]!.type !== value.type) return [];
    return op.operands.filter((v) => v === op.operand(at!)).length === 1 ? [{ input, output }] : [];
  });
}

/** An op that reads the input directly may know better. */
function allowed(root: Operation, argument: Value): boolean {
  const { inPlace } = StructuredOp.of(root)!;
  return !inPlace || root.operands.every((operand, i) => operand !== argument || inPlace(root, i));
}
