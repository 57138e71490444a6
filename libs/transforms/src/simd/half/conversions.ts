// Conversions of f16 and bf16 in 32-bit arithmetic, on scalars and vectors alike, without branches. Every one is exact or
// rounds once, to nearest even, with subnormals and infinities; a NaN stays a NaN.
//
// bf16 is the upper half of an f32. f16 takes its exponent from a product with 2^112 or 2^-112, as half-precision
// conversions of software do (F. Giesen's and XNNPACK's); rounding adds and subtracts a number whose unit in the last place
// is that of f16.
import {
  BitcastOp,
  buildNamed,
  CmpFOp,
  CmpIOp,
  ConstantOp,
  ExtFOp,
  ExtSIOp,
  MaxSIOp,
  SelectOp,
  SIToFPOp,
  TruncFOp,
  TruncIOp,
  typeLike,
  UIToFPOp,
} from '@budflow/dialect-core';
import {
  type Builder,
  type Context,
  elementTypeOf,
  type FloatType,
  IntegerType,
  type LocationRef,
  type Type,
  type Value,
} from '@budflow/ir';
import type { Algebra } from '@budflow/numerics';
import { irAlgebra } from '../ir-algebra.js';

type Ir = Algebra<Value, Value, Value>;

/** Bits of the f32 exponent, and of its sign. */
const EXPONENT = 0x7f800000;
const SIGN = 0x80000000 | 0;
/** The first number that rounds to infinity in f16, and the power of two that stands for infinity before it is scaled. */
const F16_OVERFLOW = 65520;
const F16_TOP = 65536;

export class HalfConversions {
  private readonly builder: Builder;
  private readonly loc: LocationRef;
  private readonly context: Context;

  constructor(builder: Builder, loc: LocationRef) {
    this.builder = builder;
    this.loc = loc;
    this.context = builder.context;
  }

  /** Arithmetic on values shaped like `like`. Its ops are never reassociated. */
  private algebra(like: Type, format: 'f32' | 'f64'): Ir {
    const type = typeLike(this.context, like, this.context.float(format));
    return irAlgebra(this.builder, this.loc, type, format, { fastmath: 0, contract: undefined });
  }
  private like(like: Type, element: Type): Type[] {
    return [typeLike(this.context, like, element)];
  }
  private constant(like: Type, value: number | bigint): Value {
    const attribute = this.context.constantAttr(like, value);
    return ConstantOp.build(this.builder, this.loc, { value: attribute, resultTypes: [like] });
  }
  private select(condition: Value, trueValue: Value, falseValue: Value): Value {
    return SelectOp.build(this.builder, this.loc, { condition, trueValue, falseValue });
  }

  /** f16 or bf16 to f32, exact. */
  widen(half: Value): Value {
    const { builder, loc, context } = this;
    const ir = this.algebra(half.type, 'f32');
    const bits = BitcastOp.build(builder, loc, { in: half, resultTypes: this.like(half.type, context.integer(16)) });
    const word = ExtSIOp.build(builder, loc, { in: bits, resultTypes: this.like(half.type, context.i32) });
    if (isBf16(half.type)) return ir.bitcastToFloat(ir.shlI(word, 16));
    // The exponent moves down 112 places of 2 at first; infinity and NaN come out as 2^16 or more.
    const magnitude = ir.andI(ir.shlI(word, 13), ir.constI(0x0fffe000));
    const scaled = ir.mul(ir.bitcastToFloat(magnitude), ir.constF(2 ** 112));
    const special = ir.selectI(ir.cmpLe(ir.constF(F16_TOP), scaled), ir.constI(EXPONENT), ir.constI(0));
    const sign = ir.andI(word, ir.constI(SIGN));
    return ir.bitcastToFloat(ir.orI(ir.bitcastToInt(scaled), ir.orI(special, sign)));
  }

  /** f32 or f64 to f16 or bf16, rounded once. */
  narrow(x: Value, to: FloatType): Value {
    const { builder, loc, context } = this;
    const single = this.single(x);
    const ir = this.algebra(single.type, 'f32');
    const bits = ir.bitcastToInt(single);
    const truncated = (word: Value): Value => {
      const half = TruncIOp.build(builder, loc, { in: word, resultTypes: this.like(x.type, context.integer(16)) });
      return BitcastOp.build(builder, loc, { in: half, resultTypes: this.like(x.type, to) });
    };
    if (to.name === 'bf16') {
      const rounded = ir.shrU(this.roundedUp(ir, bits), 16);
      return truncated(ir.selectI(ir.cmpUnordered(single, single), ir.constI(0x7fc0), rounded));
    }
    // Scaled by 2^-112, f16's numbers, subnormals and the power of two above the largest, have their bits in place.
    const magnitude = this.magnitudeInF16(ir, single, F16_TOP);
    const scaled = ir.shrU(ir.bitcastToInt(ir.mul(magnitude, ir.constF(2 ** -112))), 13);
    const sign = ir.andI(ir.shrU(bits, 16), ir.constI(0x8000));
    return truncated(ir.orI(scaled, sign));
  }

  /** f32 or f64 rounded to f16 or bf16, as f32: what `widen(narrow(x))` is, in fewer steps. */
  round(x: Value, to: FloatType): Value {
    const single = this.single(x);
    const ir = this.algebra(single.type, 'f32');
    const bits = ir.bitcastToInt(single);
    if (to.name === 'bf16') {
      const rounded = ir.andI(this.roundedUp(ir, bits), ir.constI(0xffff0000 | 0));
      return ir.select(ir.cmpUnordered(single, single), single, ir.bitcastToFloat(rounded));
    }
    const magnitude = this.magnitudeInF16(ir, single, Number.POSITIVE_INFINITY);
    const sign = ir.andI(bits, ir.constI(SIGN));
    return ir.bitcastToFloat(ir.orI(ir.bitcastToInt(magnitude), sign));
  }

  /** The bits of an f32 plus what carries into the upper half where it rounds up: half of its last bit, ties to even. */
  private roundedUp(ir: Ir, bits: Value): Value {
    const odd = ir.andI(ir.shrU(bits, 16), ir.constI(1));
    return ir.addI(bits, ir.addI(odd, ir.constI(0x7fff)));
  }

  /** |x| rounded to f16; `overflow` where that is infinite. */
  private magnitudeInF16(ir: Ir, x: Value, overflow: number): Value {
    const magnitude = ir.abs(x);
    const exponent = ir.andI(ir.bitcastToInt(magnitude), ir.constI(EXPONENT));
    // 2^13 times the power of two below x; at least 1/2, whose unit is that of f16's subnormals.
    const rhs = ir.constI(0x3f000000);
    const shift = MaxSIOp.build(this.builder, this.loc, { lhs: ir.addI(exponent, ir.constI(13 << 23)), rhs });
    const magic = ir.bitcastToFloat(shift);
    const rounded = ir.sub(ir.add(magnitude, magic), magic);
    return ir.select(ir.cmpLe(ir.constF(F16_OVERFLOW), magnitude), ir.constF(overflow), rounded);
  }

  /**
   * f64 as f32, rounded to odd where it is inexact: toward zero, with the last bit set. Rounding that once more, to a
   * format with at least two bits less, is rounding x once.
   */
  private single(x: Value): Value {
    const { builder, loc, context } = this;
    if (elementTypeOf(x.type) !== context.f64) return x;
    const near = TruncFOp.build(builder, loc, { in: x, resultTypes: this.like(x.type, context.f32) });
    const back = ExtFOp.build(builder, loc, { in: near, resultTypes: [x.type] });
    const wide = this.algebra(x.type, 'f64');
    const ir = this.algebra(near.type, 'f32');
    const [zero, one] = [ir.constI(0), ir.constI(1)];
    const inexact = CmpFOp.build(builder, loc, { predicate: 'one', lhs: back, rhs: x, fastmath: 0 });
    const beyond = wide.cmpLt(wide.abs(x), wide.abs(back));
    const toward = ir.subI(ir.bitcastToInt(near), ir.selectI(beyond, one, zero));
    return ir.bitcastToFloat(ir.orI(toward, ir.selectI(inexact, one, zero)));
  }

  /** An integer, read as `signed` says, to f32 or f64 so that rounding the result to f16 or bf16 is rounding the integer. */
  fromInteger(x: Value, { signed }: { readonly signed: boolean }): Value {
    const { builder, loc, context } = this;
    const element = elementTypeOf(x.type);
    const width = element instanceof IntegerType ? element.width : 64;
    const target = width > 32 ? context.f64 : context.f32;
    const value = width < 32 ? x : this.collapsed(x, width, signed);
    const resultTypes = this.like(x.type, target);
    return signed
      ? SIToFPOp.build(builder, loc, { in: value, resultTypes })
      : UIToFPOp.build(builder, loc, { in: value, resultTypes });
  }

  /** The integer where f32 (or f64) has it; beyond, its low bits replaced by one that says whether any of them was set. */
  private collapsed(x: Value, width: number, signed: boolean): Value {
    const ir = new Integers(this.builder, this.loc, x.type);
    const [exact, dropped] = width === 32 ? [24n, 9n] : [53n, 12n];
    const low = ir.and(x, ir.constant((1n << dropped) - 1n));
    const sticky = this.select(
      ir.compare('ne', low, ir.constant(0n)),
      ir.constant(1n << (dropped - 1n)),
      ir.constant(0n),
    );
    const coarse = ir.or(ir.and(x, ir.constant(-(1n << dropped))), sticky);
    const shifted = signed ? ir.add(x, ir.constant(1n << exact)) : x;
    return this.select(ir.compare('ult', shifted, ir.constant(1n << (signed ? exact + 1n : exact))), x, coarse);
  }

  /** A constant of a value's type in f32; undefined when it is not the same in all lanes. */
  splat(like: Type, value: number): Value {
    return this.constant(typeLike(this.context, like, this.context.f32), value);
  }

  /** The value with its bits changed by `and` or `xor` with a mask. */
  changeBits(half: Value, kind: 'and' | 'xor', mask: number): Value {
    const { builder, loc, context } = this;
    const ir = new Integers(builder, loc, typeLike(context, half.type, context.integer(16)));
    const bits = BitcastOp.build(builder, loc, { in: half, resultTypes: [ir.type] });
    return BitcastOp.build(builder, loc, { in: ir[kind](bits, ir.constant(BigInt(mask))), resultTypes: [half.type] });
  }

  /** The magnitude of one and the sign of another. */
  copySign(magnitude: Value, sign: Value): Value {
    const { builder, loc, context } = this;
    const ir = new Integers(builder, loc, typeLike(context, magnitude.type, context.integer(16)));
    const bits = (v: Value) => BitcastOp.build(builder, loc, { in: v, resultTypes: [ir.type] });
    const joined = ir.or(ir.and(bits(magnitude), ir.constant(0x7fffn)), ir.and(bits(sign), ir.constant(0x8000n)));
    return BitcastOp.build(builder, loc, { in: joined, resultTypes: [magnitude.type] });
  }
}

function isBf16(type: Type): boolean {
  return (elementTypeOf(type) as FloatType).name === 'bf16';
}

/** Integer arithmetic on values of one type. */
class Integers {
  readonly type: Type;
  private readonly builder: Builder;
  private readonly loc: LocationRef;

  constructor(builder: Builder, loc: LocationRef, type: Type) {
    this.type = type;
    this.builder = builder;
    this.loc = loc;
  }
  constant(value: bigint): Value {
    const { width } = elementTypeOf(this.type) as IntegerType;
    const attribute = this.builder.context.constantAttr(this.type, BigInt.asIntN(width ?? 64, value));
    return ConstantOp.build(this.builder, this.loc, { value: attribute, resultTypes: [this.type] });
  }
  private binary(name: 'arith.andi' | 'arith.ori' | 'arith.xori' | 'arith.addi', lhs: Value, rhs: Value): Value {
    return buildNamed(this.builder, this.loc, name, [lhs, rhs]);
  }
  and(lhs: Value, rhs: Value): Value {
    return this.binary('arith.andi', lhs, rhs);
  }
  or(lhs: Value, rhs: Value): Value {
    return this.binary('arith.ori', lhs, rhs);
  }
  xor(lhs: Value, rhs: Value): Value {
    return this.binary('arith.xori', lhs, rhs);
  }
  add(lhs: Value, rhs: Value): Value {
    return this.binary('arith.addi', lhs, rhs);
  }
  compare(predicate: 'ne' | 'ult', lhs: Value, rhs: Value): Value {
    return CmpIOp.build(this.builder, this.loc, { predicate, lhs, rhs });
  }
}
