// Buffers as steps name them, and the part of a buffer that a loop touches.
import { type Access, bufferName, type IndexSpace, isDefinedInside, rootOf } from '@budflow/analysis';
import { ForOp, linearForm, loopsByName, normalizeExpr } from '@budflow/dialect-loop';
import { AffineExpr, type MemRefType, type Operation, type Value } from '@budflow/ir';
import { findLoop } from './loop-tree.js';
import { Refusal } from './primitive.js';

/** `arg1`, or the buffer that a stage stores to. */
export function findBuffer(kernel: Operation, name: string): Value {
  const argument = /^arg(\d+)$/.exec(name);
  if (argument) {
    const list = kernel.region(0).entry.arguments;
    const found = list[Number(argument[1])];
    if (!found) throw new Refusal(`the kernel has ${list.length} arguments, not one numbered ${argument[1]}`);
    return found;
  }
  const loops = stageLoops(kernel, name);
  const nests = loops.length > 0 ? loops : [findLoop(kernel, `${name}.d0`)];
  const roots = new Set<Value>();
  for (const nest of nests) {
    nest.walk((op) => {
      const written = op.name === 'memory.store' || op.name === 'simd.store' ? op.operand(1) : undefined;
      if (written && !isDefinedInside(rootOf(written).root, nest)) roots.add(rootOf(written).root);
    });
  }
  const [only] = roots;
  if (roots.size !== 1 || !only)
    throw new Refusal(`stage "${name}" writes ${roots.size} buffers: name an argument`, { loop: `${name}.d0` });
  return only;
}

/** The outermost loops of a stage, in program order. */
export function stageLoops(kernel: Operation, stage: string): Operation[] {
  const own = [...loopsByName(kernel)].filter(([name]) => name.startsWith(`${stage}.`)).map(([, loop]) => loop);
  return own.filter((loop) => !own.some((other) => other !== loop && other.isAncestorOf(loop)));
}

/** One dimension of a box: base + low to base + high, where the base is the same in all iterations. */
export interface BoxSide {
  readonly base: AffineExpr;
  readonly low: number;
  readonly high: number;
}

/** A box around everything that accesses inside a loop touch; refuses when its size is not known. */
export function boxOf(kernel: Operation, space: IndexSpace, loop: Operation, accesses: readonly Access[]): BoxSide[] {
  const where = { loop: ForOp.name(loop) };
  const [{ root }] = accesses as readonly [Access];
  const { shape } = root.type as MemRefType;
  const isInvariant = (e: AffineExpr): boolean =>
    e.kind === 'dim'
      ? !isDefinedInside(space.inputs[e.value]!, loop)
      : e.lhs === null || (isInvariant(e.lhs) && isInvariant(e.rhs!));
  return shape.map((size, dim) => {
    let base: AffineExpr | undefined;
    let [low, high] = [Infinity, -Infinity];
    for (const access of accesses) {
      const { terms, constant } = linearForm(space.of(access.subscripts![dim]!));
      let [own, varying]: [AffineExpr, AffineExpr] = [AffineExpr.constant(0), AffineExpr.constant(constant)];
      for (const [atom, c] of terms) {
        if (isInvariant(atom)) own = own.add(atom.mul(c));
        else varying = varying.add(atom.mul(c));
      }
      own = normalizeExpr(own);
      if (base !== undefined && base !== own) base = undefined;
      else if (access === accesses[0]) base = own;
      if (base === undefined) break;
      const range = space.range(normalizeExpr(varying));
      const lanes = access.lanes?.dim === dim ? access.lanes : null;
      const wide = lanes ? (lanes.count - 1) * (lanes.stride ?? Number.NaN) : 0;
      low = Math.min(low, range.min + Math.min(0, wide));
      high = Math.max(high, range.max + Math.max(0, wide));
    }
    if (base !== undefined && Number.isFinite(low) && Number.isFinite(high)) return { base, low, high };
    if (size >= 0) return { base: AffineExpr.constant(0), low: 0, high: size - 1 };
    throw new Refusal(
      `how much of ${bufferName(kernel, root)} is touched in dimension ${dim} is not known at compile time`,
      where,
    );
  });
}
