// What addresses are multiples of: the base of a buffer by how it was made, sizes and strides by its type, index values
// by the steps and bounds of loops and by the maps that compute them.
//
//   loop.for %i = 0 to %n step 4 { simd.load %m[%i, 8] : memref<?x12xf32> }     -> base, 4 * 48 bytes, 32 bytes: 32 for base 64
//
// Follows known-bits and llvm.assume alignment analysis, restricted to congruence to 0. 0 is a multiple of everything.
import { forBounds, linearForm } from '@budflow/dialect-loop';
import { stridesAndOffset } from '@budflow/dialect-memory';
import {
  type AffineExpr,
  AffineMapAttr,
  byteWidth,
  DYNAMIC,
  IntegerAttr,
  IntegerType,
  type MemRefType,
  type Operation,
  type Value,
} from '@budflow/ir';
import { indexedAccess } from './accesses.js';
import { gcd } from './gcd.js';
import { IndexSpace, loopOfVariable } from './index-space.js';

/** Blocks of the heap and of the scratch arena begin at multiples of this. */
export const BUFFER_ALIGNMENT = 64;
const DEPTH_LIMIT = 16;

export class Alignments {
  private readonly space = new IndexSpace();
  private readonly given: (value: Value) => number | undefined;
  private readonly open = new Set<Value>();
  private readonly multiples = new Map<Value, number>();
  private depth = 0;

  /** `given` knows the alignment in bytes of buffers that no op makes: the arguments. */
  constructor(given: (value: Value) => number | undefined) {
    this.given = given;
  }

  /** What the first byte that an access with indices touches is a multiple of; undefined for other ops. */
  ofAccess(op: Operation): number | undefined {
    const form = indexedAccess(op);
    if (!form) return undefined;
    const memref = op.operand(form.memref);
    const type = memref.type as MemRefType;
    const element = elementBytes(type);
    const strides = strideMultiples(type);
    let known = this.ofBuffer(memref);
    for (let d = 0; d < strides.length; d++)
      known = gcd(known, element * strides[d]! * this.ofIndex(op.operand(form.first + d)));
    return known;
  }

  /** What the address of the element at index 0 of a buffer is a multiple of; at least the bytes of an element. */
  ofBuffer(memref: Value): number {
    const type = memref.type as MemRefType;
    const element = elementBytes(type);
    const offset = stridesAndOffset(type)?.offset ?? DYNAMIC;
    const base = this.ofBase(memref);
    return atLeast(gcd(base, offset === DYNAMIC ? element : offset * element), element);
  }

  /** Without the offset that the type tells. */
  private ofBase(memref: Value): number {
    const op = memref.definingOp;
    if (op === null) return this.ofArgument(memref);
    switch (op.name) {
      case 'memory.alloca':
      case 'memory.alloc':
      case 'memory.arena':
      case 'memory.global_constant': {
        const [asked, place] = [op.attr('alignment'), op.attr('rt.scratch_offset')];
        const base = Math.max(BUFFER_ALIGNMENT, asked instanceof IntegerAttr ? asked.number : 0);
        return place instanceof IntegerAttr ? gcd(BUFFER_ALIGNMENT, place.number) : base;
      }
      case 'memory.cast':
      case 'memory.subview':
        return this.ofBase(op.operand(0));
      case 'memory.reshape':
        return this.ofBuffer(op.operand(0));
      case 'memory.view':
        return gcd(this.ofBuffer(op.operand(0)), this.ofIndex(op.operand(1)));
      case 'loop.for':
      case 'loop.while':
      case 'loop.if':
        return this.ofCarried(memref, op);
      default:
        return elementBytes(memref.type as MemRefType);
    }
  }

  private ofArgument(memref: Value): number {
    const op = memref.parentBlock?.parentOp;
    return op && /^loop\./.test(op.name)
      ? this.ofCarried(memref, op)
      : (this.given(memref) ?? elementBytes(memref.type as MemRefType));
  }

  /** A buffer that control flow passes on: all that it may be. What leads back to itself adds nothing. */
  private ofCarried(memref: Value, op: Operation): number {
    if (this.open.has(memref)) return 0;
    this.open.add(memref);
    const sources = carriedSources(memref, op);
    const known = sources?.reduce((g, v) => gcd(g, this.ofBase(v)), 0) ?? elementBytes(memref.type as MemRefType);
    this.open.delete(memref);
    return known;
  }

  /** What an index value is a multiple of; 0 for zero. */
  ofIndex(value: Value): number {
    const known = this.multiples.get(value);
    if (known !== undefined) return known;
    if (this.depth > DEPTH_LIMIT) return 1;
    this.depth++;
    const found = this.ofExpr(this.space.of(value));
    this.depth--;
    this.multiples.set(value, found);
    return found;
  }

  private ofExpr(expr: AffineExpr): number {
    const { terms, constant } = linearForm(expr);
    let known = Math.abs(constant);
    for (const [atom, c] of terms) known = gcd(known, Math.abs(c) * this.ofAtom(atom));
    return known;
  }

  private ofAtom(atom: AffineExpr): number {
    if (atom.kind === 'dim') return this.ofInput(this.space.inputs[atom.value]!);
    const n = atom.rhs?.kind === 'constant' ? atom.rhs.value : 0;
    if (n <= 0 || atom.lhs === null) return 1;
    const inner = this.ofExpr(atom.lhs);
    if (atom.kind === 'mod') return gcd(inner, n);
    return inner % n === 0 ? inner / n : 1;
  }

  private ofInput(value: Value): number {
    const loop = loopOfVariable(value);
    if (loop) {
      const { lower, step } = forBounds(loop);
      return this.space.bound(lower).length === 1 ? gcd(step, this.ofExpr(this.space.bound(lower)[0]!)) : 1;
    }
    const op = value.definingOp;
    if (op?.name !== 'loop.min' && op?.name !== 'loop.max') return 1;
    const attr = op.attr('map');
    if (!(attr instanceof AffineMapAttr)) return 1;
    return this.space.bound({ map: attr.map, operands: op.operands }).reduce((g, e) => gcd(g, this.ofExpr(e)), 0);
  }
}

/** All values that a carried value or result of control flow may be; null when that is not known. */
function carriedSources(value: Value, op: Operation): Value[] | null {
  const isResult = value.definingOp === op;
  const at = value.index;
  switch (op.name) {
    case 'loop.for': {
      const k = isResult ? at : at - 1;
      return [op.operand(op.operandCount - op.resultCount + k), op.region(0).entry.terminator.operand(k)];
    }
    case 'loop.while': {
      const [before, after] = [op.region(0).entry, op.region(1).entry];
      if (isResult || value.parentBlock === after) return [before.terminator.operand(at + 1)];
      return [op.operand(at), after.terminator.operand(at)];
    }
    case 'loop.if':
      return isResult && op.regions.every((r) => !r.isEmpty)
        ? op.regions.map((r) => r.entry.terminator.operand(at))
        : null;
    default:
      return null;
  }
}

/** What the strides of a buffer are multiples of, in elements. */
function strideMultiples(type: MemRefType): number[] {
  if (type.layout !== null) {
    const form = stridesAndOffset(type);
    return type.shape.map((_, d) => (form === null || form.strides[d] === DYNAMIC ? 1 : form.strides[d]!));
  }
  const strides = new Array<number>(type.rank);
  let product = 1;
  for (let d = type.rank - 1; d >= 0; d--) {
    strides[d] = product;
    const size = type.shape[d]!;
    if (size !== DYNAMIC) product *= size;
  }
  return strides;
}

/** Bytes of an element as buffers hold it. */
function elementBytes({ element }: MemRefType): number {
  if (element instanceof IntegerType && element.width < 8) return 1;
  return byteWidth(element) ?? 8;
}

function atLeast(known: number, bytes: number): number {
  return known === 0 ? BUFFER_ALIGNMENT : Math.max(known, bytes);
}
