// Values in vector code: what an old value has become, scalars as vectors on demand, and index values as functions of
// the lane.
import { IndexSpace, isDefinedInside, loopName } from '@budflow/analysis';
import { applyAffine, buildIndexConstant, forBounds, inductionVariable, linearForm } from '@budflow/dialect-loop';
import { SplatOp } from '@budflow/dialect-simd';
import {
  AffineExpr,
  type Attribute,
  type Builder,
  ConstantLike,
  type Context,
  elementBytes,
  FloatAttr,
  FloatType,
  IndexType,
  IntegerAttr,
  IntegerType,
  InternalError,
  type LocationRef,
  Operation,
  type Type,
  type Value,
  type VectorType,
} from '@budflow/ir';
import { Refusal } from '../primitive.js';

/** How an index value depends on the lane. */
export interface IndexForm {
  readonly expr: AffineExpr;
  /** What it grows by from lane to lane; null when that is not constant. */
  readonly stride: number | null;
  /** Whether it depends on vector values other than the loop variable. */
  readonly data: boolean;
}

export class Lanes {
  readonly context: Context;
  readonly width: number;
  readonly builder: Builder;
  private readonly loop: Operation;
  /** The op in front of all new code; null at the start of the block. */
  private readonly front: Operation | null;
  private readonly space = new IndexSpace();
  private readonly variable: number;
  private readonly lower: AffineExpr;
  private readonly step: number;
  private readonly scalars = new Map<Value, Value>();
  private readonly vectors = new Map<Value, Value>();
  private readonly splats = new Map<Value, Value>();

  constructor(loop: Operation, width: number, builder: Builder) {
    this.loop = loop;
    this.width = width;
    this.builder = builder;
    this.context = loop.context;
    this.front = loop.previous;
    this.variable = this.space.input(inductionVariable(loop)).value;
    const { lower, step } = forBounds(loop);
    if (lower.map.results.length !== 1) throw new Refusal('its lower bound is a maximum', { loop: loopName(loop) });
    this.lower = this.space.bound(lower)[0]!;
    this.step = step;
  }

  /** Name of the loop, for refusals. */
  get loopName(): string {
    return loopName(this.loop);
  }

  setScalar(old: Value, value: Value): void {
    this.scalars.set(old, value);
  }
  setVector(old: Value, value: Value): void {
    this.vectors.set(old, value);
  }

  /** The vector type for a scalar type; refuses element types that vectors do not have. */
  typeOf(scalar: Type): VectorType {
    if (scalar instanceof IntegerType || scalar instanceof IndexType || scalar instanceof FloatType)
      return this.context.vector([this.width], scalar);
    throw new Refusal(`values of type ${scalar} have no vector form`, { loop: loopName(this.loop) });
  }

  /** The value all lanes share; null when they may differ. */
  scalar(old: Value, loc: LocationRef): Value | null {
    const known = this.knownScalar(old);
    if (known || this.vectors.has(old) || !(old.type instanceof IndexType)) return known;
    const form = this.index(old);
    return form.stride === 0 && !form.data ? this.at(form.expr, 0, loc) : null;
  }

  private knownScalar(old: Value): Value | null {
    const made = this.scalars.get(old);
    if (made) return made;
    return this.vectors.has(old) || isDefinedInside(old, this.loop) ? null : old;
  }

  /** The lanes of a value as a vector. */
  vector(old: Value, loc: LocationRef): Value {
    const made = this.vectors.get(old);
    if (made) return made;
    const scalar = this.knownScalar(old);
    if (scalar) return this.splat(scalar, loc);
    if (!(old.type instanceof IndexType))
      throw new InternalError(`vectorize: a value of '${old.definingOp?.name}' was not built`, this.loop);
    return this.vectorOf(this.index(old).expr, loc);
  }

  // Index values

  index(old: Value): IndexForm {
    const expr = this.vectors.has(old) ? this.space.input(old) : this.space.of(old);
    let stride: number | null = 0;
    for (const [atom, c] of linearForm(expr).terms) {
      if (atom.kind === 'dim')
        stride = atom.value === this.variable && stride !== null ? stride + c * this.step : stride;
      else if (atom.usesDim(this.variable)) stride = null;
    }
    const data = this.space.inputs.some(
      (input, i) => i !== this.variable && expr.usesDim(i) && this.knownScalar(input) === null,
    );
    return { expr, stride, data };
  }

  /** Whether an index value is nothing but an op of its own: not taken apart into other values. */
  isOpaque(form: IndexForm, old: Value): boolean {
    return form.expr.kind === 'dim' && this.space.inputs[form.expr.value] === old;
  }

  /** The index value in a lane; every input but the loop variable is the same in all lanes. */
  at(expr: AffineExpr, lane: number, loc: LocationRef): Value {
    const inputs: AffineExpr[] = [];
    inputs[this.variable] = this.lower.add(lane * this.step);
    const placed = expr.replace(inputs, []);
    const operands: Value[] = [];
    const renamed: AffineExpr[] = [];
    this.space.inputs.forEach((input, i) => {
      if (!placed.usesDim(i)) return;
      const value = this.knownScalar(input);
      if (!value) throw new InternalError('vectorize: an index depends on a vector', this.loop);
      renamed[i] = AffineExpr.dim(operands.push(value) - 1);
    });
    return applyAffine(
      this.builder,
      loc,
      this.context.affineMap(operands.length, 0, [placed.replace(renamed, [])]),
      operands,
    );
  }

  /** Lane 0 in all lanes, plus what each lane adds; `type` is index or an integer to which lane 0 is converted by `convert`. */
  ramp(
    form: { readonly expr: AffineExpr; readonly stride: number },
    loc: LocationRef,
    element: IndexType | IntegerType,
    convert: (base: Value) => Value,
  ): Value {
    const base = convert(this.at(form.expr, 0, loc));
    const type = this.typeOf(element);
    const steps = this.constant(
      type,
      loc,
      Array.from({ length: this.width }, (_, l) => l * form.stride),
    );
    const zero = constantOf(base);
    if (zero instanceof IntegerAttr && zero.bigint === 0n) return steps;
    return this.binary('arith.addi', this.splat(base, loc), steps, loc);
  }

  private vectorOf(expr: AffineExpr, loc: LocationRef): Value {
    const { index } = this.context;
    const { terms } = linearForm(expr);
    const data = this.space.inputs.some(
      (input, i) => i !== this.variable && expr.usesDim(i) && this.knownScalar(input) === null,
    );
    const linear = [...terms].every(([atom]) => atom.kind === 'dim' || !atom.usesDim(this.variable));
    if (!data && linear) {
      const stride = (terms.get(AffineExpr.dim(this.variable)) ?? 0) * this.step;
      return this.ramp({ expr, stride }, loc, index, (base) => base);
    }
    switch (expr.kind) {
      case 'dim':
        return this.vector(this.space.inputs[expr.value]!, loc);
      case 'add':
        return this.binary('arith.addi', this.vectorOf(expr.lhs!, loc), this.vectorOf(expr.rhs!, loc), loc);
      case 'mul':
        return this.binary('arith.muli', this.vectorOf(expr.lhs!, loc), this.vectorOf(expr.rhs!, loc), loc);
      case 'floordiv':
        return this.binary('arith.floordivsi', this.vectorOf(expr.lhs!, loc), this.vectorOf(expr.rhs!, loc), loc);
      case 'ceildiv':
        return this.binary('arith.ceildivsi', this.vectorOf(expr.lhs!, loc), this.vectorOf(expr.rhs!, loc), loc);
      case 'mod': {
        // e mod n == e - n (e floordiv n)
        const [e, n] = [this.vectorOf(expr.lhs!, loc), this.vectorOf(expr.rhs!, loc)];
        const quotient = this.binary('arith.floordivsi', e, n, loc);
        return this.binary('arith.subi', e, this.binary('arith.muli', quotient, n, loc), loc);
      }
      default:
        return this.splat(buildIndexConstant(this.builder, loc, expr.value), loc);
    }
  }

  private binary(name: string, lhs: Value, rhs: Value, loc: LocationRef): Value {
    return this.builder.insert(Operation.create(this.context.opInfo(name), loc, [lhs, rhs], [lhs.type])).result(0);
  }

  // Constants and splats

  /** A vector constant of integers, wrapped to the element type. */
  constant(type: VectorType, loc: LocationRef, values: readonly number[]): Value {
    const element = type.element as IndexType | IntegerType;
    const parts = values.map((v) => elementBytes(element, BigInt(v)));
    const bytes = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
    parts.forEach((p, i) => {
      bytes.set(p, i * p.length);
    });
    return this.materialize(this.context.denseElements(type, bytes, { splat: false }), type, loc);
  }

  private materialize(attr: Attribute, type: Type, loc: LocationRef): Value {
    const made = this.context.dialect('arith')?.materializeConstant?.(this.builder, loc, attr, type);
    if (!made) throw new InternalError("vector constants need the dialect 'arith': register it in the context");
    return made.result(0);
  }

  /** A new scalar in all lanes; made once, right where the scalar is defined (or in front of the vector code). */
  splat(scalar: Value, loc: LocationRef): Value {
    const known = this.splats.get(scalar);
    if (known) return known;
    const type = this.typeOf(scalar.type);
    const made = this.builder.scoped(() => {
      this.placeAfter(scalar);
      const attr = constantOf(scalar);
      if (attr instanceof IntegerAttr || attr instanceof FloatAttr)
        return this.materialize(this.context.splat(type, attr.value), type, loc);
      return SplatOp.build(this.builder, loc, { scalar, resultTypes: [type] });
    });
    this.splats.set(scalar, made);
    return made;
  }

  private placeAfter(value: Value): void {
    const target = this.loop.parent!;
    const op = value.definingOp;
    const inNewCode = op
      ? this.isNew(op)
      : value.parentBlock?.parentOp
        ? this.isNew(value.parentBlock.parentOp)
        : false;
    if (!inNewCode) {
      this.builder.block = target;
      this.builder.before = this.front ? this.front.next : target.firstOp;
    } else if (op) this.builder.setInsertionPointAfter(op);
    else this.builder.setInsertionPointToStart(value.parentBlock!);
  }

  /** Whether an op is (inside) one of those emitted between the front and the loop, or in a region that is not placed yet. */
  private isNew(op: Operation): boolean {
    const block = this.loop.parent;
    let at = op;
    while (at.parent !== block) {
      const outer = at.parentOp;
      // What is around the loop ends at the module, which stands in no block.
      if (outer === null) return at.parent !== null;
      at = outer;
    }
    return (this.front === null || this.front.isBeforeInBlock(at)) && at.isBeforeInBlock(this.loop);
  }
}

/** The attribute of a constant. */
export function constantOf(value: Value): Attribute | undefined {
  const op = value.definingOp;
  return op?.info.hasTrait(ConstantLike) ? op.attr('value') : undefined;
}
