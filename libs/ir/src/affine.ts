// Affine expressions and maps (MLIR's affine_map and affine_set): sums of dimensions and symbols times constants,
// with mod, floordiv and ceildiv by constants. Expressions are simplified on construction (affine-simplify.ts) and
// hash-consed globally, so structural equality is `===`; maps and sets are uniqued in the Context.
import {
  type Form,
  simplifiedCeilDiv,
  simplifiedFloorDiv,
  simplifiedMod,
  simplifiedProduct,
  simplifiedSum,
} from './affine-simplify.js';

export type AffineKind = 'dim' | 'symbol' | 'constant' | 'add' | 'mul' | 'mod' | 'floordiv' | 'ceildiv';
export type AffineBinaryKind = Exclude<AffineKind, 'dim' | 'symbol' | 'constant'>;

const KIND_CODES: Readonly<Record<AffineBinaryKind, number>> = { add: 0, mul: 1, mod: 2, floordiv: 3, ceildiv: 4 };
const KIND_CODES_SIZE = 8;
const SMALLEST = -(1n << 63n);

export class AffineExpr {
  readonly kind: AffineKind;
  /** Position of a dim or symbol, value of a constant (rounded when `wide` is there), 0 otherwise. */
  readonly value: number;
  /** The exact value of a 64-bit constant beyond 2^53. */
  readonly wide: bigint | null;
  readonly lhs: AffineExpr | null;
  readonly rhs: AffineExpr | null;
  /** Made of symbols and constants only. */
  readonly symbolic: boolean;
  readonly id: number;

  private constructor(
    kind: AffineKind,
    value: number,
    wide: bigint | null,
    lhs: AffineExpr | null,
    rhs: AffineExpr | null,
    id: number,
  ) {
    this.kind = kind;
    this.value = value;
    this.wide = wide;
    this.lhs = lhs;
    this.rhs = rhs;
    this.symbolic = lhs !== null ? lhs.symbolic && rhs!.symbolic : kind !== 'dim';
    this.id = id;
  }

  // Leaves by value; every other expression by its left operand's id, then by its right one's and the kind.
  private static count = 0;
  private static readonly dims = new Map<number, AffineExpr>();
  private static readonly symbols = new Map<number, AffineExpr>();
  private static readonly constants = new Map<number | bigint, AffineExpr>();
  private static readonly nodes: (Map<number, AffineExpr> | undefined)[] = [];

  private static leaf<K>(
    table: Map<K, AffineExpr>,
    key: K,
    kind: 'dim' | 'symbol' | 'constant',
    value: number,
    wide: bigint | null,
  ): AffineExpr {
    const made = new AffineExpr(kind, value, wide, null, null, AffineExpr.count++);
    table.set(key, made);
    return made;
  }

  static dim(position: number): AffineExpr {
    return AffineExpr.dims.get(position) ?? AffineExpr.leaf(AffineExpr.dims, position, 'dim', position, null);
  }
  static symbol(position: number): AffineExpr {
    return AffineExpr.symbols.get(position) ?? AffineExpr.leaf(AffineExpr.symbols, position, 'symbol', position, null);
  }
  /** Text can hold signed 64-bit constants. */
  static constant(value: number | bigint): AffineExpr {
    const table = AffineExpr.constants;
    if (typeof value === 'number' && Number.isSafeInteger(value))
      return table.get(value) ?? AffineExpr.leaf(table, value, 'constant', value + 0, null);
    const wide = BigInt(value);
    const rounded = Number(wide);
    if (Number.isSafeInteger(rounded)) return AffineExpr.constant(rounded);
    return table.get(wide) ?? AffineExpr.leaf(table, wide, 'constant', rounded, wide);
  }
  /** The node as it is, without any simplification; for affine-simplify.ts. */
  static node(kind: AffineBinaryKind, lhs: AffineExpr, rhs: AffineExpr): AffineExpr {
    let table = AffineExpr.nodes[lhs.id];
    if (!table) AffineExpr.nodes[lhs.id] = table = new Map();
    const key = rhs.id * KIND_CODES_SIZE + KIND_CODES[kind];
    let found = table.get(key);
    if (!found) {
      found = new AffineExpr(kind, 0, null, lhs, rhs, AffineExpr.count++);
      table.set(key, found);
    }
    return found;
  }
  /**
   * What MLIR makes of `lhs kind rhs`: parentheses around sums stay, `(d0 + d1) * 2` for one. Text is read with this;
   * the methods below also multiply out and collect equal terms.
   */
  static asWritten(kind: AffineBinaryKind, lhs: AffineExpr, rhs: AffineExpr): AffineExpr {
    return combined(kind, lhs, rhs, 'as-written');
  }

  isConstant(): boolean {
    return this.kind === 'constant';
  }
  /** The exact value of a constant. */
  get bigint(): bigint {
    return this.wide ?? BigInt(this.value);
  }

  add(other: AffineExpr | number): AffineExpr {
    return simplifiedSum(this, operand(other), 'expanded');
  }
  sub(other: AffineExpr | number): AffineExpr {
    return this.add(typeof other === 'number' ? -other : other.mul(-1));
  }
  mul(other: AffineExpr | number): AffineExpr {
    return simplifiedProduct(this, operand(other), 'expanded');
  }
  mod(other: AffineExpr | number): AffineExpr {
    return simplifiedMod(this, operand(other), 'expanded');
  }
  floorDiv(other: AffineExpr | number): AffineExpr {
    return simplifiedFloorDiv(this, operand(other), 'expanded');
  }
  ceilDiv(other: AffineExpr | number): AffineExpr {
    return simplifiedCeilDiv(this, operand(other), 'expanded');
  }

  /** Replaces dimension i by dims[i] and symbol i by symbols[i]; positions not given stay. */
  replace(dims: readonly AffineExpr[], symbols: readonly AffineExpr[]): AffineExpr {
    switch (this.kind) {
      case 'dim':
        return dims[this.value] ?? this;
      case 'symbol':
        return symbols[this.value] ?? this;
      case 'constant':
        return this;
      default:
        return combined(this.kind, this.lhs!.replace(dims, symbols), this.rhs!.replace(dims, symbols), 'expanded');
    }
  }

  /** Value for given dimension and symbol values. Division and mod are floored, as in MLIR; by zero they give NaN. */
  evaluate(dims: ArrayLike<number>, symbols: ArrayLike<number>): number {
    switch (this.kind) {
      case 'dim':
        return dims[this.value]!;
      case 'symbol':
        return symbols[this.value]!;
      case 'constant':
        return this.value;
      default: {
        const l = this.lhs!.evaluate(dims, symbols);
        const r = this.rhs!.evaluate(dims, symbols);
        switch (this.kind) {
          case 'add':
            return l + r;
          case 'mul':
            return l * r + 0; // no -0
          case 'mod': {
            const m = l % r;
            return m < 0 ? m + r : m + 0;
          }
          case 'floordiv':
            return r === 0 ? NaN : Math.floor(l / r) + 0;
          case 'ceildiv':
            return r === 0 ? NaN : Math.ceil(l / r) + 0;
        }
      }
    }
  }

  /** True when dimension `position` occurs in the expression. */
  usesDim(position: number): boolean {
    if (this.kind === 'dim') return this.value === position;
    return (this.lhs?.usesDim(position) ?? false) || (this.rhs?.usesDim(position) ?? false);
  }

  toString(): string {
    return print(this, 'weak');
  }
}

function operand(other: AffineExpr | number): AffineExpr {
  return typeof other === 'number' ? AffineExpr.constant(other) : other;
}

function combined(kind: AffineBinaryKind, l: AffineExpr, r: AffineExpr, form: Form): AffineExpr {
  switch (kind) {
    case 'add':
      return simplifiedSum(l, r, form);
    case 'mul':
      return simplifiedProduct(l, r, form);
    case 'mod':
      return simplifiedMod(l, r, form);
    case 'floordiv':
      return simplifiedFloorDiv(l, r, form);
    default:
      return simplifiedCeilDiv(l, r, form);
  }
}

/** A constant below zero whose negation can be written; the smallest one has no literal. */
function isNegative(e: AffineExpr): boolean {
  return e.kind === 'constant' && e.value < 0 && e.wide !== SMALLEST;
}
function negated(e: AffineExpr): string {
  return e.wide === null ? String(-e.value) : String(-e.wide);
}

/** MLIR's text. `strong` puts parentheses around everything but names and numbers. */
function print(e: AffineExpr, binding: 'weak' | 'strong'): string {
  const grouped = (text: string) => (binding === 'strong' ? `(${text})` : text);
  switch (e.kind) {
    case 'dim':
      return `d${e.value}`;
    case 'symbol':
      return `s${e.value}`;
    case 'constant':
      return e.wide === SMALLEST ? `(${SMALLEST + 1n} - 1)` : String(e.wide ?? e.value);
    case 'add': {
      const l = print(e.lhs!, 'weak');
      const r = e.rhs!;
      if (isNegative(r)) return grouped(`${l} - ${negated(r)}`);
      if (r.kind === 'mul' && isNegative(r.rhs!)) {
        if (r.rhs!.value === -1) return grouped(`${l} - ${print(r.lhs!, r.lhs!.kind === 'add' ? 'strong' : 'weak')}`);
        return grouped(`${l} - ${print(r.lhs!, 'strong')} * ${negated(r.rhs!)}`);
      }
      return grouped(`${l} + ${print(r, 'weak')}`);
    }
    default: {
      if (e.kind === 'mul' && e.rhs!.kind === 'constant' && e.rhs!.value === -1)
        return grouped(`-${print(e.lhs!, 'strong')}`);
      const op = e.kind === 'mul' ? '*' : e.kind;
      return grouped(`${print(e.lhs!, 'strong')} ${op} ${print(e.rhs!, 'strong')}`);
    }
  }
}

/** (d0, ..)[s0, ..] -> (results). Uniqued: create through `context.affineMap`. */
export class AffineMap {
  readonly numDims: number;
  readonly numSymbols: number;
  readonly results: readonly AffineExpr[];
  constructor(numDims: number, numSymbols: number, results: readonly AffineExpr[]) {
    this.numDims = numDims;
    this.numSymbols = numSymbols;
    this.results = results;
  }

  isIdentity(): boolean {
    return (
      this.numSymbols === 0 &&
      this.results.length === this.numDims &&
      this.results.every((e, i) => e.kind === 'dim' && e.value === i)
    );
  }
  /** Every result is a distinct dimension. */
  isProjectedPermutation(): boolean {
    const seen = new Set<number>();
    return (
      this.numSymbols === 0 &&
      this.results.every((e) => e.kind === 'dim' && !seen.has(e.value) && seen.add(e.value) !== undefined)
    );
  }
  isPermutation(): boolean {
    return this.results.length === this.numDims && this.isProjectedPermutation();
  }
  /** True for a map without inputs and with one constant result. */
  singleConstant(): number | undefined {
    const only = this.results[0];
    return this.results.length === 1 && only !== undefined && only.kind === 'constant' ? only.value : undefined;
  }
  evaluate(dims: ArrayLike<number>, symbols: ArrayLike<number> = []): number[] {
    return this.results.map((e) => e.evaluate(dims, symbols));
  }
  /** Text between `affine_map<` and `>`. */
  body(): string {
    return `${inputs(this.numDims, this.numSymbols)} -> (${this.results.join(', ')})`;
  }
  toString(): string {
    return `affine_map<${this.body()}>`;
  }
}

/** A conjunction of `expr >= 0` and `expr == 0`. Uniqued: create through `context.integerSet`. */
export class IntegerSet {
  readonly numDims: number;
  readonly numSymbols: number;
  readonly constraints: readonly AffineExpr[];
  /** Per constraint: true for `== 0`, false for `>= 0`. */
  readonly equalities: readonly boolean[];
  constructor(numDims: number, numSymbols: number, constraints: readonly AffineExpr[], equalities: readonly boolean[]) {
    this.numDims = numDims;
    this.numSymbols = numSymbols;
    this.constraints = constraints;
    this.equalities = equalities;
  }
  toString(): string {
    const list = this.constraints.map((c, i) => `${c} ${this.equalities[i] ? '==' : '>='} 0`);
    return `affine_set<${inputs(this.numDims, this.numSymbols)} : (${list.join(', ')})>`;
  }
}

function inputs(dims: number, symbols: number): string {
  const d = Array.from({ length: dims }, (_, i) => `d${i}`).join(', ');
  const s = Array.from({ length: symbols }, (_, i) => `s${i}`).join(', ');
  return `(${d})${symbols ? `[${s}]` : ''}`;
}
