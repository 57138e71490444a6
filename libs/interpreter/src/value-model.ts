// Values at run time, and their exchange with constant attributes.
import {
  ArrayAttr,
  type Attribute,
  ComplexType,
  type Context,
  DenseElementsAttr,
  DenseResourceAttr,
  DYNAMIC,
  elementArray,
  elementCount,
  FloatAttr,
  FloatType,
  IndexType,
  IntegerAttr,
  IntegerType,
  MemRefType,
  type Operation,
  type Region,
  TensorType,
  type Type,
  VectorType,
} from '@budflow/ir';
import { ComplexValue, type ElementStorage, elementAccess, isBigType, type Scalar, toIndex } from './element.js';
import { isSignedForm } from './scalar/integers.js';
import { RuntimeTrap } from './trap.js';

/** A ranked tensor. Never changed after it was made; `data` is row-major and contiguous. */
export class TensorValue {
  readonly type: TensorType;
  readonly shape: readonly number[];
  readonly data: ElementStorage;
  constructor(type: TensorType, shape: readonly number[], data: ElementStorage) {
    this.type = type;
    this.shape = shape;
    this.data = data;
  }
}

/** What alloc and dealloc are about; all views of one allocation share it. */
export class Allocation {
  freed = false;
}

/** A view of a buffer. Element [i, j, ..] is `storage[offset + i * strides[0] + j * strides[1] ..]`; sizes and strides in elements. */
export class MemRefValue {
  readonly type: MemRefType;
  readonly storage: ElementStorage;
  readonly offset: number;
  readonly sizes: readonly number[];
  readonly strides: readonly number[];
  readonly allocation: Allocation;
  constructor(
    type: MemRefType,
    storage: ElementStorage,
    offset: number,
    sizes: readonly number[],
    strides: readonly number[],
    allocation: Allocation,
  ) {
    this.type = type;
    this.storage = storage;
    this.offset = offset;
    this.sizes = sizes;
    this.strides = strides;
    this.allocation = allocation;
  }
}

/** A function as a value (`func.constant`). */
export class FunctionValue {
  readonly op: Operation;
  readonly body: Region | null;
  constructor(op: Operation, body: Region | null) {
    this.op = op;
    this.body = body;
  }
}

/** A value of a dialect's own type; its ops know what the payload is. */
export class DialectValue {
  readonly type: Type;
  readonly payload: unknown;
  constructor(type: Type, payload: unknown) {
    this.type = type;
    this.payload = payload;
  }
}

/** A vector is its elements in row-major order, in the storage of its element type. */
export type VectorValue = ElementStorage;

export type RuntimeValue = Scalar | VectorValue | TensorValue | MemRefValue | FunctionValue | DialectValue;

function productOf(shape: readonly number[]): number {
  let n = 1;
  for (const d of shape) n *= d;
  return n;
}

/** A zeroed tensor; `shape` gives the sizes of dynamic dimensions. */
export function makeTensor(type: TensorType, shape: readonly number[] = type.shape): TensorValue {
  for (const d of shape)
    if (!(d >= 0)) throw new RuntimeTrap('Allocation', `a tensor of type ${type} cannot have a size of ${d}`);
  return new TensorValue(type, shape, elementAccess(type.element).make(productOf(shape)));
}

/** A tensor over existing storage, which is adopted. */
export function tensorOver(type: TensorType, shape: readonly number[], data: ElementStorage): TensorValue {
  return new TensorValue(type, shape, data);
}

/** A tensor from scalars in row-major order. */
export function tensorFrom(
  type: TensorType,
  values: ArrayLike<Scalar>,
  shape: readonly number[] = type.shape,
): TensorValue {
  const tensor = makeTensor(type, shape);
  const access = elementAccess(type.element);
  const n = productOf(shape);
  if (values.length !== n)
    throw new RuntimeTrap('BadArgument', `${values.length} elements for a tensor of shape [${shape.join(', ')}]`);
  for (let i = 0; i < n; i++) access.store(tensor.data, i, values[i]!);
  return tensor;
}

/** A vector from scalars in row-major order. */
export function vectorFrom(type: VectorType, values: ArrayLike<Scalar>): VectorValue {
  const access = elementAccess(type.element);
  const storage = access.make(type.lanes);
  for (let i = 0; i < type.lanes; i++) access.store(storage, i, values[i]!);
  return storage;
}

/** The elements of a tensor or vector (with its type) or memref as scalars, row-major. */
export function elementsOf(value: TensorValue | MemRefValue): Scalar[] {
  const list: Scalar[] = [];
  if (value instanceof TensorValue) {
    const access = elementAccess(value.type.element);
    const n = productOf(value.shape);
    for (let i = 0; i < n; i++) list.push(access.load(value.data, i));
    return list;
  }
  const access = elementAccess(value.type.element);
  forEachOffset(value, (at) => {
    list.push(access.load(value.storage, at));
  });
  return list;
}

// MemRefs

/** A fresh zeroed buffer in row-major order. */
export function makeMemRef(type: MemRefType, sizes: readonly number[] = type.shape): MemRefValue {
  for (const d of sizes)
    if (!(d >= 0)) throw new RuntimeTrap('Allocation', `a buffer of type ${type} cannot have a size of ${d}`);
  return memrefOver(type, elementAccess(type.element).make(productOf(sizes)), sizes);
}

/** A row-major memref over existing storage. */
export function memrefOver(
  type: MemRefType,
  storage: ElementStorage,
  sizes: readonly number[] = type.shape,
): MemRefValue {
  return new MemRefValue(type, storage, 0, sizes, stridesOf(sizes), new Allocation());
}

/** A row-major view of `type` at a byte offset of a contiguous memref (an arena of i8). Checks range and alignment. */
export function memrefView(
  base: MemRefValue,
  byteOffset: number,
  type: MemRefType,
  sizes: readonly number[],
): MemRefValue {
  checkAlive(base);
  const access = elementAccess(type.element);
  const baseBytes = elementAccess(base.type.element).bytes;
  const available = productOf(base.sizes) * baseBytes;
  const count = productOf(sizes);
  if (byteOffset < 0 || byteOffset + count * access.bytes > available)
    throw new RuntimeTrap(
      'OutOfBounds',
      `a view of ${count * access.bytes} bytes at byte ${byteOffset} leaves its buffer of ${available} bytes`,
    );
  const start = base.storage.byteOffset + base.offset * baseBytes + byteOffset;
  const unit = access.kind === 'complex' ? access.bytes / 2 : access.bytes;
  if (start % unit !== 0)
    throw new RuntimeTrap('OutOfBounds', `a view of ${type.element} at byte ${byteOffset} is not aligned to ${unit}`);
  return new MemRefValue(
    type,
    access.view(base.storage.buffer, start, count),
    0,
    sizes,
    stridesOf(sizes),
    base.allocation,
  );
}

/** Row-major strides of run-time sizes. */
export function stridesOf(sizes: readonly number[]): number[] {
  const strides = new Array<number>(sizes.length);
  let stride = 1;
  for (let i = sizes.length - 1; i >= 0; i--) {
    strides[i] = stride;
    stride *= sizes[i]!;
  }
  return strides;
}

export function checkAlive(memref: MemRefValue): void {
  if (memref.allocation.freed) throw new RuntimeTrap('UseAfterFree', 'the buffer was freed before');
}

/** Position of an element in `storage`; traps outside the bounds. */
export function elementOffset(memref: MemRefValue, indices: readonly number[]): number {
  if (memref.allocation.freed) checkAlive(memref);
  const { sizes, strides } = memref;
  let at = memref.offset;
  for (let d = 0; d < sizes.length; d++) {
    const i = indices[d]!;
    if (!(i >= 0 && i < sizes[d]!)) throw outOfBounds(i, d, sizes[d]!);
    at += i * strides[d]!;
  }
  return at;
}

export function outOfBounds(index: number, dim: number, size: number): RuntimeTrap {
  return new RuntimeTrap('OutOfBounds', `index ${index} is outside dimension ${dim} of size ${size}`);
}

export function loadElement(memref: MemRefValue, indices: readonly number[]): Scalar {
  return elementAccess(memref.type.element).load(memref.storage, elementOffset(memref, indices));
}

export function storeElement(memref: MemRefValue, indices: readonly number[], value: Scalar): void {
  elementAccess(memref.type.element).store(memref.storage, elementOffset(memref, indices), value);
}

/** Visits storage positions in row-major order of the indices. */
export function forEachOffset(memref: MemRefValue, visit: (offset: number, position: number) => void): void {
  checkAlive(memref);
  const { sizes, strides } = memref;
  const rank = sizes.length;
  const n = productOf(sizes);
  if (isContiguous(memref)) {
    for (let i = 0; i < n; i++) visit(memref.offset + i, i);
    return;
  }
  const index = new Array<number>(rank).fill(0);
  let at = memref.offset;
  for (let position = 0; position < n; position++) {
    visit(at, position);
    for (let d = rank - 1; d >= 0; d--) {
      at += strides[d]!;
      if (++index[d]! < sizes[d]!) break;
      at -= sizes[d]! * strides[d]!;
      index[d] = 0;
    }
  }
}

/** Whether the elements lie in row-major order without gaps. */
export function isContiguous(memref: MemRefValue): boolean {
  let stride = 1;
  for (let d = memref.sizes.length - 1; d >= 0; d--) {
    if (memref.sizes[d] !== 1 && memref.strides[d] !== stride) return false;
    stride *= memref.sizes[d]!;
  }
  return true;
}

/** The elements as a tensor (copied). */
export function tensorFromMemRef(memref: MemRefValue, type: TensorType): TensorValue {
  checkAlive(memref);
  const n = productOf(memref.sizes);
  const access = elementAccess(type.element);
  if (isContiguous(memref)) {
    const parts = access.kind === 'complex' ? 2 : 1;
    const copy = memref.storage.slice(memref.offset * parts, (memref.offset + n) * parts);
    // Buffers of unsigned integers are signless.
    const data = type.element === memref.type.element ? copy : access.view(copy.buffer, copy.byteOffset, n);
    return new TensorValue(type, memref.sizes, data);
  }
  const tensor = makeTensor(type, memref.sizes);
  const from = elementAccess(memref.type.element);
  forEachOffset(memref, (offset, position) => access.store(tensor.data, position, from.load(memref.storage, offset)));
  return tensor;
}

/** Writes a tensor's elements into a memref of the same shape. */
export function storeTensor(tensor: TensorValue, memref: MemRefValue): void {
  if (tensor.shape.length !== memref.sizes.length || tensor.shape.some((d, i) => d !== memref.sizes[i]))
    throw new RuntimeTrap(
      'ShapeMismatch',
      `a tensor of shape [${tensor.shape.join(', ')}] does not fit a buffer of shape [${memref.sizes.join(', ')}]`,
    );
  const access = elementAccess(tensor.type.element);
  forEachOffset(memref, (offset, position) => access.store(memref.storage, offset, access.load(tensor.data, position)));
}

// Attributes

/** The storage of a dense constant, splats expanded. */
function storageOf(attr: DenseElementsAttr): ElementStorage {
  const n = elementCount(attr.type.shape) ?? 0;
  const access = elementAccess(attr.type.element);
  const stored = elementArray(attr.type.element, attr.bytes);
  if (!attr.splat) return stored;
  const storage = access.make(n);
  if (access.kind === 'complex') {
    for (let i = 0; i < storage.length; i++) (storage as Float64Array)[i] = (stored as Float64Array)[i & 1]!;
    return storage;
  }
  if (n) (storage as Float64Array).fill(stored[0] as number);
  return storage;
}

/** The tensor a dense constant stands for. Shares the constant's memory unless it is a splat. */
export function tensorFromDense(attr: DenseElementsAttr): TensorValue {
  if (!(attr.type instanceof TensorType)) throw new RuntimeTrap('BadArgument', `${attr.type} is not a tensor type`);
  return new TensorValue(attr.type, attr.type.shape, storageOf(attr));
}

/** A dense constant of a tensor; its type takes the run-time shape. */
export function denseFromTensor(context: Context, tensor: TensorValue): DenseElementsAttr {
  const type = context.tensor(tensor.shape, tensor.type.element, tensor.type.encoding);
  return denseFromStorage(context, type, tensor.data);
}

function denseFromStorage(context: Context, type: TensorType | VectorType, data: ElementStorage): DenseElementsAttr {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
  const width = elementAccess(type.element).bytes;
  const n = elementCount(type.shape) ?? 0;
  if (n > 1 && allEqual(bytes, width)) return context.denseElements(type, bytes.slice(0, width), { splat: true });
  return context.denseElements(type, bytes, { splat: n === 1 });
}

function allEqual(bytes: Uint8Array, width: number): boolean {
  for (let i = width; i < bytes.length; i++) if (bytes[i] !== bytes[i - width]) return false;
  return true;
}

/** The value of a constant attribute; undefined when it has none here. */
export function valueFromAttribute(attr: Attribute, context?: Context): RuntimeValue | undefined {
  if (attr instanceof IntegerAttr) {
    if (attr.type instanceof IndexType) return typeof attr.value === 'bigint' ? toIndex(attr.value) : attr.value;
    return isBigType(attr.type) ? attr.bigint : attr.number;
  }
  if (attr instanceof FloatAttr) return attr.value;
  if (attr instanceof ArrayAttr) {
    const [re, im] = attr.elements;
    const isComplex = attr.elements.length === 2 && re instanceof FloatAttr && im instanceof FloatAttr;
    return isComplex ? new ComplexValue(re.value, im.value) : undefined;
  }
  if (attr instanceof DenseElementsAttr) {
    if (attr.type instanceof TensorType) return tensorFromDense(attr);
    if (attr.type instanceof VectorType) return storageOf(attr);
  }
  if (attr instanceof DenseResourceAttr && context && attr.type instanceof TensorType) {
    for (const blobs of context.resources.values()) {
      const blob = blobs.get(attr.key);
      if (blob) return new TensorValue(attr.type, attr.type.shape, elementArray(attr.type.element, blob.bytes));
    }
  }
  return undefined;
}

/** The constant attribute of a value; null when the type has none. */
export function attributeFromValue(context: Context, type: Type, value: RuntimeValue): Attribute | null {
  if (type instanceof IntegerType || type instanceof IndexType)
    return context.integerAttr(type, value as number | bigint);
  if (type instanceof FloatType) return context.floatAttr(type, value as number);
  if (type instanceof ComplexType && type.element instanceof FloatType && value instanceof ComplexValue)
    return context.arrayAttr([context.floatAttr(type.element, value.re), context.floatAttr(type.element, value.im)]);
  if (type instanceof TensorType && value instanceof TensorValue) {
    if (type.shape.some((d, i) => d !== DYNAMIC && d !== value.shape[i])) return null;
    // A constant of another type than the result's would change the IR's types: only static results fold.
    if (type.shape.includes(DYNAMIC)) return null;
    return denseFromStorage(context, type, value.data);
  }
  if (type instanceof VectorType && ArrayBuffer.isView(value))
    return denseFromStorage(context, type, value as ElementStorage);
  return null;
}

/** Text of a value for messages and traces: scalars in full, aggregates abbreviated. */
export function describeValue(value: RuntimeValue | undefined): string {
  if (value === undefined) return '<undefined>';
  if (typeof value === 'number' || typeof value === 'bigint') return Object.is(value, -0) ? '-0' : String(value);
  if (value instanceof ComplexValue) return `(${value.re}, ${value.im})`;
  if (value instanceof TensorValue) return `${value.type} [${abbreviate(elementsPrefix(value))}]`;
  if (value instanceof MemRefValue) return `${value.type} sizes [${value.sizes.join(', ')}]`;
  if (value instanceof FunctionValue) return 'function';
  if (value instanceof DialectValue) return `${value.type}`;
  return `<${abbreviate(Array.from(value.subarray(0, 9) as ArrayLike<Scalar>))}>`;
}

function elementsPrefix(tensor: TensorValue): Scalar[] {
  const access = elementAccess(tensor.type.element);
  const n = Math.min(9, productOf(tensor.shape));
  return Array.from({ length: n }, (_, i) => access.load(tensor.data, i));
}

function abbreviate(items: readonly Scalar[]): string {
  const shown = items
    .slice(0, 8)
    .map((v) => describeValue(v))
    .join(', ');
  return items.length > 8 ? `${shown}, ...` : shown;
}

/** Whether a value can stand for a type; the reason when it cannot. */
export function mismatch(type: Type, value: RuntimeValue): string | null {
  const wrong = (expected: string) => `expected ${expected} for ${type}, got ${describeValue(value)}`;
  if (type instanceof IntegerType || type instanceof IndexType) {
    if (isBigType(type)) {
      if (typeof value !== 'bigint') return wrong('a bigint');
      const { width } = type as IntegerType;
      const held = isSignedForm(type as IntegerType) ? BigInt.asIntN(width, value) : BigInt.asUintN(width, value);
      return held === value ? null : `${value} is out of the range of ${type}`;
    }
    if (typeof value !== 'number' || !Number.isSafeInteger(value)) return wrong('an integer number');
    if (type instanceof IndexType) return null;
    const { width } = type;
    const [low, high] = isSignedForm(type) ? [-(2 ** (width - 1)), 2 ** (width - 1) - 1] : [0, 2 ** width - 1];
    return value >= low && value <= high ? null : `${value} is out of the range of ${type}, ${low} to ${high}`;
  }
  if (type instanceof FloatType) return typeof value === 'number' ? null : wrong('a number');
  if (type instanceof ComplexType) return value instanceof ComplexValue ? null : wrong('a ComplexValue');
  if (type instanceof TensorType) {
    if (!(value instanceof TensorValue)) return wrong('a TensorValue');
    if (value.type.element !== type.element) return wrong(`elements of ${type.element}`);
    const fits =
      value.shape.length === type.shape.length &&
      value.shape.every((d, i) => type.shape[i] === DYNAMIC || type.shape[i] === d);
    return fits ? null : `a tensor of shape [${value.shape.join(', ')}] does not fit ${type}`;
  }
  if (type instanceof VectorType) {
    const fits = ArrayBuffer.isView(value) && (value as ElementStorage).length === type.lanes;
    return fits ? null : wrong(`a typed array of ${type.lanes} lanes`);
  }
  if (type instanceof MemRefType) {
    if (!(value instanceof MemRefValue)) return wrong('a MemRefValue');
    if (value.type.element !== type.element) return wrong(`elements of ${type.element}`);
    const fits =
      value.sizes.length === type.shape.length &&
      value.sizes.every((d, i) => type.shape[i] === DYNAMIC || type.shape[i] === d);
    return fits ? null : `a buffer of shape [${value.sizes.join(', ')}] does not fit ${type}`;
  }
  return null;
}
