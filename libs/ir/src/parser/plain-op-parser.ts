// Reads ops of the plain forms (../assembly/plain.ts) straight into the Operation: no hooks, no lists, no maps. A method
// that meets anything unusual goes back to where it began and returns null; the op's own assembly then reads the text,
// and says what is wrong with it. So nothing here reports an error.
import {
  PLAIN_CALL,
  PLAIN_CAST,
  PLAIN_COMPARE,
  PLAIN_CONSTANT,
  PLAIN_NONE,
  PLAIN_SAME,
  PLAIN_SELECT,
  type PreparedAssembly,
} from '../assembly/plain.js';
import { type DictionaryAttr, typeOfAttribute } from '../attribute.js';
import type { LocationRef } from '../location.js';
import type { OpInfo } from '../op-info.js';
import { Operation } from '../operation.js';
import type { Type } from '../type.js';
import type { Value } from '../value.js';
import { C_BARE, C_START, CLASS } from './lexer.js';
import { ValueParser } from './value-parser.js';

/** Symbols and constants whose text is remembered; a power of two. */
const MEMO_SIZE = 256;
const LONGEST_CONSTANT = 32;
/** Operands of a call that is read here. */
const MOST_OPERANDS = 64;

/** Bytes of the constants that are remembered: numbers and names of types. */
const CONSTANT_BYTES: Uint8Array = /* @__PURE__ */ (() => {
  const table = new Uint8Array(256);
  for (let c = 0; c < 256; c++) if (CLASS[c]! & C_BARE) table[c] = 1;
  for (const c of ' :+-') table[c.charCodeAt(0)] = 1;
  return table;
})();

/** Texts with the attributes they stand for, direct-mapped by hash. */
class TextMemo {
  readonly starts = new Int32Array(MEMO_SIZE);
  readonly lengths = new Int32Array(MEMO_SIZE);
  readonly infos = new Array<OpInfo | null>(MEMO_SIZE).fill(null);
  readonly attributes = new Array<DictionaryAttr | null>(MEMO_SIZE).fill(null);
  readonly types = new Array<Type | null>(MEMO_SIZE).fill(null);

  holds(slot: number, info: OpInfo, bytes: Uint8Array, start: number, length: number): boolean {
    if (this.infos[slot] !== info || this.lengths[slot] !== length) return false;
    const known = this.starts[slot]!;
    let i = 0;
    while (i < length && bytes[known + i] === bytes[start + i]) i++;
    return i === length;
  }
  set(slot: number, info: OpInfo, start: number, length: number, attributes: DictionaryAttr, type: Type | null): void {
    this.infos[slot] = info;
    this.starts[slot] = start;
    this.lengths[slot] = length;
    this.attributes[slot] = attributes;
    this.types[slot] = type;
  }
}

export abstract class PlainOpParser extends ValueParser {
  private readonly memo = new TextMemo();
  private readonly callIds = new Int32Array(MOST_OPERANDS);
  private readonly callOffsets = new Int32Array(MOST_OPERANDS);
  private readonly callTypes: Type[] = [];

  /** The op whose name stands before `pos`; null, with nothing consumed, when its text is not of the plain form. */
  protected plainOperation(info: OpInfo, prepared: PreparedAssembly, loc: LocationRef): Operation | null {
    const { kind } = prepared;
    if (kind === PLAIN_NONE) return null;
    const start = this.pos;
    const op =
      kind === PLAIN_CALL
        ? this.plainCall(info, prepared, loc)
        : kind === PLAIN_CONSTANT
          ? this.plainConstant(info, prepared, loc)
          : this.plainValues(info, prepared, loc);
    if (op === null) this.pos = start;
    return op;
  }

  private plainValues(info: OpInfo, prepared: PreparedAssembly, loc: LocationRef): Operation | null {
    const { kind, operands } = prepared;
    const { bytes } = this;
    let attributes = this.context.emptyDictionary;
    if (kind === PLAIN_COMPARE) {
      const found = this.keywordAttribute(prepared);
      if (found === undefined || !this.accept(0x2c)) return null;
      attributes = found;
    }
    let id1 = 0;
    let id2 = 0;
    let at1 = 0;
    let at2 = 0;
    const at0 = this.pos;
    const id0 = this.plainName();
    if (id0 === 0) return null;
    if (operands > 1) {
      if (!this.accept(0x2c)) return null;
      at1 = this.pos;
      id1 = this.plainName();
      if (id1 === 0) return null;
      if (operands > 2) {
        if (!this.accept(0x2c)) return null;
        at2 = this.pos;
        id2 = this.plainName();
        if (id2 === 0) return null;
      }
    }
    if (bytes[this.pos] !== 0x3a || bytes[this.pos + 1] === 0x3a) return null;
    this.pos++;
    this.skip();
    const scalar = this.scalarType();
    let type0: Type;
    let type: Type;
    let result: Type;
    if (kind === PLAIN_SAME) {
      type0 = type = result = scalar ?? this.type();
    } else if (kind === PLAIN_CAST) {
      type0 = type = scalar ?? this.type();
      if (bytes[this.pos] !== 0x74 || bytes[this.pos + 1] !== 0x6f || CLASS[bytes[this.pos + 2]!]! & C_BARE)
        return null;
      this.pos += 2;
      this.skip();
      result = this.scalarType() ?? this.type();
    } else {
      // With shaped types these forms say more, or mean another type.
      if (scalar === null || bytes[this.pos] === 0x2c) return null;
      type = scalar;
      type0 = kind === PLAIN_SELECT ? this.context.i1 : scalar;
      result = kind === PLAIN_SELECT ? scalar : this.context.i1;
    }
    const op = new Operation(info, loc, attributes);
    op.appendOperand(this.plainUse(id0, type0, at0));
    if (operands > 1) op.appendOperand(this.plainUse(id1, type, at1));
    if (operands > 2) op.appendOperand(this.plainUse(id2, type, at2));
    op.appendResult(result);
    return op;
  }

  private plainUse(id: number, type: Type, at: number): Value {
    const known = this.scopes.get(id);
    return known !== null && known.type === type ? known : this.use(id, 0, type, at);
  }

  /** `%name` without a result number; 0 for anything else. */
  private plainName(): number {
    const { bytes, pos, names } = this;
    if (bytes[pos] !== 0x25) return 0;
    const id = names.scan(pos + 1);
    this.pos = names.end;
    this.skip();
    return bytes[this.pos] === 0x23 ? 0 : id;
  }

  /** A scalar type with a name of at most four letters, or `index`; null for anything else. */
  private scalarType(): Type | null {
    const { bytes, pos, context } = this;
    let p = pos;
    let key = 0;
    for (let shift = 0; shift < 32; shift += 8) {
      const c = bytes[p]!;
      if ((CLASS[c]! & C_BARE) === 0) break;
      key |= c << shift;
      p++;
    }
    let type: Type;
    switch (key) {
      case 0x3169:
        type = context.i1;
        break;
      case 0x3869:
        type = context.i8;
        break;
      case 0x323369:
        type = context.i32;
        break;
      case 0x343669:
        type = context.i64;
        break;
      case 0x323366:
        type = context.f32;
        break;
      case 0x343666:
        type = context.f64;
        break;
      case 0x65646e69: // inde
        if (bytes[p++] !== 0x78) return null;
        type = context.index;
        break;
      default:
        return null;
    }
    if (CLASS[bytes[p]!]! & C_BARE) return null;
    this.pos = p;
    this.skip();
    return type;
  }

  /** A keyword of at most four letters. */
  private keywordAttribute(prepared: PreparedAssembly): DictionaryAttr | undefined {
    const { bytes, pos } = this;
    let key = 0;
    let p = pos;
    for (let shift = 0; shift < 32; shift += 8) {
      const c = bytes[p]!;
      if ((CLASS[c]! & C_BARE) === 0) break;
      key |= c << shift;
      p++;
    }
    if (CLASS[bytes[p]!]! & C_BARE) return undefined;
    this.pos = p;
    this.skip();
    return prepared.byKeyword.get(key);
  }

  /** An attribute that is the rest of its line, when it is short. */
  private plainConstant(info: OpInfo, prepared: PreparedAssembly, loc: LocationRef): Operation | null {
    const { bytes, pos: start, memo } = this;
    if (bytes[start] === 0x7b) return null;
    let p = start;
    let h = 0;
    while (CONSTANT_BYTES[bytes[p]!] === 1) h = Math.imul(h ^ bytes[p++]!, 0x01000193);
    const length = p - start;
    const slot = (h ^ (h >>> 15)) & (MEMO_SIZE - 1);
    const whole = bytes[p] === 10 && length > 0 && length <= LONGEST_CONSTANT && bytes[p - 1] !== 0x3a;
    let attributes: DictionaryAttr;
    let type: Type | null;
    if (whole && memo.holds(slot, info, bytes, start, length)) {
      attributes = memo.attributes[slot]!;
      type = memo.types[slot]!;
      this.pos = p;
      this.skip();
    } else {
      const value = this.attribute();
      type = typeOfAttribute(value);
      if (type === null) return null;
      attributes = info.normalized(this.context.dictionary([[prepared.attribute, value]]));
      if (whole && this.pos > p) memo.set(slot, info, start, length, attributes, type);
    }
    // Its type might be on the next line.
    if (bytes[this.pos] === 0x3a) return null;
    const op = new Operation(info, loc, attributes);
    op.appendResult(type);
    return op;
  }

  private plainCall(info: OpInfo, prepared: PreparedAssembly, loc: LocationRef): Operation | null {
    const { bytes, callIds, callOffsets, callTypes } = this;
    const attributes = this.symbolAttribute(info, prepared);
    if (attributes === null || !this.accept(0x28)) return null;
    let count = 0;
    if (!this.accept(0x29)) {
      do {
        if (count === MOST_OPERANDS) return null;
        callOffsets[count] = this.pos;
        const id = this.plainName();
        if (id === 0) return null;
        callIds[count++] = id;
      } while (this.accept(0x2c));
      if (!this.accept(0x29)) return null;
    }
    if (bytes[this.pos] !== 0x3a || bytes[this.pos + 1] === 0x3a) return null;
    this.pos++;
    this.skip();
    if (!this.accept(0x28)) return null;
    callTypes.length = 0;
    if (!this.accept(0x29)) {
      do callTypes.push(this.scalarType() ?? this.type());
      while (this.accept(0x2c));
      if (!this.accept(0x29)) return null;
    }
    if (callTypes.length !== count || !this.acceptArrow()) return null;
    if (this.accept(0x28)) {
      if (!this.accept(0x29)) {
        do callTypes.push(this.scalarType() ?? this.type());
        while (this.accept(0x2c));
        if (!this.accept(0x29)) return null;
      }
    } else callTypes.push(this.scalarType() ?? this.type());
    const op = new Operation(info, loc, attributes);
    for (let i = 0; i < count; i++) op.appendOperand(this.plainUse(callIds[i]!, callTypes[i]!, callOffsets[i]!));
    for (let i = count; i < callTypes.length; i++) op.appendResult(callTypes[i]!);
    return op;
  }

  /** `@name`: the dictionary with a reference to it. */
  private symbolAttribute(info: OpInfo, prepared: PreparedAssembly): DictionaryAttr | null {
    const { bytes, pos: start, memo, context } = this;
    if (bytes[start] !== 0x40 || (CLASS[bytes[start + 1]!]! & C_START) === 0) return null;
    let p = start + 1;
    let h = 0x40;
    while (CLASS[bytes[p]!]! & C_BARE) h = Math.imul(h ^ bytes[p++]!, 0x01000193);
    const slot = (h ^ (h >>> 15)) & (MEMO_SIZE - 1);
    this.pos = p;
    this.skip();
    if (memo.holds(slot, info, bytes, start, p - start)) return memo.attributes[slot]!;
    const attributes = context.dictionary([[prepared.attribute, context.symbolRef(this.slice(start + 1, p))]]);
    memo.set(slot, info, start, p - start, attributes, null);
    return attributes;
  }
}
