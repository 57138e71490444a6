// The work of a loop.while over tensors of one shape on one of their elements, as straight scalar code.
//
// Values of the loop are elements (tensors of the shape) or uniform: scalars and tensors of rank 0, the same for all
// elements. What the loop does not change and does not compute element by element (coordinates, broadcast rows) is
// captured: a tensor of the shape, or a scalar, from outside.
import { ExtractOp, FromScalarOp } from '@budflow/dialect-array';
import { ConstantOp, signlessType } from '@budflow/dialect-core';
import {
  type AffineMap,
  type Block,
  type Builder,
  ComplexType,
  ConstantLike,
  type Context,
  DenseElementsAttr,
  denseElement,
  IndexType,
  isMemoryEffectFree,
  isSpeculatable,
  type Operation,
  Pure,
  StructuredOp,
  TensorType,
  type Type,
  type Value,
} from '@budflow/ir';

/** Why a loop stays as it is. */
export class Refusal extends Error {}

/** The scalar type that stands for values of a type: the element of tensors, without a sign. */
export function scalarOf(context: Context, type: Type): Type {
  const scalar = type instanceof TensorType ? signlessType(context, type.element) : type;
  if (scalar instanceof IndexType || scalar instanceof ComplexType) throw new Refusal(`it computes with ${scalar}`);
  return scalar;
}

export function isUniform(type: Type): boolean {
  return !(type instanceof TensorType) || type.rank === 0;
}

/** Thrown by a body that asks where its element lies. */
class NeedsPoint extends Error {}

export class ElementCode {
  /** Values from outside of the code, and the arguments that stand for them. */
  readonly captures = new Map<Value, Value>();
  private readonly loop: Operation;
  private readonly shape: readonly number[];
  private readonly block: Block;
  private readonly builder: Builder;
  private readonly known = new Map<Value, Value>();
  private readonly invariant = new Map<Value, boolean>();

  constructor(loop: Operation, shape: readonly number[], block: Block, builder: Builder) {
    this.loop = loop;
    this.shape = shape;
    this.block = block;
    this.builder = builder;
  }

  bind(old: Value, scalar: Value): void {
    this.known.set(old, scalar);
  }

  /** The element of a tensor, or the scalar. */
  value(old: Value): Value {
    let made = this.known.get(old);
    if (!made) {
      made = this.isInside(old) ? this.inside(old) : this.capture(old);
      this.known.set(old, made);
    }
    return made;
  }

  private isInside(value: Value): boolean {
    const region = value.parentBlock?.parent;
    return region !== null && region !== undefined && this.loop.regions.some((own) => own.isAncestorOf(region));
  }

  /** Whether a value is the same in all iterations. */
  isInvariant(value: Value): boolean {
    if (!this.isInside(value)) return true;
    const known = this.invariant.get(value);
    if (known !== undefined) return known;
    const op = value.definingOp;
    const is =
      op !== null && isSpeculatable(op) && isMemoryEffectFree(op) && op.operands.every((v) => this.isInvariant(v));
    this.invariant.set(value, is);
    return is;
  }

  private isElements(type: Type): boolean {
    return (
      type instanceof TensorType && type.rank === this.shape.length && type.shape.every((d, i) => d === this.shape[i])
    );
  }

  private capture(old: Value): Value {
    const constant = this.constant(old);
    if (constant) return constant;
    if (!isUniform(old.type) && !this.isElements(old.type))
      throw new Refusal(`it reads a ${old.type}, which has another shape`);
    const argument = this.block.addArgument(scalarOf(this.builder.context, old.type));
    this.captures.set(old, argument);
    return argument;
  }

  private constant(old: Value): Value | null {
    const op = old.definingOp;
    if (!op?.info.hasTrait(ConstantLike)) return null;
    const attr = op.attr('value');
    if (!(old.type instanceof TensorType)) return this.builder.insert(op.clone()).result(0);
    if (!(attr instanceof DenseElementsAttr) || !attr.splat) return null;
    const type = scalarOf(this.builder.context, old.type);
    const value = this.builder.context.constantAttr(type, denseElement(attr, 0));
    return ConstantOp.build(this.builder, op.loc, { value, resultTypes: [type] });
  }

  private inside(old: Value): Value {
    const op = old.definingOp;
    if (!op) throw new Refusal('it has arguments of its own');
    const constant = this.constant(old);
    if (constant) return constant;
    if (ExtractOp.is(op) || FromScalarOp.is(op)) return this.value(op.operand(0));
    if (!isMemoryEffectFree(op)) throw new Refusal(`'${op.name}' has effects`);
    const touchesTensors = [...op.operands, ...op.results].some((v) => v.type instanceof TensorType);
    if (!touchesTensors) {
      if (op.ownRegions !== null) throw new Refusal(`'${op.name}' has regions`);
      const mapping = new Map(op.operands.map((v): [Value, Value] => [v, this.value(v)]));
      return this.builder.insert(op.clone(mapping)).result(old.index);
    }
    const made = this.structured(op);
    if (made) return made[old.index]!;
    if (this.isInvariant(old) && op.info.hasTrait(Pure)) return this.capture(old);
    throw new Refusal(`'${op.name}' reads other elements than its own`);
  }

  /** An op that computes each element from elements at the same place and uniform values; null when it does not. */
  private structured(op: Operation): Value[] | null {
    const structured = StructuredOp.of(op);
    if (!structured || structured.fill || structured.sideBySide) return null;
    if (structured.domain(op).some((d) => d.iterator !== 'parallel')) return null;
    const maps = structured.indexingMaps(op);
    const inPlace = (map: AffineMap | null | undefined): boolean =>
      map !== null && map !== undefined && (map.results.length === 0 || map.isIdentity());
    if (!op.results.every((_, i) => inPlace(maps[op.operandCount + i]))) return null;
    const readsInPlace = (v: Value, i: number) =>
      maps[i] === null ? !(v.type instanceof TensorType) : inPlace(maps[i]);
    if (!op.operands.every(readsInPlace)) return null;
    try {
      return structured.body(op, {
        builder: this.builder,
        loc: op.loc,
        operand: (i) => this.value(op.operand(i)),
        point: () => {
          throw new NeedsPoint();
        },
        accumulator: () => {
          throw new Refusal(`'${op.name}' combines elements`);
        },
        windowElement: () => {
          throw new Refusal(`'${op.name}' reads elements at computed places`);
        },
      });
    } catch (error) {
      if (error instanceof NeedsPoint) return null;
      throw error;
    }
  }
}
