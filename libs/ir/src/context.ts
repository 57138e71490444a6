// The Context owns uniqued types and attributes, the registered dialects, the sources that were parsed and the
// diagnostic engine. Types and attributes of one context are compared with `===`; a context never crosses threads.
import { AffineExpr, AffineMap, type IntegerSet } from './affine.js';
import {
  AffineMapAttr,
  ArrayAttr,
  type Attribute,
  DenseArrayAttr,
  DenseElementsAttr,
  DialectAttr,
  DictionaryAttr,
  FloatAttr,
  IntegerAttr,
  IntegerSetAttr,
  StridedLayoutAttr,
  StringAttr,
  SymbolRefAttr,
  TypeAttr,
  UnitAttr,
} from './attribute.js';
import { floatBits, floatFromBits } from './attribute-text.js';
import type { ValueConstraint } from './constraints.js';
import type { TransformationGate } from './debug-counter.js';
import type { Dialect, DialectAttrDefinition, DialectTypeDefinition } from './define-dialect.js';
import type { OpInterface } from './define-interface.js';
import { elementBytes } from './dense.js';
import { DiagnosticEngine } from './diagnostic.js';
import { definedText } from './dialect-text.js';
import { InternalError } from './errors.js';
import {
  CallSiteLoc,
  FileLineColLoc,
  FusedLoc,
  type Location,
  type LocationRef,
  NameLoc,
  SourceManager,
  UnknownLoc,
} from './location.js';
import { OpInfo } from './op-info.js';
import type { Operation } from './operation.js';
import { printOperationToString, printWith } from './printer.js';
import { AttrSizedOperandSegments, AttrSizedResultSegments } from './traits.js';
import {
  ComplexType,
  DialectType,
  type Dimension,
  DYNAMIC,
  FLOAT_WIDTHS,
  type FloatName,
  FloatType,
  FunctionType,
  IndexType,
  IntegerType,
  MemRefType,
  NoneType,
  OpaqueType,
  type ShapedType,
  type Signedness,
  TensorType,
  TupleType,
  type Type,
  UnrankedMemRefType,
  UnrankedTensorType,
  VectorType,
} from './type.js';

/** A blob of the file's `dialect_resources`. */
export interface ResourceBlob {
  readonly alignment: number;
  readonly bytes: Uint8Array;
}

export class Context {
  readonly diagnostics = new DiagnosticEngine();
  readonly sources = new SourceManager();
  /** Whether ops, types and attributes of unknown dialects may be parsed and created. */
  allowUnregistered = false;
  /** Asked before every transformation while a pipeline runs with debug counters; null otherwise. */
  gate: TransformationGate | null = null;
  /** Pattern drivers check that patterns tell the truth about what they changed; slow. */
  strictRewriting = false;
  /** `dialect_resources` by dialect, then key. */
  readonly resources = new Map<string, Map<string, ResourceBlob>>();
  /** `external_resources` by owner, then key; a blob stays the hexadecimal string it is in text. */
  readonly externalResources = new Map<string, Map<string, string | boolean>>();

  private readonly types = new Map<string, Type>();
  private readonly attrs = new Map<string, Attribute>();
  private readonly infos = new Map<string, OpInfo>();
  private readonly dialects = new Map<string, Dialect>();
  private readonly loaders = new Map<string, () => Dialect>();
  private readonly integerTypes = new Map<number, IntegerType>();
  private readonly floatTypes = new Map<string, FloatType>();

  readonly index: IndexType = new IndexType();
  readonly none: NoneType = new NoneType();
  readonly i1: IntegerType;
  readonly i8: IntegerType;
  readonly i16: IntegerType;
  readonly i32: IntegerType;
  readonly i64: IntegerType;
  readonly ui8: IntegerType;
  readonly f16: FloatType;
  readonly bf16: FloatType;
  readonly f32: FloatType;
  readonly f64: FloatType;
  readonly unitAttr: UnitAttr = new UnitAttr();
  readonly unknownLoc: UnknownLoc = new UnknownLoc();
  readonly trueAttr: IntegerAttr;
  readonly falseAttr: IntegerAttr;
  readonly emptyDictionary: DictionaryAttr = new DictionaryAttr([], []);

  constructor() {
    for (const name of Object.keys(FLOAT_WIDTHS) as FloatName[]) this.floatTypes.set(name, new FloatType(name));
    this.i1 = this.integer(1);
    this.i8 = this.integer(8);
    this.i16 = this.integer(16);
    this.i32 = this.integer(32);
    this.i64 = this.integer(64);
    this.ui8 = this.integer(8, 'unsigned');
    this.f16 = this.float('f16');
    this.bf16 = this.float('bf16');
    this.f32 = this.float('f32');
    this.f64 = this.float('f64');
    this.trueAttr = new IntegerAttr(this.i1, 1);
    this.falseAttr = new IntegerAttr(this.i1, 0);
  }

  // Dialects and operations

  registerDialect(dialect: Dialect): void {
    if (this.dialects.get(dialect.name) === dialect) return;
    if (this.dialects.has(dialect.name)) throw new InternalError(`dialect '${dialect.name}' is registered twice`);
    this.dialects.set(dialect.name, dialect);
    this.loaders.delete(dialect.name);
    for (const definition of dialect.ops) {
      const info = this.opInfo(definition.opName);
      info.definition = definition;
      for (const trait of definition.spec.traits ?? []) info.traits[trait.id] = true;
      // Several flexible groups can only be told apart by segment sizes, whether the definition says so or not.
      if (flexibleGroups(definition.spec.operands) > 1) info.traits[AttrSizedOperandSegments.id] = true;
      if (flexibleGroups(definition.spec.results) > 1) info.traits[AttrSizedResultSegments.id] = true;
      for (const impl of definition.spec.interfaces ?? []) info.interfaces[impl.interfaceId] ??= impl.methods;
    }
  }
  /** Registers a dialect that is only made when its namespace is first met. */
  registerLazyDialect(name: string, load: () => Dialect): void {
    if (!this.dialects.has(name)) this.loaders.set(name, load);
  }
  /** The dialect with a namespace, loading a lazy one. */
  dialect(name: string): Dialect | undefined {
    const found = this.dialects.get(name);
    if (found) return found;
    const load = this.loaders.get(name);
    if (!load) return undefined;
    this.registerDialect(load());
    return this.dialects.get(name);
  }
  get registeredDialects(): readonly Dialect[] {
    for (const name of [...this.loaders.keys()]) this.dialect(name);
    return [...this.dialects.values()];
  }
  /** What is known about an op name; made on first use, registered or not. */
  opInfo(name: string): OpInfo {
    let info = this.infos.get(name);
    if (!info) {
      info = new OpInfo(this, name, this.infos.size);
      this.infos.set(name, info);
      if (this.loaders.size && this.loaders.has(info.dialect)) this.dialect(info.dialect);
    }
    return info;
  }
  /** Implements an interface for an op of any dialect, loaded or not. Replaces an earlier implementation. */
  attach<M extends object>(opName: string, iface: OpInterface<M>, methods: M): void {
    this.opInfo(opName).interfaces[iface.id] = methods;
  }

  // Types

  private uniqueType<T extends Type>(key: string, make: () => T): T {
    let found = this.types.get(key) as T | undefined;
    if (!found) {
      found = make();
      this.types.set(key, found);
    }
    return found;
  }
  integer(width: number, signedness: Signedness = 'signless'): IntegerType {
    const key = width * 3 + (signedness === 'signless' ? 0 : signedness === 'signed' ? 1 : 2);
    let type = this.integerTypes.get(key);
    if (!type) {
      type = new IntegerType(width, signedness);
      this.integerTypes.set(key, type);
    }
    return type;
  }
  float(name: FloatName): FloatType {
    return this.floatTypes.get(name)!;
  }
  floatByName(name: string): FloatType | undefined {
    return this.floatTypes.get(name);
  }
  complex(element: Type): ComplexType {
    return this.uniqueType(`c${element.id}`, () => new ComplexType(element));
  }
  functionType(inputs: readonly Type[], results: readonly Type[]): FunctionType {
    return this.uniqueType(`F${ids(inputs)}>${ids(results)}`, () => new FunctionType(inputs.slice(), results.slice()));
  }
  tuple(elements: readonly Type[]): TupleType {
    return this.uniqueType(`t${ids(elements)}`, () => new TupleType(elements.slice()));
  }
  tensor(shape: readonly Dimension[], element: Type, encoding: Attribute | null = null): TensorType {
    return this.uniqueType(`T${shape.join('x')}:${element.id}:${encoding?.id ?? ''}`, () => {
      const { sizes, wide } = dimensions(shape);
      return new TensorType(sizes, element, encoding, wide);
    });
  }
  unrankedTensor(element: Type): UnrankedTensorType {
    return this.uniqueType(`T*${element.id}`, () => new UnrankedTensorType(element));
  }
  /** `groupedText` says how a new type prints its scalable dimensions; it does not make it another type. */
  vector(
    shape: readonly number[],
    element: Type,
    scalable: readonly boolean[] = shape.map(() => false),
    options: { groupedText: boolean } = { groupedText: false },
  ): VectorType {
    return this.uniqueType(
      `V${shape.map((d, i) => (scalable[i] ? `[${d}]` : d)).join('x')}:${element.id}`,
      () => new VectorType(shape.slice(), element, scalable.slice(), options),
    );
  }
  memref(
    shape: readonly Dimension[],
    element: Type,
    layout: Attribute | null = null,
    memorySpace: Attribute | null = null,
  ): MemRefType {
    // The identity map is the default layout.
    const kept = layout instanceof AffineMapAttr && layout.map.isIdentity() ? null : layout;
    return this.uniqueType(`M${shape.join('x')}:${element.id}:${kept?.id ?? ''}:${memorySpace?.id ?? ''}`, () => {
      const { sizes, wide } = dimensions(shape);
      return new MemRefType(sizes, element, kept, memorySpace, wide);
    });
  }
  unrankedMemref(element: Type, memorySpace: Attribute | null = null): UnrankedMemRefType {
    return this.uniqueType(
      `M*${element.id}:${memorySpace?.id ?? ''}`,
      () => new UnrankedMemRefType(element, memorySpace),
    );
  }
  opaqueType(dialect: string, text: string): OpaqueType {
    return this.uniqueType(`!${text}`, () => new OpaqueType(dialect, text));
  }
  dialectType<P>(definition: DialectTypeDefinition<P>, parameters: P): DialectType<P> {
    const text = `!${definedText(
      definition.name,
      printWith(this, (p) => definition.print(p, parameters)),
    )}`;
    return this.uniqueType(text, () => new DialectType<P>(definition, parameters, text));
  }
  /** The same shaped type with another element type. */
  withElement<T extends Type>(type: T, element: Type): Type {
    if (type instanceof TensorType) return this.tensor(type.wideShape ?? type.shape, element, type.encoding);
    if (type instanceof VectorType) return this.vector(type.shape, element, type.scalable, type);
    if (type instanceof UnrankedTensorType) return this.unrankedTensor(element);
    if (type instanceof MemRefType)
      return this.memref(type.wideShape ?? type.shape, element, type.layout, type.memorySpace);
    return element;
  }

  // Attributes

  private uniqueAttr<T extends Attribute>(key: string, make: () => T): T {
    let found = this.attrs.get(key) as T | undefined;
    if (!found) {
      found = make();
      this.attrs.set(key, found);
    }
    return found;
  }
  private readonly f32Attrs = new Map<number, FloatAttr>();
  private readonly f64Attrs = new Map<number, FloatAttr>();
  private readonly integerAttrs = new Map<IntegerType | IndexType, Map<number | bigint, IntegerAttr>>();

  /** Wraps the value to the type's width; ui* are kept non-negative, all others signed. */
  integerAttr(type: IntegerType | IndexType, value: number | bigint): IntegerAttr {
    let v: number | bigint = value;
    if (type instanceof IntegerType) {
      if (type.width === 1 && type.signedness === 'signless') return v ? this.trueAttr : this.falseAttr;
      const unsigned = type.signedness === 'unsigned';
      const limit = 2 ** (unsigned ? type.width : type.width - 1);
      if (v >= limit || v < (unsigned ? 0 : -limit))
        v = unsigned ? BigInt.asUintN(type.width, BigInt(v)) : BigInt.asIntN(type.width, BigInt(v));
    } else if (typeof v === 'bigint' && (v >= 1n << 63n || v < -(1n << 63n))) v = BigInt.asIntN(64, v);
    if (typeof v === 'bigint' && v >= BigInt(Number.MIN_SAFE_INTEGER) && v <= BigInt(Number.MAX_SAFE_INTEGER))
      v = Number(v);
    if (v === 0) v = 0; // no -0
    let table = this.integerAttrs.get(type);
    if (!table) {
      table = new Map();
      this.integerAttrs.set(type, table);
    }
    let found = table.get(v);
    if (!found) {
      found = new IntegerAttr(type, v);
      table.set(v, found);
    }
    return found;
  }
  boolAttr(value: boolean): IntegerAttr {
    return value ? this.trueAttr : this.falseAttr;
  }
  i64Attr(value: number | bigint): IntegerAttr {
    return this.integerAttr(this.i64, value);
  }
  indexAttr(value: number | bigint): IntegerAttr {
    return this.integerAttr(this.index, value);
  }
  /** Rounds the value to the type. `nanBits` keeps a NaN's payload. */
  floatAttr(type: FloatType, value: number, nanBits: bigint | null = null): FloatAttr {
    // Numbers of the usual types without the bit pattern as text; zeros and NaN differ in more than their value.
    if ((type === this.f32 || type === this.f64) && nanBits === null && value !== 0 && !Number.isNaN(value)) {
      const rounded = type === this.f32 ? Math.fround(value) : value;
      if (rounded !== 0) {
        const table = type === this.f32 ? this.f32Attrs : this.f64Attrs;
        let found = table.get(rounded);
        if (found === undefined) {
          found = new FloatAttr(type, rounded, null);
          table.set(rounded, found);
        }
        return found;
      }
    }
    // The sign of a NaN that arithmetic gave depends on the machine code V8 chose: without bits it is the positive one.
    const bits = nanBits ?? floatBits(Number.isNaN(value) ? Number.NaN : value, type);
    return this.uniqueAttr(`f${type.name}:${bits}`, () => {
      const rounded = nanBits !== null ? floatFromBits(nanBits, type) : floatFromBits(bits, type);
      return new FloatAttr(type, rounded, Number.isNaN(rounded) ? bits : null);
    });
  }
  stringAttr(value: string, type: Type | null = null): StringAttr {
    return this.uniqueAttr(`s${type?.id ?? ''}:${value}`, () => new StringAttr(value, type));
  }
  arrayAttr(elements: readonly Attribute[]): ArrayAttr {
    return this.uniqueAttr(`A${ids(elements)}`, () => new ArrayAttr(elements.slice()));
  }
  typeAttr(type: Type): TypeAttr {
    return this.uniqueAttr(`T${type.id}`, () => new TypeAttr(type));
  }
  symbolRef(root: string, nested: readonly string[] = []): SymbolRefAttr {
    return this.uniqueAttr(`@${[root, ...nested].join('\0')}`, () => new SymbolRefAttr(root, nested.slice()));
  }
  affineMap(numDims: number, numSymbols: number, results: readonly AffineExpr[]): AffineMap {
    return this.affineMapAttr(new AffineMap(numDims, numSymbols, results.slice())).map;
  }
  affineMapAttr(map: AffineMap): AffineMapAttr {
    return this.uniqueAttr(`m${map.numDims},${map.numSymbols}:${ids(map.results)}`, () => new AffineMapAttr(map));
  }
  identityMap(rank: number): AffineMap {
    return this.affineMap(
      rank,
      0,
      Array.from({ length: rank }, (_, i) => AffineExpr.dim(i)),
    );
  }
  constantMap(value: number): AffineMap {
    return this.affineMap(0, 0, [AffineExpr.constant(value)]);
  }
  integerSetAttr(set: IntegerSet): IntegerSetAttr {
    return this.uniqueAttr(
      `S${set.numDims},${set.numSymbols}:${ids(set.constraints)}:${set.equalities.join()}`,
      () => new IntegerSetAttr(set),
    );
  }
  /** `written` is the text when it has negative numbers, which are DYNAMIC in `strides` and `offset`. */
  stridedLayout(strides: readonly number[], offset = 0, written: string | null = null): StridedLayoutAttr {
    return this.uniqueAttr(
      `L${written ?? `${strides.join()}:${offset}`}`,
      () => new StridedLayoutAttr(strides.slice(), offset, written),
    );
  }
  denseArray(elementType: Type, values: readonly (number | bigint)[]): DenseArrayAttr {
    return this.uniqueAttr(
      `D${elementType.id}:${values.map((v) => (Object.is(v, -0) ? '-0' : v)).join()}`,
      () => new DenseArrayAttr(elementType, values.slice()),
    );
  }
  private readonly denseTable = new Map<number, DenseElementsAttr[]>();
  /** `bytes` are adopted, not copied: one element for a splat. A full list of equal elements becomes a splat. */
  denseElements(type: ShapedType, bytes: Uint8Array, options: { splat: boolean }): DenseElementsAttr {
    let hash = (type.id * 31 + (options.splat ? 1 : 0)) | 0;
    for (let i = 0; i < bytes.length; i++) hash = (Math.imul(hash, 16777619) ^ bytes[i]!) | 0;
    let list = this.denseTable.get(hash);
    if (!list) {
      list = [];
      this.denseTable.set(hash, list);
    }
    for (const a of list) {
      if (a.type !== type || a.splat !== options.splat || a.bytes.length !== bytes.length) continue;
      let i = 0;
      while (i < bytes.length && a.bytes[i] === bytes[i]) i++;
      if (i === bytes.length) return a;
    }
    const made = new DenseElementsAttr(type, bytes, options.splat);
    list.push(made);
    return made;
  }
  /** A constant of a shaped type with one value everywhere. */
  splat(type: ShapedType, value: number | bigint): DenseElementsAttr {
    return this.denseElements(type, elementBytes(type.element, value), { splat: true });
  }
  /** A zero, one, ... of a scalar type or a splat of a shaped one. */
  constantAttr(type: Type, value: number | bigint): Attribute {
    if (type instanceof TensorType || type instanceof VectorType || type instanceof MemRefType)
      return this.splat(type, value);
    if (type instanceof FloatType) return this.floatAttr(type, Number(value));
    if (type instanceof IntegerType || type instanceof IndexType) return this.integerAttr(type, value);
    throw new InternalError(`no constant of type ${type}`);
  }
  dialectAttr<P>(definition: DialectAttrDefinition<P>, parameters: P): DialectAttr<P> {
    const text = `#${definedText(
      definition.name,
      printWith(this, (p) => definition.print(p, parameters)),
    )}`;
    return this.uniqueAttr(text, () => new DialectAttr<P>(definition, parameters, text));
  }
  /** For attribute kinds with a faithful text: one object for each text. */
  uniqueByText<T extends Attribute>(text: string, make: () => T): T {
    return this.uniqueAttr(`#${text}`, make);
  }

  // Dictionaries

  private readonly nameIds = new Map<string, number>();
  private readonly dictionaries = new Map<number, DictionaryAttr | DictionaryAttr[]>();

  private nameId(name: string): number {
    let id = this.nameIds.get(name);
    if (id === undefined) {
      id = this.nameIds.size + 1;
      this.nameIds.set(name, id);
    }
    return id;
  }
  /** The dictionary with these entries; a later entry of the same name wins. */
  dictionary(entries: readonly (readonly [string, Attribute])[]): DictionaryAttr {
    if (entries.length === 0) return this.emptyDictionary;
    if (entries.length === 1) return this.dictionarySorted([entries[0]![0]], [entries[0]![1]]);
    const sorted = entries.slice().sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
    const names: string[] = [];
    const values: Attribute[] = [];
    for (const [name, value] of sorted) {
      if (names.length && names[names.length - 1] === name) values[values.length - 1] = value;
      else {
        names.push(name);
        values.push(value);
      }
    }
    return this.dictionarySorted(names, values);
  }
  /** Like `dictionary` for names already in ascending order without duplicates. The arrays are adopted. */
  dictionarySorted(names: string[], values: Attribute[]): DictionaryAttr {
    if (names.length === 0) return this.emptyDictionary;
    let hash = names.length;
    for (let i = 0; i < names.length; i++)
      hash = (Math.imul(hash, 0x01000193) ^ (this.nameId(names[i]!) * 0x9e37 + values[i]!.id)) | 0;
    const found = this.dictionaries.get(hash);
    if (found instanceof DictionaryAttr) {
      if (sameDictionary(found, names, values)) return found;
    } else if (found) {
      for (const d of found) if (sameDictionary(d, names, values)) return d;
    }
    const made = new DictionaryAttr(names, values);
    if (!found) this.dictionaries.set(hash, made);
    else if (found instanceof DictionaryAttr) this.dictionaries.set(hash, [found, made]);
    else found.push(made);
    return made;
  }
  /** `dictionary` with one entry set, or removed when `value` is null. */
  withAttribute(dictionary: DictionaryAttr, name: string, value: Attribute | null): DictionaryAttr {
    if ((dictionary.get(name) ?? null) === value) return dictionary;
    const entries: [string, Attribute][] = [];
    dictionary.names.forEach((n, i) => {
      if (n !== name) entries.push([n, dictionary.values[i]!]);
    });
    if (value) entries.push([name, value]);
    return this.dictionary(entries);
  }

  // Locations

  location(ref: LocationRef): Location {
    if (typeof ref !== 'number') return ref;
    const at = ref === 0 ? undefined : this.sources.position(ref);
    return at ? this.fileLineCol(at.file, at.line, at.column) : this.unknownLoc;
  }
  fileLineCol(file: string, line: number, column: number, range = ''): FileLineColLoc {
    return this.uniqueAttr(`l${line}:${column}${range}:${file}`, () => new FileLineColLoc(file, line, column, range));
  }
  /** An unknown child says nothing and is dropped. */
  nameLoc(name: string, location: Location | null = null): NameLoc {
    const child = location instanceof UnknownLoc ? null : location;
    return this.uniqueAttr(`ln${child?.id ?? ''}:${name}`, () => new NameLoc(name, child));
  }
  callSiteLoc(callee: Location, caller: Location): CallSiteLoc {
    return this.uniqueAttr(`lc${callee.id}:${caller.id}`, () => new CallSiteLoc(callee, caller));
  }
  /**
   * The set of several locations, as MLIR builds it: without repetitions and unknown ones, parts that are fused under the
   * same metadata taken apart. One location without metadata is itself.
   */
  fusedLoc(locations: readonly Location[], metadata: Attribute | null = null): Location {
    const parts = new Set<Location>();
    for (const location of locations) {
      if (location instanceof FusedLoc && location.metadata === metadata)
        for (const part of location.locations) parts.add(part);
      else if (!(location instanceof UnknownLoc)) parts.add(location);
    }
    const kept = [...parts];
    if (metadata === null && kept.length < 2) return kept[0] ?? this.unknownLoc;
    if (kept.length === 0) kept.push(this.unknownLoc);
    return this.uniqueAttr(`lf${ids(kept)}:${metadata?.id ?? ''}`, () => new FusedLoc(kept, metadata));
  }

  printOperation(op: Operation): string {
    return printOperationToString(op);
  }
}

/** Sizes as numbers, DYNAMIC where one is no exact number; then all of them as they are. */
function dimensions(shape: readonly Dimension[]): { sizes: number[]; wide: readonly Dimension[] | null } {
  const sizes = shape.map((d) => (typeof d === 'number' ? d : Number.isSafeInteger(Number(d)) ? Number(d) : DYNAMIC));
  return { sizes, wide: shape.some((d, i) => typeof d === 'bigint' && sizes[i] === DYNAMIC) ? shape.slice() : null };
}

function flexibleGroups(constraints: Record<string, ValueConstraint> | undefined): number {
  return Object.values(constraints ?? {}).filter((c) => c.kind !== 'one').length;
}

function ids(list: readonly { readonly id: number }[]): string {
  let text = '';
  for (const item of list) text += `${item.id},`;
  return text;
}

function sameDictionary(d: DictionaryAttr, names: readonly string[], values: readonly Attribute[]): boolean {
  if (d.names.length !== names.length) return false;
  for (let i = 0; i < names.length; i++) if (d.values[i] !== values[i] || d.names[i] !== names[i]) return false;
  return true;
}
