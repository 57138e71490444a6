// Integer and float literals and the values they have in a type.
import type { Attribute } from '../attribute.js';
import { floatFromBits } from '../attribute-text.js';
import { FloatType, type IndexType, IntegerType, type Type } from '../type.js';
import { brief, C_DIGIT, CLASS } from './lexer.js';
import { TypeParser } from './type-parser.js';

export abstract class NumberParser extends TypeParser {
  /** `-5`, `0xFF`, `1.5e3`, with `: type` unless the type is given. Stands at a digit or `-`. */
  protected numberAttribute(given: Type | undefined): Attribute {
    const { bytes, context } = this;
    const at = this.pos;
    const negative = this.accept(0x2d);
    const start = this.pos;
    if (!(CLASS[bytes[start]!]! & C_DIGIT)) this.failExpected("a number after '-'");
    const end = this.integerEnd(start);
    const hex = bytes[start + 1] === 0x78 && end > start + 2;
    if (!hex && bytes[end] === 0x2e) {
      const value = this.floatLiteral(start, end, negative);
      const type = given ?? (this.accept(0x3a) ? this.type() : context.f64);
      if (!(type instanceof FloatType))
        return this.fail('parse.literal-type', `a float cannot have the type ${brief(type)}`, at);
      return context.floatAttr(type, value);
    }
    this.pos = end;
    this.skip();
    const type = given ?? (this.accept(0x3a) ? this.type() : context.i64);
    if (type === context.i32 && !hex && end - start < 10) {
      let n = 0;
      for (let i = start; i < end; i++) n = n * 10 + (bytes[i]! - 48);
      return context.integerAttr(context.i32, negative ? -n : n);
    }
    if (type instanceof FloatType) {
      const bits = this.floatBitsLiteral(type, start, end, negative, at);
      const value = floatFromBits(bits, type);
      return context.floatAttr(type, value, Number.isNaN(value) ? bits : null);
    }
    if (!(type instanceof IntegerType) && type !== context.index)
      return this.fail('parse.literal-type', `an integer cannot have the type ${brief(type)}`, at);
    const integer = type as IntegerType | IndexType;
    return context.integerAttr(integer, this.integerValue(integer, start, end, negative, at));
  }

  /** The literal in [start, end) as a value of the type, checked to fit; bit patterns of signless types become signed. */
  protected integerValue(
    type: IntegerType | IndexType,
    start: number,
    end: number,
    negative: boolean,
    at: number,
  ): number | bigint {
    const unsigned = type instanceof IntegerType && type.signedness === 'unsigned';
    const signless = type instanceof IntegerType && type.signedness === 'signless';
    const width = type instanceof IntegerType ? type.width : 64;
    if (negative && unsigned)
      this.fail('parse.integer-range', `a negative number cannot have the unsigned type ${type}`, at);
    if (end - start < 16 && width <= 64) {
      let n = 0;
      if (this.bytes[start + 1] === 0x78) n = Number(this.slice(start, end));
      else for (let i = start; i < end; i++) n = n * 10 + (this.bytes[i]! - 48);
      const half = 2 ** (width - 1);
      if (n <= Number.MAX_SAFE_INTEGER && n < half) return n === 0 ? 0 : negative ? -n : n;
      if (width < 53) {
        if (negative) {
          if (n === half) return -n;
        } else if (n < 2 * half) {
          if (unsigned) return n;
          if (signless) return width === 1 ? 1 : n - 2 * half;
        }
        if (width > 0 || n !== 0) return this.integerRange(type, at);
        return 0;
      }
    }
    const n = BigInt(this.slice(start, end));
    if (negative ? bitLength(n - 1n) >= width && n !== 0n : bitLength(n) > (unsigned || signless ? width : width - 1))
      return this.integerRange(type, at);
    return unsigned ? n : BigInt.asIntN(width, negative ? -n : n);
  }
  private integerRange(type: Type, at: number): never {
    return this.fail('parse.integer-range', `integer is out of range for ${type}`, at);
  }

  /** The float literal whose integer digits end at `end`; consumed. */
  protected floatLiteral(start: number, end: number, negative: boolean): number {
    const p = floatEnd(this.bytes, end);
    const value = Number(this.slice(start, p));
    this.pos = p;
    this.skip();
    return negative ? -value : value;
  }

  /** A hexadecimal literal as the bit pattern of a float. */
  protected floatBitsLiteral(type: FloatType, start: number, end: number, negative: boolean, at: number): bigint {
    if (this.bytes[start + 1] !== 0x78)
      this.fail(
        'parse.literal-type',
        `an integer cannot have the type ${type}; add a decimal point, or write the bits in hexadecimal`,
        at,
      );
    if (negative) this.fail('parse.literal-type', 'the bits of a float take no minus sign', at);
    const bits = BigInt(this.slice(start, end));
    if (bitLength(bits) > type.width)
      this.fail('parse.integer-range', `hexadecimal float has more bits than ${type}`, at);
    return bits;
  }

  /** One element of `array<...>` or `dense<...>` as the number or bit pattern stored. */
  protected elementValue(type: IntegerType | IndexType): number | bigint {
    const at = this.pos;
    if (type instanceof IntegerType && type.width === 1) {
      if (this.acceptWord('true')) return 1;
      if (this.acceptWord('false')) return 0;
    }
    const negative = this.accept(0x2d);
    const start = this.pos;
    const end = this.integerEnd(start);
    if (end === start) this.failExpected(`an integer of type ${type}`);
    if (this.bytes[end] === 0x2e) this.fail('parse.literal-type', `a float cannot have the type ${type}`, at);
    const value = this.integerValue(type, start, end, negative, at);
    this.pos = end;
    this.skip();
    return type instanceof IntegerType && type.width === 1 ? Number(value) & 1 : value;
  }

  /** One float element: its value, or its bit pattern when written in hexadecimal. */
  protected floatElement(type: FloatType): number | bigint {
    const at = this.pos;
    const negative = this.accept(0x2d);
    const start = this.pos;
    const end = this.integerEnd(start);
    if (end === start) this.failExpected(`a float of type ${type}`);
    if (this.bytes[end] === 0x2e && this.bytes[start + 1] !== 0x78) return this.floatLiteral(start, end, negative);
    const bits = this.floatBitsLiteral(type, start, end, negative, at);
    this.pos = end;
    this.skip();
    return bits;
  }
}

/** End of the float literal whose dot stands at `dot`. */
export function floatEnd(bytes: Uint8Array, dot: number): number {
  let p = dot + 1;
  while (CLASS[bytes[p]!]! & C_DIGIT) p++;
  if (bytes[p] !== 0x65 && bytes[p] !== 0x45) return p;
  let e = p + 1;
  if (bytes[e] === 0x2b || bytes[e] === 0x2d) e++;
  if (!(CLASS[bytes[e]!]! & C_DIGIT)) return p;
  while (CLASS[bytes[e]!]! & C_DIGIT) e++;
  return e;
}

function bitLength(n: bigint): number {
  if (n < 1n << 64n) return n <= 0n ? 0 : n.toString(2).length;
  const hex = n.toString(16);
  return 4 * (hex.length - 1) + Number.parseInt(hex[0]!, 16).toString(2).length;
}
