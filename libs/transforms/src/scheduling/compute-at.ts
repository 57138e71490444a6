// compute_at: moves the nest of a stage into a loop of its consumer, so that it computes just what one iteration needs.
//
//   loop.for %i .. name "max.d0" {              loop.for %i .. name "div.d0" {
//     m(%i) -> %buf[%i] }                         %one = memory.alloca : memref<f32>
//   loop.for %i .. name "div.d0" {         ->     m(%i) -> %one[]
//     loop.for %j .. name "div.d1" {              loop.for %j .. name "div.d1" {
//       f(%buf[%i], %j) } }                         f(%one[], %j) } }
//
// The outer loops of the stage have the bounds of those around the place, stores and loads of its buffers have the
// variables of these loops as their leading subscripts, and nothing in between touches the buffers. A scratch buffer
// used nowhere else shrinks to what one iteration writes, if that has a size known at compile time. (Halide's compute_at, with the loops already there.)
import {
  type Access,
  bufferName,
  collectAccesses,
  IndexSpace,
  indexedAccess,
  loopName,
  overlapOf,
} from '@budflow/analysis';
import { ForOp, forBounds, inductionVariable } from '@budflow/dialect-loop';
import { AllocaOp, buildDim, DimOp } from '@budflow/dialect-memory';
import { type AffineExpr, Builder, DYNAMIC, type MemRefType, type Operation, type Value } from '@budflow/ir';
import { bodyOps, comesBefore, enclosingLoops, findLoop, isMovable, loopNames } from './loop-tree.js';
import { definePrimitive, Refusal } from './primitive.js';
import type { ComputeAtStep } from './steps.js';

export const computeAt = definePrimitive<ComputeAtStep>('compute_at', (kernel, { stage, loop: name }) => {
  // 1. The loops of both nests that become one.
  const place = findLoop(kernel, name);
  const consumer = [...enclosingLoops(place), place];
  const root = outermostLoop(kernel, stage);
  if (root.parentOp !== kernel)
    throw new Refusal(`the nest of stage "${stage}" is inside another loop already`, { loop: `${stage}.d0` });
  if (root.isAncestorOf(place)) throw new Refusal(`loop "${name}" belongs to stage "${stage}" itself`, { loop: name });
  if (consumer[0]!.parent !== root.parent)
    throw new Refusal(`loop "${name}" is not in a nest of the kernel's body`, { loop: name });
  if (!comesBefore(root, consumer[0]!))
    throw new Refusal(`stage "${stage}" comes after loop "${name}"`, { loop: name });
  const { loops, between } = outerLoops(root, consumer.length, stage);
  const space = new IndexSpace();
  checkBounds(space, loops, consumer, stage);

  // 2. What the stage touches.
  const produced = accessesOf(root);
  checkBetween(kernel, root, consumer[0]!, produced, stage);
  const buffers = checkConsumer(kernel, space, { loops, consumer, produced, stage });

  // 3. The body of the stage moves; its outer loops go.
  const first = ForOp.body(place).entry.firstOp!;
  loops.forEach((loop, k) => {
    inductionVariable(loop).replaceAllUsesWith(inductionVariable(consumer[k]!));
  });
  for (const op of between) op.moveBefore(first);
  for (const op of bodyOps(loops[loops.length - 1]!)) op.moveBefore(first);
  root.erase();
  for (const buffer of buffers) shrink(buffer, place, consumer.length);
});

function outermostLoop(kernel: Operation, stage: string): Operation {
  const names = loopNames(kernel);
  const first = `${stage}.d0`;
  if (!names.has(first) && [...names].some((n) => n.startsWith(`${stage}.`)))
    throw new Refusal(`stage "${stage}" has no loop "${first}" any more: it was placed or split before`, {
      loop: first,
    });
  return findLoop(kernel, first);
}

/** The `count` outermost loops of the stage and the index arithmetic between them. */
function outerLoops(root: Operation, count: number, stage: string): { loops: Operation[]; between: Operation[] } {
  const loops = [root];
  const between: Operation[] = [];
  while (loops.length < count) {
    const at = loops[loops.length - 1]!;
    const ops = bodyOps(at);
    const next = ops.find((op) => ForOp.is(op));
    if (!next)
      throw new Refusal(`stage "${stage}" has ${loops.length} outer loops, the place has ${count}`, {
        loop: loopName(at),
      });
    for (const op of ops) {
      if (op === next) continue;
      if (!isMovable(op))
        throw new Refusal(`'${op.name}' stands between the outer loops of stage "${stage}"`, { loop: loopName(at) });
      between.push(op);
    }
    loops.push(next);
  }
  for (const loop of loops)
    if (loop.resultCount > 0) throw new Refusal(`loop "${loopName(loop)}" carries values`, { loop: loopName(loop) });
  return { loops, between };
}

function checkBounds(
  space: IndexSpace,
  loops: readonly Operation[],
  consumer: readonly Operation[],
  stage: string,
): void {
  const renamed: AffineExpr[] = [];
  loops.forEach((loop, k) => {
    renamed[space.input(inductionVariable(loop)).value] = space.input(inductionVariable(consumer[k]!));
  });
  const same = (a: readonly AffineExpr[], b: readonly AffineExpr[]): boolean => {
    const own = new Set(a.map((e) => space.simplify(e.replace(renamed, []))));
    return own.size === new Set(b).size && b.every((e) => own.has(e));
  };
  loops.forEach((loop, k) => {
    const [p, c] = [forBounds(loop), forBounds(consumer[k]!)];
    if (
      p.step === c.step &&
      same(space.bound(p.lower), space.bound(c.lower)) &&
      same(space.bound(p.upper), space.bound(c.upper))
    )
      return;
    const [own, other] = [loopName(loop), loopName(consumer[k]!)];
    throw new Refusal(`loop "${own}" of stage "${stage}" does not surely have the bounds of loop "${other}"`, {
      loop: own,
    });
  });
}

function accessesOf(op: Operation): readonly Access[] {
  const { accesses, unknown } = collectAccesses(op);
  if (unknown)
    throw new Refusal(`'${unknown.name}' may touch any memory`, { loop: ForOp.is(op) ? loopName(op) : undefined });
  return accesses;
}

/** Nothing between the two nests reads what the stage writes, or writes what it touches. */
function checkBetween(
  kernel: Operation,
  root: Operation,
  target: Operation,
  produced: readonly Access[],
  stage: string,
): void {
  for (let op = root.next; op && op !== target; op = op.next) {
    for (const other of accessesOf(op)) {
      const conflict = produced.find(
        (own) => (own.kind === 'write' || other.kind === 'write') && overlapOf(kernel, own.root, other.root) !== 'none',
      );
      if (!conflict) continue;
      const where = ForOp.is(op) ? `loop "${loopName(op)}"` : `'${op.name}'`;
      const message = `${conflict.kind} of ${bufferName(kernel, conflict.root)} in stage "${stage}" and ${other.kind} in ${where}`;
      throw new Refusal(`${where} stands between and would see another value: ${message}`, {
        loop: `${stage}.d0`,
        dependence: { message, source: conflict.op.loc, sink: other.op.loc },
      });
    }
  }
}

interface Nests {
  readonly loops: readonly Operation[];
  readonly consumer: readonly Operation[];
  readonly produced: readonly Access[];
  readonly stage: string;
}

/** Checks the consumer's accesses; returns the scratch buffers that only it and the stage use, so that they can shrink. */
function checkConsumer(kernel: Operation, space: IndexSpace, { loops, consumer, produced, stage }: Nests): Value[] {
  const [target, place] = [consumer[0]!, consumer[consumer.length - 1]!];
  const own = loops.map(inductionVariable);
  const others = consumer.map(inductionVariable);
  const shrinkable = new Set<Value>();
  const consumed = accessesOf(target);
  for (const p of produced) {
    for (const c of consumed) {
      if (p.kind === 'read' && c.kind === 'read') continue;
      const overlap = overlapOf(kernel, p.root, c.root);
      if (overlap === 'none') continue;
      const fail = (why: string): never => {
        const message = `${p.kind} of ${bufferName(kernel, p.root)} in stage "${stage}" and ${c.kind} of it in loop "${loopName(target)}"`;
        throw new Refusal(`${why}: ${message}`, {
          loop: loopName(place),
          dependence: { message, source: p.op.loc, sink: c.op.loc },
        });
      };
      if (overlap === 'unknown') fail('the buffers may overlap');
      if (!place.isAncestorOf(c.op)) fail(`loop "${loopName(place)}" is not around all uses`);
      if (!leads(space, p, own)) fail('the stage does not index the buffer by its own outer loops');
      if (!leads(space, c, others)) fail('another iteration needs it');
      // Within one iteration the order stays: first the stage, then the consumer.
      if (p.kind === 'write' && p.root === c.root) shrinkable.add(p.root);
    }
  }
  const isOfIteration = (user: Operation, buffer: Value): boolean => {
    const uses = (list: readonly Access[], variables: readonly Value[]) =>
      list.some((a) => a.op === user && a.memref === buffer && leads(space, a, variables));
    return uses(produced, own) || uses(consumed, others);
  };
  return [...shrinkable].filter((buffer) => canShrink(buffer, loops.length, kernel, isOfIteration));
}

/** Whether the leading subscripts of an access are the loop variables, in order. */
function leads(space: IndexSpace, access: Access, variables: readonly Value[]): boolean {
  const { subscripts, lanes } = access;
  if (!subscripts || subscripts.length < variables.length) return false;
  if (lanes && lanes.dim < variables.length) return false;
  return variables.every((v, d) => space.of(subscripts[d]!) === space.input(v));
}

/**
 * Whether a buffer is scratch of the kernel of which each iteration uses its own part only, besides asking for sizes.
 * That part must have a fixed size: private buffers of iterations have fixed places.
 */
function canShrink(
  buffer: Value,
  dims: number,
  kernel: Operation,
  isOfIteration: (user: Operation, buffer: Value) => boolean,
): boolean {
  const op = buffer.definingOp;
  if (op === null || !AllocaOp.is(op) || op.parentOp !== kernel) return false;
  if ((buffer.type as MemRefType).shape.slice(dims).includes(DYNAMIC)) return false;
  return buffer
    .users()
    .every((user) => DimOp.is(user) || (indexedAccess(user) !== undefined && isOfIteration(user, buffer)));
}

/** Moves a buffer into the loop, without its leading dimensions. */
function shrink(buffer: Value, place: Operation, dims: number): void {
  const old = buffer.definingOp!;
  const type = buffer.type as MemRefType;
  const { context } = old;
  const builder = new Builder(context);
  builder.setInsertionPointToStart(ForOp.body(place).entry);
  const made = AllocaOp.build(builder, old.loc, {
    dynamicSizes: [],
    alignment: AllocaOp.alignment(old),
    resultTypes: [context.memref(type.shape.slice(dims), type.element, null, type.memorySpace)],
  });
  for (const user of buffer.users()) {
    if (DimOp.is(user)) {
      user.result(0).replaceAllUsesWith(buildDim(Builder.before(user), user.loc, buffer, DimOp.dimension(user)));
      user.erase();
      continue;
    }
    const { memref, first, end } = indexedAccess(user)!;
    const kept = user.operands.filter((_, i) => i < first || i >= first + dims || i >= end);
    kept[memref] = made;
    if (user.attr('dim')) shiftDim(user, dims);
    user.setOperands(kept);
  }
  old.erase();
}

/** simd.strided_load counts its dimension from the left. */
function shiftDim(op: Operation, dims: number): void {
  const attr = op.attr('dim');
  if (attr && 'number' in attr) op.setAttr('dim', op.context.i64Attr((attr.number as number) - dims));
}
