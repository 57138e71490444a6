// What makes a function a kernel: `rt.kernel` and the other attributes of the kernel ABI.
import {
  type AffineMap,
  AffineMapAttr,
  ArrayAttr,
  type Attribute,
  ComplexType,
  type Context,
  DialectAttr,
  DictionaryAttr,
  DYNAMIC,
  defineAttribute,
  FunctionType,
  IndexType,
  IntegerAttr,
  MemRefType,
  type Operation,
  type Type,
  TypeAttr,
} from '@budflow/ir';

export interface KernelInfo {
  /** Arguments that are read: the first ones. */
  readonly inputs: number;
  /** Arguments that are written: those after the inputs. */
  readonly outputs: number;
}

/** `#rt.kernel<inputs = 2, outputs = 1>` */
export const KernelAttr = defineAttribute<KernelInfo>({
  name: 'rt.kernel',
  summary: 'marks a function as a kernel: how many arguments are inputs and outputs',
  parse(parser) {
    const field = (name: string): number => {
      parser.keyword(name);
      parser.punctuation('=');
      const offset = parser.offset();
      const value = parser.integer();
      return value >= 0 ? value : parser.error(`expected ${name} >= 0, got ${value}`, offset);
    };
    parser.punctuation('<');
    const inputs = field('inputs');
    parser.punctuation(',');
    const outputs = field('outputs');
    parser.punctuation('>');
    return { inputs, outputs };
  },
  print(printer, { inputs, outputs }) {
    printer.text(`<inputs = ${inputs}, outputs = ${outputs}>`);
  },
});

/** Names of the attributes of kernels and their arguments. */
export const KernelAttrs = {
  /** On a function: `#rt.kernel<...>`. */
  kernel: 'rt.kernel',
  /** On a function: affine map from the dynamic sizes of the memref arguments, in ABI order, to the number of chunks. */
  chunks: 'rt.chunks',
  /** On a function: bytes of scratch memory a call needs (i64). */
  scratchBytes: 'rt.scratch_bytes',
  /** On a function (unit): its chunks run one after another, in order, never at the same time. */
  serial: 'rt.serial',
  /** On a function: name of the kernel whose phase it is, for `@k_p1` of `@k` (flat symbol). */
  phaseOf: 'rt.phase_of',
  /** On a function: its position among the phases (i64). */
  phase: 'rt.phase',
  /** On an argument (unit): the buffer of chunk results, whose address is in the state word. */
  state: 'rt.state',
  /** On an argument (unit): a program temporary that carries values from one phase to a later one. */
  temporary: 'rt.temporary',
  /** On an argument (unit): an input the kernel may overwrite. */
  donated: 'rt.donated',
} as const;

/** Inputs and outputs of a kernel; undefined for other functions. */
export function kernelInfo(func: Operation): KernelInfo | undefined {
  const attr = func.attr(KernelAttrs.kernel);
  return attr instanceof DialectAttr && attr.definition === KernelAttr ? (attr.parameters as KernelInfo) : undefined;
}

export function isKernel(func: Operation): boolean {
  return kernelInfo(func) !== undefined;
}

/** Marks a function as a kernel. */
export function setKernelInfo(func: Operation, info: KernelInfo): void {
  func.setAttr(KernelAttrs.kernel, func.context.dialectAttr(KernelAttr, info));
}

/** The type of a function, read from `function_type`; undefined when the op has none. */
export function functionTypeOf(func: Operation): FunctionType | undefined {
  const attr = func.attr('function_type');
  return attr instanceof TypeAttr && attr.type instanceof FunctionType ? attr.type : undefined;
}

/**
 * What a buffer of complex numbers is in memory, pairs of floats: memref<..xcomplex<T>> as memref<..x2xT>. Undefined for
 * other types and for layouts other than row-major. A kernel that takes the latter is called with the former.
 */
export function interleavedParts(context: Context, type: Type): MemRefType | undefined {
  if (!(type instanceof MemRefType) || !(type.element instanceof ComplexType) || type.layout !== null) return undefined;
  return context.memref([...type.shape, 2], type.element.element, null, type.memorySpace);
}

/** Types of the inputs and outputs of a kernel, without the chunk range. */
export function kernelArgumentTypes(func: Operation): readonly Type[] {
  const info = kernelInfo(func);
  const type = functionTypeOf(func);
  return info && type ? type.inputs.slice(0, info.inputs + info.outputs) : [];
}

/** Whether a kernel takes a range of chunks (two index arguments at the end) and returns the next one. */
export function isChunked(func: Operation): boolean {
  const info = kernelInfo(func);
  const type = functionTypeOf(func);
  if (!info || !type) return false;
  const { inputs, results } = type;
  const extra = inputs.slice(info.inputs + info.outputs);
  return (
    extra.length === 2 &&
    extra.every((t) => t instanceof IndexType) &&
    results.length === 1 &&
    results[0] instanceof IndexType
  );
}

/** The map from dynamic sizes to the number of chunks. */
export function chunkMap(func: Operation): AffineMap | undefined {
  const attr = func.attr(KernelAttrs.chunks);
  return attr instanceof AffineMapAttr ? attr.map : undefined;
}

/** An attribute of argument `index`. */
export function argumentAttr(func: Operation, index: number, name: string): Attribute | undefined {
  const list = func.attr('arg_attrs');
  const entry = list instanceof ArrayAttr ? list.elements[index] : undefined;
  return entry instanceof DictionaryAttr ? entry.get(name) : undefined;
}

/** Bytes of scratch memory a call of the kernel needs; 0 when nothing says. */
export function scratchBytes(func: Operation): number {
  const attr = func.attr(KernelAttrs.scratchBytes);
  return attr instanceof IntegerAttr ? attr.number : 0;
}

/** Positions (argument, dimension) of the dynamic sizes of memref arguments, in ABI order: the symbols of `rt.chunks`. */
export function dynamicSizesOf(types: readonly Type[]): { argument: number; dim: number }[] {
  const list: { argument: number; dim: number }[] = [];
  types.forEach((type, argument) => {
    if (!(type instanceof MemRefType)) return;
    type.shape.forEach((size, dim) => {
      if (size === DYNAMIC) list.push({ argument, dim });
    });
  });
  return list;
}

/** Number of chunks for run-time sizes in ABI order; undefined when the kernel has no chunk map or it does not fit. */
export function chunkCount(func: Operation, sizes: readonly number[]): number | undefined {
  const map = chunkMap(func);
  if (map === undefined || map.results.length !== 1 || map.numDims + map.numSymbols !== sizes.length) return undefined;
  return map.evaluate(sizes.slice(0, map.numDims), sizes.slice(map.numDims))[0];
}

/** Checks that a function marked as a kernel has the shape of one; emits diagnostics and returns whether it has. */
export function verifyKernel(func: Operation): boolean {
  const info = kernelInfo(func);
  const type = functionTypeOf(func);
  if (!info) {
    func.emitError('rt.not-a-kernel', `lacks the attribute '${KernelAttrs.kernel}'`);
    return false;
  }
  const count = info.inputs + info.outputs;
  const extra = (type?.inputs.length ?? 0) - count;
  if (!type || (extra !== 0 && extra !== 2)) {
    func.emitError(
      'rt.kernel-arguments',
      `expects ${count} arguments (${info.inputs} inputs, ${info.outputs} outputs), or two more for the chunk range, got ${type?.inputs.length ?? 0}`,
    );
    return false;
  }
  if (extra === 2 && !isChunked(func)) {
    func.emitError(
      'rt.kernel-chunks',
      `expects the chunk range as two index arguments and the next chunk as an index result, got ${type}`,
    );
    return false;
  }
  if (extra === 0 && type.results.length > 0) {
    func.emitError(
      'rt.kernel-results',
      `expects a kernel without chunks to return nothing, got ${type}: results are written to outputs`,
    );
    return false;
  }
  for (let i = 0; i < info.outputs; i++) {
    const output = type.inputs[info.inputs + i]!;
    if (output instanceof MemRefType) continue;
    func.emitError('rt.kernel-output', `expects output ${i} to be a memref, got ${output}`);
    return false;
  }
  const map = chunkMap(func);
  if (map === undefined) return true;
  const sizes = dynamicSizesOf(type.inputs.slice(0, count)).length;
  if (map.results.length !== 1 || map.numDims + map.numSymbols !== sizes) {
    func.emitError(
      'rt.chunk-map',
      `expects '${KernelAttrs.chunks}' to map ${sizes} dynamic sizes to one number, got ${map}`,
    );
    return false;
  }
  return true;
}
