// pack: copies what a nest reads of a buffer into the order in which it reads it, before the nest.
//
//   loop.for %o .. name "mm.d1.o" {             loop.for %o .. name "pack.d0" {  loop.for %k .. name "pack.d1" {
//     loop.for %k .. name "mm.r0" {               simd.store (simd.load %b[%k, %o * 8]), %panel[%o, %k, 0] } }
//       simd.load %b[%k, %o * 8] } }       ->   loop.for %o .. { loop.for %k .. {
//                                                 simd.load %panel[%o, %k, 0] } }
//
// The copy has one dimension for each of the loops named, outermost first, then one for unrolled copies of the load where
// there are several, then one for lanes. Loads inside all of the loops whose address depends on nothing else in the nest
// are redirected; the others keep reading the buffer, which the nest must not write. (Goto and van de Geijn, 2008.)
import { type Access, bufferName, collectAccesses, isDefinedInside, loopName, overlapOf } from '@budflow/analysis';
import {
  applyAffine,
  buildFor,
  buildIndexConstant,
  combineAffine,
  ForOp,
  forBounds,
  inductionVariable,
} from '@budflow/dialect-loop';
import { AllocaOp, LoadOp, StoreOp } from '@budflow/dialect-memory';
import { LoadOp as VectorLoad, StoreOp as VectorStore } from '@budflow/dialect-simd';
import {
  AffineExpr,
  Builder,
  type Context,
  DYNAMIC,
  elementTypeOf,
  type LocationRef,
  type Operation,
  type Value,
  VectorType,
} from '@budflow/ir';
import { findBuffer } from './buffers.js';
import { findLoop, isMovable, loopNames, rootOp } from './loop-tree.js';
import { definePrimitive, Refusal } from './primitive.js';
import type { PackStep } from './steps.js';

const LOADS = new Set(['memory.load', 'simd.load', 'simd.strided_load']);

export const pack = definePrimitive<PackStep>('pack', (kernel, { buffer: name, loops: names }) => {
  // 1. The nest, the loops and the buffer.
  const loops = names.map((n) => findLoop(kernel, n));
  const nest = rootOp(kernel, loops[0]!);
  loops.forEach((loop, i) => {
    if (loops.indexOf(loop) !== i) throw new Refusal(`loop "${names[i]}" is named twice`, { loop: names[i] });
    if (rootOp(kernel, loop) !== nest)
      throw new Refusal(`loops "${names[0]}" and "${names[i]}" are in different nests`, { loop: names[i] });
  });
  const root = findBuffer(kernel, name);
  const { accesses, unknown } = collectAccesses(nest);
  if (unknown) throw new Refusal(`'${unknown.name}' may touch any memory`, { loop: names[0] });
  for (const access of accesses) {
    if (access.kind !== 'write' || overlapOf(kernel, access.root, root) === 'none') continue;
    const message = `write of ${bufferName(kernel, root)} in the nest of loop "${names[0]}"`;
    throw new Refusal(`the nest may write what is packed: ${message}`, {
      loop: names[0],
      dependence: { message, source: access.op.loc, sink: access.op.loc },
    });
  }

  // 2. The loads to redirect: all of one type.
  const inside = accesses.filter(
    (a) => a.root === root && LOADS.has(a.op.name) && loops.every((loop) => loop.isAncestorOf(a.op)),
  );
  const loads = inside.filter((a) => isCopyable(a, nest, loops)).map((a) => a.op);
  if (loads.length === 0) {
    const why = inside.length
      ? 'the addresses of its loads depend on other values of the nest'
      : 'it is not loaded inside these loops';
    throw new Refusal(`nothing of ${bufferName(kernel, root)} can be packed: ${why}`, { loop: names[0] });
  }
  const type = loads[0]!.result(0).type;
  const same = loads.filter((load) => load.result(0).type === type);
  loops.forEach((loop, i) => {
    checkBounds(loop, loops.slice(0, i), nest);
  });
  const blocker = loads.map((load) => conditionalAround(load, nest)).find((op) => op !== null);
  if (blocker) throw new Refusal(`loads under '${blocker.name}' may not be executed`, { loop: names[0] });

  // 3. The copy, and the loads from it.
  emit(kernel, nest, loops, distinctLoads(same));
});

/** Whether the load can be made in front of the nest: it depends on the loops named and on what is defined outside. */
function isCopyable(access: Access, nest: Operation, loops: readonly Operation[]): boolean {
  const variables = new Set(loops.map(inductionVariable));
  const free = (value: Value): boolean => {
    if (variables.has(value) || !isDefinedInside(value, nest)) return true;
    const op = value.definingOp;
    return op !== null && isMovable(op) && op.operands.every(free);
  };
  return access.op.operands.every(free);
}

/** The bounds of a packed loop are known in front of the nest, or for each iteration of packed loops before it. */
function checkBounds(loop: Operation, before: readonly Operation[], nest: Operation): void {
  const { lower } = forBounds(loop);
  const where = { loop: loopName(loop) };
  if (lower.map.results.length !== 1)
    throw new Refusal(`the lower bound of loop "${loopName(loop)}" is a maximum`, where);
  if (isFixed(loop, nest)) return;
  const variables = before.map(inductionVariable);
  if (!isFixed(loop, nest, variables))
    throw new Refusal(
      `the bounds of loop "${loopName(loop)}" depend on a loop around it that is not packed before`,
      where,
    );
  if (constantTrips(loop) === undefined)
    throw new Refusal(
      `the bounds of loop "${loopName(loop)}" depend on a loop around it, without a constant limit`,
      where,
    );
}

/** Whether bounds can be computed in front of the nest, given some variables. */
function isFixed(loop: Operation, nest: Operation, variables: readonly Value[] = []): boolean {
  const { lower, upper } = forBounds(loop);
  const computable = (value: Value): boolean => {
    if (!isDefinedInside(value, nest) || variables.includes(value)) return true;
    const op = value.definingOp;
    return op !== null && isMovable(op) && op.operands.every(computable);
  };
  return [...lower.operands, ...upper.operands].every(computable);
}

/** At most so many iterations, by the constants among the bounds. */
function constantTrips(loop: Operation): number | undefined {
  const { lower, upper, step } = forBounds(loop);
  const first = lower.map.singleConstant();
  const limits = upper.map.results.flatMap((e) => (e.kind === 'constant' ? [e.value] : []));
  if (first === null || first === undefined || limits.length === 0) return undefined;
  return Math.max(0, Math.ceil((Math.min(...limits) - first) / step));
}

function conditionalAround(op: Operation, nest: Operation): Operation | null {
  for (let at = op.parentOp; at && at !== nest; at = at.parentOp) if (!ForOp.is(at)) return at;
  return null;
}

/** Loads that read the same share a place in the copy. */
function distinctLoads(loads: readonly Operation[]): Operation[][] {
  const groups: Operation[][] = [];
  for (const load of loads) {
    const group = groups.find(
      ([first]) => first!.info === load.info && first!.operands.every((v, i) => sameValue(v, load.operand(i))),
    );
    if (group) group.push(load);
    else groups.push([load]);
  }
  return groups;
}

/** Equal by structure: the same ops on the same values. */
function sameValue(a: Value, b: Value): boolean {
  if (a === b) return true;
  const [x, y] = [a.definingOp, b.definingOp];
  if (
    !x ||
    !y ||
    x.info !== y.info ||
    x.attributes !== y.attributes ||
    a.index !== b.index ||
    x.operandCount !== y.operandCount
  )
    return false;
  return isMovable(x) && x.operands.every((v, i) => sameValue(v, y.operand(i)));
}

function emit(
  kernel: Operation,
  nest: Operation,
  loops: readonly Operation[],
  groups: readonly (readonly Operation[])[],
): void {
  const { context } = kernel;
  const builder = Builder.before(nest);
  const { loc } = groups[0]![0]!;
  const first = groups[0]![0]!;
  const vector = first.result(0).type instanceof VectorType ? (first.result(0).type as VectorType).lanes : 0;

  // The sizes of the copy.
  const copies = new Copier(nest, builder);
  const trips = loops.map((loop) =>
    isFixed(loop, nest) ? tripCount(loop, copies, builder) : (constantTrips(loop) ?? 0),
  );
  const shape = trips.map((t) => (typeof t === 'number' ? t : DYNAMIC));
  const sizes = trips.filter((t): t is Value => typeof t !== 'number');
  if (groups.length > 1) shape.push(groups.length);
  if (vector > 0) shape.push(vector);
  const element = elementTypeOf(first.result(0).type);
  const panel = AllocaOp.build(builder, loc, { dynamicSizes: sizes, resultTypes: [context.memref(shape, element)] });

  // The nest that fills it.
  const stage = freeStage(kernel);
  const fill = (depth: number, variables: Map<Value, Value>, places: readonly Value[], at: Builder): void => {
    if (depth === loops.length) {
      groups.forEach(([load], u) => {
        const value = new Copier(nest, at, variables).result(load!);
        const indices = placeIndices(at, loc, places, groups.length, u, vector);
        if (vector > 0) VectorStore.create(at, loc, { value, memref: panel, indices });
        else StoreOp.create(at, loc, { value, memref: panel, indices });
      });
      return;
    }
    const loop = loops[depth]!;
    // Elements of the last block that the nest does not read stay empty.
    const upper = isFixed(loop, nest) ? trips[depth]! : tripCount(loop, new Copier(nest, at, variables), at);
    buildFor(at, loop.loc, { upper, name: `${stage}.d${depth}` }, (inner, place) => {
      const iv = variableAt(loop, place, copies, inner);
      fill(depth + 1, new Map([...variables, [inductionVariable(loop), iv]]), [...places, place], inner);
    });
  };
  fill(0, new Map(), [], builder);

  // The loads from it.
  groups.forEach((loads, u) => {
    for (const load of loads) {
      const at = Builder.before(load);
      const places = loops.map((loop) => placeOf(loop, at, copies));
      const indices = placeIndices(at, load.loc, places, groups.length, u, vector);
      const made =
        vector > 0
          ? VectorLoad.build(at, load.loc, { memref: panel, indices, resultTypes: load.resultTypes })
          : LoadOp.build(at, load.loc, { memref: panel, indices });
      load.result(0).replaceAllUsesWith(made);
      load.erase();
    }
  });
}

function placeIndices(
  builder: Builder,
  loc: LocationRef,
  places: readonly Value[],
  copies: number,
  copy: number,
  vector: number,
): Value[] {
  const indices = places.slice();
  if (copies > 1) indices.push(buildIndexConstant(builder, loc, copy));
  if (vector > 0) indices.push(buildIndexConstant(builder, loc, 0));
  return indices;
}

/** Copies ops out of the nest, at most once each. */
class Copier {
  private readonly nest: Operation;
  private readonly builder: Builder;
  private readonly made: Map<Value, Value>;
  constructor(nest: Operation, builder: Builder, variables: ReadonlyMap<Value, Value> = new Map()) {
    this.nest = nest;
    this.builder = builder;
    this.made = new Map(variables);
  }
  value(old: Value): Value {
    const known = this.made.get(old);
    if (known) return known;
    if (!isDefinedInside(old, this.nest)) return old;
    const value = this.result(old.definingOp!, old.index);
    this.made.set(old, value);
    return value;
  }
  result(op: Operation, index = 0): Value {
    const mapping = new Map(op.operands.map((v) => [v, this.value(v)]));
    return this.builder.insert(op.clone(mapping)).result(index);
  }
}

/** Number of iterations: a constant, or a value in front of the nest. */
function tripCount(loop: Operation, copies: Copier, builder: Builder): number | Value {
  const { lower, upper, step } = forBounds(loop);
  const { context } = loop;
  const d = [lower.map.numDims, upper.map.numDims] as const;
  const s = [lower.map.numSymbols, upper.map.numSymbols] as const;
  const dims = Array.from({ length: d[1] }, (_, i) => AffineExpr.dim(d[0] + i));
  const symbols = Array.from({ length: s[1] }, (_, i) => AffineExpr.symbol(s[0] + i));
  const results = upper.map.results.flatMap((u) =>
    lower.map.results.map((l) => u.replace(dims, symbols).sub(l).ceilDiv(step)),
  );
  const operands = [
    ...lower.operands.slice(0, d[0]),
    ...upper.operands.slice(0, d[1]),
    ...lower.operands.slice(d[0]),
    ...upper.operands.slice(d[1]),
  ];
  const value = combineAffine(
    builder,
    loop.loc,
    'loop.min',
    context.affineMap(d[0] + d[1], s[0] + s[1], results),
    operands.map((v) => copies.value(v)),
  );
  const known = constantValue(value);
  if (known === undefined) return value;
  if (!value.hasUses) value.definingOp?.erase();
  return Math.max(0, known);
}

function constantValue(value: Value): number | undefined {
  const attr = value.definingOp?.name === 'arith.constant' ? value.definingOp.attr('value') : undefined;
  return attr && 'number' in attr ? (attr.number as number) : undefined;
}

/** The variable of a loop at iteration `place`: lower + place * step. */
function variableAt(loop: Operation, place: Value, copies: Copier, builder: Builder): Value {
  const { lower, step } = forBounds(loop);
  const { map } = lower;
  if (map.singleConstant() === 0 && step === 1) return place;
  const first = singleLower(loop).add(AffineExpr.dim(map.numDims).mul(step));
  const operands = lower.operands.map((v) => copies.value(v));
  return applyAffine(builder, loop.loc, affine(loop.context, map.numDims + 1, map.numSymbols, first), [
    ...operands.slice(0, map.numDims),
    place,
    ...operands.slice(map.numDims),
  ]);
}

/** The iteration a loop is in: (variable - lower) / step. */
function placeOf(loop: Operation, builder: Builder, copies: Copier): Value {
  const { lower, step } = forBounds(loop);
  const { map } = lower;
  const iv = inductionVariable(loop);
  if (map.singleConstant() === 0 && step === 1) return iv;
  const e = AffineExpr.dim(map.numDims).sub(singleLower(loop)).floorDiv(step);
  const operands = lower.operands.map((v) => copies.value(v));
  return applyAffine(builder, loop.loc, affine(loop.context, map.numDims + 1, map.numSymbols, e), [
    ...operands.slice(0, map.numDims),
    iv,
    ...operands.slice(map.numDims),
  ]);
}

function singleLower(loop: Operation): AffineExpr {
  return forBounds(loop).lower.map.results[0]!;
}

function affine(context: Context, dims: number, symbols: number, e: AffineExpr) {
  return context.affineMap(dims, symbols, [e]);
}

/** `pack`, `pack_1`, ...: the first that no loop has as its stage. */
function freeStage(kernel: Operation): string {
  const names = [...loopNames(kernel)];
  for (let n = 0; ; n++) {
    const stage = n === 0 ? 'pack' : `pack_${n}`;
    if (!names.some((name) => name.startsWith(`${stage}.`))) return stage;
  }
}
