// compute_root: moves a stage out of the loops of its consumer.
//
//   loop.for %i = 0 to 8 name "div.d0" {        %t = memory.alloca : memref<8xf32>
//     %one = memory.alloca : memref<f32>        loop.for %i = 0 to 8 name "max.d0" {
//     loop.for %k .. name "max.r0" {       ->     loop.for %k .. name "max.r0" { m(%i, %k, %t[%i]) } }
//       m(%i, %k, %one) }                       loop.for %i = 0 to 8 name "div.d0" { f(%i, %t[%i]) }
//     f(%i, %one) }
//
// What moves is the loops of the stage and what prepares the buffers they write. Private buffers that are used on both
// sides get leading dimensions for the iterations, whose numbers are constants. The reverse of compute_at, and as it
// refused when something of the consumer must come before. (Halide's compute_root.)
import {
  type Access,
  bufferName,
  collectAccesses,
  DependenceAnalysis,
  loopName,
  rootOf,
  type Sign,
} from '@budflow/analysis';
import { constantTripCount, ForOp, forBounds, inductionVariable } from '@budflow/dialect-loop';
import { AllocaOp } from '@budflow/dialect-memory';
import { Builder, type MemRefType, Operation, Region, type Value } from '@budflow/ir';
import { stageLoops } from './buffers.js';
import { bodyOps, enclosingLoops, isMovable, loopNames, takeCloneName } from './loop-tree.js';
import { definePrimitive, Refusal } from './primitive.js';
import type { ComputeRootStep } from './steps.js';

export const computeRoot = definePrimitive<ComputeRootStep>('compute_root', (kernel, { stage }) => {
  // 1. Where the stage is.
  const own = stageLoops(kernel, stage);
  const [first] = own;
  if (!first) throw new Refusal(`no loop belongs to stage "${stage}"`);
  const loops = enclosingLoops(first);
  const place = loops[loops.length - 1];
  const where = { loop: loopName(first) };
  if (!place) throw new Refusal(`stage "${stage}" has a nest of its own already`, where);
  if (own.some((loop) => loop.parentOp !== place))
    throw new Refusal(`the loops of stage "${stage}" are in different places`, where);
  checkLoops(loops);

  // 2. What moves, and which buffers both sides use.
  const ops = bodyOps(place);
  const moved = pieceOf(ops, own);
  const rest = ops.filter((op) => !moved.has(op) && !isMovable(op) && !AllocaOp.is(op));
  checkValues(ops, moved, stage);
  const allocas = ops.filter((op) => AllocaOp.is(op));
  const shared = allocas.filter(
    (op) => uses(op.result(0), place).some((u) => moved.has(u)) && uses(op.result(0), place).some((u) => !moved.has(u)),
  );
  for (const op of shared) checkShared(op);
  checkOrder(kernel, loops, moved, rest, stage);
  const needed = neededBy(moved, loops, stage);

  // 3. The nest in front, the buffers for all iterations, then what is left.
  emit(kernel, stage, { loops, moved, shared, needed });
});

function checkLoops(loops: readonly Operation[]): void {
  for (const loop of loops) {
    const where = { loop: loopName(loop) };
    const { lower, step } = forBounds(loop);
    if (loop.resultCount > 0) throw new Refusal(`loop "${loopName(loop)}" carries values`, where);
    if (lower.map.singleConstant() !== 0 || step !== 1)
      throw new Refusal(`loop "${loopName(loop)}" does not count from 0 by 1`, where);
    if (constantTripCount(loop) === undefined)
      throw new Refusal(`the trip count of loop "${loopName(loop)}" is not a constant`, where);
    const parent = loop.parentOp;
    if (parent && !ForOp.is(parent) && parent.name !== 'func.func')
      throw new Refusal(`loop "${loopName(loop)}" is under '${parent.name}'`, where);
  }
}

/** The loops of the stage, and in front of them what writes the private buffers that they write. */
function pieceOf(ops: readonly Operation[], own: readonly Operation[]): Set<Operation> {
  const moved = new Set<Operation>(own);
  const last = Math.max(...own.map((op) => ops.indexOf(op)));
  const written = (op: Operation): Set<Value> => {
    const { accesses } = collectAccesses(op);
    return new Set(accesses.filter((a) => a.kind === 'write').map((a) => a.root));
  };
  const buffers = new Set([...moved].flatMap((op) => [...written(op)]));
  const local = new Set(ops.filter((op) => AllocaOp.is(op)).map((op) => op.result(0)));
  for (let changed = true; changed; ) {
    changed = false;
    ops.slice(0, last).forEach((op) => {
      if (moved.has(op) || isMovable(op) || AllocaOp.is(op)) return;
      const targets = [...written(op)];
      const feeds = op.results.some((r) => r.users().some((u) => [...moved].some((m) => m === u || m.isAncestorOf(u))));
      if (!feeds && !targets.some((b) => buffers.has(b) && local.has(b))) return;
      moved.add(op);
      for (const b of targets) buffers.add(b);
      changed = true;
    });
  }
  return moved;
}

/** Values pass between the sides through memory only, but for what can be computed twice. */
function checkValues(ops: readonly Operation[], moved: ReadonlySet<Operation>, stage: string): void {
  for (const op of ops) {
    if (isMovable(op) || AllocaOp.is(op)) continue;
    const crossing = op.results.some((r) =>
      ops.some((user) => moved.has(user) !== moved.has(op) && isUsedIn(r, user) && !isMovable(user)),
    );
    if (crossing) throw new Refusal(`'${op.name}' computes a value for stage "${stage}" and for others`);
  }
}

function isUsedIn(value: Value, op: Operation): boolean {
  return value.users().some((user) => user === op || op.isAncestorOf(user));
}

/** The ops directly in the loop in which a value is used. */
function uses(value: Value, place: Operation): Operation[] {
  return bodyOps(place).filter((op) => isUsedIn(value, op));
}

function checkShared(alloca: Operation): void {
  if (alloca.operandCount > 0) throw new Refusal('a buffer allocated inside has a dynamic size');
  for (const user of alloca.result(0).users()) {
    if (user.name !== 'memory.load' && user.name !== 'memory.store')
      throw new Refusal(`'${user.name}' uses a buffer allocated inside`);
  }
}

/** Nothing that stays may have to come before something that moves. */
function checkOrder(
  kernel: Operation,
  loops: readonly Operation[],
  moved: ReadonlySet<Operation>,
  rest: readonly Operation[],
  stage: string,
): void {
  const root = loops[0]!;
  const where = { loop: loopName(loops[loops.length - 1]!) };
  const { accesses, unknown } = collectAccesses(root);
  if (unknown) throw new Refusal(`'${unknown.name}' may touch any memory`, where);
  const isMoved = ({ op }: Access): boolean => [...moved].some((m) => m === op || m.isAncestorOf(op));
  const stays = ({ op }: Access): boolean => rest.some((r) => r === op || r.isAncestorOf(op));
  for (let depth = 0; depth < loops.length; depth++) {
    // Loops that are around both, as far in as the statement that stays.
    const common = loops.slice(0, depth + 1);
    const inner = loops[depth]!;
    const next = loops[depth + 1];
    const analysis = new DependenceAnalysis(kernel, common);
    const local = accesses.filter((a) => inner.isAncestorOf(a.op));
    const others = local.filter((a) => (next ? !next.isAncestorOf(a.op) : stays(a)));
    for (const other of others) {
      for (const mine of local.filter(isMoved)) {
        if (other.kind === 'read' && mine.kind === 'read') continue;
        const distances = analysis.between(other, mine);
        if (!distances) continue;
        const dependence = { first: other, second: mine, distances };
        const isBefore = (signs: readonly Sign[]): boolean => {
          const sign = signs.find((s) => s !== 0);
          return sign === undefined ? comesFirst(other.op, mine.op) : sign > 0;
        };
        if (!analysis.findDirection(dependence, isBefore)) continue;
        const report = analysis.report(dependence, depth);
        const buffer = bufferName(kernel, rootOf(mine.memref).root);
        throw new Refusal(`stage "${stage}" needs ${buffer} after others used it: ${report.message}`, {
          ...where,
          dependence: report,
        });
      }
    }
  }
}

function comesFirst(a: Operation, b: Operation): boolean {
  for (let x: Operation | null = a; x; x = x.parentOp)
    for (let y: Operation | null = b; y; y = y.parentOp)
      if (x !== y && x.parent === y.parent) return x.isBeforeInBlock(y);
  return false;
}

/** What must be computed in both nests: index arithmetic, and buffers that only the stage uses. */
function neededBy(moved: ReadonlySet<Operation>, loops: readonly Operation[], stage: string): Set<Operation> {
  const needed = new Set<Operation>();
  const root = loops[0]!;
  const need = (value: Value): void => {
    const op = value.definingOp;
    if (op === null || !root.isAncestorOf(op) || needed.has(op)) return;
    if ([...moved].some((m) => m === op || m.isAncestorOf(op))) return;
    if (!isMovable(op) && !AllocaOp.is(op))
      throw new Refusal(`'${op.name}' computes a value for stage "${stage}" and for others`);
    needed.add(op);
    for (const operand of op.operands) need(operand);
  };
  for (const op of moved)
    op.walk((inner) => {
      for (const operand of inner.operands) need(operand);
    });
  for (const loop of loops) for (const operand of loop.operands) need(operand);
  return needed;
}

function emit(
  kernel: Operation,
  stage: string,
  piece: {
    readonly loops: readonly Operation[];
    readonly moved: ReadonlySet<Operation>;
    readonly shared: readonly Operation[];
    readonly needed: ReadonlySet<Operation>;
  },
): void {
  const { loops, moved, shared, needed } = piece;
  const { context } = kernel;
  const root = loops[0]!;
  let builder = Builder.before(root);
  const trips = loops.map((loop) => constantTripCount(loop)!);
  const wide = new Map<Value, Value>();
  for (const op of shared) {
    const type = op.result(0).type as MemRefType;
    const resultTypes = [context.memref([...trips, ...type.shape], type.element, null, type.memorySpace)];
    wide.set(
      op.result(0),
      AllocaOp.build(builder, op.loc, { dynamicSizes: [], resultTypes, alignment: AllocaOp.alignment(op) }),
    );
  }
  const taken = loopNames(kernel);
  const mapping = new Map<Value, Value>(wide);
  const variables: Value[] = [];
  loops.forEach((loop, k) => {
    const region = new Region();
    const block = region.append();
    const iv = block.addArgument(context.index);
    variables.push(iv);
    mapping.set(inductionVariable(loop), iv);
    const name = `${stage}.d${k}`;
    const operands = loop.operands.map((v) => mapping.get(v) ?? v);
    const made = builder.insert(Operation.create(loop.info, loop.loc, operands, [], loop.attributes, [region]));
    made.setAttr('name', context.stringAttr(taken.has(name) ? takeCloneName(name, taken) : name));
    block.append(Operation.create(context.opInfo('loop.yield'), loop.loc, [], []));
    builder = Builder.before(block.lastOp!);
    // Index arithmetic between the loops is computed here too.
    for (const op of bodyOps(loop)) {
      const isShared = op.resultCount === 1 && wide.has(op.result(0));
      if (isShared || (!moved.has(op) && !needed.has(op))) continue;
      const clone = builder.insert(op.clone(mapping));
      op.results.forEach((r, i) => {
        mapping.set(r, clone.result(i));
      });
    }
  });
  finish(loops, moved, wide, variables);
}

function finish(
  loops: readonly Operation[],
  moved: ReadonlySet<Operation>,
  wide: ReadonlyMap<Value, Value>,
  variables: readonly Value[],
): void {
  const ops = [...moved].sort((a, b) => (a.isBeforeInBlock(b) ? 1 : -1));
  for (const op of ops) op.erase();
  const own = loops.map(inductionVariable);
  for (const [old, buffer] of wide) {
    old.replaceAllUsesWith(buffer);
    old.definingOp!.erase();
    for (const user of buffer.users()) {
      const at = user.name === 'memory.load' ? 1 : 2;
      const isFront = !loops[0]!.isAncestorOf(user);
      const indices = isFront ? variables : own;
      const { operands } = user;
      user.setOperands([...operands.slice(0, at), ...indices, ...operands.slice(at)]);
    }
  }
  eraseUnused(loops[loops.length - 1]!);
}

/** Buffers and arithmetic that only the stage used. */
function eraseUnused(loop: Operation): void {
  for (const op of bodyOps(loop).reverse()) {
    if (!op.hasResultUses && (isMovable(op) || AllocaOp.is(op))) op.erase();
  }
}
