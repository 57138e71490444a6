// Types, attributes, attribute dictionaries, locations and resources as bytes. What was written once is copied.

import {
  ArrayAttr,
  type Attribute,
  DenseElementsAttr,
  DenseResourceAttr,
  DenseStringElementsAttr,
  DictionaryAttr,
  FloatAttr,
  IntegerAttr,
  OpaqueAttr,
  SparseElementsAttr,
  StringAttr,
  UnitAttr,
} from '../attribute.js';
import { blobBytes, HEX_THRESHOLD, printDense, printFloat, printString, printSymbolName } from '../attribute-text.js';
import type { Context } from '../context.js';
import type { LocationRef } from '../location.js';
import type { OpInfo } from '../op-info.js';
import type { Operation } from '../operation.js';
import { AttrSizedOperandSegments, AttrSizedResultSegments } from '../traits.js';
import { elementCount, IntegerType, type Type } from '../type.js';
import { AttrNames } from '../well-known.js';
import { type ByteBuffer, TextCache } from './byte-buffer.js';

/** Which attributes of an op a dictionary shows: all, the definition's own as `<{...}>`, or the others. */
export type DictionaryPart = 'all' | 'properties' | 'discardable';

const PLAIN_NAME = /^[A-Za-z_][\w$.]*$/;

/** What MLIR 16 called the segment sizes, which every later version still reads outside of `<{...}>`. */
function oldSegmentName(info: OpInfo, name: string): string | undefined {
  if (name === AttrNames.operandSegmentSizes && info.hasTrait(AttrSizedOperandSegments)) return 'operand_segment_sizes';
  if (name === AttrNames.resultSegmentSizes && info.hasTrait(AttrSizedResultSegments)) return 'result_segment_sizes';
  return undefined;
}

export class AttributeWriter {
  private readonly context: Context;
  private readonly out: ByteBuffer;
  private readonly elideAbove: number;
  private readonly types: TextCache<Type>;
  private readonly attrs: TextCache<Attribute>;
  private readonly dictionaries: TextCache<DictionaryAttr>;
  private readonly defaults = new Map<OpInfo, Map<string, Attribute>>();
  private readonly resourceKeys = new Set<string>();

  constructor(context: Context, out: ByteBuffer, elideAbove: number, cacheSize: number) {
    this.context = context;
    this.out = out;
    this.elideAbove = elideAbove;
    this.types = new TextCache(cacheSize);
    this.attrs = new TextCache(cacheSize);
    this.dictionaries = new TextCache(cacheSize);
  }

  type(type: Type): void {
    const { out } = this;
    if (this.types.repeat(out, type)) return;
    const start = out.position;
    out.text(type.toString());
    this.types.remember(out, start, type);
  }

  attribute(attr: Attribute): void {
    if (this.attrs.repeat(this.out, attr)) return;
    const start = this.out.position;
    this.fresh(attr);
    this.attrs.remember(this.out, start, attr);
  }

  private fresh(attr: Attribute): void {
    const { out } = this;
    if (attr instanceof IntegerAttr) {
      out.text(attr.isBool ? (attr.value ? 'true' : 'false') : String(attr.value));
      if (!attr.isBool) this.colonType(attr.type);
    } else if (attr instanceof ArrayAttr) {
      out.byte(0x5b); // [
      attr.elements.forEach((element, i) => {
        if (i > 0) out.comma();
        this.attribute(element);
      });
      out.byte(0x5d); // ]
    } else if (attr instanceof DictionaryAttr) {
      out.byte(0x7b); // {
      attr.names.forEach((name, i) => {
        if (i > 0) out.comma();
        this.named(name, attr.values[i]!);
      });
      out.byte(0x7d); // }
    } else if (attr instanceof DenseElementsAttr) {
      this.dense(attr);
      this.colonType(attr.type);
    } else {
      const text = attr.toString();
      out.text(text);
      this.noteResources(text);
    }
  }
  /** Resource keys in an attribute, nested ones too; a key that only looks like one finds no blob. */
  private noteResources(text: string): void {
    if (this.context.resources.size === 0) return;
    for (const match of text.matchAll(/dense_resource<(?:([\w$.]+)|"([^"\\]*)")>/g))
      this.resourceKeys.add(match[1] ?? match[2]!);
  }
  private colonType(type: Type): void {
    this.out.text(' : ');
    this.type(type);
  }

  /** `dense<...>` without the type; blobs go straight into the buffer. */
  private dense(attr: DenseElementsAttr): void {
    const { out } = this;
    const count = elementCount(attr.type.shape) ?? 0;
    if (attr.splat || (count <= HEX_THRESHOLD && count <= this.elideAbove)) out.text(printDense(attr));
    else if (count > this.elideAbove) out.text('dense_resource<__elided__>');
    else if (attr.type.element instanceof IntegerType && attr.type.element.width === 1) out.text(printDense(attr));
    else {
      out.text('dense<"0x');
      out.hex(blobBytes(attr.type.element, attr.bytes));
      out.text('">');
    }
  }

  withoutType(attr: Attribute): void {
    const { out } = this;
    if (attr instanceof IntegerAttr) out.text(attr.isBool ? (attr.value ? 'true' : 'false') : String(attr.value));
    else if (attr instanceof FloatAttr) out.text(printFloat(attr.value, attr.type, attr.nanBits));
    else if (attr instanceof DenseElementsAttr) this.dense(attr);
    else if (attr instanceof StringAttr) out.text(printString(attr.value));
    else if (
      attr instanceof DenseResourceAttr ||
      attr instanceof DenseStringElementsAttr ||
      attr instanceof SparseElementsAttr ||
      (attr instanceof OpaqueAttr && attr.type !== null)
    ) {
      // These end in ` : type`.
      const text = attr.toString();
      this.noteResources(text);
      out.text(text.slice(0, text.length - ` : ${attr.type}`.length));
    } else this.attribute(attr);
  }

  string(value: string): void {
    this.out.text(printString(value));
  }
  symbolName(name: string): void {
    this.out.text(printSymbolName(name));
  }

  private named(name: string, value: Attribute): void {
    const { out } = this;
    if (PLAIN_NAME.test(name)) out.text(name);
    else out.text(printString(name));
    if (value instanceof UnitAttr) return;
    out.text(' = ');
    this.attribute(value);
  }

  // Dictionaries of operations

  /** A space and the op's dictionary in generic form; nothing when there is nothing to show. */
  dictionary(op: Operation, part: DictionaryPart): void {
    const { out } = this;
    const { attributes, info } = op;
    if (attributes.names.length === 0) return;
    const cached = part === 'all';
    if (cached && this.dictionaries.repeat(out, attributes, info)) return;
    const start = out.position;
    const { definition } = info;
    let first = true;
    for (let i = 0; i < attributes.names.length; i++) {
      const name = attributes.names[i]!;
      const value = attributes.values[i]!;
      if (definition !== null) {
        if (part !== 'all' && isInherent(info, name) !== (part === 'properties')) continue;
        if (this.defaultOf(info, name) === value) continue;
      }
      out.text(first ? (part === 'properties' ? ' <{' : ' {') : ', ');
      first = false;
      this.named(part === 'all' ? (oldSegmentName(info, name) ?? name) : name, value);
    }
    if (!first) out.text(part === 'properties' ? '}>' : '}');
    if (cached) this.dictionaries.remember(out, start, attributes, info);
  }

  /** The dictionary of a custom form: everything but `elided` and defaults, after `keyword`. */
  custom(op: Operation, elided: readonly string[], keyword: string): void {
    const { out } = this;
    const { names, values } = op.attributes;
    let first = true;
    for (let i = 0; i < names.length; i++) {
      const name = names[i]!;
      if (elided.includes(name) || this.defaultOf(op.info, name) === values[i]) continue;
      if (first) out.text(`${keyword} {`);
      else out.comma();
      first = false;
      this.named(name, values[i]!);
    }
    if (!first) out.byte(0x7d);
  }

  /** The attribute that an absent one stands for. */
  private defaultOf(info: OpInfo, name: string): Attribute | undefined {
    let table = this.defaults.get(info);
    if (table === undefined) {
      table = new Map();
      for (const [key, spec] of Object.entries(info.definition?.spec.attributes ?? {})) {
        if (spec.defaultValue === undefined) continue;
        const made = spec.make(this.context, spec.defaultValue);
        // The presence of a unit attribute is its value.
        if (!(made instanceof UnitAttr)) table.set(key, made);
      }
      this.defaults.set(info, table);
    }
    return table.get(name);
  }

  // Locations

  /** `loc(...)` */
  location(ref: LocationRef): void {
    if (typeof ref !== 'number') {
      this.attribute(ref);
      return;
    }
    const at = ref === 0 ? undefined : this.context.sources.lineColumn(ref);
    if (at === undefined) this.out.text('loc(unknown)');
    else {
      this.out.text(`loc(${printString(at.file)}:`);
      this.out.decimal(at.line);
      this.out.byte(0x3a);
      this.out.decimal(at.column);
      this.out.byte(0x29);
    }
  }

  // Resources

  /** The `{-# dialect_resources #-}` section for the keys met so far, and what dialects other than builtin hold. */
  resources(): void {
    const { out } = this;
    let firstDialect = true;
    for (const [dialect, blobs] of this.context.resources) {
      let first = true;
      for (const [key, blob] of blobs) {
        if (dialect === 'builtin' && !this.resourceKeys.has(key)) continue;
        if (blob.bytes.length > this.elideAbove) continue;
        if (first) out.text(`${firstDialect ? '\n{-#\n  dialect_resources: {\n' : ',\n'}    ${dialect}: {\n`);
        else out.text(',\n');
        first = false;
        firstDialect = false;
        out.text(`      ${PLAIN_NAME.test(key) ? key : printString(key)}: "0x`);
        const header = new Uint8Array(4);
        new DataView(header.buffer).setUint32(0, blob.alignment, true);
        out.hex(header);
        out.hex(blob.bytes);
        out.byte(0x22);
      }
      if (!first) out.text('\n    }');
    }
    if (!firstDialect) out.text('\n  }');
    this.externalResources({ first: firstDialect });
  }
  /** What tools other than the compiler keep with the module, as it was read. Closes the metadata. */
  private externalResources({ first }: { first: boolean }): void {
    const { out } = this;
    const owners = [...this.context.externalResources];
    if (owners.length > 0) {
      const key = (k: string) => (PLAIN_NAME.test(k) ? k : printString(k));
      const body = owners.map(([owner, values]) => {
        const lines = [...values].map(([k, v]) => `      ${key(k)}: ${typeof v === 'string' ? printString(v) : v}`);
        return `    ${key(owner)}: {\n${lines.join(',\n')}\n    }`;
      });
      out.text(`${first ? '\n{-#\n' : ',\n'}  external_resources: {\n${body.join(',\n')}\n  }`);
    }
    if (!first || owners.length > 0) out.text('\n#-}\n');
  }
}

/** True for attributes that the op's definition names. */
function isInherent(info: OpInfo, name: string): boolean {
  if (info.definition?.spec.attributes && Object.hasOwn(info.definition.spec.attributes, name)) return true;
  return name === AttrNames.operandSegmentSizes || name === AttrNames.resultSegmentSizes;
}
