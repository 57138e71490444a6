// Affine expressions and maps (MLIR's affine_map and affine_set): sums of dimensions and symbols times constants,
// with mod, floordiv and ceildiv by constants. Expressions are simplified on construction and hash-consed globally,
// so structural equality is `===`; maps and sets are uniqued in the Context.

export type AffineKind = 'dim' | 'symbol' | 'constant' | 'add' | 'mul' | 'mod' | 'floordiv' | 'ceildiv';

export class AffineExpr {
  readonly kind: AffineKind;
  /** Position of a dim or symbol, value of a constant, 0 otherwise. */
  readonly value: number;
  readonly lhs: AffineExpr | null;
  readonly rhs: AffineExpr | null;
  readonly id: number;

  private constructor(kind: AffineKind, value: number, lhs: AffineExpr | null, rhs: AffineExpr | null, id: number) {
    this.kind = kind;
    this.value = value;
    this.lhs = lhs;
    this.rhs = rhs;
    this.id = id;
  }

  private static table = new Map<string, AffineExpr>();
  private static make(kind: AffineKind, value: number, lhs: AffineExpr | null, rhs: AffineExpr | null): AffineExpr {
    const key = `${kind}:${value}:${lhs ? lhs.id : ''}:${rhs ? rhs.id : ''}`;
    let found = AffineExpr.table.get(key);
    if (!found) {
      found = new AffineExpr(kind, value, lhs, rhs, AffineExpr.table.size);
      AffineExpr.table.set(key, found);
    }
    return found;
  }

  static dim(position: number): AffineExpr {
    return AffineExpr.make('dim', position, null, null);
  }
  static symbol(position: number): AffineExpr {
    return AffineExpr.make('symbol', position, null, null);
  }
  static constant(value: number): AffineExpr {
    return AffineExpr.make('constant', value === 0 ? 0 : value, null, null);
  }

  isConstant(): boolean {
    return this.kind === 'constant';
  }

  add(other: AffineExpr | number): AffineExpr {
    const rhs = typeof other === 'number' ? AffineExpr.constant(other) : other;
    if (this.kind === 'constant') {
      if (rhs.kind === 'constant') return AffineExpr.constant(this.value + rhs.value);
      return rhs.add(this); // constants to the right
    }
    if (rhs.kind === 'constant') {
      if (rhs.value === 0) return this;
      // (e + c1) + c2 == e + (c1 + c2)
      if (this.kind === 'add' && this.rhs!.kind === 'constant') return this.lhs!.add(this.rhs!.value + rhs.value);
      return AffineExpr.make('add', 0, this, rhs);
    }
    // (e + c) + f == (e + f) + c
    if (this.kind === 'add' && this.rhs!.kind === 'constant') return this.lhs!.add(rhs).add(this.rhs!);
    // f + (g + h) == (f + g) + h: sums lean to the left, so that text, which has no parentheses, reads back the same
    if (rhs.kind === 'add') return this.add(rhs.lhs!).add(rhs.rhs!);
    const merged = mergeTerms(this, rhs);
    if (merged) return merged;
    return AffineExpr.make('add', 0, this, rhs);
  }
  sub(other: AffineExpr | number): AffineExpr {
    return this.add(typeof other === 'number' ? -other : other.mul(-1));
  }
  mul(other: AffineExpr | number): AffineExpr {
    const rhs = typeof other === 'number' ? AffineExpr.constant(other) : other;
    if (this.kind === 'constant') {
      if (rhs.kind === 'constant') return AffineExpr.constant(this.value * rhs.value);
      return rhs.mul(this);
    }
    if (rhs.kind === 'constant') {
      if (rhs.value === 0) return rhs;
      if (rhs.value === 1) return this;
      if (this.kind === 'mul' && this.rhs!.kind === 'constant') return this.lhs!.mul(this.rhs!.value * rhs.value);
      if (this.kind === 'add') return this.lhs!.mul(rhs).add(this.rhs!.mul(rhs));
    }
    return AffineExpr.make('mul', 0, this, rhs);
  }
  mod(other: AffineExpr | number): AffineExpr {
    const rhs = typeof other === 'number' ? AffineExpr.constant(other) : other;
    if (rhs.kind === 'constant' && rhs.value >= 1) {
      if (this.kind === 'constant') return AffineExpr.constant(floorMod(this.value, rhs.value));
      if (isMultipleOf(this, rhs.value)) return AffineExpr.constant(0);
    }
    return AffineExpr.make('mod', 0, this, rhs);
  }
  floorDiv(other: AffineExpr | number): AffineExpr {
    const rhs = typeof other === 'number' ? AffineExpr.constant(other) : other;
    if (rhs.kind === 'constant' && rhs.value !== 0) {
      if (rhs.value === 1) return this;
      if (this.kind === 'constant') return AffineExpr.constant(Math.floor(this.value / rhs.value));
      if (rhs.value > 0 && isMultipleOf(this, rhs.value)) return divideExactly(this, rhs.value);
    }
    return AffineExpr.make('floordiv', 0, this, rhs);
  }
  ceilDiv(other: AffineExpr | number): AffineExpr {
    const rhs = typeof other === 'number' ? AffineExpr.constant(other) : other;
    if (rhs.kind === 'constant' && rhs.value !== 0) {
      if (rhs.value === 1) return this;
      if (this.kind === 'constant') return AffineExpr.constant(Math.ceil(this.value / rhs.value));
      if (rhs.value > 0 && isMultipleOf(this, rhs.value)) return divideExactly(this, rhs.value);
    }
    return AffineExpr.make('ceildiv', 0, this, rhs);
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
      default: {
        const l = this.lhs!.replace(dims, symbols);
        const r = this.rhs!.replace(dims, symbols);
        return combine(this.kind, l, r);
      }
    }
  }

  /** Value for given dimension and symbol values. Division and mod are floored, as in MLIR. */
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
          case 'mod':
            return floorMod(l, r);
          case 'floordiv':
            return Math.floor(l / r) + 0;
          case 'ceildiv':
            return Math.ceil(l / r) + 0;
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
    return print(this, 0);
  }
}

function combine(kind: AffineKind, l: AffineExpr, r: AffineExpr): AffineExpr {
  switch (kind) {
    case 'add':
      return l.add(r);
    case 'mul':
      return l.mul(r);
    case 'mod':
      return l.mod(r);
    case 'floordiv':
      return l.floorDiv(r);
    default:
      return l.ceilDiv(r);
  }
}

function floorMod(a: number, b: number): number {
  const m = a % b;
  return m < 0 ? m + b : m === 0 ? 0 : m;
}

function isMultipleOf(e: AffineExpr, n: number): boolean {
  if (e.kind === 'constant') return e.value % n === 0;
  if (e.kind === 'mul') return (e.rhs!.kind === 'constant' && e.rhs!.value % n === 0) || isMultipleOf(e.lhs!, n);
  if (e.kind === 'add') return isMultipleOf(e.lhs!, n) && isMultipleOf(e.rhs!, n);
  return false;
}

function divideExactly(e: AffineExpr, n: number): AffineExpr {
  if (e.kind === 'constant') return AffineExpr.constant(e.value / n);
  if (e.kind === 'add') return divideExactly(e.lhs!, n).add(divideExactly(e.rhs!, n));
  if (e.rhs!.kind === 'constant' && e.rhs!.value % n === 0) return e.lhs!.mul(e.rhs!.value / n);
  return divideExactly(e.lhs!, n).mul(e.rhs!);
}

/** a*c1 + a*c2 == a*(c1+c2), looked for in the rightmost terms of a sum. */
function mergeTerms(sum: AffineExpr, term: AffineExpr): AffineExpr | null {
  const [factor, base] = split(term);
  if (sum.kind === 'add') {
    const inner = mergeTerms(sum.rhs!, term);
    if (inner) return inner.kind === 'constant' && inner.value === 0 ? sum.lhs! : sum.lhs!.add(inner);
    const left = mergeTerms(sum.lhs!, term);
    return left ? left.add(sum.rhs!) : null;
  }
  const [f, b] = split(sum);
  return b === base ? base.mul(f + factor) : null;
}

function split(term: AffineExpr): [number, AffineExpr] {
  if (term.kind === 'mul' && term.rhs!.kind === 'constant') return [term.rhs!.value, term.lhs!];
  return [1, term];
}

function print(e: AffineExpr, level: 0 | 1): string {
  switch (e.kind) {
    case 'dim':
      return `d${e.value}`;
    case 'symbol':
      return `s${e.value}`;
    case 'constant':
      return String(e.value);
    case 'add': {
      const r = e.rhs!;
      let text: string;
      if (r.kind === 'constant' && r.value < 0) text = `${print(e.lhs!, 0)} - ${-r.value}`;
      else if (r.kind === 'mul' && r.rhs!.kind === 'constant' && r.rhs!.value < 0)
        text = `${print(e.lhs!, 0)} - ${print(r.lhs!.mul(-r.rhs!.value), 0)}`;
      else text = `${print(e.lhs!, 0)} + ${print(r, 0)}`;
      return level ? `(${text})` : text;
    }
    default: {
      if (e.kind === 'mul' && e.rhs!.kind === 'constant' && e.rhs!.value === -1) {
        const text = `-${print(e.lhs!, 1)}`;
        return level ? `(${text})` : text;
      }
      const op = e.kind === 'mul' ? '*' : e.kind;
      const text = `${print(e.lhs!, 1)} ${op} ${print(e.rhs!, 1)}`;
      return level ? `(${text})` : text;
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
