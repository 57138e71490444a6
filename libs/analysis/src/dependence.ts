// Dependences between the accesses of a loop nest: by how many iterations of each loop two accesses to one element can
// be apart. Conservative: an interval of distances for each loop, found by interval arithmetic over the equations
// "subscript of one access == subscript of the other", one for each dimension. (Banerjee's bounds and the GCD test;
// Wolfe, High Performance Compilers for Parallel Computing, 5.)
import { ForOp, forBounds, inductionVariable, linearForm, normalizeExpr } from '@budflow/dialect-loop';
import type { AffineExpr, LocationRef, Operation, Value } from '@budflow/ir';
import { type Access, accessText, collectAccesses, isAllocation, overlapOf } from './accesses.js';
import { DependenceSystem, type Sign } from './dependence-system.js';
import { gcd } from './gcd.js';
import { IndexSpace, type Interval, maximalTripCount } from './index-space.js';
import { isDefinedInside, loopName } from './loops.js';
import { accumulationOf } from './reductions.js';

/** Two accesses that may touch one element, and how far the variable of each loop may be apart (second - first). */
export interface Dependence {
  readonly first: Access;
  readonly second: Access;
  /** One interval for each loop asked about, outermost first. */
  readonly distances: readonly Interval[];
}

/** A dependence as it is told to the user. */
export interface DependenceReport {
  /** The two accesses, e.g. `write of arg1[%i] and read of arg1[%i - 1]`, and the distance between them. */
  readonly message: string;
  readonly source: LocationRef;
  readonly sink: LocationRef;
}

/** One equation: sum of coefficient * distance of the loops + rest == 0, where the rest is start + k * step in [min, max]. */
interface Equation {
  readonly coefficients: readonly number[];
  readonly min: number;
  readonly max: number;
  /** Every value of the rest is `offset` modulo `step`; step 0: the rest is `offset`. */
  readonly offset: number;
  readonly step: number;
}

export class DependenceAnalysis {
  private readonly kernel: Operation;
  /** Perfectly or imperfectly nested loops, outermost first; none: both accesses happen in one run of the code around them. */
  private readonly loops: readonly Operation[];
  private readonly variables: readonly Value[];
  private readonly space = new IndexSpace();
  private readonly knownSubscripts = new Map<Access, readonly AffineExpr[]>();
  private readonly systems = new Map<Access, Map<Access, DependenceSystem>>();
  private knownLimits: readonly Interval[] | null = null;

  constructor(kernel: Operation, loops: readonly Operation[]) {
    this.kernel = kernel;
    this.loops = loops;
    this.variables = loops.map(inductionVariable);
  }

  /** How many loops were asked about. */
  get depth(): number {
    return this.loops.length;
  }

  /**
   * The dependences among accesses inside the innermost of the loops. Buffers allocated inside it are fresh in each
   * iteration and have none across.
   */
  all(accesses: readonly Access[]): Dependence[] {
    const innermost = this.loops[this.loops.length - 1]!;
    const shared = accesses.filter((a) => !(isAllocation(a.root) && isDefinedInside(a.root, innermost)));
    const found: Dependence[] = [];
    shared.forEach((first, i) => {
      for (const second of shared.slice(i)) {
        if (first.kind === 'read' && second.kind === 'read') continue;
        const distances = this.between(first, second);
        if (distances) found.push({ first, second, distances });
      }
    });
    return found;
  }

  /** The distances at which the accesses may meet; null when they never do. */
  between(first: Access, second: Access): readonly Interval[] | null {
    const overlap = overlapOf(this.kernel, first.root, second.root);
    if (overlap === 'none') return null;
    const limits = this.limits();
    if (limits.some((l) => l.max < 0)) return null;
    if (overlap === 'unknown' || !first.subscripts || !second.subscripts) return limits;
    const [a, b] = [this.subscripts(first), this.subscripts(second)];
    const equations: Equation[] = [];
    a.forEach((expr, dim) => {
      const equation = this.equation(expr, b[dim]!, laneRange(first, dim), laneRange(second, dim));
      if (equation) equations.push(equation);
    });
    for (const [p, q] of rejoined(a, b)) {
      const equation = this.equation(p, q, NO_LANES, NO_LANES);
      if (equation) equations.push(equation);
    }
    return solve(equations, limits);
  }

  /**
   * Whether the accesses may meet in iterations whose distances have these signs. The intervals of the dependence are
   * asked first; where they do not exclude it, the system of all bounds and subscripts is.
   */
  mayHave({ first, second, distances }: Dependence, signs: readonly Sign[]): boolean {
    const outside = signs.some((sign, k) => {
      const { min, max } = distances[k]!;
      return sign < 0 ? min >= 0 : sign > 0 ? max <= 0 : min > 0 || max < 0;
    });
    if (outside) return false;
    for (const { root } of [first, second]) {
      // A buffer allocated in a loop is another one in each of its iterations.
      if (!isAllocation(root)) continue;
      if (signs.some((sign, k) => sign !== 0 && isDefinedInside(root, this.loops[k]!))) return false;
    }
    if (!first.subscripts || !second.subscripts) return true;
    if (overlapOf(this.kernel, first.root, second.root) !== 'same') return true;
    const seconds = this.systems.get(first) ?? new Map<Access, DependenceSystem>();
    const system = seconds.get(second) ?? new DependenceSystem(this.space, this.loops, first, second);
    this.systems.set(first, seconds);
    seconds.set(second, system);
    return !system.isImpossible(signs);
  }

  /** All direction vectors that the dependence may have. */
  directions(dependence: Dependence): Sign[][] {
    const found: Sign[][] = [];
    this.findDirection(dependence, (signs) => {
      if (this.mayHave(dependence, signs)) found.push(signs.slice());
      return false;
    });
    return found;
  }

  /** The first direction vector of the dependence that `wanted` asks for; null when none may occur. */
  findDirection(dependence: Dependence, wanted: (signs: readonly Sign[]) => boolean): readonly Sign[] | null {
    const { distances } = dependence;
    const signs: Sign[] = [];
    const visit = (k: number): readonly Sign[] | null => {
      if (k === distances.length) return wanted(signs) && this.mayHave(dependence, signs) ? signs.slice() : null;
      const { min, max } = distances[k]!;
      for (const s of SIGNS) {
        if (s < 0 ? min >= 0 : s > 0 ? max <= 0 : min > 0 || max < 0) continue;
        signs.push(s);
        const found = visit(k + 1);
        signs.pop();
        if (found !== null) return found;
      }
      return null;
    };
    return visit(0);
  }

  /** How far the variables of the loops can be apart. */
  private limits(): readonly Interval[] {
    this.knownLimits ??= this.loops.map((loop, k) => {
      const { lower, step } = forBounds(loop);
      const trips = (maximalTripCount(this.space, loop) - 1) * step;
      // Where the start moves with a loop around it, iterations of different runs can be further apart.
      const moves = k > 0 && lower.operands.some((v) => isDefinedInside(v, this.loops[0]!));
      const range = this.space.valueRange(inductionVariable(loop));
      const most = moves && trips >= 0 ? range.max - range.min : trips;
      return { min: -most, max: most };
    });
    return this.knownLimits;
  }

  private subscripts(access: Access): readonly AffineExpr[] {
    let known = this.knownSubscripts.get(access);
    if (!known) {
      known = access.subscripts!.map((v) => this.space.of(v));
      this.knownSubscripts.set(access, known);
    }
    return known;
  }

  /** second - first == 0; null when the dimension tells nothing. */
  private equation(
    first: AffineExpr,
    second: AffineExpr,
    firstLanes: LaneRange,
    secondLanes: LaneRange,
  ): Equation | null {
    if (firstLanes === null || secondLanes === null) return null;
    const [a, b] = [linearForm(first), linearForm(second)];
    const constant = b.constant - a.constant;
    const coefficients = this.loops.map(() => 0);
    let [min, max] = [constant, constant];
    let step = 0;
    const free = (factor: number, r: Interval): void => {
      min += factor > 0 ? factor * r.min : factor * r.max;
      max += factor > 0 ? factor * r.max : factor * r.min;
      step = gcd(step, Math.abs(factor));
    };
    for (const atom of new Set([...a.terms.keys(), ...b.terms.keys()])) {
      const [ca, cb] = [a.terms.get(atom) ?? 0, b.terms.get(atom) ?? 0];
      const loop = atom.kind === 'dim' ? this.variables.indexOf(this.space.inputs[atom.value]!) : -1;
      if (loop >= 0 && ca === cb) {
        coefficients[loop] = ca;
        continue;
      }
      const range = this.space.range(atom);
      if (this.isInvariant(atom)) {
        if (ca === cb) continue;
        free(cb - ca, range);
      } else {
        if (ca !== 0) free(-ca, range);
        if (cb !== 0) free(cb, range);
      }
    }
    for (const [sign, lanes] of [
      [-1, firstLanes],
      [1, secondLanes],
    ] as const) {
      if (lanes.count > 1) free(sign * lanes.stride, { min: 0, max: lanes.count - 1 });
    }
    if (Number.isNaN(min) || Number.isNaN(max)) return null;
    return { coefficients, min, max, offset: constant, step };
  }

  /** Whether all inputs of an expression have one value during all iterations of the loops. */
  private isInvariant(e: AffineExpr): boolean {
    const [outermost] = this.loops;
    if (outermost === undefined) return true;
    if (e.kind === 'dim') return !isDefinedInside(this.space.inputs[e.value]!, outermost);
    return e.lhs === null || (this.isInvariant(e.lhs) && this.isInvariant(e.rhs!));
  }

  /** What to tell the user about a dependence that `loop` carries. */
  report(dependence: Dependence, loop: number): DependenceReport {
    const { first, second, distances } = dependence;
    const text = (access: Access): string => {
      const subscripts = access.subscripts ? this.subscripts(access).map((e) => this.print(e)) : null;
      return accessText(this.kernel, access, subscripts);
    };
    const d = distances[loop]!;
    const exact = d.min === d.max ? `at distance ${Math.abs(d.min)}` : 'at any distance';
    return {
      message: `${text(first)} and ${text(second)} ${exact} of loop "${loopName(this.loops[loop]!)}"`,
      source: first.op.loc,
      sink: second.op.loc,
    };
  }

  private print(e: AffineExpr): string {
    return normalizeExpr(e)
      .toString()
      .replace(/d(\d+)/g, (_, n: string) => inputName(this.space.inputs[Number(n)]!));
  }
}

/** How an input of a subscript is called in messages: by its loop, as an argument of the kernel, or by its op. */
function inputName(value: Value): string {
  if (value.definingOp) return value.definingOp.name;
  const op = value.parentBlock?.parentOp;
  if (op && ForOp.is(op) && value.index === 0) return loopName(op);
  return op && op.parentOp?.name === 'builtin.module' ? `arg${value.index}` : 'a carried value';
}

type LaneRange = { readonly count: number; readonly stride: number } | null;
const NO_LANES = { count: 1, stride: 0 } as const;

function laneRange(access: Access, dim: number): LaneRange {
  const { lanes } = access;
  if (!lanes || lanes.dim !== dim) return NO_LANES;
  return lanes.stride === null ? null : { count: lanes.count, stride: lanes.stride };
}

/**
 * Subscripts (e floordiv n) and (e mod n) together determine e: where both accesses have such a pair in the same
 * dimensions, the equation of e holds too.
 */
function rejoined(a: readonly AffineExpr[], b: readonly AffineExpr[]): [AffineExpr, AffineExpr][] {
  const pairs: [AffineExpr, AffineExpr][] = [];
  const whole = (list: readonly AffineExpr[], quotient: number, rest: number): { e: AffineExpr; n: number } | null => {
    const [q, r] = [list[quotient]!, list[rest]!];
    if (r.kind !== 'mod' || r.rhs!.kind !== 'constant') return null;
    const n = r.rhs!.value;
    // q * n + (e mod n) == e, where normalising may have taken whole multiples out of the quotient.
    const sum = normalizeExpr(q.mul(n));
    const { terms } = linearForm(sum);
    for (const [atom, c] of terms) {
      if (atom.kind !== 'floordiv' || atom.rhs !== r.rhs || atom.lhs !== r.lhs || c !== n) continue;
      return { e: normalizeExpr(sum.sub(atom.mul(n)).add(r.lhs!)), n };
    }
    return null;
  };
  for (let q = 0; q < a.length; q++) {
    for (let r = 0; r < a.length; r++) {
      const [x, y] = [whole(a, q, r), whole(b, q, r)];
      if (x && y && x.n === y.n) pairs.push([x.e, y.e]);
    }
  }
  return pairs;
}

/** Tightens the distances by every equation until nothing changes; null when there is no solution. */
function solve(equations: readonly Equation[], limits: readonly Interval[]): Interval[] | null {
  const d = limits.slice();
  for (let round = 0; round < 8; round++) {
    let changed = false;
    for (const { coefficients, min, max, offset, step } of equations) {
      const common = coefficients.reduce((g, c) => gcd(g, Math.abs(c)), step);
      if (common === 0 ? offset !== 0 : offset % common !== 0) return null;
      for (let k = -1; k < d.length; k++) {
        const c = k < 0 ? 0 : coefficients[k]!;
        if (k >= 0 && c === 0) continue;
        // c d_k == -(rest + others)
        let [low, high] = [-max, -min];
        coefficients.forEach((other, j) => {
          if (j === k || other === 0) return;
          low -= other > 0 ? other * d[j]!.max : other * d[j]!.min;
          high -= other > 0 ? other * d[j]!.min : other * d[j]!.max;
        });
        if (k < 0) {
          if (low > 0 || high < 0) return null;
          continue;
        }
        const from = Math.max(d[k]!.min, Math.ceil((c > 0 ? low : high) / c));
        const to = Math.min(d[k]!.max, Math.floor((c > 0 ? high : low) / c));
        if (from > to) return null;
        if (from !== d[k]!.min || to !== d[k]!.max) {
          d[k] = { min: from === 0 ? 0 : from, max: to === 0 ? 0 : to };
          changed = true;
        }
      }
    }
    if (!changed) break;
  }
  return d;
}

/**
 * A dependence between iterations of a loop; null when there is none. A call of something unknown is reported as such
 * one. With `inStep`, for code that runs each statement for all iterations before the next one, and inner loops once for
 * all of them (vectors, unroll-and-jam), only dependences that would turn around count: the inner loops around both
 * accesses decide what comes first, then the order of the statements. `ordered`: one statement runs its iterations in
 * order. With `through`, only dependences through these buffers count.
 */
export function carriedDependence(
  kernel: Operation,
  loop: Operation,
  {
    inStep = false,
    ordered = false,
    through,
  }: { readonly inStep?: boolean; readonly ordered?: boolean; readonly through?: ReadonlySet<Value> } = {},
): { readonly report: DependenceReport } | { readonly unknown: Operation } | null {
  const { accesses, unknown } = collectAccesses(loop);
  if (unknown) return { unknown };
  const analysis = new DependenceAnalysis(kernel, [loop]);
  const considered = through ? accesses.filter(({ root }) => through.has(root)) : accesses;
  const nests = new Map<Operation, DependenceAnalysis>();
  for (const dependence of analysis.all(considered)) {
    if (!analysis.findDirection(dependence, ([sign]) => sign !== 0)) continue;
    if (inStep) {
      const common = commonLoops(loop, dependence);
      const innermost = common[common.length - 1]!;
      const nest = nests.get(innermost) ?? new DependenceAnalysis(kernel, common);
      nests.set(innermost, nest);
      const distances = nest.between(dependence.first, dependence.second);
      const isSame = dependence.first.op === dependence.second.op;
      const turns = ([sign, ...inner]: readonly Sign[]): boolean => {
        if (sign === 0) return false;
        const first = inner.find((s) => s !== 0);
        if (first !== undefined) return first !== sign;
        // Accesses are listed in program order: a distance above 0 runs from an earlier statement to a later one.
        return isSame ? !ordered : sign === -1;
      };
      if (!distances || !nest.findDirection({ ...dependence, distances }, turns)) continue;
    }
    return { report: analysis.report(dependence, 0) };
  }
  return null;
}

/** The loop and those inside it that are around both accesses, outermost first. */
function commonLoops(loop: Operation, { first, second }: Dependence): Operation[] {
  const loops: Operation[] = [];
  for (let at = first.op.parentOp; at && at !== loop; at = at.parentOp)
    if (ForOp.is(at) && at.isAncestorOf(second.op)) loops.unshift(at);
  return [loop, ...loops];
}

const SIGNS: readonly Sign[] = [-1, 0, 1];

/**
 * The first dependence that runs backwards when the loops are nested in another order: `order[p]` is the present
 * position of the loop that comes to position p. The elements of an accumulation may come in any order where that gives
 * the same result.
 */
export function reversedDependence(
  kernel: Operation,
  loops: readonly Operation[],
  order: readonly number[],
): { readonly report: DependenceReport; readonly loop: Operation } | { readonly unknown: Operation } | null {
  const { accesses, unknown } = collectAccesses(loops[loops.length - 1]!);
  if (unknown) return { unknown };
  const analysis = new DependenceAnalysis(kernel, loops);
  for (const dependence of analysis.all(accesses)) {
    if (isAccumulation(dependence)) continue;
    let at = -1;
    const isReversed = (signs: readonly Sign[]): boolean => {
      const before = signs.findIndex((s) => s !== 0);
      const after = order.find((p) => signs[p] !== 0);
      if (before < 0 || after === undefined || signs[before] === signs[after]) return false;
      at = before;
      return true;
    };
    if (analysis.findDirection(dependence, isReversed))
      return { report: analysis.report(dependence, at), loop: loops[at]! };
  }
  return null;
}

/** Whether a dependence is only that of an accumulation on itself, whose elements may come in any order. */
function isAccumulation({ first, second }: Dependence): boolean {
  const found = accumulationOf(first.op) ?? accumulationOf(second.op);
  if (!found?.anyOrder) return false;
  return [first.op, second.op].every((op) => op === found.load || op === found.store);
}
