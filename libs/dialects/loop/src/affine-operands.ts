// An affine map together with the values it is applied to: composition with the loop.apply ops that make the values,
// folding of constants, and one normal form. (MLIR does the same in AffineOps: composeAffineMapAndOperands,
// canonicalizeMapAndOperands.)
import {
  AffineExpr,
  type AffineMap,
  AffineMapAttr,
  ConstantLike,
  type Context,
  IndexType,
  IntegerAttr,
  type Operation,
  type Value,
} from '@budflow/ir';
import { constantDifference, normalizeExpr } from './affine-linear.js';

/** A map and its operands: those of the dimensions first, then those of the symbols. */
export interface AppliedMap {
  readonly map: AffineMap;
  readonly operands: readonly Value[];
}

/** The number an integer or index value is known to be (the result of a constant op); undefined when none or beyond 2^53. */
export function constantIndex(value: Value): number | undefined {
  const op = value.definingOp;
  if (op === null || !op.info.hasTrait(ConstantLike)) return undefined;
  const attr = op.attr('value');
  return attr instanceof IntegerAttr && typeof attr.value === 'number' ? attr.value : undefined;
}

/** Name of the op that applies a map; compared by name where importing its definition would be circular. */
export const APPLY_NAME = 'loop.apply';

function appliedBy(value: Value): { map: AffineMap; op: Operation } | undefined {
  const op = value.definingOp;
  if (op === null || op.name !== APPLY_NAME) return undefined;
  const attr = op.attr('map');
  if (!(attr instanceof AffineMapAttr) || attr.map.results.length !== 1) return undefined;
  if (attr.map.numDims + attr.map.numSymbols !== op.operandCount) return undefined;
  return { map: attr.map, op };
}

/** Whether the expression is affine in its dimensions: products, quotients and remainders only by constants and symbols. */
export function isAffineInDims(e: AffineExpr): boolean {
  switch (e.kind) {
    case 'dim':
    case 'symbol':
    case 'constant':
      return true;
    case 'add':
      return isAffineInDims(e.lhs!) && isAffineInDims(e.rhs!);
    case 'mul':
      return isAffineInDims(e.lhs!) && isAffineInDims(e.rhs!) && !(hasDims(e.lhs!) && hasDims(e.rhs!));
    default:
      return isAffineInDims(e.lhs!) && !hasDims(e.rhs!);
  }
}

function hasDims(e: AffineExpr): boolean {
  return e.kind === 'dim' || (e.lhs !== null && (hasDims(e.lhs) || hasDims(e.rhs!)));
}

/** Whether every constant in the expression is exact in a double. */
export function hasSafeConstants(e: AffineExpr): boolean {
  if (e.kind === 'constant') return Number.isSafeInteger(e.value);
  return e.lhs === null || (hasSafeConstants(e.lhs) && hasSafeConstants(e.rhs!));
}

function collectInputs(e: AffineExpr, dims: Set<number>, symbols: Set<number>): void {
  if (e.kind === 'dim') dims.add(e.value);
  else if (e.kind === 'symbol') symbols.add(e.value);
  else if (e.lhs !== null) {
    collectInputs(e.lhs, dims, symbols);
    collectInputs(e.rhs!, dims, symbols);
  }
}

class InputList {
  readonly values: Value[] = [];
  private readonly positions = new Map<Value, number>();
  position(value: Value): number {
    let at = this.positions.get(value);
    if (at === undefined) {
      at = this.values.length;
      this.values.push(value);
      this.positions.set(value, at);
    }
    return at;
  }
  find(value: Value): number | undefined {
    return this.positions.get(value);
  }
}

/** How far a chain of loop.apply ops is followed; longer chains keep the value in the middle as an operand. */
const COMPOSE_DEPTH = 64;

class Composer {
  readonly dims = new InputList();
  readonly symbols = new InputList();

  private readonly composeSymbols: 'all' | 'symbolic';
  constructor(composeSymbols: 'all' | 'symbolic') {
    this.composeSymbols = composeSymbols;
  }

  results(map: AffineMap, operands: readonly Value[], depth: number): AffineExpr[] {
    const dims: AffineExpr[] = [];
    const symbols: AffineExpr[] = [];
    for (let i = 0; i < map.numDims; i++) dims.push(this.input(operands[i]!, 'dim', depth));
    for (let i = 0; i < map.numSymbols; i++) symbols.push(this.input(operands[map.numDims + i]!, 'symbol', depth));
    return map.results.map((e) => e.replace(dims, symbols));
  }

  private input(value: Value, role: 'dim' | 'symbol', depth: number): AffineExpr {
    const constant = constantIndex(value);
    if (constant !== undefined) return AffineExpr.constant(constant);
    const applied = depth < COMPOSE_DEPTH ? appliedBy(value) : undefined;
    if (applied && (role === 'dim' || this.composeSymbols === 'all' || applied.map.numDims === 0)) {
      const inner = this.results(applied.map, applied.op.operands, depth + 1)[0]!;
      if (hasSafeConstants(inner)) return inner;
    }
    return role === 'dim' ? AffineExpr.dim(this.dims.position(value)) : AffineExpr.symbol(this.symbols.position(value));
  }
}

/**
 * The same function of values in normal form: operands made by loop.apply are composed into the map, constant operands
 * become constants, an operand occurs once (as a dimension when it was both), and unused inputs are gone. A symbol made
 * by a loop.apply over dimensions is composed only where the result stays affine.
 */
export function composeAppliedMap(context: Context, applied: AppliedMap): AppliedMap {
  return compose(context, applied, 'all') ?? compose(context, applied, 'symbolic') ?? applied;
}

function compose(context: Context, applied: AppliedMap, composeSymbols: 'all' | 'symbolic'): AppliedMap | null {
  const composer = new Composer(composeSymbols);
  let results = composer.results(applied.map, applied.operands, 0).map(normalizeExpr);
  if (!results.every(hasSafeConstants)) return null;
  if (composeSymbols === 'all' && applied.map.results.every(isAffineInDims) && !results.every(isAffineInDims))
    return null;
  // A value that is a dimension and a symbol becomes a dimension where that keeps the map affine.
  const shared = composer.symbols.values.map((v, i) => {
    const at = composer.dims.find(v);
    return at === undefined ? AffineExpr.symbol(i) : AffineExpr.dim(at);
  });
  const unified = results.map((e) => e.replace([], shared));
  if (unified.every(isAffineInDims)) results = unified;
  return pruneInputs(context, results, composer.dims.values, composer.symbols.values);
}

/** Drops inputs that no result uses and numbers the rest in order. */
export function pruneInputs(
  context: Context,
  results: readonly AffineExpr[],
  dims: readonly Value[],
  symbols: readonly Value[],
): AppliedMap {
  const usedDims = new Set<number>();
  const usedSymbols = new Set<number>();
  for (const e of results) collectInputs(e, usedDims, usedSymbols);
  const operands: Value[] = [];
  const newDims = dims.map((v, i) => {
    if (!usedDims.has(i)) return AffineExpr.constant(0);
    operands.push(v);
    return AffineExpr.dim(operands.length - 1);
  });
  const numDims = operands.length;
  const newSymbols = symbols.map((v, i) => {
    if (!usedSymbols.has(i)) return AffineExpr.constant(0);
    operands.push(v);
    return AffineExpr.symbol(operands.length - 1 - numDims);
  });
  const map = context.affineMap(
    numDims,
    operands.length - numDims,
    results.map((e) => normalizeExpr(e.replace(newDims, newSymbols))),
  );
  return { map, operands };
}

/** Two maps over one operand list, so that their results can be compared and subtracted. */
export function overCommonInputs(context: Context, a: AppliedMap, b: AppliedMap): { a: AffineExpr[]; b: AffineExpr[] } {
  const inputs = new InputList();
  const rename = (m: AppliedMap): AffineExpr[] => {
    const at = m.operands.map((v) => AffineExpr.dim(inputs.position(v)));
    return m.map.results.map((e) => e.replace(at.slice(0, m.map.numDims), at.slice(m.map.numDims)));
  };
  return { a: rename(composeAppliedMap(context, a)), b: rename(composeAppliedMap(context, b)) };
}

/**
 * Drops results that another result always beats: for a minimum r where some other result is r - c with c >= 0, for a
 * maximum the reverse. Of equal results the first stays.
 */
export function dropDominatedResults(context: Context, applied: AppliedMap, kind: 'min' | 'max'): AppliedMap {
  const { map, operands } = applied;
  const kept: AffineExpr[] = [];
  map.results.forEach((e, i) => {
    const beaten = map.results.some((other, j) => {
      if (i === j) return false;
      const d = constantDifference(e, other);
      if (d === undefined) return false;
      if (d === 0) return j < i;
      return kind === 'min' ? d > 0 : d < 0;
    });
    if (!beaten) kept.push(e);
  });
  if (kept.length === map.results.length) return applied;
  return pruneInputs(context, kept, operands.slice(0, map.numDims), operands.slice(map.numDims));
}

/** The map `()[s0] -> (s0)` of one value, or a constant map: how a bound of one value or number is kept. */
export function appliedValue(context: Context, value: Value | number): AppliedMap {
  if (typeof value === 'number') return { map: context.constantMap(value), operands: [] };
  return { map: context.affineMap(0, 1, [AffineExpr.symbol(0)]), operands: [value] };
}

/** The single value a map stands for when it has one result that is just an input. */
export function singleValue(applied: AppliedMap): Value | undefined {
  const { map, operands } = applied;
  const only = map.results[0];
  if (map.results.length !== 1 || only === undefined) return undefined;
  if (only.kind === 'dim') return operands[only.value];
  if (only.kind === 'symbol') return operands[map.numDims + only.value];
  return undefined;
}

/** True when both stand for the same map of the same values in the same order. */
export function sameApplied(a: AppliedMap, b: AppliedMap): boolean {
  return a.map === b.map && a.operands.length === b.operands.length && a.operands.every((v, i) => v === b.operands[i]);
}

export function isIndex(value: Value): boolean {
  return value.type instanceof IndexType;
}
