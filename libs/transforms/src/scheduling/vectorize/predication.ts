// Control flow that differs between the iterations that became lanes.
//
//   %r = loop.if %c { a } else { b }            a and b for all lanes; %r = arith.select %c, a, b
//   loop.while { cond } do { body }             runs until no lane is left:
//                                               { %v = cond and %m; %go = simd.reduce_or %v } do { body; carried: select }
//
// A branch of plain arithmetic runs on all lanes (if-conversion); one that touches memory, loops, or is not defined for
// every operand runs under a mask, and only when some lane takes it. Lanes that have left a loop.while keep what its
// results are made from. (Control dependence to data dependence: Allen, Kennedy, Porterfield and Warren, 1983; loops
// under masks: the Intel SPMD program compiler, Pharr and Mark, 2012.)
import { AndIOp, ConstantOp } from '@budflow/dialect-core';
import {
  type Block,
  byteWidth,
  elementTypeOf,
  isSpeculatable,
  MemoryEffects,
  Operation,
  Region,
  type Type,
  type Value,
  type VectorType,
} from '@budflow/ir';
import type { Lanes } from './lanes.js';
import {
  anyLane,
  blend,
  branch,
  conjunction,
  isBit,
  type Mask,
  MaskCarrier,
  negation,
  splatConstant,
} from './masks.js';
import { stopped, type Variance } from './variance.js';

/** What the emitter of a loop body offers to the code of its control flow. */
export interface BodyEmitter {
  readonly lanes: Lanes;
  readonly variance: Variance;
  mask: Mask;
  /** Emits everything in a block of the old body but its terminator. */
  block(block: Block): void;
  /** The values passed to targets, as vectors where those vary. */
  passed(values: readonly Value[], targets: readonly Value[], op: Operation): Value[];
}

/** Emits code under a mask. */
function under<T>(emitter: BodyEmitter, mask: Mask, code: () => T): T {
  const outer = emitter.mask;
  emitter.mask = mask;
  try {
    return code();
  } finally {
    emitter.mask = outer;
  }
}

/** Whether a block may run for lanes that do not take it: it has no effects and is defined for all operands. */
function runsAnywhere(block: Block): boolean {
  return block.ops.every((op) => op === block.lastOp || (op.ownRegions === null && isSpeculatable(op)));
}

/** A loop.if whose condition differs between lanes. */
export function emitVaryingIf(emitter: BodyEmitter, op: Operation): void {
  const { lanes } = emitter;
  const { builder } = lanes;
  const condition = lanes.vector(op.operand(0), op.loc);
  const yielded = op.regions.map((region, i): Value[] | null => {
    if (region.isEmpty) return null;
    const block = region.entry;
    const values = (): Value[] => block.terminator.operands.map((v) => lanes.vector(v, op.loc));
    if (runsAnywhere(block)) {
      emitter.block(block);
      return values();
    }
    const taken = i === 0 ? condition : negation(builder, op.loc, condition);
    const mask = conjunction(builder, op.loc, emitter.mask, taken);
    const then = (): Value[] => {
      under(emitter, mask, () => emitter.block(block));
      return values();
    };
    const nothing = (): Value[] => op.results.map((r) => splatConstant(builder, op.loc, lanes.typeOf(r.type), 0));
    return branch(lanes, op.loc, anyLane(lanes, op.loc, mask), op.resultCount > 0 ? [then, nothing] : [then]);
  });
  op.results.forEach((result, i) => {
    lanes.setVector(result, blend(builder, op.loc, condition, yielded[0]![i]!, yielded[1]![i]!));
  });
}

/** A loop.while that lanes leave at different times. */
export function emitVaryingWhile(emitter: BodyEmitter, op: Operation): void {
  const { lanes, variance } = emitter;
  const { builder } = lanes;
  const { loc } = op;
  const [before, after] = [op.region(0).entry, op.region(1).entry];
  const condition = before.terminator;
  const varies = (v: Value): boolean => variance.values.has(v);
  const carrier = new MaskCarrier(
    lanes,
    before.arguments.filter(varies).map((v) => v.type),
  );
  const outer = emitter.mask;
  // Carried values that stand still in lanes that have left, and where the second region finds the old ones.
  const still = new Set(stopped(op).filter((v) => v.owner === before));
  const passedOn = condition.operands.slice(1);
  const extra = before.arguments.filter((a) => still.has(a) && !passedOn.includes(a));

  // 1. The loop: what it carried, and which lanes run.
  const pack = (values: readonly Value[], targets: readonly Value[]): Value[] =>
    values.map((v, i) => (varies(targets[i]!) ? carrier.packed(v, loc) : v));
  const inits = pack(emitter.passed(op.operands, before.arguments, op), before.arguments);
  const all = outer === null ? splatConstant(builder, loc, carrier.type, -1) : carrier.pack(outer, loc);
  const types: Type[] = [...after.arguments, ...extra].map((a) => (varies(a) ? carrier.typeOf(a.type) : a.type));
  const regions = [new Region(), new Region()] as const;
  const made = builder.insert(
    Operation.create(op.info, loc, [...inits, all], [...types, carrier.type], op.attributes, regions),
  );
  const bind = (block: Block, value: Value): void => {
    if (varies(value)) lanes.setVector(value, carrier.argument(block, value.type, loc));
    else lanes.setScalar(value, block.addArgument(value.type));
  };

  // 2. The first region: lanes that run go on where the condition holds. What standing lanes compute they have computed
  // before, so it needs no mask, unless lanes outside of an outer one never did, or it writes.
  const first = regions[0].append();
  for (const argument of before.arguments) bind(first, argument);
  builder.scoped(() => {
    builder.setInsertionPointToEnd(first);
    const running = carrier.unpack(first.addArgument(carrier.type), loc);
    under(emitter, outer !== null || writes(before) ? running : null, () => emitter.block(before));
    let stay = running;
    let go: Value | null = null;
    for (const part of conjuncts(condition.operand(0))) {
      const shared = lanes.scalar(part, loc);
      if (!shared) stay = conjunction(builder, loc, stay, lanes.vector(part, loc));
      else go = go === null ? shared : AndIOp.build(builder, loc, { lhs: go, rhs: shared });
    }
    const some = anyLane(lanes, loc, stay);
    const values = pack(emitter.passed(passedOn, after.arguments, condition), after.arguments);
    const old = extra.map((a) => carrier.packed(lanes.vector(a, loc), loc));
    const whole = go === null ? some : AndIOp.build(builder, loc, { lhs: go, rhs: some });
    builder.insert(
      Operation.create(condition.info, condition.loc, [whole, ...values, ...old, carrier.pack(stay, loc)], []),
    );
  });

  // 3. The second region, for the lanes that stay.
  const second = regions[1].append();
  for (const argument of after.arguments) bind(second, argument);
  const olds = extra.map((a) => carrier.argument(second, a.type, loc));
  const oldOf = (argument: Value): Value => {
    const at = passedOn.indexOf(argument);
    return at >= 0 ? lanes.vector(after.arguments[at]!, loc) : olds[extra.indexOf(argument)]!;
  };
  builder.scoped(() => {
    builder.setInsertionPointToEnd(second);
    const packed = second.addArgument(carrier.type);
    const mask = carrier.unpack(packed, loc);
    under(emitter, mask, () => emitter.block(after));
    const yielded = after.terminator;
    const next = emitter
      .passed(yielded.operands, before.arguments, yielded)
      .map((v, i) => (still.has(before.arguments[i]!) ? blend(builder, loc, mask, v, oldOf(before.arguments[i]!)) : v));
    builder.insert(Operation.create(yielded.info, yielded.loc, [...pack(next, before.arguments), packed], []));
  });

  // 4. The results are what each lane had when it left.
  op.results.forEach((result, i) => {
    const value = made.result(i);
    if (!varies(after.arguments[i]!)) lanes.setScalar(result, value);
    else lanes.setVector(result, isBit(result.type) ? carrier.unpack(value, loc) : value);
  });
}

/** The parts of `a and b and ..`. */
function conjuncts(value: Value): Value[] {
  const op = value.definingOp;
  return op && AndIOp.is(op) ? op.operands.flatMap(conjuncts) : [value];
}

function writes(block: Block): boolean {
  let found = false;
  block.parentOp?.walk((op) => {
    if (op.parentOp === block.parentOp && op.parent !== block) return;
    found ||= (MemoryEffects.of(op)?.effects(op) ?? []).some((e) => e.kind === 'write');
  });
  return found;
}

/** Operands of an op that is not defined for all: ones in lanes outside of the mask, for which every op is. */
export function harmless(lanes: Lanes, mask: Value, operands: readonly Value[], op: Operation): Value[] {
  const { builder, context } = lanes;
  return operands.map((value) => {
    const type = value.type as VectorType;
    const element = elementTypeOf(type);
    if (byteWidth(element) === undefined) return value;
    const one = ConstantOp.build(builder, op.loc, { value: context.splat(type, 1), resultTypes: [type] });
    return blend(builder, op.loc, mask, value, one);
  });
}
