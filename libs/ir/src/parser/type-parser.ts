// Types. Short repeated texts such as `tensor<4x8xf32>` are recognised by their bytes and not parsed again.
import type { AsmParser } from '../asm.js';
import { AffineMapAttr, type Attribute, IntegerAttr, StridedLayoutAttr } from '../attribute.js';
import { opaqueText } from '../dialect-text.js';
import {
  ComplexType,
  DialectType,
  type Dimension,
  DYNAMIC,
  FloatType,
  type FunctionType,
  IndexType,
  IntegerType,
  MemRefType,
  OpaqueType,
  type Signedness,
  type Type,
  UnrankedMemRefType,
  VectorType,
} from '../type.js';
import { AffineParser } from './affine-parser.js';
import { AliasLimits } from './alias-limits.js';
import { brief, C_BARE, C_DIGIT, CLASS } from './lexer.js';

const MEMO_SIZE = 1024;
/** Longest type text that is remembered. */
const MEMO_LENGTH = 64;
const MAX_WIDTH = 2 ** 24 - 1;

/** Bytes a remembered type text consists of: no aliases, strings, comments or brackets that hold attributes. */
const MEMO_BYTES: Uint8Array = /* @__PURE__ */ (() => {
  const table = new Uint8Array(256);
  for (let c = 0; c < 256; c++) if (CLASS[c]! & C_BARE) table[c] = 1;
  for (const c of '?*, ') table[c.charCodeAt(0)] = 1;
  return table;
})();

export abstract class TypeParser extends AffineParser {
  private readonly memoTypes = new Array<Type | null>(MEMO_SIZE).fill(null);
  private readonly memoStart = new Int32Array(MEMO_SIZE);
  private readonly memoLength = new Int32Array(MEMO_SIZE);
  private readonly aliasLimits = new AliasLimits();
  private readonly typeAliases = new Map<string, Type>();

  abstract attribute(type?: Type): Attribute;
  abstract optionalAttribute(type?: Type): Attribute | undefined;
  /** The parser as dialect hooks see it. */
  abstract readonly asm: AsmParser;
  /** End of the balanced `<...>` that starts at `start`. */
  abstract bodyEnd(start: number): number;

  /** A type that is not a function type without parentheses around it, or a function type `(...) -> ...`. */
  type(): Type {
    return this.optionalType() ?? this.failExpected('a type');
  }

  optionalType(): Type | undefined {
    const { bytes, pos } = this;
    switch (bytes[pos]) {
      case 0x69: // i
        return this.signless() ?? (this.acceptWord('index') ? this.context.index : undefined);
      case 0x66: // f
        if (bytes[pos + 1] === 0x33 && bytes[pos + 2] === 0x32 && !(CLASS[bytes[pos + 3]!]! & C_BARE)) {
          this.advance(3);
          return this.context.f32;
        }
        return this.floatKeyword();
      case 0x62: // b
        return this.floatKeyword();
      case 0x73: // s
        return this.signedness('signed');
      case 0x75: // u
        return this.signedness('unsigned');
      case 0x74: // t
        if (this.isWord('tensor')) return this.remembered(6) ?? this.tensor();
        if (this.isWord('tuple')) return this.remembered(5) ?? this.tuple();
        return this.floatKeyword();
      case 0x76: // v
        return this.isWord('vector') ? (this.remembered(6) ?? this.vector()) : undefined;
      case 0x6d: // m
        return this.isWord('memref') ? (this.remembered(6) ?? this.memref()) : undefined;
      case 0x63: // c
        return this.isWord('complex') ? (this.remembered(7) ?? this.complex()) : undefined;
      case 0x6e: // n
        return this.acceptWord('none') ? this.context.none : undefined;
      case 0x28: // (
        return this.functionType();
      case 0x21: // !
        return this.dialectType();
      default:
        return undefined;
    }
  }

  private signless(): Type | undefined {
    const { bytes, pos } = this;
    let p = pos + 1;
    if (!(CLASS[bytes[p]!]! & C_DIGIT)) return undefined;
    if (!(CLASS[bytes[p + 2]!]! & C_BARE)) {
      if (bytes[p] === 0x33 && bytes[p + 1] === 0x32) {
        this.advance(3);
        return this.context.i32;
      }
      if (bytes[p] === 0x36 && bytes[p + 1] === 0x34) {
        this.advance(3);
        return this.context.i64;
      }
    }
    while (CLASS[bytes[p]!]! & C_DIGIT) p++;
    if (CLASS[bytes[p]!]! & C_BARE) return undefined;
    return this.integerType(pos + 1, p, 'signless');
  }
  private signedness(signedness: Signedness): Type | undefined {
    const { bytes, pos } = this;
    if (bytes[pos + 1] !== 0x69) return undefined;
    let p = pos + 2;
    while (CLASS[bytes[p]!]! & C_DIGIT) p++;
    if (p === pos + 2 || CLASS[bytes[p]!]! & C_BARE) return undefined;
    return this.integerType(pos + 2, p, signedness);
  }
  private integerType(start: number, end: number, signedness: Signedness): IntegerType {
    const width = end - start > 8 ? Number.POSITIVE_INFINITY : Number(this.slice(start, end));
    if (width > MAX_WIDTH) this.fail('parse.integer-width', `integer bitwidth is limited to ${MAX_WIDTH} bits`);
    this.pos = end;
    this.skip();
    return this.context.integer(width, signedness);
  }
  private floatKeyword(): Type | undefined {
    const stop = this.bareEnd();
    if (stop - this.pos < 3 || stop - this.pos > 14) return undefined;
    const type = this.context.floatByName(this.slice(this.pos, stop));
    if (type) {
      this.pos = stop;
      this.skip();
    }
    return type;
  }

  /** Looks the text from `pos` to the `>` that closes `keyword<` up among the types parsed before; parses it otherwise. */
  private remembered(keyword: number): Type | null {
    const { bytes, pos } = this;
    let p = pos + keyword;
    if (bytes[p] !== 0x3c) return null;
    let level = 0;
    let h = keyword;
    const limit = pos + MEMO_LENGTH;
    for (; p < limit; p++) {
      const c = bytes[p]!;
      h = Math.imul(h ^ c, 0x01000193);
      if (c === 0x3c) level++;
      else if (c === 0x3e) {
        if (--level === 0) break;
      } else if (MEMO_BYTES[c] === 0) return null;
    }
    if (p >= limit) return null;
    p++;
    const length = p - pos;
    const slot = (h ^ (h >>> 13)) & (MEMO_SIZE - 1);
    if (this.memoLength[slot] === length) {
      const s = this.memoStart[slot]!;
      let i = 0;
      while (i < length && bytes[s + i] === bytes[pos + i]) i++;
      if (i === length) {
        this.pos = p;
        this.skip();
        return this.memoTypes[slot]!;
      }
    }
    const c = bytes[pos];
    const type =
      c === 0x76
        ? this.vector()
        : c === 0x6d
          ? this.memref()
          : c === 0x63
            ? this.complex()
            : keyword === 5
              ? this.tuple()
              : this.tensor();
    this.memoTypes[slot] = type;
    this.memoStart[slot] = pos;
    this.memoLength[slot] = length;
    return type;
  }

  /** `keyword<`, returning where the bracket stands. */
  private openAngle(keyword: number, name: string): number {
    this.enter();
    this.advance(keyword);
    const open = this.pos;
    this.expect(0x3c, `'<' after '${name}'`);
    return open;
  }
  private closeAngle(open: number, name: string): void {
    this.expectClose(0x3e, `'>' to close the ${name} type`, open);
    this.leave();
  }

  private tensor(): Type {
    const open = this.openAngle(6, 'tensor');
    if (this.unranked()) {
      const element = this.elementType('tensor', isTensorElement);
      if (this.accept(0x2c)) {
        const at = this.pos;
        this.attribute();
        this.fail('parse.unranked-encoding', 'an unranked tensor takes no encoding', at);
      }
      this.closeAngle(open, 'tensor');
      return this.context.unrankedTensor(element);
    }
    const shape = this.dimensions();
    const element = this.elementType('tensor', isTensorElement);
    const encoding = this.accept(0x2c) ? this.attribute() : null;
    this.closeAngle(open, 'tensor');
    return this.context.tensor(shape, element, encoding);
  }

  /** Sizes of vectors are numbers: one that a number does not hold is refused. */
  private vectorDimension(): number {
    const start = this.pos;
    const exact = this.decimal64('vector dimension');
    const size = Number(exact);
    if (typeof exact === 'bigint' && BigInt(size) !== exact)
      this.fail('parse.integer-range', 'vector dimension is too large', start);
    return size;
  }

  private vector(): Type {
    const open = this.openAngle(6, 'vector');
    const shape: number[] = [];
    const scalable: boolean[] = [];
    let groupedText = false;
    for (;;) {
      const at = this.pos;
      if (this.bytes[at] === 0x5b) {
        // `[4]`, or `[2x4]` as MLIR 16 writes several.
        this.advance(1);
        const before = shape.length;
        do {
          const size = this.pos;
          shape.push(this.vectorDimension());
          scalable.push(true);
          if (shape[shape.length - 1] === 0) this.fail('parse.dimension', 'vector dimensions must be positive', size);
        } while (this.acceptX());
        if (shape.length > before + 1) groupedText = true;
        this.expectClose(0x5d, "']' after a scalable dimension", at);
      } else if (this.atDigit) {
        shape.push(this.vectorDimension());
        scalable.push(false);
      } else break;
      if (shape[shape.length - 1] === 0) this.fail('parse.dimension', 'vector dimensions must be positive', at);
      if (!this.acceptX()) this.failExpected("'x' after a dimension");
    }
    if (this.bytes[this.pos] === 0x3f) this.fail('parse.dimension', 'vector dimensions must be static');
    const element = this.elementType('vector', isVectorElement);
    this.closeAngle(open, 'vector');
    return this.context.vector(shape, element, scalable, { groupedText });
  }

  private memref(): Type {
    const open = this.openAngle(6, 'memref');
    const { context } = this;
    if (this.unranked()) {
      const element = this.elementType('memref', isMemRefElement);
      const space = this.accept(0x2c) ? this.memorySpace(this.pos) : null;
      this.closeAngle(open, 'memref');
      return context.unrankedMemref(element, space);
    }
    const shape = this.dimensions();
    const element = this.elementType('memref', isMemRefElement);
    let layout: Attribute | null = null;
    let space: Attribute | null = null;
    let hasSpace = false;
    while (this.accept(0x2c)) {
      const at = this.pos;
      const attr = this.attribute();
      if (hasSpace) this.fail('parse.memref-layout', 'the memory space must come last in a memref', at);
      // Of several layouts the last one counts.
      if (attr instanceof AffineMapAttr || attr instanceof StridedLayoutAttr) {
        const rank = attr instanceof AffineMapAttr ? attr.map.numDims : attr.strides.length;
        if (rank !== shape.length)
          this.fail(
            'parse.memref-layout',
            `memref layout of rank ${rank} does not fit a memref of rank ${shape.length}`,
            at,
          );
        layout = attr;
      } else {
        space = attr instanceof IntegerAttr && attr.value === 0 ? null : attr;
        hasSpace = true;
      }
    }
    this.closeAngle(open, 'memref');
    return context.memref(shape, element, layout, space);
  }
  private memorySpace(at: number): Attribute | null {
    const attr = this.attribute();
    if (attr instanceof AffineMapAttr || attr instanceof StridedLayoutAttr)
      this.fail('parse.memref-layout', 'an unranked memref takes no layout', at);
    return attr instanceof IntegerAttr && attr.value === 0 ? null : attr;
  }

  private complex(): Type {
    const open = this.openAngle(7, 'complex');
    const element = this.elementType('complex', (t) => t instanceof FloatType || t instanceof IntegerType);
    this.closeAngle(open, 'complex');
    return this.context.complex(element);
  }

  private tuple(): Type {
    const open = this.openAngle(5, 'tuple');
    const elements: Type[] = [];
    if (this.bytes[this.pos] !== 0x3e) {
      do elements.push(this.type());
      while (this.accept(0x2c));
    }
    this.closeAngle(open, 'tuple');
    return this.context.tuple(elements);
  }

  private elementType(of: string, allowed: (type: Type) => boolean): Type {
    const at = this.pos;
    const element = this.type();
    if (!allowed(element))
      this.fail('parse.element-type', `${brief(element)} cannot be the element type of a ${of}`, at);
    return element;
  }

  /** `*x` */
  private unranked(): boolean {
    if (this.bytes[this.pos] !== 0x2a) return false;
    this.advance(1);
    if (!this.acceptX()) this.failExpected("'x' after '*'");
    return true;
  }
  private acceptX(): boolean {
    if (this.bytes[this.pos] !== 0x78) return false;
    this.advance(1);
    return true;
  }
  /** `4x?x` */
  private dimensions(): Dimension[] {
    const shape: Dimension[] = [];
    for (;;) {
      if (this.atDigit) shape.push(this.decimal64('dimension'));
      else if (this.accept(0x3f)) shape.push(DYNAMIC);
      else return shape;
      if (!this.acceptX()) this.failExpected("'x' after a dimension");
    }
  }
  /** `4x?x8` without an element type behind it. */
  dimensionList(): number[] {
    const shape: number[] = [];
    do {
      if (this.accept(0x3f)) shape.push(DYNAMIC);
      else shape.push(this.decimal('dimension'));
    } while (this.acceptX());
    return shape;
  }

  /** `(types) -> type` or `(types) -> (types)` */
  functionType(): FunctionType {
    this.enter();
    const inputs = this.parenTypes();
    if (!this.acceptArrow()) this.failExpected("'->' in function type");
    const results = this.resultTypes();
    this.leave();
    return this.context.functionType(inputs, results);
  }
  /** `(a, b)`, possibly empty. */
  parenTypes(): Type[] {
    const open = this.pos;
    this.expect(0x28, "'(' to begin a list of types");
    const list: Type[] = [];
    if (this.bytes[this.pos] !== 0x29) {
      do list.push(this.type());
      while (this.accept(0x2c));
    }
    this.expectClose(0x29, "')' to end a list of types", open);
    return list;
  }
  /** What follows `->`: one type, or a list in parentheses. */
  resultTypes(): Type[] {
    if (this.bytes[this.pos] === 0x28) return this.parenTypes();
    return [this.type()];
  }

  // `!...`

  defineTypeAlias(name: string, at: number): void {
    if (this.typeAliases.has(name)) this.fail('parse.alias-redefinition', `redefinition of type alias '!${name}'`, at);
    this.acceptWord('type'); // older files write `!a = type i32`
    const type = this.type();
    this.checkAlias(`!${name}`, type, at);
    this.typeAliases.set(name, type);
  }

  protected checkAlias(shown: string, target: Type | Attribute, at: number): void {
    const problem = this.aliasLimits.problem(target);
    if (problem) this.fail('parse.alias-size', `what the alias '${shown}' stands for ${problem}`, at);
  }

  private dialectType(): Type {
    const { bytes, context, pos: start } = this;
    const nameEnd = this.suffixEnd(start + 1);
    if (nameEnd === start + 1 || bytes[start + 1] === 0x2e)
      this.fail('parse.expected', "expected a type name after '!'");
    const name = this.slice(start + 1, nameEnd);
    const dot = name.indexOf('.');
    const body = bytes[nameEnd] === 0x3c;
    if (dot < 0 && !body) {
      const alias = this.typeAliases.get(name);
      if (!alias) this.fail('parse.undefined-alias', `undefined type alias '!${name}'`);
      this.pos = nameEnd;
      this.skip();
      return alias;
    }
    const dialectName = dot < 0 ? name : name.slice(0, dot);
    const dialect = context.dialect(dialectName);
    if (!dialect) {
      if (!context.allowUnregistered)
        this.fail(
          'parse.unregistered-dialect',
          `type '!${name}' of unregistered dialect '${dialectName}'; register the dialect or pass --allow-unregistered-dialect`,
        );
      const stop = body ? this.bodyEnd(nameEnd) : nameEnd;
      const text = opaqueText(dialectName, this.slice(start + 1, stop));
      this.pos = stop;
      this.skip();
      return context.opaqueType(dialectName, text);
    }
    this.enter();
    this.pos = nameEnd;
    this.skip();
    const open = this.pos;
    let full = name;
    if (dot < 0) {
      this.advance(1);
      full = `${dialectName}.${this.bare('the name of a type')}`;
    }
    const definition = dialect.types?.find((d) => d.name === full);
    if (!definition) this.fail('parse.unknown-type', `dialect '${dialectName}' has no type '!${full}'`, start);
    const parameters = definition.parse(this.asm);
    if (dot < 0) this.expectClose(0x3e, "'>' to close the type", open);
    this.leave();
    const problem = definition.verify?.(parameters, context);
    if (problem !== undefined) this.fail('parse.type-parameters', problem, start);
    return context.dialectType(definition, parameters);
  }
}

function isVectorElement(t: Type): boolean {
  return (
    t instanceof IntegerType ||
    t instanceof FloatType ||
    t instanceof IndexType ||
    t instanceof OpaqueType ||
    t instanceof DialectType
  );
}
function isTensorElement(t: Type): boolean {
  return isVectorElement(t) || t instanceof ComplexType || t instanceof VectorType;
}
function isMemRefElement(t: Type): boolean {
  return isTensorElement(t) || t instanceof MemRefType || t instanceof UnrankedMemRefType;
}
