// Loops that count: a header that does nothing but compare its first-to-last running index with a bound from outside, and
// one way back that adds a positive constant. They become loop.for.
import { AddIOp, CmpIOp, constantOperand, integerOf } from '@budflow/dialect-core';
import { buildFor } from '@budflow/dialect-loop';
import { type Block, BranchOp, IndexType, type Value } from '@budflow/ir';
import type { NaturalLoop } from './flow-graph.js';
import type { Outcome, RegionLifter } from './lift-region.js';

export interface CountedLoop {
  readonly loop: NaturalLoop;
  /** Position of the induction variable among the header's arguments. */
  readonly iv: number;
  readonly upper: Value;
  readonly step: number;
  readonly body: Block;
  readonly toBody: readonly Value[];
  readonly exit: Block;
  readonly toExit: readonly Value[];
}

/** The loop as a counted one; null when it is none. */
export function countedLoop(loop: NaturalLoop): CountedLoop | null {
  const { header, blocks, latches, exiting, escaping } = loop;
  const { terminator } = header;
  if (terminator.name !== 'cf.cond_br' || exiting.length !== 1 || exiting[0] !== header) return null;
  const [body, exit] = terminator.successors as [Block, Block];
  if (!blocks.has(body) || body === header || blocks.has(exit)) return null;
  const compare = terminator.operand(0).definingOp;
  if (compare === null || compare.parent !== header || header.firstOp !== compare || compare.next !== terminator)
    return null;
  if (!CmpIOp.is(compare) || CmpIOp.predicate(compare) !== 'slt' || !compare.result(0).hasOneUse()) return null;
  const iv = header.arguments.indexOf(compare.operand(0));
  const upper = compare.operand(1);
  if (iv < 0 || !(upper.type instanceof IndexType) || blocks.has(upper.parentBlock!)) return null;
  const [latch] = latches;
  if (
    latches.length !== 1 ||
    latch === undefined ||
    latch.terminator.successors.filter((s) => s === header).length !== 1
  )
    return null;
  const back = edge(latch.terminator, latch.terminator.successors.indexOf(header));
  const next = back[iv]!.definingOp;
  if (next === null || !AddIOp.is(next) || next.operand(0) !== header.arguments[iv]) return null;
  const step = integerOf(constantOperand(next.operand(1)));
  if (typeof step !== 'number' || step < 1) return null;
  const toExit = edge(terminator, 1);
  const variable = header.arguments[iv]!;
  const compared = compare.result(0);
  if ([...toExit, ...escaping].some((v) => v === variable || v === compared)) return null;
  return { loop, iv, upper, step, body, toBody: edge(terminator, 0), exit, toExit };
}

function edge(terminator: Block['terminator'], index: number): Value[] {
  const { start, end } = BranchOp.of(terminator)!.successorOperands(terminator, index);
  return terminator.operands.slice(start, end);
}

/** Emits a loop.for; the results stand for the carried values as the header saw them last. */
export function emitCounted(lifter: RegionLifter, counted: CountedLoop, inits: readonly Value[]): Outcome {
  const { loop, iv, step, body, exit } = counted;
  const { header, blocks } = loop;
  const others = header.arguments.filter((_, i) => i !== iv);
  const made = buildFor(
    lifter.builder,
    header.terminator.loc,
    {
      lower: inits[iv]!,
      upper: lifter.value(counted.upper),
      step,
      inits: inits.filter((_, i) => i !== iv),
    },
    (builder, variable, carried) =>
      lifter.inBlock(builder.block!, () => {
        lifter.bind(header.arguments[iv]!, variable);
        others.forEach((argument, i) => {
          lifter.bind(argument, carried[i]!);
        });
        const rest = new Set(blocks);
        rest.delete(header);
        const args = counted.toBody.map((v) => lifter.value(v));
        const back = lifter.sequence(body, args, rest, null).args.get(header)!;
        lifter.leftOver.push(back[iv]!.definingOp!);
        return back.filter((_, i) => i !== iv);
      }),
  );
  lifter.counts.fors++;
  others.forEach((argument, i) => {
    lifter.bind(argument, made.result(i));
  });
  return {
    targets: [exit],
    selector: null,
    args: new Map([[exit, counted.toExit.map((v) => lifter.value(v))]]),
    leaving: loop.escaping.map((v) => lifter.value(v)),
  };
}
