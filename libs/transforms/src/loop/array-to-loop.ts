// Lowers the fusion of a kernel function to loops over buffers, one naive root nest for each stage.
//
//   %t = memory.to_tensor %a                        loop.for %i = 0 to 8 name "add.d0" {
//   %r = array.fusion(%x = %t) {                      %0 = memory.load %a[%i]
//     %1 = array.mul %x, %x                           %1 = arith.mulf %0, %0
//     %2 = array.add %1, %x                 ->        %2 = arith.addf %1, %0
//     array.yield %2 }                                memory.store %2, %out[%i]
//   memory.materialize %r into %out                 }
//
// Requires kernel functions as `bufferize` leaves them and reductions with their order fixed. Cheap producers become
// scalar code in their consumers; reductions keep the order of their attribute and accumulate in private buffers.
// Follows the split of Halide: this pass says what is computed, the schedule where and in which order.
import { IN_PLACE_ATTR } from '@budflow/analysis';
import { FusionOp } from '@budflow/dialect-array';
import { elementAttr } from '@budflow/dialect-core';
import { applyAffine, buildFor, buildIndexConstant } from '@budflow/dialect-loop';
import { AllocaOp, buildDim, buildStore, CopyOp, FillOp, MaterializeOp, ToTensorOp } from '@budflow/dialect-memory';
import { argumentAttr, KernelAttrs } from '@budflow/dialect-rt';
import {
  AffineExpr,
  type AffineMap,
  Builder,
  ComplexType,
  ConstantLike,
  type Context,
  type DenseElementsAttr,
  type DomainSize,
  DYNAMIC,
  denseElement,
  IntegerAttr,
  IntegerType,
  InternalError,
  type Operation,
  StructuredOp,
  TensorType,
  type Type,
  type Value,
} from '@budflow/ir';
import { definePass } from '@budflow/pass';
import type { Box } from '../array/fusion/patches.js';
import { hasLoopLowering, loopLowering } from '../array/lowering/registry.js';
import { LoweringSite } from '../array/lowering/site.js';
import { FusionSizes } from '../memory/bufferization/sizes.js';
import { eachReduction, ReductionEmitter, type ReductionSite, type Size } from './lowering/reductions.js';
import { ScalarCode } from './lowering/scalar-code.js';
import { buildConstant } from './lowering/scalar-ops.js';
import { findStages, type Stage } from './lowering/stages.js';

export const arrayToLoop = definePass({
  name: 'array-to-loop',
  summary: 'lower the fusion of each kernel function to naive loop nests over buffers',
  anchor: 'func.func',
  dependentDialects: ['loop', 'memory', 'arith', 'math'],
  statistics: { stages: 'loop nests with a buffer of their own', inlined: 'ops recomputed inside their consumers' },
  run(func, pass) {
    if (!func.attr(KernelAttrs.kernel)) return;
    const block = func.region(0).entry;
    const fusion = block.ops.find((op) => FusionOp.is(op));
    if (!fusion) return;
    const lowering = new KernelLowering(func, fusion);
    const { stages, inlined } = lowering.run();
    pass.statistic('stages', stages);
    pass.statistic('inlined', inlined);
  },
});

class KernelLowering {
  private readonly fusion: Operation;
  private readonly builder: Builder;
  private readonly code: ScalarCode;
  private readonly reductions: ReductionEmitter;
  private readonly buffers = new Map<Value, Value>();
  private readonly sizes: FusionSizes;

  constructor(func: Operation, fusion: Operation) {
    this.fusion = fusion;
    this.builder = Builder.before(func.region(0).entry.terminator);
    this.sizes = new FusionSizes(this.builder, fusion.loc, this.buffers, { of: buildDim });
    this.code = new ScalarCode(this.builder, this.buffers, (op) => this.siteOf(op));
    this.reductions = new ReductionEmitter(this.builder, this.code);
  }

  run(): { stages: number; inlined: number } {
    // 1. Buffers of the inputs, and destinations of the results.
    const body = this.fusion.region(0).entry;
    const views = new Set<Operation>();
    this.fusion.operands.forEach((operand, i) => {
      if (!(operand.type instanceof TensorType)) {
        // A size is used as it is.
        this.buffers.set(body.arguments[i]!, operand);
        return;
      }
      const view = operand.definingOp;
      if (!view || !ToTensorOp.is(view))
        throw new InternalError('array-to-loop: a fusion operand is no view of a buffer', this.fusion);
      this.buffers.set(body.arguments[i]!, view.operand(0));
      views.add(view);
    });
    // Of two inputs that turned out to be one, the second view has no use.
    for (const op of this.fusion.parentBlock?.ops ?? []) if (ToTensorOp.is(op) && !op.hasResultUses) views.add(op);
    const yielded = body.terminator.operands;
    const destinations = this.fusion.results.map((result) => {
      const store = result.users()[0];
      if (!store || !MaterializeOp.is(store))
        throw new InternalError('array-to-loop: a fusion result is not stored', this.fusion);
      views.add(store);
      return MaterializeOp.memref(store);
    });

    // 2. Stages in program order, each a root nest.
    const ops = body.ops.slice(0, -1);
    const opaque = ops.find(hasLoopLowering);
    const stages = opaque ? [] : findStages(ops);
    if (opaque) {
      opaque.results.forEach((result) => {
        const at = yielded.indexOf(result);
        this.buffers.set(result, at >= 0 ? destinations[at]! : this.scratch(result, opaque));
      });
      this.lowerOpaque(opaque);
    }
    for (const stage of stages) {
      for (const op of stage.ops)
        op.results.forEach((result) => {
          const at = yielded.indexOf(result);
          this.buffers.set(result, at >= 0 ? destinations[at]! : this.scratch(result, op));
        });
      this.code.scope(() => this.emitStage(stage));
    }

    // 3. A value yielded twice, or an argument yielded as it is, is copied.
    yielded.forEach((value, i) => {
      const source = this.buffers.get(value);
      const constant = value.definingOp;
      if (!source && constant?.info.hasTrait(ConstantLike)) {
        this.storeConstant(constant, destinations[i]!);
        return;
      }
      if (!source) throw new InternalError('array-to-loop: a yielded value has no buffer', this.fusion);
      if (source !== destinations[i])
        CopyOp.create(this.builder, this.fusion.loc, { source, target: destinations[i]! });
    });

    // 4. The tensors are gone.
    for (const op of views) if (MaterializeOp.is(op)) op.erase();
    this.fusion.erase();
    for (const op of views) if (!op.isErased && !op.hasResultUses) op.erase();
    const own = stages.reduce((n, stage) => n + stage.ops.length, 0);
    return opaque ? { stages: 1, inlined: 0 } : { stages: stages.length, inlined: ops.length - own };
  }

  /** An op that builds its loops itself. */
  private lowerOpaque(op: Operation): void {
    loopLowering(op)!.build(op, this.siteOf(op));
  }

  private siteOf(op: Operation): LoweringSite {
    return new LoweringSite(op, this.builder, this.code, {
      buffer: (value) => this.buffers.get(value),
      size: (value, dim) => this.sizeOf(value, dim),
      isInPlace: (result) => {
        const at = loopLowering(op)?.destination?.(op, result.index);
        return at !== undefined && sharesMemory(this.buffers.get(op.operand(at)), this.buffers.get(result)!);
      },
    });
  }

  /** A constant that leaves the kernel, as folding inside of fusions makes them. */
  private storeConstant(op: Operation, destination: Value): void {
    const attr = op.attr('value') as DenseElementsAttr;
    const type = signless(op.context, attr.type.element);
    const element = (i: number) =>
      buildConstant(
        this.builder,
        op.loc,
        type instanceof ComplexType
          ? elementAttr(op.context, attr, i)
          : op.context.constantAttr(type, denseElement(attr, i)),
        type,
      );
    if (attr.splat) {
      FillOp.create(this.builder, op.loc, { memref: destination, value: element(0) });
      return;
    }
    const shape = attr.type.shape;
    const count = shape.reduce((n, d) => n * d, 1);
    for (let i = 0; i < count; i++) {
      let rest = i;
      const indices = new Array<Value>(shape.length);
      for (let d = shape.length - 1; d >= 0; d--) {
        indices[d] = this.constant(rest % shape[d]!);
        rest = Math.floor(rest / shape[d]!);
      }
      buildStore(this.builder, op.loc, element(i), destination, indices);
    }
  }

  /** Buffer of a stage that does not leave the kernel. */
  private scratch(value: Value, op: Operation): Value {
    const type = value.type as TensorType;
    const sizes = type.shape.flatMap((d, i) => (d === DYNAMIC ? [this.dimension(value, i)] : []));
    const resultTypes = [op.context.memref(type.shape, signless(op.context, type.element))];
    return AllocaOp.build(this.builder, op.loc, { dynamicSizes: sizes, resultTypes });
  }

  /** Run-time size of a dynamic dimension of a tensor value, as an index value. */
  private dimension(value: Value, dim: number): Value {
    const size = this.sizeOf(value, dim);
    return typeof size === 'number' ? this.constant(size) : size;
  }

  private constant(value: number): Value {
    return buildIndexConstant(this.builder, this.fusion.loc, value);
  }

  /** Sizes of arguments are preferred: loops over equal sizes get equal bounds. */
  private sizeOf(value: Value, dim: number): Size {
    const known = this.sizes.known(value, dim);
    if (known !== undefined) return known;
    const buffer = this.buffers.get(value);
    return buffer ? buildDim(this.builder, this.fusion.loc, buffer, dim) : this.sizes.size(value, dim);
  }

  private domainSize(op: Operation, size: DomainSize): Size {
    if (size.kind === 'static') return size.size;
    return size.kind === 'operand'
      ? this.sizeOf(op.operand(size.operand), size.dim)
      : this.sizeOf(op.result(size.result), size.dim);
  }

  /** Size of dimension `dim` of a stage's domain: that of its buffer rather than one that has to be computed. */
  private stageSize(op: Operation, dim: number, size: DomainSize): Size {
    if (size.kind !== 'operand') return this.domainSize(op, size);
    const known = this.sizes.known(op.operand(size.operand), size.dim);
    if (known !== undefined) return known;
    const structured = StructuredOp.of(op)!;
    // A buffer with borders is larger than the domain, also where its map starts at 0.
    if (structured.fill) return this.domainSize(op, size);
    const map = structured.indexingMaps(op)[op.operandCount] as AffineMap;
    const at = map.results.indexOf(AffineExpr.dim(dim));
    return at < 0 ? this.domainSize(op, size) : this.sizeOf(op.result(0), at);
  }

  private emitStage({ ops, name, boxes }: Stage): void {
    const op = ops[0]!;
    const structured = StructuredOp.of(op)!;
    const domain = structured.domain(op);
    const sizes = domain.map((d, i) => this.stageSize(op, i, d.size));
    const maps = ops.flatMap((o) => StructuredOp.of(o)!.indexingMaps(o).slice(o.operandCount) as AffineMap[]);
    const targets = ops.flatMap((o) => o.results.map((result) => this.buffers.get(result)!));
    const point = new Array<Value>(domain.length);
    const parallel = domain.flatMap((d, i) => (d.iterator === 'parallel' ? [i] : []));
    if (structured.sideBySide) {
      this.emitSideBySide(op, name);
      return;
    }
    if (structured.fill) {
      this.emitPadded(op, name, sizes);
      return;
    }
    const begin = new Map<Value, number>();
    const nest = (depth: number, stage: string, box?: Box): void => {
      if (depth < parallel.length) {
        const dim = parallel[depth]!;
        const [lower, upper] = [box?.lower[dim] ?? 0, box?.upper[dim] ?? sizes[dim]!];
        buildFor(this.builder, op.loc, { lower, upper, step: 1, name: `${stage}.d${depth}` }, (_, iv) => {
          point[dim] = iv;
          begin.set(iv, lower);
          nest(depth + 1, stage, box);
          return [];
        });
        return;
      }
      this.code.scope(() => {
        const places = maps.map((map) =>
          map.results.map((e) =>
            applyAffine(
              this.builder,
              op.loc,
              op.context.affineMap(map.numDims, 0, [e]),
              Array.from(point, (p) => p ?? this.constant(0)),
            ),
          ),
        );
        const values = structured.reduction
          ? this.reduce(ops, name, domain, sizes, point)
          : this.sideBySideBodies(ops, point, places);
        // All is read before anything is stored: a result may lie where an operand does.
        values.forEach((value, i) => {
          buildStore(this.builder, op.loc, value, targets[i]!, places[i]!);
        });
      });
    };
    if (boxes.length === 0) nest(0, name);
    // The largest one, the inside as a rule, has the name of the stage.
    const largest = boxes.reduce((a, b) => (volume(b) > volume(a) ? b : a), boxes[0]!);
    let parts = 0;
    for (const box of boxes) {
      const stage = box === largest ? name : `${name}_part${++parts}`;
      this.code.scope(() => this.code.inBox(begin, () => nest(0, stage, box)));
    }
  }

  /** Elements of the results of ops at one point; one of them may be made from another. */
  private sideBySideBodies(ops: readonly Operation[], point: readonly Value[], places: readonly Value[][]): Value[] {
    if (ops.length === 1) return this.code.body(ops[0]!, point, []);
    const values: Value[] = [];
    for (const op of ops)
      for (const [i, value] of this.code.body(op, point, []).entries()) {
        this.code.hold(op.result(i), places[values.length]!, value);
        values.push(value);
      }
    return values;
  }

  private reduce(
    ops: readonly Operation[],
    name: string,
    domain: readonly { iterator: string }[],
    sizes: readonly Size[],
    point: readonly Value[],
  ): Value[] {
    const [op] = ops as readonly [Operation];
    const identities = ops.flatMap((o) => StructuredOp.of(o)!.reduction!.identity(o));
    const inits = (o: Operation) => StructuredOp.of(o)!.reduction!.init(o);
    const initial = (o: Operation) =>
      inits(o).map((operand) => (operand === null ? undefined : this.code.element(o.operand(operand), [], o.loc)));
    const start = identities.includes(null) ? ops.flatMap(initial) : undefined;
    if (start?.includes(undefined))
      throw new InternalError('array-to-loop: a reduction has neither an identity nor an init', op);
    const reduced = domain.flatMap((d, i) => (d.iterator === 'reduction' ? [i] : []));
    const site: ReductionSite = {
      op,
      ops,
      stage: name,
      wholeKernel: reduced.length === domain.length,
      ...(start ? { initial: start as Value[] } : {}),
      sizes: reduced.map((d) => sizes[d]!),
      types: ops.flatMap((o) => o.results.map((r) => signless(o.context, (r.type as TensorType).element))),
      point: (ivs) => {
        const full = point.slice();
        reduced.forEach((d, i) => {
          full[d] = ivs[i]!;
        });
        return full;
      },
    };
    const totals = this.reductions.emit(site);
    if (start) return totals;
    return eachReduction(ops, [totals], (o, own) => {
      if (inits(o).every((i) => i === null)) return own!;
      const { combine } = StructuredOp.of(o)!.reduction!;
      const first = initial(o).map((v, i) => v ?? own![i]!);
      const combined = combine(o, this.builder, o.loc, first, own!);
      return combined.map((c, i) => (inits(o)[i] === null ? own![i]! : c));
    });
  }

  /** Operands one behind the other: a nest for each, over its elements. */
  private emitSideBySide(op: Operation, name: string): void {
    const dim = StructuredOp.of(op)!.sideBySide!(op);
    const maps = StructuredOp.of(op)!.indexingMaps(op);
    const buffer = this.buffers.get(op.result(0))!;
    const { rank } = op.result(0).type as TensorType;
    let begin: Size = 0;
    op.operands.forEach((operand, part) => {
      const map = maps[part];
      if (!map) return;
      const point: Value[] = [];
      const from = begin;
      const nest = (depth: number): void => {
        if (depth < rank) {
          // Loops of the other dimensions have equal bounds in all parts.
          const upper = this.sizeOf(depth === dim ? operand : op.result(0), depth);
          const stage = part === 0 ? name : `${name}_part${part}`;
          buildFor(this.builder, op.loc, { lower: 0, upper, step: 1, name: `${stage}.d${depth}` }, (_, iv) => {
            point[depth] = iv;
            nest(depth + 1);
            return [];
          });
          return;
        }
        this.code.scope(() => {
          const indices = map.results.map((e) =>
            applyAffine(this.builder, op.loc, op.context.affineMap(rank, 0, [e]), point),
          );
          const value = this.code.element(operand, indices, op.loc);
          buildStore(
            this.builder,
            op.loc,
            value,
            buffer,
            point.map((p, d) => (d === dim ? addSizes(this.builder, op, p, from) : p)),
          );
        });
      };
      nest(0);
      const size = this.sizeOf(operand, dim);
      begin =
        typeof begin === 'number' && typeof size === 'number'
          ? begin + size
          : addSizes(this.builder, op, typeof begin === 'number' ? this.constant(begin) : begin, size);
    });
  }

  /** A result of which the domain covers an inner box: constant borders around it, dimension by dimension. */
  private emitPadded(op: Operation, name: string, sizes: readonly Size[]): void {
    const structured = StructuredOp.of(op)!;
    const map = structured.indexingMaps(op)[op.operandCount] as AffineMap;
    const buffer = this.buffers.get(op.result(0))!;
    const type = op.result(0).type as TensorType;
    const fill = structured.fill!(op);
    const rank = type.shape.length;
    const point = new Array<Value>(rank);
    const at: Value[] = [];
    let clones = 0;
    const borders = (depth: number, filled: boolean): void => {
      if (depth === rank) {
        this.code.scope(() => {
          const value = filled
            ? buildConstant(this.builder, op.loc, fill, signless(op.context, type.element))
            : this.code.body(op, point, [])[0]!;
          buildStore(this.builder, op.loc, value, buffer, at.slice());
        });
        return;
      }
      const total = this.sizeOf(op.result(0), depth);
      const loop = (lower: Size, upper: Size, inside: boolean) => {
        if (lower === upper) return;
        const suffix = inside ? '' : `~${++clones}`;
        buildFor(this.builder, op.loc, { lower, upper, step: 1, name: `${name}.d${depth}${suffix}` }, (_, iv) => {
          at.push(iv);
          if (!filled && inside) {
            const offset = map.results[depth]!.evaluate(new Array(rank).fill(0), []);
            point[depth] = applyAffine(this.builder, op.loc, shiftMap(op, -offset), [iv]);
          }
          borders(depth + 1, filled || !inside);
          at.pop();
          return [];
        });
      };
      if (filled) {
        loop(0, total, false);
        return;
      }
      const offset = map.results[depth]!.evaluate(new Array(rank).fill(0), []);
      const size = sizes[depth]!;
      const end =
        typeof size === 'number' ? size + offset : applyAffine(this.builder, op.loc, shiftMap(op, offset), [size]);
      loop(0, offset, false);
      loop(offset, end, true);
      loop(end, total, false);
    };
    borders(0, false);
  }
}

function volume({ lower, upper }: Box): number {
  return lower.reduce((n, begin, d) => n * (upper[d]! - begin), 1);
}

/** value + amount */
function addSizes(builder: Builder, op: Operation, value: Value, amount: Size): Value {
  if (typeof amount === 'number') return applyAffine(builder, op.loc, shiftMap(op, amount), [value]);
  const sum = AffineExpr.dim(0).add(AffineExpr.symbol(0));
  return applyAffine(builder, op.loc, op.context.affineMap(1, 1, [sum]), [value, amount]);
}

/** Whether two arguments of a kernel are one buffer, as bufferization decided. */
function sharesMemory(input: Value | undefined, output: Value): boolean {
  const kernel = output.parentBlock?.parentOp;
  if (!input || !kernel || output.definingOp || input.definingOp) return false;
  const shared = argumentAttr(kernel, output.index, IN_PLACE_ATTR);
  return shared instanceof IntegerAttr && shared.number === input.index;
}

/** d0 -> d0 + offset */
function shiftMap(op: Operation, offset: number): AffineMap {
  return op.context.affineMap(1, 0, [AffineExpr.dim(0).add(offset)]);
}

/** Integers lose their sign on the way to buffers; the ops know it. */
function signless(context: Context, type: Type): Type {
  return type instanceof IntegerType ? context.integer(type.width) : type;
}
