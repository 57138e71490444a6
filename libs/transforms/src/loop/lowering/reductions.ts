// Loops of a reduction, or of some that run side by side, in the order their attribute fixes (CONTRACTS: numerics), in
// memory form: accumulators are private buffers that scalar replacement later turns into loop-carried values.
import { OrderAttr } from '@budflow/dialect-array';
import { NegFOp, signlessType } from '@budflow/dialect-core';
import { applyAffine, buildFor, buildIndexConstant, combineAffine } from '@budflow/dialect-loop';
import { AllocaOp, buildLoad, buildStore } from '@budflow/dialect-memory';
import {
  AffineExpr,
  type Attribute,
  type Builder,
  type Context,
  DYNAMIC,
  elementTypeOf,
  FloatType,
  type LocationRef,
  type Operation,
  StringAttr,
  StructuredOp,
  type Type,
  type Value,
} from '@budflow/ir';
import type { ScalarCode } from './scalar-code.js';
import { bitIsSet, buildConstant, buildIf, buildSelect, buildWhile, shiftRight } from './scalar-ops.js';

/** A size known at compile time, or an index value. */
export type Size = number | Value;

export interface ReductionSite {
  /** The reduction, the first of those that run side by side: they have one domain and one order. */
  readonly op: Operation;
  readonly ops: readonly Operation[];
  readonly stage: string;
  /** Full point of the domain from the parallel coordinates (already in place) and the reduction coordinates. */
  readonly point: (reduction: readonly Value[]) => Value[];
  /** Sizes of the reduction dims, outer to inner. */
  readonly sizes: readonly Size[];
  /** Element types of the results of all of them. */
  readonly types: readonly Type[];
  /** What the fold starts from where no identity is known: the init values, which are then not combined again. */
  readonly initial?: readonly Value[];
  /** The whole kernel is this reduction: it is cut into chunks whose partial results are combined by index. */
  readonly wholeKernel: boolean;
}

/** More blocks than a reduction can have: 2^32 blocks of 1,024 elements. */
const MAX_LEVELS = 32;

/** A block of at most so many elements is written out: loops over lanes would cost more than they do. */
const SHORT = 15;

/** Blocks of one chunk of a whole-kernel reduction: a power of two, so that chunks merge as their blocks would. */
const BLOCKS_PER_CHUNK = 256;

/** Windows of at most so many places are written out. */
export const SMALL_WINDOW = 25;

/**
 * Sizes of the reduction dims when they are a small window that slides: each moves a subscript of an operand together with
 * a parallel dimension.
 */
function windowPlaces(op: Operation, sizes: readonly Size[]): number[] | undefined {
  if (!sizes.every((s) => typeof s === 'number') || sizes.length === 0) return undefined;
  const places = sizes as number[];
  const count = places.reduce((n, d) => n * d, 1);
  if (count < 1 || count > SMALL_WINDOW) return undefined;
  const structured = StructuredOp.of(op)!;
  const domain = structured.domain(op);
  const parallel = domain.flatMap((d, i) => (d.iterator === 'parallel' ? [i] : []));
  const reduced = domain.flatMap((d, i) => (d.iterator === 'reduction' ? [i] : []));
  const subscripts = structured
    .indexingMaps(op)
    .slice(0, op.operandCount)
    .flatMap((map) => map?.results ?? []);
  const slides = (dim: number) => subscripts.some((e) => e.usesDim(dim) && parallel.some((p) => e.usesDim(p)));
  return reduced.every((dim, i) => places[i] === 1 || slides(dim)) && places.some((n) => n > 1) ? places : undefined;
}

/** What a function of each reduction and its parts of lists of values, one for each result, returns. */
export function eachReduction(
  ops: readonly Operation[],
  lists: readonly (readonly Value[])[],
  make: (op: Operation, ...parts: readonly Value[][]) => Value[],
): Value[] {
  let begin = 0;
  return ops.flatMap((op) => {
    const from = begin;
    begin += op.resultCount;
    return make(op, ...lists.map((list) => list.slice(from, from + op.resultCount)));
  });
}

export class ReductionEmitter {
  private readonly builder: Builder;
  private readonly code: ScalarCode;
  private readonly context: Context;

  constructor(builder: Builder, code: ScalarCode) {
    this.builder = builder;
    this.code = code;
    this.context = builder.context;
  }

  /** Emits the loops at the insertion point and returns the totals, without the init value. */
  emit(site: ReductionSite): Value[] {
    if (site.initial) return this.sequential(site);
    const order = StructuredOp.of(site.op)?.reduction?.order(site.op) ?? { kind: 'sequential' as const };
    const totals =
      order.kind === 'lanes'
        ? this.blocked(site, order.lanes * order.accumulators, order.block)
        : order.kind === 'outer'
          ? this.blocked(site, 1, order.block)
          : this.sequential(site);
    return eachReduction(site.ops, [totals], (member, part) => this.mirrored(member, part!));
  }

  private identities(site: ReductionSite): Value[] {
    return eachReduction(site.ops, [], (op) =>
      StructuredOp.of(op)!
        .reduction!.identity(op)
        .flatMap((identity, i) => {
          const type = signlessType(this.context, elementTypeOf(op.result(i).type)!);
          return this.mirrored(op, [buildConstant(this.builder, op.loc, identity as Attribute, type)]);
        }),
    );
  }

  /**
   * A maximum of floats accumulates the minimum of the negated elements: max(a, b) == -min(-a, -b), and targets whose
   * maximum must mind NaN and zeros have a shorter minimum. Canonicalization moves the negations into the elements.
   */
  private mirrored(op: Operation, values: readonly Value[]): Value[] {
    const kind = op.attr('kind');
    if (!(kind instanceof StringAttr) || kind.value !== 'max' || !values.every((v) => v.type instanceof FloatType))
      return values.slice();
    return values.map((operand) => NegFOp.build(this.builder, op.loc, { operand }));
  }

  /** The accumulators after the elements of one point. */
  private next(site: ReductionSite, point: readonly Value[], values: readonly Value[]): Value[] {
    return eachReduction(site.ops, [values], (op, old) =>
      this.mirrored(op, this.code.body(op, point, this.mirrored(op, old!))),
    );
  }

  private combine(site: ReductionSite, lhs: readonly Value[], rhs: readonly Value[]): Value[] {
    return eachReduction(site.ops, [lhs, rhs], (op, left, right) => {
      const { combine } = StructuredOp.of(op)!.reduction!;
      const combined = combine(op, this.builder, op.loc, this.mirrored(op, left!), this.mirrored(op, right!));
      return this.mirrored(op, combined);
    });
  }

  private alloca(shape: readonly number[], type: Type, loc: LocationRef): Value {
    return AllocaOp.build(this.builder, loc, { dynamicSizes: [], resultTypes: [this.context.memref(shape, type)] });
  }

  private store(
    site: ReductionSite,
    values: readonly Value[],
    cells: readonly Value[],
    indices: readonly Value[],
  ): void {
    values.forEach((value, i) => {
      buildStore(this.builder, site.op.loc, value, cells[i]!, indices);
    });
  }

  private index(value: number): Value {
    return buildIndexConstant(this.builder, 0, value);
  }

  /** acc = identity; for every point in ascending order: acc = body(acc). */
  private sequential(site: ReductionSite): Value[] {
    const { op, stage } = site;
    const places = windowPlaces(op, site.sizes);
    if (places) return this.window(site, places);
    const cells = site.types.map((t) => this.alloca([], t, op.loc));
    this.store(site, site.initial ?? this.identities(site), cells, []);
    this.nest(site, stage, 0, [], (point) => this.accumulate(site, point, cells, []));
    return cells.map((c) => buildLoad(this.builder, op.loc, c, []));
  }

  /** The same without loops: neighbours of a small window read the same elements, which is seen where they are written out. */
  private window(site: ReductionSite, sizes: readonly number[]): Value[] {
    let values = site.initial?.slice() ?? this.identities(site);
    const count = sizes.reduce((n, d) => n * d, 1);
    for (let i = 0; i < count; i++) {
      let rest = i;
      const place = sizes.slice();
      for (let d = sizes.length - 1; d >= 0; d--) {
        place[d] = rest % sizes[d]!;
        rest = Math.floor(rest / sizes[d]!);
      }
      const point = site.point(place.map((p) => this.index(p)));
      values = this.next(site, point, values);
    }
    return values;
  }

  /** Loops over all reduction dims, named `stage.r0 ...`. */
  private nest(
    site: ReductionSite,
    stage: string,
    depth: number,
    ivs: Value[],
    body: (ivs: readonly Value[]) => void,
  ): void {
    if (depth === site.sizes.length) {
      this.code.scope(() => body(ivs));
      return;
    }
    buildFor(
      this.builder,
      site.op.loc,
      { lower: 0, upper: site.sizes[depth]!, step: 1, name: `${stage}.r${depth}`, ...this.freeOrder(site) },
      (_, iv) => {
        this.nest(site, stage, depth + 1, [...ivs, iv], body);
        return [];
      },
    );
  }

  /** A reduction of any order says so on its loops: schedules may choose one (rfactor). */
  private freeOrder(site: ReductionSite): { readonly attributes?: Record<string, Attribute> } {
    const order = StructuredOp.of(site.op)?.reduction?.order(site.op);
    if (order?.kind !== 'free') return {};
    return { attributes: { order: this.context.dialectAttr(OrderAttr, order) } };
  }

  private accumulate(
    site: ReductionSite,
    reduction: readonly Value[],
    cells: readonly Value[],
    lane: readonly Value[],
  ): void {
    const { op } = site;
    const old = cells.map((c) => buildLoad(this.builder, op.loc, c, lane));
    this.store(site, this.next(site, site.point(reduction), old), cells, lane);
  }

  /**
   * Element e of the flattened reduction domain goes to lane e mod `lanes` within its block of `block` elements; lanes
   * combine in halves, blocks by index as a binary counter does.
   */
  private blocked(site: ReductionSite, lanes: number, block: number): Value[] {
    const total = this.flattenedSize(site);
    if (typeof total === 'number' && total <= block) return this.block(site, lanes, this.index(0), total);
    return this.manyBlocks(site, lanes, block, total);
  }

  private flattenedSize(site: ReductionSite): Size {
    let known = 1;
    const dynamic: Value[] = [];
    for (const size of site.sizes) {
      if (typeof size === 'number') known *= size;
      else dynamic.push(size);
    }
    if (dynamic.length === 0) return known;
    const expr = dynamic.map((_, i) => AffineExpr.symbol(i)).reduce((a, b) => a.mul(b));
    return applyAffine(
      this.builder,
      site.op.loc,
      this.context.affineMap(0, dynamic.length, [expr.mul(known)]),
      dynamic,
    );
  }

  /** Reduction coordinates of flattened element `e`. */
  private unflatten(site: ReductionSite, e: Value): Value[] {
    if (site.sizes.length === 1) return [e];
    const dynamic = site.sizes.filter((s): s is Value => typeof s !== 'number');
    const symbols = new Map<Value, number>(dynamic.map((v, i) => [v, i]));
    const coordinates: AffineExpr[] = [];
    let rest: AffineExpr = AffineExpr.dim(0);
    for (let d = site.sizes.length - 1; d > 0; d--) {
      const size = site.sizes[d]!;
      const extent = typeof size === 'number' ? AffineExpr.constant(size) : AffineExpr.symbol(symbols.get(size)!);
      coordinates.unshift(rest.mod(extent));
      rest = rest.floorDiv(extent);
    }
    coordinates.unshift(rest);
    return coordinates.map((c) =>
      applyAffine(this.builder, site.op.loc, this.context.affineMap(1, dynamic.length, [c]), [e, ...dynamic]),
    );
  }

  /** One block: elements [start, start + count). Returns the combined lanes. */
  private block(site: ReductionSite, lanes: number, start: Value, count: Size): Value[] {
    if (typeof count === 'number' && count > 0 && count <= Math.min(lanes, SHORT))
      return this.short(site, lanes, count);
    const { op, stage } = site;
    const { builder, context } = this;
    const shape = lanes === 1 ? [] : [lanes];
    const cells = site.types.map((t) => this.alloca(shape, t, op.loc));
    const element = (o: Value, l: Value | null): Value[] => {
      const e = AffineExpr.dim(0).add(AffineExpr.dim(1).mul(lanes));
      const flat = l
        ? applyAffine(builder, op.loc, context.affineMap(3, 0, [e.add(AffineExpr.dim(2))]), [start, o, l])
        : applyAffine(builder, op.loc, context.affineMap(2, 0, [e]), [start, o]);
      return this.unflatten(site, flat);
    };
    if (lanes === 1) {
      this.store(site, this.identities(site), cells, []);
      buildFor(builder, op.loc, { lower: 0, upper: count, step: 1, name: `${stage}.r0` }, (_, o) => {
        this.code.scope(() => this.accumulate(site, element(o, null), cells, []));
        return [];
      });
      return cells.map((c) => buildLoad(builder, op.loc, c, []));
    }
    buildFor(builder, op.loc, { lower: 0, upper: lanes, step: 1, name: `${stage}.i` }, (_, l) => {
      this.store(site, this.identities(site), cells, [l]);
      return [];
    });
    const d0 = AffineExpr.dim(0);
    const derive = (e: AffineExpr): Size =>
      typeof count === 'number'
        ? e.evaluate([count], [])
        : applyAffine(builder, op.loc, context.affineMap(1, 0, [e]), [count]);
    const steps = derive(d0.floorDiv(lanes));
    buildFor(builder, op.loc, { lower: 0, upper: steps, step: 1, name: `${stage}.r0` }, (_, o) => {
      buildFor(builder, op.loc, { lower: 0, upper: lanes, step: 1, name: `${stage}.l` }, (_inner, l) => {
        this.code.scope(() => this.accumulate(site, element(o, l), cells, [l]));
        return [];
      });
      return [];
    });
    const rest = derive(d0.mod(lanes));
    if (rest !== 0) {
      const last = typeof steps === 'number' ? this.index(steps) : steps;
      buildFor(builder, op.loc, { lower: 0, upper: rest, step: 1, name: `${stage}.t` }, (_, l) => {
        this.code.scope(() => this.accumulate(site, element(last, l), cells, [l]));
        return [];
      });
    }
    return this.combineLanes(site, cells, lanes);
  }

  /**
   * A block of few elements, each in a lane of its own, without loops: the parallel loops around stay the innermost
   * ones. Lanes without an element hold the identity, which changes nothing, and are left out of the halves.
   */
  private short(site: ReductionSite, lanes: number, count: number): Value[] {
    const values = Array.from({ length: count }, (_, l) => {
      const point = site.point(this.unflatten(site, this.index(l)));
      return this.next(site, point, this.identities(site));
    });
    for (let half = lanes / 2; half >= 1; half /= 2) {
      const high = values.splice(Math.min(half, values.length));
      high.forEach((value, l) => {
        values[l] = this.combine(site, values[l]!, value);
      });
    }
    return values[0]!;
  }

  /** Halves: lane l with lane l + L/2, then L/4, ... on the accumulators in memory. Left in lane 0. */
  private combineLanes(site: ReductionSite, cells: readonly Value[], lanes: number): Value[] {
    const { builder, context } = this;
    const { op, stage } = site;
    for (let half = lanes / 2; half >= 1; half /= 2) {
      buildFor(builder, op.loc, { lower: 0, upper: half, step: 1, name: `${stage}.h${half}` }, (_, l) => {
        const upper = applyAffine(builder, op.loc, context.affineMap(1, 0, [AffineExpr.dim(0).add(half)]), [l]);
        const low = cells.map((c) => buildLoad(builder, op.loc, c, [l]));
        const high = cells.map((c) => buildLoad(builder, op.loc, c, [upper]));
        this.store(site, this.combine(site, low, high), cells, [l]);
        return [];
      });
    }
    return cells.map((c) => buildLoad(builder, op.loc, c, [this.index(0)]));
  }

  private manyBlocks(site: ReductionSite, lanes: number, block: number, total: Size): Value[] {
    const { op, stage } = site;
    const { builder, context } = this;
    const s0 = AffineExpr.symbol(0);
    const blocks: Size =
      typeof total === 'number'
        ? Math.ceil(total / block)
        : applyAffine(builder, op.loc, context.affineMap(0, 1, [s0.ceilDiv(block)]), [total]);
    if (!site.wholeKernel || (typeof blocks === 'number' && blocks <= BLOCKS_PER_CHUNK))
      return this.countBlocks(site, lanes, block, total, this.index(0), blocks);
    const chunks: Size =
      typeof blocks === 'number'
        ? Math.ceil(blocks / BLOCKS_PER_CHUNK)
        : applyAffine(builder, op.loc, context.affineMap(0, 1, [s0.ceilDiv(BLOCKS_PER_CHUNK)]), [blocks]);
    const sizes = typeof chunks === 'number' ? [] : [chunks];
    const partials = site.types.map((t) =>
      AllocaOp.build(builder, op.loc, {
        dynamicSizes: sizes,
        resultTypes: [context.memref([typeof chunks === 'number' ? chunks : DYNAMIC], t)],
      }),
    );
    buildFor(builder, op.loc, { lower: 0, upper: chunks, step: 1, name: `${stage}.c` }, (_, c) => {
      const first = applyAffine(builder, op.loc, context.affineMap(1, 0, [AffineExpr.dim(0).mul(BLOCKS_PER_CHUNK)]), [
        c,
      ]);
      const count = this.blockCount(site, c, BLOCKS_PER_CHUNK, blocks);
      const value = this.code.scope(() => this.countBlocks(site, lanes, block, total, first, count));
      this.store(site, value, partials, [c]);
      return [];
    });
    const stacks = site.types.map((t) => this.alloca([MAX_LEVELS], t, op.loc));
    buildFor(builder, op.loc, { lower: 0, upper: chunks, step: 1, name: `${stage}.g` }, (_, c) => {
      this.push(
        site,
        stacks,
        c,
        partials.map((p) => buildLoad(builder, op.loc, p, [c])),
      );
      return [];
    });
    return this.finish(site, `${stage}.gf`, stacks, typeof chunks === 'number' ? this.index(chunks) : chunks);
  }

  /** Blocks [first, first + count) as a binary counter. */
  private countBlocks(
    site: ReductionSite,
    lanes: number,
    block: number,
    total: Size,
    first: Value,
    count: Size,
  ): Value[] {
    const { op, stage } = site;
    const { builder, context } = this;
    const stacks = site.types.map((t) => this.alloca([MAX_LEVELS], t, op.loc));
    buildFor(builder, op.loc, { lower: 0, upper: count, step: 1, name: `${stage}.b` }, (_, b) => {
      const d = AffineExpr.dim;
      const at = applyAffine(builder, op.loc, context.affineMap(2, 0, [d(0).add(d(1))]), [first, b]);
      const start = applyAffine(builder, op.loc, context.affineMap(1, 0, [d(0).mul(block)]), [at]);
      const partial = this.block(site, lanes, start, this.blockCount(site, at, block, total));
      this.push(site, stacks, b, partial);
      return [];
    });
    return this.finish(site, `${stage}.f`, stacks, typeof count === 'number' ? this.index(count) : count);
  }

  private blockCount(site: ReductionSite, b: Value, block: number, total: Size): Size {
    if (typeof total === 'number' && total % block === 0) return block;
    const { builder, context } = this;
    const left = (t: AffineExpr) => t.sub(AffineExpr.dim(0).mul(block));
    const map =
      typeof total === 'number'
        ? context.affineMap(1, 0, [AffineExpr.constant(block), left(AffineExpr.constant(total))])
        : context.affineMap(1, 1, [AffineExpr.constant(block), left(AffineExpr.symbol(0))]);
    return combineAffine(builder, site.op.loc, 'loop.min', map, typeof total === 'number' ? [b] : [b, total]);
  }

  /** Binary counter: block b merges with as many finished neighbours as b has trailing one bits. */
  private push(site: ReductionSite, stacks: readonly Value[], b: Value, partial: readonly Value[]): void {
    const { builder, context } = this;
    const { loc } = site.op;
    const one = this.index(1);
    const state = buildWhile(
      builder,
      loc,
      [b, this.index(0), ...partial],
      ([rest]) => bitIsSet(builder, loc, rest!, this.index(0)),
      ([rest, level, ...value]) => {
        const older = stacks.map((s) => buildLoad(builder, loc, s, [level!]));
        const merged = this.combine(site, older, value);
        return [
          shiftRight(builder, loc, rest!, one),
          applyAffine(builder, loc, context.affineMap(1, 0, [AffineExpr.dim(0).add(1)]), [level!]),
          ...merged,
        ];
      },
    );
    const [, level, ...value] = state;
    this.store(site, value, stacks, [level!]);
  }

  /** Folds what the counter holds from right (lowest level, latest blocks) to left. */
  private finish(site: ReductionSite, name: string, stacks: readonly Value[], blocks: Value): Value[] {
    const { builder } = this;
    const { loc } = site.op;
    const none = buildConstant(builder, loc, this.context.falseAttr, this.context.i1);
    const loop = buildFor(
      builder,
      loc,
      { lower: 0, upper: MAX_LEVELS, step: 1, name, inits: [none, ...this.identities(site)] },
      (_, level, [some, ...value]) => {
        const set = bitIsSet(builder, loc, blocks, level);
        return buildIf(
          builder,
          loc,
          set,
          () => {
            const held = stacks.map((s) => buildLoad(builder, loc, s, [level]));
            const merged = this.combine(site, held, value);
            return [
              buildConstant(builder, loc, this.context.trueAttr, this.context.i1),
              ...merged.map((m, i) => buildSelect(builder, loc, some!, m, held[i]!)),
            ];
          },
          () => [some!, ...value],
        );
      },
    );
    return loop.results.slice(1);
  }
}
