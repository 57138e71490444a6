// `dense<...>`, `sparse<...>`, `array<...>`, `dense_resource<...>`. The type stands behind the literal, so the literal
// is skipped first and read once its type is known, straight into the bytes of the attribute.
import {
  type Attribute,
  DenseElementsAttr,
  DenseResourceAttr,
  DenseStringElementsAttr,
  SparseElementsAttr,
} from '../attribute.js';
import { floatBits, floatFromBits, printDense, printString, readBits, writeBits } from '../attribute-text.js';
import {
  ComplexType,
  DYNAMIC,
  elementCount,
  FloatType,
  IndexType,
  IntegerType,
  isShaped,
  type ShapedType,
  storageWidth,
  type TensorType,
  type Type,
  VectorType,
} from '../type.js';
import { brief, HEX_HIGH, HEX_LOW } from './lexer.js';
import { floatEnd, NumberParser } from './number-parser.js';

type StaticShaped = ShapedType;

export abstract class ElementsParser extends NumberParser {
  // The elements being read: their stored form, how many are written, and how one is stored.
  private out: DataView = new DataView(new ArrayBuffer(0));
  private at = 0;

  /** `dense<...> : type` */
  protected dense(given: Type | undefined): Attribute {
    const start = this.pos;
    this.advance(5);
    const open = this.pos;
    if (this.bytes[open] !== 0x3c) this.failExpected("'<' after 'dense'");
    const close = this.bodyEnd(open);
    this.pos = close;
    this.skip();
    const type = this.shapedType(given, 'dense');
    const after = this.pos;
    this.pos = open;
    this.advance(1);
    const attr = this.denseBody(type, start);
    if (this.pos !== close - 1) this.failExpected("'>' to close the dense elements");
    this.pos = after;
    return attr;
  }

  private shapedType(given: Type | undefined, what: string): StaticShaped {
    if (!given) this.expect(0x3a, `':' and the type of the ${what} elements`);
    const at = this.pos;
    const type = given ?? this.type();
    if (!isShaped(type))
      return this.fail(
        'parse.elements-type',
        `${what} elements must be a ranked tensor, a vector or a memref, got ${brief(type)}`,
        at,
      );
    if (type.shape.includes(DYNAMIC))
      this.fail('parse.elements-type', `${what} elements must have a static shape, got ${brief(type)}`, at);
    if (type instanceof VectorType && type.scalable.includes(true) && what !== 'dense')
      this.fail('parse.elements-type', `${what} elements cannot be scalable`, at);
    return type;
  }

  private denseBody(type: StaticShaped, start: number): Attribute {
    const count = elementCount(type.shape)!;
    const element = type.element;
    if (this.bytes[this.pos] === 0x3e) {
      if (count !== 0) this.fail('parse.elements-shape', `no elements given for ${brief(type)}`);
      return this.context.denseElements(type, new Uint8Array(0), { splat: false });
    }
    const numeric =
      element instanceof IntegerType ||
      element instanceof IndexType ||
      element instanceof FloatType ||
      element instanceof ComplexType;
    if (!numeric) return this.denseStrings(type, count);
    if (this.atString) return this.denseHex(type, count);
    const width = this.storedWidth(element, start);
    if (this.bytes[this.pos] !== 0x5b) {
      const bytes = new Uint8Array(width);
      this.fill(bytes);
      this.element(element);
      if (count === 0) return this.context.denseElements(type, new Uint8Array(0), { splat: false });
      return this.context.denseElements(type, bytes, { splat: true });
    }
    if (count > this.end) this.shapeMismatch(type, 0, this.pos);
    const bytes = new Uint8Array(count * width);
    this.fill(bytes);
    this.nested(type, 0, () => this.element(element));
    return this.denseUniform(type, bytes, width);
  }

  /** A list whose elements are all equal is a splat. */
  private denseUniform(type: StaticShaped, bytes: Uint8Array, width: number): DenseElementsAttr {
    let i = width;
    while (i < bytes.length && bytes[i] === bytes[i - width]) i++;
    if (i < bytes.length || bytes.length === 0) return this.context.denseElements(type, bytes, { splat: false });
    return this.context.denseElements(type, bytes.slice(0, width), { splat: true });
  }

  private storedWidth(element: Type, start: number): number {
    const width = storageWidth(element);
    if (width === undefined)
      return this.fail('parse.elements-type', `dense elements of type ${brief(element)} are not supported`, start);
    return width;
  }
  private fill(bytes: Uint8Array): void {
    this.out = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = 0;
  }

  /** Lists nested as deep as the type has dimensions. */
  private nested(type: StaticShaped, level: number, item: () => void): void {
    const open = this.pos;
    if (this.bytes[open] !== 0x5b) this.shapeMismatch(type, level, open);
    this.enter();
    this.advance(1);
    const size = type.shape[level];
    if (size === undefined) this.shapeMismatch(type, level, open);
    let n = 0;
    if (this.bytes[this.pos] !== 0x5d) {
      do {
        if (n++ === size) this.shapeMismatch(type, level, open);
        if (level + 1 < type.shape.length) this.nested(type, level + 1, item);
        else {
          if (this.bytes[this.pos] === 0x5b) this.shapeMismatch(type, level + 1, this.pos);
          item();
        }
      } while (this.accept(0x2c));
    }
    this.expectClose(0x5d, "']' to close a list of elements", open);
    if (n !== size) this.shapeMismatch(type, level, open);
    this.leave();
  }
  private shapeMismatch(type: StaticShaped, level: number, at: number): never {
    const size = type.shape[level];
    const wanted = size === undefined ? 'one element' : `a list of ${size}`;
    return this.fail(
      'parse.elements-shape',
      `elements do not have the shape of ${brief(type)}: expected ${wanted} here`,
      at,
    );
  }

  private element(type: Type): void {
    if (type instanceof ComplexType) {
      const open = this.pos;
      this.expect(0x28, "'(' before a complex element");
      this.element(type.element);
      this.expect(0x2c, "',' between the parts of a complex element");
      this.element(type.element);
      this.expectClose(0x29, "')' after a complex element", open);
      return;
    }
    const { out } = this;
    const width = storageWidth(type)!;
    const at = this.at;
    this.at += width;
    if (type instanceof FloatType) {
      const value = this.floatElement(type);
      if (typeof value === 'number' && type.name === 'f32') out.setFloat32(at, value, true);
      else if (typeof value === 'number' && type.name === 'f64') out.setFloat64(at, value, true);
      else this.storeBits(at, width, typeof value === 'bigint' ? value : floatBits(value, type));
      return;
    }
    const value = this.elementValue(type as IntegerType | IndexType);
    if (width === 8) out.setBigInt64(at, BigInt(value), true);
    else if (width > 8) this.storeBits(at, width, BigInt(value));
    else if (width === 4) out.setInt32(at, value as number, true);
    else if (width === 2) out.setInt16(at, value as number, true);
    else out.setInt8(at, value as number);
  }
  private storeBits(at: number, width: number, bits: bigint): void {
    if (width === 8) this.out.setBigUint64(at, bits, true);
    else if (width > 8)
      writeBits(new Uint8Array(this.out.buffer, this.out.byteOffset, this.out.byteLength), at, width, bits);
    else if (width === 4) this.out.setUint32(at, Number(bits), true);
    else if (width === 2) this.out.setUint16(at, Number(bits), true);
    else this.out.setUint8(at, Number(bits));
  }

  /** `"0x..."`: little-endian elements of whole bytes each, i1 packed eight to a byte from the least significant bit. */
  private denseHex(type: StaticShaped, count: number): Attribute {
    const at = this.pos;
    const stop = this.stringEnd(at);
    const raw = this.hexBytes(at, stop);
    const { element } = type;
    const part = element instanceof ComplexType ? element.element : element;
    const parts = element instanceof ComplexType ? 2 : 1;
    const width = this.storedWidth(part, at);
    const bits = part instanceof IntegerType || part instanceof FloatType ? part.width : 64;
    let bytes: Uint8Array;
    let splat = false;
    if (bits === 1) {
      const total = count * parts;
      splat = raw.length === 1 && total !== 0 && (raw[0] === 0xff || raw[0] === 0);
      if (!splat && raw.length !== Math.ceil(total / 8)) this.blobSize(type, Math.ceil(total / 8), raw.length, at);
      const stored = splat ? parts : total;
      bytes = new Uint8Array(stored);
      for (let i = 0; i < stored; i++) bytes[i] = (raw[splat ? 0 : i >> 3]! >> (i & 7)) & 1;
    } else {
      const textWidth = Math.max(1, Math.ceil(bits / 8));
      const full = count * parts * textWidth;
      splat = raw.length === parts * textWidth && count !== 0;
      if (!splat && raw.length !== full) this.blobSize(type, full, raw.length, at);
      bytes =
        textWidth === width
          ? raw
          : widen(raw, textWidth, width, { signed: part instanceof IntegerType && part.signedness !== 'unsigned' });
      if (part instanceof IntegerType && bits % 8 !== 0) bytes = withoutPadding(bytes, part, width);
    }
    this.pos = stop;
    this.skip();
    if (splat) return this.context.denseElements(type, bytes, { splat: true });
    return this.denseUniform(type, bytes, parts * width);
  }
  private blobSize(type: Type, wanted: number, got: number, at: number): never {
    return this.fail(
      'parse.elements-blob',
      `hexadecimal elements of ${brief(type)} take ${wanted} bytes, got ${got}`,
      at,
    );
  }

  /** The bytes of the string `"0x..."` in [start, end). */
  protected hexBytes(start: number, end: number): Uint8Array {
    const { bytes } = this;
    const from = start + 3;
    if (bytes[start + 1] !== 0x30 || bytes[start + 2] !== 0x78 || (end - 1 - from) % 2 !== 0)
      this.fail('parse.elements-blob', 'expected a string "0x..." with an even number of hexadecimal digits', start);
    const out = new Uint8Array((end - 1 - from) >> 1);
    const n = out.length;
    for (let i = 0, p = from; i < n; i++, p += 2) {
      const value = HEX_HIGH[bytes[p]!]! + HEX_LOW[bytes[p + 1]!]!;
      if (value < 0) this.fail('parse.elements-blob', 'expected a string "0x..." of hexadecimal digits', p);
      out[i] = value;
    }
    return out;
  }

  private denseStrings(type: StaticShaped, count: number): Attribute {
    const at = this.pos;
    const values: string[] = [];
    const item = () => {
      values.push(this.atString ? this.quoted() : this.literalAsString(type));
    };
    const splat = this.bytes[at] !== 0x5b;
    if (splat) item();
    else {
      if (count > this.end) this.shapeMismatch(type, 0, at);
      this.nested(type, 0, item);
    }
    const uniform = values.length > 0 && values.every((v) => v === values[0]);
    const made = new DenseStringElementsAttr(type, uniform ? [values[0]!] : values, uniform);
    return this.context.uniqueByText(`strings ${made}`, () => made);
  }

  /**
   * A number, true or false in place of a string: MLIR takes the text of the token without its first and last character
   * for the string, so that is what it means in the files it writes.
   */
  private literalAsString(type: StaticShaped): string {
    const { pos } = this;
    if (this.acceptWord('true')) return 'ru';
    if (this.acceptWord('false')) return 'als';
    this.accept(0x2d);
    if (!this.atDigit)
      this.fail('parse.elements-type', `elements of type ${brief(type.element)} must be strings or literals`, pos);
    const start = this.pos;
    const end = this.integerEnd(start);
    const stop = this.bytes[end] === 0x2e ? floatEnd(this.bytes, end) : end;
    this.pos = stop;
    this.skip();
    return this.slice(start + 1, Math.max(start + 1, stop - 1));
  }

  // sparse

  /** `sparse<indices, values> : type` */
  protected sparse(given: Type | undefined): Attribute {
    this.advance(6);
    const open = this.pos;
    if (this.bytes[open] !== 0x3c) this.failExpected("'<' after 'sparse'");
    const close = this.bodyEnd(open);
    this.pos = close;
    this.skip();
    const type = this.shapedType(given, 'sparse');
    const after = this.pos;
    this.pos = open;
    this.advance(1);
    const { context } = this;
    const rank = type.shape.length;
    let indices: Attribute = context.denseElements(context.tensor([0, rank], context.i64), new Uint8Array(0), {
      splat: false,
    });
    let values: Attribute = context.denseElements(context.tensor([0], type.element), new Uint8Array(0), {
      splat: false,
    });
    let text = '';
    if (this.bytes[this.pos] !== 0x3e) {
      const at = this.pos;
      const indexShape = this.literalShape();
      // A number without brackets is one index, the same in every dimension.
      const indexType = context.tensor(
        indexShape.length === 0 ? [1, rank] : indexShape.length === 1 ? [1, indexShape[0]!] : indexShape,
        context.i64,
      );
      if (indexShape.length > 2 || indexType.shape[1] !== rank)
        this.fail('parse.elements-shape', `indices of sparse elements of ${brief(type)} need ${rank} numbers each`, at);
      indices = this.sparsePart(context.tensor(indexShape, context.i64), indexType, at);
      this.checkIndices(indices as DenseElementsAttr, type, at);
      this.expect(0x2c, "',' between the indices and the values of sparse elements");
      const valuesAt = this.pos;
      const valueShape = this.literalShape();
      const n = indexType.shape[0]!;
      if (valueShape.length > 1 || (valueShape[0] ?? n) !== n)
        this.fail('parse.elements-shape', `sparse elements need one value for each of the ${n} indices`, valuesAt);
      values = this.sparsePart(context.tensor(valueShape, type.element), context.tensor([n], type.element), valuesAt);
      if (this.pos !== close - 1) this.failExpected("'>' to close the sparse elements");
      // MLIR writes a number for a list of equal ones; not where several indices are equal, which it could not read again.
      const oneIndex = n === 1 && isSplat(indices);
      text = `${this.partText(indices, oneIndex ? [] : indexShape)}, ${this.partText(values, isSplat(values) ? [] : valueShape)}`;
    } else if (this.pos !== close - 1) this.failExpected("'>' to close the sparse elements");
    this.pos = after;
    const made = new SparseElementsAttr(type, indices, values, text);
    return context.uniqueByText(made.toString(), () => made);
  }
  /** Reads a literal of the shape written and gives it the shape meant. */
  private sparsePart(written: TensorType, meant: TensorType, start: number): Attribute {
    const attr = this.denseBody(written, start);
    return attr instanceof DenseElementsAttr
      ? this.context.denseElements(meant, attr.bytes, { splat: attr.splat })
      : attr;
  }
  /** Numbers in lists of the given shape, also where they are all equal. */
  private partText(attr: Attribute, shape: readonly number[]): string {
    const count = elementCount(shape)!;
    let items: string[];
    if (attr instanceof DenseElementsAttr) {
      const width = storageWidth(attr.type.element)!;
      const scalar = this.context.tensor([], attr.type.element);
      items = Array.from({ length: count }, (_, i) => {
        const at = attr.splat ? 0 : i * width;
        return printDense(new DenseElementsAttr(scalar, attr.bytes.slice(at, at + width), true)).slice(
          'dense<'.length,
          -1,
        );
      });
    } else {
      const { values, splat } = attr as DenseStringElementsAttr;
      items = Array.from({ length: count }, (_, i) => printString(values[splat ? 0 : i]!));
    }
    const nest = (level: number, from: number, size: number): string => {
      if (level === shape.length) return items[from]!;
      const inner = size / shape[level]!;
      return `[${Array.from({ length: shape[level]! }, (_, i) => nest(level + 1, from + i * inner, inner)).join(', ')}]`;
    };
    return nest(0, 0, count);
  }
  private checkIndices(indices: DenseElementsAttr, type: StaticShaped, at: number): void {
    const view = new DataView(indices.bytes.buffer, indices.bytes.byteOffset, indices.bytes.byteLength);
    for (let i = 0; i < indices.bytes.length; i += 8) {
      const value = view.getBigInt64(i, true);
      const check = indices.splat ? type.shape : [type.shape[(i / 8) % type.shape.length]!];
      for (const size of check)
        if (value < 0n || value >= BigInt(size))
          this.fail('parse.elements-shape', `index ${value} is out of range for ${brief(type)}`, at);
    }
  }
  /** Sizes of the nested lists at `pos`, by their first members; nothing is consumed. */
  private literalShape(): number[] {
    const start = this.pos;
    const shape: number[] = [];
    let p = start;
    for (; this.bytes[p] === 0x5b; p = this.pos) {
      let size = 0;
      let level = 0;
      this.pos = p;
      // Count the commas of this list.
      for (let q = p; q < this.end; q++) {
        const c = this.bytes[q];
        if (c === 0x22) q = this.stringEnd(q) - 1;
        else if (c === 0x5b || c === 0x28) level++;
        else if (c === 0x5d || c === 0x29) {
          if (--level === 0) break;
        } else if (c === 0x2c && level === 1) size++;
      }
      this.pos = p;
      this.advance(1);
      shape.push(this.bytes[this.pos] === 0x5d ? 0 : size + 1);
      if (shape.length > 8) break;
    }
    this.pos = start;
    return shape;
  }

  // array and dense_resource

  /** `array<i64: 1, 2>` */
  protected denseArray(): Attribute {
    this.advance(5);
    const open = this.pos;
    this.expect(0x3c, "'<' after 'array'");
    const at = this.pos;
    const type = this.type();
    if (!(type instanceof IntegerType) && !(type instanceof FloatType) && !(type instanceof IndexType))
      return this.fail(
        'parse.array-type',
        `elements of an array must be integers, index or floats, got ${brief(type)}`,
        at,
      );
    if (!(type instanceof IndexType) && type.width % 8 !== 0 && type.width !== 1)
      this.fail('parse.array-type', `elements of an array must have whole bytes, got ${brief(type)}`, at);
    const values: (number | bigint)[] = [];
    if (this.bytes[this.pos] !== 0x3e) {
      this.expect(0x3a, "':' or '>' after the element type of an array");
      do {
        if (!(type instanceof FloatType)) values.push(normalised(this.elementValue(type)));
        else {
          const value = this.floatElement(type);
          values.push(floatFromBits(typeof value === 'bigint' ? value : floatBits(value, type), type));
        }
      } while (this.accept(0x2c));
    }
    this.expectClose(0x3e, "'>' to close the array", open);
    return this.context.denseArray(type, values);
  }

  /** `dense_resource<key> : type` */
  protected denseResource(given: Type | undefined): Attribute {
    this.advance(14);
    const open = this.pos;
    this.expect(0x3c, "'<' after 'dense_resource'");
    const key = this.optionalQuoted() ?? this.bare('the key of a resource');
    this.expectClose(0x3e, "'>' after the key of a resource", open);
    const type = this.shapedType(given, 'resource');
    const made = new DenseResourceAttr(type, key);
    return this.context.uniqueByText(made.toString(), () => made);
  }
}

function isSplat(attr: Attribute): boolean {
  return (attr instanceof DenseElementsAttr || attr instanceof DenseStringElementsAttr) && attr.splat;
}

function normalised(value: number | bigint): number | bigint {
  return typeof value === 'bigint' &&
    value >= BigInt(Number.MIN_SAFE_INTEGER) &&
    value <= BigInt(Number.MAX_SAFE_INTEGER)
    ? Number(value)
    : value;
}

/** Elements whose unused upper bits say what the rest says, whatever they were. */
function withoutPadding(bytes: Uint8Array, type: IntegerType, width: number): Uint8Array {
  const out = bytes.slice();
  for (let at = 0; at < out.length; at += width) {
    const value = readBits(out, at, width);
    writeBits(
      out,
      at,
      width,
      type.signedness === 'unsigned' ? BigInt.asUintN(type.width, value) : BigInt.asIntN(type.width, value),
    );
  }
  return out;
}

/** Elements of `from` bytes as elements of `to` bytes, sign- or zero-extended. */
function widen(raw: Uint8Array, from: number, to: number, options: { signed: boolean }): Uint8Array {
  const n = raw.length / from;
  const out = new Uint8Array(n * to);
  for (let i = 0; i < n; i++) {
    out.set(raw.subarray(i * from, (i + 1) * from), i * to);
    if (options.signed && raw[(i + 1) * from - 1]! & 0x80) out.fill(0xff, i * to + from, (i + 1) * to);
  }
  return out;
}
