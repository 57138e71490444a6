// cache_read, cache_write: what a loop reads or writes of a buffer lies in a small private one meanwhile.
//
//   loop.for %i .. name "x" {                   %c = memory.alloca : memref<10xf32>
//     f(%a[8 %o + %i]) }                        loop.for %k = max(8 %o, 0) to min(8 %o + 10, %n) name "arg0.read.d0" {
//                                          ->     store (load %a[%k]), %c[%k - 8 %o] }
//                                               loop.for %i .. name "x" { f(%c[%i]) }
//
// The part is a box around all accesses inside the loop, of a size known at compile time; only elements that the buffer
// has are copied. cache_read: nothing in the loop writes the buffer. cache_write: reads and writes both go to the copy,
// which is filled first unless the loop surely writes all of it, and copied back behind the loop.
import {
  type Access,
  bufferName,
  collectAccesses,
  IndexSpace,
  indexedAccess,
  isDefinedInside,
  overlapOf,
} from '@budflow/analysis';
import {
  applyAffine,
  buildFor,
  composeAppliedMap,
  constantTripCount,
  dropDominatedResults,
  ForOp,
  forBounds,
  inductionVariable,
  normalizeExpr,
} from '@budflow/dialect-loop';
import { AllocaOp, buildDim, buildLoad, buildStore } from '@budflow/dialect-memory';
import { AffineExpr, Builder, type MemRefType, type Operation, type Value } from '@budflow/ir';
import { type BoxSide, boxOf, findBuffer } from './buffers.js';
import { findLoop, loopNames, takeCloneName } from './loop-tree.js';
import { definePrimitive, Refusal } from './primitive.js';
import type { CacheReadStep, CacheWriteStep } from './steps.js';

/** Copies larger than this are surely a mistake. */
const MAX_ELEMENTS = 2 ** 20;

export const cacheRead = definePrimitive<CacheReadStep>('cache_read', (kernel, { buffer: name, loop: at }) => {
  const { loop, root, accesses } = accessesOf(kernel, name, at);
  const write = accesses.find((a) => a.kind === 'write');
  if (write) refuse(kernel, loop, write, write, 'the loop writes what is copied');
  const cache = new Cache(kernel, loop, root, accesses);
  cache.copy('read', Builder.before(loop));
  cache.redirect();
});

export const cacheWrite = definePrimitive<CacheWriteStep>('cache_write', (kernel, { buffer: name, loop: at }) => {
  const { loop, root, accesses } = accessesOf(kernel, name, at);
  if (!accesses.some((a) => a.kind === 'write'))
    throw new Refusal(`nothing inside writes ${bufferName(kernel, root)}`, { loop: at });
  const cache = new Cache(kernel, loop, root, accesses);
  if (!cache.isFullyWritten()) cache.copy('read', Builder.before(loop));
  cache.copy('write', new Builder(kernel.context), loop);
  cache.redirect();
});

/** The accesses to a buffer inside a loop; refuses when others may touch it there. */
function accessesOf(kernel: Operation, name: string, at: string) {
  const loop = findLoop(kernel, at);
  const root = findBuffer(kernel, name);
  if (isDefinedInside(root, loop)) throw new Refusal(`${bufferName(kernel, root)} lives inside`, { loop: at });
  const { accesses: all, unknown } = collectAccesses(loop);
  if (unknown) throw new Refusal(`'${unknown.name}' may touch any memory`, { loop: at });
  const accesses = all.filter((a) => a.root === root);
  if (accesses.length === 0) throw new Refusal(`nothing inside touches ${bufferName(kernel, root)}`, { loop: at });
  const bad = accesses.find((a) => !a.subscripts || a.memref !== root || !indexedAccess(a.op) || wrongLanes(a));
  if (bad)
    throw new Refusal(`'${bad.op.name}' touches ${bufferName(kernel, root)} in a way that is not followed`, {
      loop: at,
    });
  for (const other of all) {
    if (other.root === root || overlapOf(kernel, root, other.root) === 'none') continue;
    const own = accesses.find((a) => a.kind === 'write' || other.kind === 'write');
    if (own) refuse(kernel, loop, own, other, 'the buffers may overlap');
  }
  return { loop, root, accesses };
}

/** Lanes go along the last dimension, in which the copy is contiguous too. */
function wrongLanes({ lanes, subscripts }: Access): boolean {
  return lanes !== null && (lanes.stride === null || lanes.dim !== subscripts!.length - 1);
}

function refuse(kernel: Operation, loop: Operation, a: Access, b: Access, why: string): never {
  const name = ForOp.name(loop);
  const message = `${a.kind} of ${bufferName(kernel, a.root)} and ${b.kind} of ${bufferName(kernel, b.root)} in loop "${name}"`;
  throw new Refusal(`${why}: ${message}`, {
    loop: name,
    dependence: { message, source: a.op.loc, sink: b.op.loc },
  });
}

class Cache {
  private readonly kernel: Operation;
  private readonly loop: Operation;
  private readonly root: Value;
  private readonly accesses: readonly Access[];
  private readonly space = new IndexSpace();
  private readonly box: readonly BoxSide[];
  private readonly bases: readonly Value[];
  private readonly cache: Value;

  constructor(kernel: Operation, loop: Operation, root: Value, accesses: readonly Access[]) {
    this.kernel = kernel;
    this.loop = loop;
    this.root = root;
    this.accesses = accesses;
    this.box = boxOf(kernel, this.space, loop, accesses);
    const sizes = this.box.map(({ low, high }) => Math.max(0, high - low + 1));
    const elements = sizes.reduce((a, b) => a * b, 1);
    if (elements === 0 || elements > MAX_ELEMENTS)
      throw new Refusal(`the part of ${bufferName(kernel, root)} has ${elements} elements`, { loop: ForOp.name(loop) });
    const { context, loc } = loop;
    const builder = Builder.before(loop);
    const { element } = root.type as MemRefType;
    this.bases = this.box.map(({ base }) =>
      applyAffine(builder, loc, context.affineMap(this.space.inputs.length, 0, [base]), this.space.inputs),
    );
    this.cache = AllocaOp.build(builder, loc, { dynamicSizes: [], resultTypes: [context.memref(sizes, element)] });
  }

  /** Whether the loop writes every element of the box, whatever its values are. */
  isFullyWritten(): boolean {
    const { shape } = this.root.type as MemRefType;
    if (this.accesses.some((a) => a.kind === 'read' || a.op.name !== 'memory.store')) return false;
    return this.accesses.some(({ op, subscripts }) => {
      const loops = new Set<Operation>();
      for (let at = op.parentOp!; ; at = at.parentOp!) {
        if (!ForOp.is(at)) return false;
        if (constantTripCount(at) === undefined || forBounds(at).step !== 1) return false;
        loops.add(at);
        if (at === this.loop) break;
      }
      const used = new Set<Operation>();
      return this.box.every(({ base, low, high }, dim) => {
        // In bounds without clamping, and one iteration for each element.
        if (base.kind !== 'constant' || base.value + low < 0 || base.value + high >= shape[dim]!) return false;
        const rest = this.space.of(subscripts![dim]!).sub(base);
        const own = [...loops].find((l) => !used.has(l) && this.isOnly(rest, inductionVariable(l)));
        if (own) used.add(own);
        return (own ? constantTripCount(own)! : this.isConstant(rest) ? 1 : 0) === high - low + 1;
      });
    });
  }

  private isOnly(e: AffineExpr, iv: Value): boolean {
    const variable = this.space.input(iv);
    const { min, max } = this.space.range(normalizeExpr(e.sub(variable)));
    return min === max;
  }

  private isConstant(e: AffineExpr): boolean {
    const { min, max } = this.space.range(normalizeExpr(e));
    return min === max;
  }

  /** A nest that fills the copy in front of the loop, or brings it back behind. */
  copy(direction: 'read' | 'write', builder: Builder, behind?: Operation): void {
    const { context, loc } = this.loop;
    if (behind) builder.setInsertionPointAfter(behind);
    const taken = loopNames(this.kernel);
    const stage = `${bufferName(this.kernel, this.root).replace(/[^\w]+/g, '_')}.${direction}`;
    const nest = (at: Builder, dim: number, indices: readonly Value[]): void => {
      if (dim === this.box.length) {
        const own = this.box.map(({ low }, d) => this.shifted(at, indices[d]!, d, low));
        const [from, to] = direction === 'read' ? [this.root, this.cache] : [this.cache, this.root];
        const [source, target] = direction === 'read' ? [indices, own] : [own, indices];
        buildStore(at, loc, buildLoad(at, loc, from, source), to, target);
        return;
      }
      const { low, high } = this.box[dim]!;
      const base = this.bases[dim]!;
      const size = buildDim(at, loc, this.root, dim);
      const d0 = AffineExpr.dim(0);
      const lower = dropDominatedResults(
        context,
        composeAppliedMap(context, {
          map: context.affineMap(1, 0, [d0.add(low), AffineExpr.constant(0)]),
          operands: [base],
        }),
        'max',
      );
      const upper = dropDominatedResults(
        context,
        composeAppliedMap(context, {
          map: context.affineMap(2, 0, [d0.add(high + 1), AffineExpr.dim(1)]),
          operands: [base, size],
        }),
        'min',
      );
      let name = `${stage}.d${dim}`;
      if (taken.has(name)) name = takeCloneName(name, taken);
      buildFor(at, loc, { lower, upper, name }, (inner, iv) => {
        nest(inner, dim + 1, [...indices, iv]);
      });
    };
    nest(builder, 0, []);
  }

  /** index - base - low */
  private shifted(builder: Builder, index: Value, dim: number, low: number): Value {
    const map = this.loop.context.affineMap(2, 0, [AffineExpr.dim(0).sub(AffineExpr.dim(1)).sub(low)]);
    return applyAffine(builder, this.loop.loc, map, [index, this.bases[dim]!]);
  }

  /** Lets the accesses inside the loop use the copy. */
  redirect(): void {
    const done = new Set<Operation>();
    for (const { op } of this.accesses) {
      if (done.has(op)) continue;
      done.add(op);
      const { memref, first } = indexedAccess(op)!;
      const builder = Builder.before(op);
      this.box.forEach(({ low }, dim) => {
        op.setOperand(first + dim, this.shifted(builder, op.operand(first + dim), dim, low));
      });
      op.setOperand(memref, this.cache);
      // What was known of addresses does not hold for the copy.
      op.setAttr('alignment', null);
      op.setAttr('nontemporal', null);
    }
  }
}
