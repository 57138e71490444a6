// Probes and what is expected of them: `check.expect_serialized_eq` becomes an expectation of the value that the probe saw.
// In a loop, the value of the time that is asked for is carried out of it.
//
//   %p = interpreter.probe %x, probe_id = "a"                     check.expect_eq %x, %e
//   check.expect_serialized_eq %e, probe_id = "a"          ->
//
//   %r = while(%i = %0) .. do {                                   %r, %n, %v = while(%i = %0, %k = 0, %s = 0) .. do {
//     %p = interpreter.probe %x, probe_id = "a"                     %t = select(%k == 1, %x, %s), %l = %k + 1
//     return %p }                                          ->       return %x, %l, %t }
//   check.expect_serialized_eq %e, probe_id = "a", iter = 1       check.expect_eq (%n > 1), true
//                                                                 check.expect_eq %v, %e
//
// Probes themselves then are nothing. What stands elsewhere, in branches or loops of loops, stays and is refused.
import * as hlo from '@budflow/dialect-stablehlo';
import { type Block, Builder, DYNAMIC, type Operation, Region, type TensorType, type Value } from '@budflow/ir';

export function resolveProbes(module: Operation): void {
  const probes: Operation[] = [];
  const expectations: Operation[] = [];
  module.walk((op) => {
    if (hlo.ProbeOp.is(op)) probes.push(op);
    else if (hlo.ExpectSerializedEqOp.is(op)) expectations.push(op);
  });
  for (const expectation of expectations) {
    const id = hlo.ExpectSerializedEqOp.probe_id(expectation);
    const named = probes.filter((op) => hlo.ProbeOp.probe_id(op) === id);
    const [probe] = named;
    if (probe === undefined || named.length > 1) continue;
    const seen = valueSeen(probe, expectation);
    if (seen === undefined) continue;
    const builder = Builder.before(expectation);
    hlo.ExpectEqOp.create(builder, expectation.loc, { lhs: seen, rhs: expectation.operand(0) });
    expectation.erase();
  }
}

/** What the probe saw the time that is asked for, where the expectation stands; undefined where that is not known there. */
function valueSeen(probe: Operation, expectation: Operation): Value | undefined {
  const iteration = hlo.ExpectSerializedEqOp.iteration(expectation);
  const block = expectation.parent!;
  if (probe.parent === block) return iteration === 0 && isBefore(probe, expectation) ? probe.operand(0) : undefined;
  const loop = probe.parentOp!;
  const type = probe.operand(0).type as TensorType;
  if (!hlo.WhileOp.is(loop) || loop.parent !== block || !isBefore(loop, expectation)) return undefined;
  if (probe.parentRegion !== loop.region(1) || type.shape.includes(DYNAMIC)) return undefined;
  return carriedOut(loop, probe.operand(0), iteration, expectation);
}

function isBefore(a: Operation, b: Operation): boolean {
  for (const op of (b.parent as Block).ops) if (op === a || op === b) return op === a;
  return false;
}

/** The value of a loop's body in its run number `iteration`, as a result of the loop; expects that there is one. */
function carriedOut(loop: Operation, value: Value, iteration: number, at: Operation): Value {
  const { context, loc } = loop;
  const before = Builder.before(loop);
  const count = context.tensor([], context.i64);
  const number = (builder: Builder, n: number): Value =>
    hlo.ConstantOp.build(builder, loc, { value: context.constantAttr(count, n), resultTypes: [count] });
  const compare = (builder: Builder, direction: 'EQ' | 'GT', lhs: Value, n: number): Value =>
    hlo.CompareOp.build(builder, loc, {
      lhs,
      rhs: number(builder, n),
      comparison_direction: direction,
      resultTypes: [context.tensor([], context.i1)],
    });
  const none = hlo.ConstantOp.build(before, loc, {
    value: context.constantAttr(value.type as TensorType, 0),
    resultTypes: [value.type],
  });
  const made = hlo.WhileOp.create(before, loc, {
    operand: [...loop.operands, number(before, 0), none],
    regions: [new Region(), new Region()],
    resultTypes: [...loop.resultTypes, count, value.type],
  });
  loop.regions.forEach((from, i) => {
    for (const block of from.blocks.slice()) {
      from.removeBlock(block);
      made.region(i).insert(made.region(i).blocks.length, block);
    }
  });
  for (const region of made.regions) for (const type of [count, value.type]) region.entry.addArgument(type, loc);
  const body = made.region(1).entry;
  const [runs, seen] = body.arguments.slice(-2) as [Value, Value];
  const end = body.terminator;
  const within = Builder.before(end);
  const kept = hlo.SelectOp.build(within, loc, {
    pred: compare(within, 'EQ', runs, iteration),
    on_true: value,
    on_false: seen,
    resultTypes: [value.type],
  });
  const next = hlo.AddOp.build(within, loc, { lhs: runs, rhs: number(within, 1), resultTypes: [count] });
  hlo.ReturnOp.create(within, end.loc, { results: [...end.operands, next, kept] });
  end.erase();
  loop.results.forEach((result, i) => {
    result.replaceAllUsesWith(made.result(i));
  });
  loop.erase();
  const after = Builder.before(at);
  const isThere = compare(after, 'GT', made.results.at(-2)!, iteration);
  const yes = context.constantAttr(isThere.type as TensorType, 1);
  hlo.ExpectEqConstOp.create(after, at.loc, { lhs: isThere, value: yes as never });
  return made.results.at(-1)!;
}
