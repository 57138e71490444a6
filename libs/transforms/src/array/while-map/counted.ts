// A loop.for as the loop.while that counts:
//
//   loop.for %i = 0 to 9 iter_args(%x = %x0) {          loop.while (%x = %x0, %k = %0) {
//     %y = .. ; loop.yield %y }                  ->       %go = arith.cmpi slt, %k, %9
//                                                         loop.condition(%go) %x, %k
//                                                       } do { %i = arith.index_cast %k ; %y = ..
//                                                         loop.yield %y, %k + 1 }
import { AddIOp, CmpIOp, ConstantOp, IndexCastOp } from '@budflow/dialect-core';
import { applyAffine, forBounds, forInits, WhileOp } from '@budflow/dialect-loop';
import { type AffineMap, Block, Builder, Operation, Region, type Type, type Value } from '@budflow/ir';
import { Refusal } from './element-code.js';

/** Counters of 32 bits do not reach beyond this. */
const MOST = 2 ** 30;

/** Builds the loop in front of the old one, which keeps its uses. Results of the old one come first. */
export function countedWhile(loop: Operation): Operation {
  const { context, loc } = loop;
  const { lower, upper, step } = forBounds(loop);
  if (lower.map.results.length !== 1 || upper.map.results.length !== 1)
    throw new Refusal('its bounds are maxima or minima');
  const ends = [lower, upper].map(({ map }) => constantOf(map));
  const isSmall = ends.every((e) => e !== undefined && Math.abs(e) <= MOST) && step <= MOST;
  const type = isSmall ? context.i32 : context.i64;
  const front = Builder.before(loop);
  const [from, to] = [lower, upper].map(({ map, operands }, i) => {
    if (isSmall) return constant(front, type, ends[i]!);
    const index = applyAffine(front, loc, map, operands);
    return IndexCastOp.build(front, loc, { in: index, resultTypes: [type] });
  }) as [Value, Value];
  const inits = [...forInits(loop), from];
  const types = inits.map((v) => v.type);
  const regions = [new Region(), new Region()] as const;
  const [before, after] = regions.map((region) => {
    const block = region.append(new Block());
    for (const t of types) block.addArgument(t);
    return block;
  }) as [Block, Block];

  const test = Builder.atEnd(context, before);
  const counter = before.arguments[types.length - 1]!;
  const go = CmpIOp.build(test, loc, { predicate: 'slt', lhs: counter, rhs: to });
  test.insert(Operation.create(context.opInfo('loop.condition'), loc, [go, ...before.arguments], []));

  const body = Builder.atEnd(context, after);
  const k = after.arguments[types.length - 1]!;
  const old = loop.region(0).entry;
  const iv = IndexCastOp.build(body, loc, { in: k, resultTypes: [context.index] });
  const mapping = new Map<Value, Value>([[old.arguments[0]!, iv]]);
  old.arguments.slice(1).forEach((argument, i) => void mapping.set(argument, after.arguments[i]!));
  for (const op of old.ops.slice(0, -1)) body.insert(op.clone(mapping));
  const next = AddIOp.build(body, loc, { lhs: k, rhs: constant(body, type, step) });
  const yielded = old.terminator.operands.map((v) => mapping.get(v) ?? v);
  body.insert(Operation.create(context.opInfo('loop.yield'), loc, [...yielded, next], []));
  return front.insert(Operation.create(context.opInfo(WhileOp.opName), loc, inits, types, undefined, regions));
}

function constantOf(map: AffineMap): number | undefined {
  const [e] = map.results;
  return e?.kind === 'constant' ? e.value : undefined;
}

function constant(builder: Builder, type: Type, value: number): Value {
  return ConstantOp.build(builder, 0, { value: builder.context.constantAttr(type, value), resultTypes: [type] });
}
