// Arithmetic in place of one op: elementwise array ops on values of one shape, with plain numbers where all elements are
// the same. Formulas of several ops read as they are written on paper.
import { BitcastOp, type ComparePredicate } from '@budflow/dialect-array';
import { FloatType, type IntegerType, type TensorType, type Type, type Value } from '@budflow/ir';
import type { HloSite } from './site.js';

/** A value, or a number that is meant in the shape and type of what it is combined with. */
export type Term = Value | number | bigint;

export class Arithmetic {
  readonly site: HloSite;
  /** What numbers get shape and type from where no other value tells. */
  readonly like: Value;

  constructor(site: HloSite, like: Value) {
    this.site = site;
    this.like = like;
  }
  /** Arithmetic on values of another type, or of another shape. */
  on(like: Value): Arithmetic {
    return new Arithmetic(this.site, like);
  }
  get element(): Type {
    return this.site.elementOf(this.like);
  }
  number(value: number | bigint, like: Value = this.like): Value {
    return this.site.splat(value, like);
  }
  private pair(a: Term, b: Term): [Value, Value] {
    const like = typeof a === 'object' ? a : typeof b === 'object' ? b : this.like;
    return [typeof a === 'object' ? a : this.number(a, like), typeof b === 'object' ? b : this.number(b, like)];
  }
  private binary(kind: string, a: Term, b: Term): Value {
    return this.site.named(kind, ...this.pair(a, b));
  }
  add = (a: Term, b: Term): Value => this.binary('add', a, b);
  sub = (a: Term, b: Term): Value => this.binary('sub', a, b);
  mul = (a: Term, b: Term): Value => this.binary('mul', a, b);
  div = (a: Term, b: Term): Value => this.binary('div', a, b);
  pow = (a: Term, b: Term): Value => this.binary('pow', a, b);
  min = (a: Term, b: Term): Value => this.binary('min', a, b);
  max = (a: Term, b: Term): Value => this.binary('max', a, b);
  and = (a: Term, b: Term): Value => this.binary('and', a, b);
  or = (a: Term, b: Term): Value => this.binary('or', a, b);
  xor = (a: Term, b: Term): Value => this.binary('xor', a, b);
  shl = (a: Term, b: Term): Value => this.binary('shl', a, b);
  shr = (a: Term, b: Term): Value => this.binary('shr_u', a, b);
  unary(kind: string, a: Value): Value {
    return this.site.named(kind, a);
  }
  neg = (a: Value): Value => this.unary('neg', a);
  abs = (a: Value): Value => this.unary('abs', a);
  exp = (a: Value): Value => this.unary('exp', a);
  log = (a: Value): Value => this.unary('log', a);
  log1p = (a: Value): Value => this.unary('log1p', a);
  sqrt = (a: Value): Value => this.unary('sqrt', a);
  floor = (a: Value): Value => this.unary('floor', a);
  compare(predicate: ComparePredicate, a: Term, b: Term): Value {
    return this.site.compare(predicate, ...this.pair(a, b));
  }
  select(condition: Value, a: Term, b: Term): Value {
    const like = typeof a === 'object' ? a : typeof b === 'object' ? b : this.like;
    const [x, y] = [a, b].map((t) => (typeof t === 'object' ? t : this.number(t, like))) as [Value, Value];
    return this.site.select(condition, x, y);
  }
  cast(value: Value, element: Type): Value {
    return this.site.cast(value, element);
  }
  /** The bits of a value as another type of the same width. */
  bits(value: Value, element: Type): Value {
    const { context, rewriter, loc } = this.site;
    const type = context.withElement(value.type, element);
    return type === value.type ? value : BitcastOp.build(rewriter, loc, { operand: value, resultTypes: [type] });
  }
  /** An unsigned integer type as wide as an element. */
  unsignedOf(element: Type): Type {
    return this.site.context.integer((element as FloatType | IntegerType).width, 'unsigned');
  }

  /** Horner's rule; coefficients of the highest power first. */
  polynomial(x: Value, coefficients: readonly number[]): Value {
    let sum = this.number(coefficients[0]!, x);
    for (const c of coefficients.slice(1)) sum = this.add(this.mul(sum, x), c);
    return sum;
  }
  /** A series of Chebyshev polynomials, c[0] + c[1] T1(x) + ..: Clenshaw's recurrence. */
  chebyshev(x: Value, coefficients: readonly number[]): Value {
    const twice = this.add(x, x);
    let b1: Value = this.number(coefficients.at(-1)!, x);
    let b2: Value = this.number(0, x);
    for (let k = coefficients.length - 2; k >= 1; k--)
      [b1, b2] = [this.add(this.sub(this.mul(twice, b1), b2), coefficients[k]!), b1];
    return this.add(this.sub(this.mul(x, b1), b2), coefficients[0]!);
  }
}

/** Where the formula of an op works: floats of 16 bits in f32, unless it says wider; complex numbers as they are. */
export function inFloats(
  site: HloSite,
  { least, operands: given = site.all() }: { readonly least: 32 | 64; readonly operands?: readonly Value[] },
  formula: (arithmetic: Arithmetic, ...operands: Value[]) => Value,
): Value {
  const { context } = site;
  const element = site.elementOf(given[0]!) as FloatType;
  const wide =
    !(element instanceof FloatType) || element.width >= least ? element : least === 64 ? context.f64 : context.f32;
  const operands = given.map((v) => site.cast(v, wide));
  const result = formula(new Arithmetic(site, operands[0]!), ...operands);
  const { element: from } = result.type as TensorType;
  return from === wide ? site.cast(result, element) : result;
}
