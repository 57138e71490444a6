// rfactor: makes one reduction a number of interleaved ones.
//
//   loop.for %k = 0 to %n name "s.r0" {         loop.for %l = 0 to 4 name "s.r0.f" { store 0, %p[%l] }
//     %acc[] = %acc[] + f(%k) }            ->   loop.for %o .. name "s.r0.o" { loop.for %l = 0 to 4 name "s.r0.i" {
//                                                 %p[%l] = %p[%l] + f(4 %o + %l) } }
//                                               loop.for %k .. name "s.r0~1" { %acc[] = %acc[] + f(%k) }
//                                               loop.for %l = 0 to 4 name "s.r0.c" { %acc[] = %acc[] + %p[%l] }
//
// Elements are combined in another order: only where that gives the same result (integers, minima and maxima), or where
// the reduction is marked free (`order = #array.order<free>` on the loop, or `reassoc` on the op). The order is the one
// written then, and the marks go. (Suriana, Adams and Kamil, Parallel Associative Reductions in Halide, 2017.)
import { type Accumulation, accumulationOf, collectAccesses, isDefinedInside, overlapOf } from '@budflow/analysis';
import { OrderAttr } from '@budflow/dialect-array';
import { ConstantOp } from '@budflow/dialect-core';
import { buildFor, ForOp, inductionVariable } from '@budflow/dialect-loop';
import { AllocaOp, buildLoad, buildStore } from '@budflow/dialect-memory';
import { type Attribute, Builder, type Context, FloatType, IntegerType, Operation, type Type } from '@budflow/ir';
import { findLoop, loopNames } from './loop-tree.js';
import { allOrNothing, definePrimitive, perform, Refusal } from './primitive.js';
import { split } from './split.js';
import type { RFactorStep } from './steps.js';

/** More partial results than this are surely a mistake. */
const MAX_PARTS = 1024;

export const rfactor = definePrimitive<RFactorStep>('rfactor', (kernel, { loop: name, factor }) => {
  // 1. One accumulation on a cell that the loop does not choose.
  const loop = findLoop(kernel, name);
  const where = { loop: name };
  if (factor > MAX_PARTS) throw new Refusal(`${factor} partial results are more than ${MAX_PARTS}`, where);
  if (loop.resultCount > 0) throw new Refusal('it carries values: reductions are found in memory', where);
  const { load, combine, store } = reductionOf(kernel, loop);
  const isFree = isFreeOrder(loop);
  if (!accumulationOf(store)!.anyOrder && !isFree)
    throw new Refusal(
      `'${combine.name}' rounds, and the reduction is not marked free: its order is part of the result`,
      where,
    );
  const type = combine.result(0).type;
  const identity = identityOf(combine.name, type, kernel.context);
  if (!identity) throw new Refusal(`'${combine.name}' of ${type} has no identity`, where);
  for (const made of [`${name}.f`, `${name}.c`])
    if (loopNames(kernel).has(made)) throw new Refusal(`the kernel has a loop named "${made}" already`, where);
  const cell = { memref: load.operand(0), indices: load.operands.slice(1) };
  if (cell.indices.some((v) => isDefinedInside(v, loop)))
    throw new Refusal('the address of the cell is computed inside', where);

  allOrNothing(kernel, () => {
    // 2. The loop is split; left-over elements still go to the cell.
    const { context, loc } = loop;
    const before = loopNames(kernel);
    perform(split, kernel, { primitive: 'split', loop: name, factor, tail: 'peel' });
    const outer = findLoop(kernel, `${name}.o`);
    const inner = findLoop(kernel, `${name}.i`);
    const { next } = outer;
    const rest = next && ForOp.is(next) && !before.has(ForOp.name(next) ?? '') ? next : undefined;
    const own = reductionOf(kernel, inner);

    // 3. Partial results in front, combined behind.
    const builder = Builder.before(outer);
    const zero = ConstantOp.build(builder, loc, { value: identity, resultTypes: [type] });
    const partial = AllocaOp.build(builder, loc, { dynamicSizes: [], resultTypes: [context.memref([factor], type)] });
    buildFor(builder, loc, { upper: factor, name: `${name}.f` }, (at, l) => {
      buildStore(at, loc, zero, partial, [l]);
    });
    const l = inductionVariable(inner);
    own.load.setOperands([partial, l]);
    own.store.setOperands([own.store.operand(0), partial, l]);
    const after = new Builder(context);
    after.setInsertionPointAfter(rest ?? outer);
    const combined: Operation[] = [];
    buildFor(after, loc, { upper: factor, name: `${name}.c` }, (at, part) => {
      const old = buildLoad(at, loc, cell.memref, cell.indices);
      const element = buildLoad(at, loc, partial, [part]);
      const made = at.insert(
        Operation.create(combine.info, combine.loc, [old, element], [type], own.combine.attributes),
      );
      combined.push(made);
      buildStore(at, loc, made.result(0), cell.memref, cell.indices);
    });

    // 4. The order is fixed now.
    const ops = [own.combine, ...combined, ...(rest ? [reductionOf(kernel, rest).combine] : [])];
    for (const op of ops) op.setAttr('fastmath', null);
    for (const one of [outer, inner, rest])
      one?.setAttr('order', isFree ? context.dialectAttr(OrderAttr, { kind: 'sequential' }) : null);
  });
});

/** Whether the program allows any order of the elements, on a loop that array-to-loop made of a free reduction. */
function isFreeOrder(loop: Operation): boolean {
  return loop.attr('order') === loop.context.dialectAttr(OrderAttr, { kind: 'free' });
}

/** The accumulation that is all a loop does, but for computing its element. */
function reductionOf(kernel: Operation, loop: Operation): Accumulation {
  const where = { loop: ForOp.name(loop) };
  const { accesses, unknown } = collectAccesses(loop);
  if (unknown) throw new Refusal(`'${unknown.name}' may touch any memory`, where);
  const writes = accesses.filter((a) => a.kind === 'write');
  const [write] = writes;
  if (writes.length !== 1 || !write || write.op.parentOp !== loop)
    throw new Refusal('it is not one accumulation: expects a single store, directly inside', where);
  const found = accumulationOf(write.op);
  if (!found) throw new Refusal('what is stored is not what the cell held, combined with something', where);
  const other = accesses.find(
    (a) => a.op !== found.load && a.op !== found.store && overlapOf(kernel, a.root, write.root) !== 'none',
  );
  if (other) throw new Refusal(`'${other.op.name}' reads the cell or its buffer too`, where);
  return found;
}

/** The value that changes nothing when it is combined. */
function identityOf(name: string, type: Type, context: Context): Attribute | null {
  if (type instanceof FloatType) {
    const value = FLOAT_IDENTITIES[name];
    return value === undefined ? null : context.floatAttr(type, value);
  }
  if (!(type instanceof IntegerType)) return null;
  const bits = BigInt(type.width);
  const values: Readonly<Record<string, bigint>> = {
    'arith.addi': 0n,
    'arith.ori': 0n,
    'arith.xori': 0n,
    'arith.maxui': 0n,
    'arith.muli': 1n,
    'arith.andi': -1n,
    'arith.minui': -1n,
    'arith.minsi': (1n << (bits - 1n)) - 1n,
    'arith.maxsi': -(1n << (bits - 1n)),
  };
  const value = values[name];
  return value === undefined ? null : context.integerAttr(type, value);
}

/** -0 keeps the sign of what is added; an infinity loses every comparison. */
const FLOAT_IDENTITIES: Readonly<Record<string, number>> = {
  'arith.addf': -0,
  'arith.mulf': 1,
  'arith.minimumf': Infinity,
  'arith.maximumf': -Infinity,
};
