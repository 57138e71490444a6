// distribute: cuts a loop in front of and behind a loop inside it, so that the two are perfectly nested.
//
//   loop.for %i = 0 to 64 name "s.d0" {         %acc = memory.alloca : memref<64xf32>
//     %acc = memory.alloca : memref<f32>        loop.for %i = 0 to 64 name "s.d0~1" { store 0, %acc[%i] }
//     store 0, %acc[]                           loop.for %i = 0 to 64 name "s.d0" {
//     loop.for %r .. name "s.r0" {         ->     loop.for %r .. name "s.r0" { f(%i, %r, %acc[%i]) } }
//       f(%i, %r, %acc[]) }                     loop.for %i = 0 to 64 name "s.d0~2" { g(%i, %acc[%i]) }
//     g(%i, %acc[]) }
//
// Buffers allocated inside that several pieces use get a dimension for the iterations: the last one, or the first one where
// vectors lie along the last. What has no effects is computed again where it is needed. All iterations of a piece run before
// the next piece, so the loop must not carry a dependence, and its number of iterations must have a constant bound. (Kennedy
// and McKinley's loop distribution, 1990, with the scalar expansion of Kuck.)
import { carriedDependence, IndexSpace, indexedAccess, loopName, maximalTripCount } from '@budflow/analysis';
import { applyAffine, ForOp, forBounds, inductionVariable } from '@budflow/dialect-loop';
import { AllocaOp } from '@budflow/dialect-memory';
import { AffineExpr, Builder, type MemRefType, Operation, Region, type Value } from '@budflow/ir';
import { bodyOps, findLoop, isMovable, loopNames, takeCloneName } from './loop-tree.js';
import { definePrimitive, Refusal } from './primitive.js';
import type { DistributeStep } from './steps.js';

export const distribute = definePrimitive<DistributeStep>('distribute', (kernel, { loop: name, at }) => {
  // 1. The pieces.
  const loop = findLoop(kernel, name);
  const inner = findLoop(kernel, at);
  if (inner.parentOp !== loop) throw new Refusal(`loop "${at}" is not directly inside loop "${name}"`, { loop: name });
  if (loop.resultCount > 0) throw new Refusal('it carries values', { loop: name });
  const ops = bodyOps(loop);
  const cut = ops.indexOf(inner);
  const pieceOf = (op: Operation): number => Math.sign(ops.indexOf(op) - cut);
  const effective = ops.filter((op) => !isMovable(op) && !AllocaOp.is(op));
  if (effective.every((op) => op === inner)) throw new Refusal(`nothing but loop "${at}" is inside`, { loop: name });
  const carried = carriedDependence(kernel, loop);
  if (carried && 'unknown' in carried)
    throw new Refusal(`'${carried.unknown.name}' may touch any memory`, { loop: name });
  if (carried)
    throw new Refusal(`loop-carried dependence through ${carried.report.message}`, {
      loop: name,
      dependence: carried.report,
    });

  // 2. What pieces pass to one another: through memory only.
  for (const op of effective) {
    if (op.results.some((r) => usersIn(r, loop).some((user) => pieceOf(user) !== pieceOf(op))))
      throw new Refusal(`'${op.name}' computes a value that is used on the other side of loop "${at}"`, { loop: name });
  }
  const allocas = ops.filter((op) => AllocaOp.is(op));
  const shared = allocas.filter((op) => new Set(usersIn(op.result(0), loop).map(pieceOf)).size > 1);
  for (const op of shared) checkShared(op, loop);
  const trips = shared.length > 0 ? maximalTripCount(new IndexSpace(), loop) : 0;
  if (!Number.isFinite(trips))
    throw new Refusal('its number of iterations has no constant bound: split it first, with the tail "guard"', {
      loop: name,
    });
  const { lower } = forBounds(loop);
  if (shared.length > 0 && lower.map.results.length > 1)
    throw new Refusal('its lower bound is a maximum', { loop: name });

  // 3. Buffers for all iterations, then one loop for each piece.
  const builder = Builder.before(loop);
  const expanded = new Map<Operation, Value>();
  for (const op of shared) {
    const type = op.result(0).type as MemRefType;
    const shape = hasVectors(op) ? [trips, ...type.shape] : [...type.shape, trips];
    const wide = loop.context.memref(shape, type.element, null, type.memorySpace);
    const options = { dynamicSizes: [], resultTypes: [wide], alignment: AllocaOp.alignment(op) };
    expanded.set(op, AllocaOp.build(builder, op.loc, options));
  }
  const taken = loopNames(kernel);
  for (const piece of [-1, 0, 1]) {
    const own = effective.filter((op) => pieceOf(op) === piece);
    if (own.length === 0) continue;
    const made = emitPiece(loop, ops, (op) => pieceOf(op) === piece, expanded, builder);
    if (piece !== 0) made.setAttr('name', made.context.stringAttr(takeCloneName(name, taken)));
  }
  loop.erase();
});

/** The ops directly in the loop in which a value is used. */
function usersIn(value: Value, loop: Operation): Operation[] {
  const users = new Set<Operation>();
  value.forEachUse((user) => {
    let at = user;
    while (at.parentOp && at.parentOp !== loop) at = at.parentOp;
    users.add(at);
  });
  return [...users];
}

/** Refuses a buffer that cannot get another dimension. */
function checkShared(alloca: Operation, loop: Operation): void {
  const where = { loop: loopName(loop) };
  if (alloca.operandCount > 0) throw new Refusal('a buffer allocated inside has a dynamic size', where);
  alloca.result(0).forEachUse((user, index) => {
    if (!ACCESSES.has(user.name) || indexedAccess(user)?.memref !== index)
      throw new Refusal(`'${user.name}' uses a buffer allocated inside`, where);
  });
}

const SCALAR_ACCESSES: readonly string[] = ['memory.load', 'memory.store'];
const ACCESSES = new Set([...SCALAR_ACCESSES, 'simd.load', 'simd.store']);

/** Whether vectors of a buffer are accessed, which lie along its last dimension. */
function hasVectors(alloca: Operation): boolean {
  return alloca
    .result(0)
    .users()
    .some((user) => !SCALAR_ACCESSES.includes(user.name));
}

function emitPiece(
  loop: Operation,
  ops: readonly Operation[],
  isOwn: (op: Operation) => boolean,
  expanded: ReadonlyMap<Operation, Value>,
  builder: Builder,
): Operation {
  const region = new Region();
  const block = region.append();
  const iv = block.addArgument(loop.context.index);
  const made = builder.insert(Operation.create(loop.info, loop.loc, loop.operands, [], loop.attributes, [region]));
  const body = Builder.atEnd(loop.context, block);
  const mapping = new Map<Value, Value>([[inductionVariable(loop), iv]]);
  for (const op of ops) {
    const wide = expanded.get(op);
    if (wide) mapping.set(op.result(0), wide);
    else if (isMovable(op) || AllocaOp.is(op) || isOwn(op)) {
      const clone = body.insert(op.clone(mapping));
      op.results.forEach((r, i) => {
        mapping.set(r, clone.result(i));
      });
    }
  }
  const terminator = ForOp.body(loop).entry.terminator;
  body.insert(Operation.create(terminator.info, terminator.loc, [], [], terminator.attributes));
  const byVectors = new Map([...expanded].map(([old, wide]) => [wide, hasVectors(old)]));
  const users: { readonly op: Operation; readonly place: number }[] = [];
  made.walk((op) => {
    const access = ACCESSES.has(op.name) ? indexedAccess(op) : undefined;
    const vectors = access && byVectors.get(op.operand(access.memref));
    if (access && vectors !== undefined) users.push({ op, place: vectors ? access.first : access.end });
  });
  if (users.length > 0) {
    const iteration = iterationNumber(Builder.before(block.firstOp!), loop, iv);
    for (const { op, place } of users)
      op.setOperands([...op.operands.slice(0, place), iteration, ...op.operands.slice(place)]);
  }
  for (const op of block.ops.reverse()) if (op !== block.lastOp && isUnused(op)) op.erase();
  return made;
}

/** (variable - lower bound) / step. */
function iterationNumber(builder: Builder, loop: Operation, variable: Value): Value {
  const { lower, step } = forBounds(loop);
  const { numDims, numSymbols, results } = lower.map;
  if (step === 1 && lower.map.singleConstant() === 0) return variable;
  const number = AffineExpr.dim(numDims).sub(results[0]!).floorDiv(step);
  const { operands } = lower;
  return applyAffine(builder, loop.loc, loop.context.affineMap(numDims + 1, numSymbols, [number]), [
    ...operands.slice(0, numDims),
    variable,
    ...operands.slice(numDims),
  ]);
}

function isUnused(op: Operation): boolean {
  return !op.hasResultUses && (isMovable(op) || AllocaOp.is(op));
}
