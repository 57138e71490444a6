// Where the elements of a memref lie: a base pointer, constant bytes, terms of views, and strides in bytes.

import { type ArrayArgument, KernelAttrs, WORD_SCRATCH } from '@budflow/backend-api';
import { stridesAndOffset } from '@budflow/dialect-memory';
import { DYNAMIC, IntegerAttr, IntegerType, MemRefType, type Operation, type Value } from '@budflow/ir';
import type { Term } from './addresses.js';
import { constantInteger, type IndexFacts } from './index-facts.js';
import { elementBytesOf } from './representation.js';
import type { Values } from './values.js';

/** A factor of a symbol: a word of the argument block (>= 0), or the value with id -1 - factor. */
export type Factor = number;

function valueFactor(id: number): Factor {
  return -1 - id;
}

/** A size or stride known at run time only: coefficient * product of factors. */
export interface Extent {
  readonly coefficient: number;
  readonly factors: readonly Factor[];
}

/** Bytes between neighbours along a dimension: coefficient * symbol, or only the coefficient for symbol -1. */
export interface Stride {
  readonly coefficient: number;
  readonly symbol: number;
}

export interface Buffer {
  /** Word of the argument block with the address. */
  readonly base: number;
  readonly constant: number;
  readonly terms: readonly Term[];
  readonly sizes: readonly (Extent | null)[];
  readonly strides: readonly Stride[];
  readonly elementBytes: number;
  readonly contiguous: boolean;
}

/** A product of run-time sizes, held in a local. */
export interface SizeSymbol {
  readonly factors: readonly Factor[];
  /** Loops around the deepest factor. */
  readonly depth: number;
  /** The op at which it is computed; null is the entry of the function. */
  readonly at: Operation | null;
  used: boolean;
  local: number;
}

const one: Extent = { coefficient: 1, factors: [] };

function times(a: Extent, b: Extent): Extent {
  if (a.factors.length === 0) return { coefficient: a.coefficient * b.coefficient, factors: b.factors };
  return { coefficient: a.coefficient * b.coefficient, factors: [...a.factors, ...b.factors].sort((x, y) => x - y) };
}

/** Buffers of a function, and the symbols their strides need. */
export class Buffers {
  readonly symbols: SizeSymbol[] = [];
  private readonly byFactors = new Map<string, number>();
  private readonly buffers = new Map<Value, Buffer>();
  private readonly numbers = new Map<Operation, number>();
  private readonly values: Values;
  private readonly facts: IndexFacts;

  constructor(values: Values, facts: IndexFacts) {
    this.values = values;
    this.facts = facts;
  }

  of(value: Value): Buffer | undefined {
    return this.buffers.get(value);
  }

  /** The local that holds a product of factors. Products with values of the function are computed at `at`. */
  symbol(factors: readonly Factor[], at: Operation | null): number {
    // A product with values of the function is only known behind its op: each op has its own.
    const own = at !== null && factors.some((f) => f < 0);
    const key = own ? `${factors.join()} ${this.numberOf(at)}` : factors.join();
    let id = this.byFactors.get(key);
    if (id === undefined) {
      let depth = 0;
      let fromArguments = true;
      for (const f of factors) {
        if (f >= 0) continue;
        fromArguments = false;
        depth = Math.max(depth, this.values.depths[-1 - f]!);
      }
      id = this.symbols.push({ factors, depth, at: fromArguments ? null : at, used: false, local: -1 }) - 1;
      this.byFactors.set(key, id);
    }
    return id;
  }

  private numberOf(op: Operation): number {
    let number = this.numbers.get(op);
    if (number === undefined) {
      number = this.numbers.size;
      this.numbers.set(op, number);
    }
    return number;
  }

  private stride(extent: Extent, bytes: number, at: Operation | null): Stride {
    const coefficient = extent.coefficient * bytes;
    return { coefficient, symbol: extent.factors.length === 0 ? -1 : this.symbol(extent.factors, at) };
  }

  private rowMajor(sizes: readonly (Extent | null)[], bytes: number, at: Operation | null): Stride[] | string {
    const strides = new Array<Stride>(sizes.length);
    let extent: Extent = one;
    for (let d = sizes.length - 1; d >= 0; d--) {
      strides[d] = this.stride(extent, bytes, at);
      const size = sizes[d]!;
      if (size === null && d > 0)
        return `the size of dimension ${d} does not follow from the others by a multiplication`;
      if (size !== null) extent = times(extent, size);
    }
    return strides;
  }

  /** A memref argument of the kernel. Returns why not when it has no form here. */
  defineArgument(value: Value, argument: ArrayArgument): string | null {
    const type = value.type as MemRefType;
    const elementBytes = elementBytesOf(type.element);
    if (elementBytes === undefined) return `elements of type ${type.element} are not supported`;
    const words = new Map(argument.sizes.map((s) => [s.dim, s.word]));
    const sizes = type.shape.map((d, dim) =>
      d === DYNAMIC ? { coefficient: 1, factors: [words.get(dim)!] } : { coefficient: d, factors: [] },
    );
    const form = stridesAndOffset(type);
    if (form === null) return `the layout ${type.layout} is not strided`;
    let strides: Stride[];
    if (type.layout === null) strides = this.rowMajor(sizes, elementBytes, null) as Stride[];
    else {
      const strideWords = new Map(argument.strides.map((s) => [s.dim, s.word]));
      strides = form.strides.map((s, dim) =>
        s === DYNAMIC
          ? { coefficient: elementBytes, symbol: this.symbol([strideWords.get(dim)!], null) }
          : { coefficient: s * elementBytes, symbol: -1 },
      );
    }
    this.buffers.set(value, {
      base: argument.address,
      constant: 0,
      terms: [],
      sizes,
      strides,
      elementBytes,
      contiguous: type.layout === null,
    });
    return null;
  }

  /** The result of an op that makes or reinterprets a buffer. Returns why not when it has no form here. */
  defineResult(op: Operation): string | null {
    const result = op.result(0);
    const type = result.type;
    if (!(type instanceof MemRefType)) return `does not make a ranked buffer but ${type}`;
    const elementBytes = elementBytesOf(type.element);
    if (elementBytes === undefined) return `elements of type ${type.element} are not supported`;
    if (op.name === 'memory.alloca') return this.defineScratch(op, type, elementBytes);
    const source = this.buffers.get(op.operand(0));
    if (!source) return 'the buffer it is a view of is not supported';
    if (op.name === 'memory.cast') {
      this.buffers.set(result, {
        ...source,
        sizes: source.sizes.map((s, d) =>
          type.shape[d] === DYNAMIC ? s : { coefficient: type.shape[d]!, factors: [] },
        ),
      });
      return null;
    }
    const given = op.name === 'memory.view' ? 2 : 1;
    const sizes = this.sizes(op, type, given, source);
    const strides = this.rowMajor(sizes, elementBytes, op);
    if (typeof strides === 'string') return strides;
    let { constant } = source;
    const terms: Term[] = [...source.terms];
    if (op.name === 'memory.view') {
      const offset = this.facts.linear(op.operand(1));
      constant += offset.constant;
      offset.values.forEach((value, i) => {
        terms.push({ value, symbol: -1, coefficient: offset.coefficients[i]! });
      });
    } else if (!source.contiguous) return 'the buffer is not contiguous';
    this.buffers.set(result, { base: source.base, constant, terms, sizes, strides, elementBytes, contiguous: true });
    return null;
  }

  private defineScratch(op: Operation, type: MemRefType, elementBytes: number): string | null {
    const offset = op.attr(KernelAttrs.scratchOffset);
    if (!(offset instanceof IntegerAttr))
      return `has no place in the scratch memory: run scratch-assignment, which sets ${KernelAttrs.scratchOffset}`;
    if (type.shape.includes(DYNAMIC) || type.layout !== null)
      return `scratch memory of type ${type} is not supported: its size must be static`;
    const sizes = type.shape.map((d) => ({ coefficient: d, factors: [] }));
    const strides = this.rowMajor(sizes, elementBytes, null) as Stride[];
    this.buffers.set(op.result(0), {
      base: WORD_SCRATCH,
      constant: offset.number,
      terms: [],
      sizes,
      strides,
      elementBytes,
      contiguous: true,
    });
    return null;
  }

  /** Sizes of a view or reshape: static, given as operands from `first`, or the one that follows from the source's. */
  private sizes(op: Operation, type: MemRefType, first: number, source: Buffer): (Extent | null)[] {
    let next = first;
    const given = op.operandCount > first;
    const sizes = type.shape.map((d): Extent | null => {
      if (d !== DYNAMIC) return { coefficient: d, factors: [] };
      return given ? this.extentOf(op.operand(next++)) : null;
    });
    const at = sizes.indexOf(null);
    if (at < 0 || sizes.indexOf(null, at + 1) >= 0 || source.sizes.includes(null)) return sizes;
    const total = (source.sizes as Extent[]).reduce(times, one);
    const others = (sizes.filter((s) => s !== null) as Extent[]).reduce(times, one);
    if (
      others.coefficient !== 0 &&
      total.coefficient % others.coefficient === 0 &&
      others.factors.every((f) => total.factors.includes(f))
    ) {
      const factors = [...total.factors];
      for (const f of others.factors) factors.splice(factors.indexOf(f), 1);
      sizes[at] = { coefficient: total.coefficient / others.coefficient, factors };
    }
    return sizes;
  }

  private extentOf(value: Value): Extent {
    const constant = constantInteger(value);
    if (constant !== undefined) return { coefficient: constant, factors: [] };
    const op = value.definingOp;
    if (op !== null && op.name === 'memory.dim') {
      const size = this.of(op.operand(0))?.sizes[dimensionOf(op)];
      if (size) return size;
    }
    return { coefficient: 1, factors: [valueFactor(this.values.id(value))] };
  }
}

export function dimensionOf(op: Operation): number {
  const dim = op.attr('dimension');
  return dim instanceof IntegerAttr ? dim.number : 0;
}

/** The dimension along which the lanes of a simd.strided_load lie; the last one for other ops. */
export function laneDimension(op: Operation): number {
  const dim = op.attr('dim');
  const memref = op.operand(op.name === 'simd.scatter' ? 1 : 0);
  return dim instanceof IntegerAttr ? dim.number : (memref.type as MemRefType).rank - 1;
}

/** Whether the element type takes one byte: only such arrays can have more elements than 31 bits count. */
export function isByteSized(value: Value): boolean {
  const { type } = value;
  return type instanceof MemRefType && type.element instanceof IntegerType && type.element.width <= 8;
}
