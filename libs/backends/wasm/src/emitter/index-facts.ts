// What is known of index values: their linear form over loop variables and other values, whether 32 bits hold them,
// and whether they cannot be negative.
//
// 32 bits hold sizes, loop variables, chunk numbers and what is affine in them: all of them count elements, rows or
// chunks of arrays that lie in 4 GiB of memory; sizes of arrays of bytes are checked at entry. Everything else (a
// product of two sizes, an index from memory) has 64 bits.
import {
  type AffineExpr,
  type AffineMap,
  AffineMapAttr,
  DYNAMIC,
  IndexType,
  IntegerAttr,
  IntegerType,
  MemRefType,
  type Operation,
  type Value,
} from '@budflow/ir';
import type { ValueId, Values } from './values.js';

/** constant + sum of coefficient * value, coefficients exact integers. Values ascend. */
export interface Linear {
  readonly constant: number;
  readonly values: readonly ValueId[];
  readonly coefficients: readonly number[];
}

const MAX_EXACT = 2 ** 52;

function constantLinear(constant: number): Linear {
  return { constant, values: [], coefficients: [] };
}

export function addLinear(a: Linear, b: Linear, factor: number): Linear {
  if (factor === 0) return a;
  if (b.values.length === 0)
    return b.constant === 0
      ? a
      : { constant: a.constant + factor * b.constant, values: a.values, coefficients: a.coefficients };
  const values: ValueId[] = [];
  const coefficients: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.values.length || j < b.values.length) {
    const left = i < a.values.length ? a.values[i]! : Number.POSITIVE_INFINITY;
    const right = j < b.values.length ? b.values[j]! : Number.POSITIVE_INFINITY;
    const sum = (left <= right ? a.coefficients[i]! : 0) + (right <= left ? factor * b.coefficients[j]! : 0);
    if (sum !== 0) {
      values.push(Math.min(left, right));
      coefficients.push(sum);
    }
    if (left <= right) i++;
    if (right <= left) j++;
  }
  return { constant: a.constant + factor * b.constant, values, coefficients };
}

/** The number an integer, index or bool constant has; undefined for other values and beyond 2^53. */
export function constantInteger(value: Value): number | undefined {
  const op = value.definingOp;
  if (op === null || op.name !== 'arith.constant') return undefined;
  const attr = op.attr('value');
  return attr instanceof IntegerAttr && typeof attr.value === 'number' ? attr.value : undefined;
}

/** The size a memory.dim asks for, when the type says it. */
function staticSize(op: Operation): number | undefined {
  const { type } = op.operand(0);
  const dim = op.attr('dimension');
  if (!(type instanceof MemRefType) || !(dim instanceof IntegerAttr)) return undefined;
  const size = type.shape[dim.number];
  return size === undefined || size === DYNAMIC ? undefined : size;
}

export function mapOf(op: Operation, name = 'map'): AffineMap | undefined {
  const attr = op.attr(name);
  return attr instanceof AffineMapAttr ? attr.map : undefined;
}

/** Ops on index whose result lies between their operands and zero, or is one of them: 32 bits in, 32 bits out. */
const SHRINKING = new Set([
  'arith.divsi',
  'arith.floordivsi',
  'arith.ceildivsi',
  'arith.remsi',
  'arith.minsi',
  'arith.maxsi',
  'arith.andi',
  'arith.ori',
  'arith.xori',
]);
/** The same for operands that are not negative: as unsigned numbers, negative ones depend on the width. */
const SHRINKING_UNSIGNED = new Set(['arith.divui', 'arith.ceildivui', 'arith.remui', 'arith.minui', 'arith.maxui']);

export class IndexFacts {
  private readonly values: Values;
  private readonly linearForms: (Linear | undefined)[] = [];
  /** 1 yes, 2 no. */
  private readonly signs: number[] = [];

  constructor(values: Values) {
    this.values = values;
  }

  isWide(id: ValueId): boolean {
    return this.values.wide[id] === 1;
  }

  /** Settles the width of an index result; operands are settled. */
  classify(op: Operation, result: ValueId): void {
    this.values.wide[result] = this.fitsNarrow(op) ? 0 : 1;
  }

  private narrow(value: Value): boolean {
    const constant = constantInteger(value);
    if (constant !== undefined) return constant === (constant | 0);
    return value.type instanceof IndexType && this.values.wide[this.values.id(value)] === 0;
  }

  private allNarrow(op: Operation, from = 0): boolean {
    for (let i = from; i < op.operandCount; i++) if (!this.narrow(op.operand(i))) return false;
    return true;
  }

  private fitsNarrow(op: Operation): boolean {
    switch (op.name) {
      case 'arith.constant':
        return this.narrow(op.result(0));
      case 'memory.dim':
        return true;
      case 'loop.apply':
      case 'loop.min':
      case 'loop.max':
      case 'arith.addi':
      case 'arith.subi':
        return this.allNarrow(op);
      case 'arith.muli':
        return (
          this.allNarrow(op) &&
          (constantInteger(op.operand(0)) !== undefined || constantInteger(op.operand(1)) !== undefined)
        );
      case 'arith.shli':
      case 'arith.shrsi': {
        const by = constantInteger(op.operand(1));
        return this.allNarrow(op) && by !== undefined && by >= 0 && by < 32;
      }
      case 'arith.select':
        return this.allNarrow(op, 1);
      case 'arith.index_cast': {
        const { type } = op.operand(0);
        return type instanceof IntegerType && type.width <= 32;
      }
      case 'arith.index_castui': {
        const { type } = op.operand(0);
        return type instanceof IntegerType && type.width < 32;
      }
      default:
        if (SHRINKING.has(op.name)) return this.allNarrow(op);
        if (!SHRINKING_UNSIGNED.has(op.name) || !this.allNarrow(op)) return false;
        return this.isNonNegative(op.operand(0)) && this.isNonNegative(op.operand(1));
    }
  }

  /** The linear form of an index value. A value that is not a sum of others is its own term. */
  linear(value: Value): Linear {
    const id = this.values.id(value);
    const found = this.linearForms[id];
    if (found) return found;
    const computed = this.compute(value);
    const made = computed ?? { constant: 0, values: [id], coefficients: [1] };
    this.linearForms[id] = made;
    return made;
  }

  private compute(value: Value): Linear | null {
    const op = value.definingOp;
    if (op === null) return null;
    switch (op.name) {
      case 'arith.constant': {
        const constant = constantInteger(value);
        return constant === undefined ? null : constantLinear(constant);
      }
      case 'memory.dim': {
        const size = staticSize(op);
        return size === undefined ? null : constantLinear(size);
      }
      case 'loop.apply': {
        const map = mapOf(op);
        return map ? this.linearOfExpression(map.results[0]!, op, 0, map.numDims) : null;
      }
      case 'arith.addi':
        return bounded(addLinear(this.linear(op.operand(0)), this.linear(op.operand(1)), 1));
      case 'arith.subi':
        return bounded(addLinear(this.linear(op.operand(0)), this.linear(op.operand(1)), -1));
      case 'arith.muli': {
        const by = constantInteger(op.operand(1)) ?? constantInteger(op.operand(0));
        const other = constantInteger(op.operand(1)) !== undefined ? op.operand(0) : op.operand(1);
        return by === undefined ? null : bounded(addLinear(constantLinear(0), this.linear(other), by));
      }
      case 'arith.shli': {
        const by = constantInteger(op.operand(1));
        if (by === undefined || by < 0 || by > 31) return null;
        return bounded(addLinear(constantLinear(0), this.linear(op.operand(0)), 2 ** by));
      }
      default:
        return null;
    }
  }

  /** Linear form of an affine expression whose inputs are operands of `op` from `first`; null with quotients or products. */
  linearOfExpression(e: AffineExpr, op: Operation, first: number, numDims: number): Linear | null {
    switch (e.kind) {
      case 'constant':
        return constantLinear(e.value);
      case 'dim':
        return this.linear(op.operand(first + e.value));
      case 'symbol':
        return this.linear(op.operand(first + numDims + e.value));
      case 'add': {
        const l = this.linearOfExpression(e.lhs!, op, first, numDims);
        const r = l && this.linearOfExpression(e.rhs!, op, first, numDims);
        return l && r && bounded(addLinear(l, r, 1));
      }
      case 'mul': {
        if (e.rhs!.kind !== 'constant') return null;
        const l = this.linearOfExpression(e.lhs!, op, first, numDims);
        return l && bounded(addLinear(constantLinear(0), l, e.rhs!.value));
      }
      default:
        return null;
    }
  }

  /** Says that a value is known not to be negative (sizes, chunk numbers, loop variables that count from such). */
  markNonNegative(id: ValueId): void {
    this.signs[id] = 1;
  }

  isNonNegativeId(id: ValueId): boolean {
    return this.isNonNegative(this.values.list[id]!, id);
  }

  /** Whether a value is proven not to be negative. */
  isNonNegative(value: Value, id = this.values.id(value)): boolean {
    const constant = constantInteger(value);
    if (constant !== undefined) return constant >= 0;
    const found = this.signs[id];
    if (found) return found === 1;
    this.signs[id] = 2;
    const result = this.computeSign(value);
    if (result) this.signs[id] = 1;
    return result;
  }

  isNonNegativeLinear(linear: Linear): boolean {
    if (linear.constant < 0) return false;
    return linear.values.every((v, i) => linear.coefficients[i]! > 0 && this.isNonNegativeId(v));
  }

  private computeSign(value: Value): boolean {
    const op = value.definingOp;
    if (op === null) return false;
    const operand = (i: number) => this.isNonNegative(op.operand(i));
    switch (op.name) {
      case 'memory.dim':
        return true;
      case 'loop.apply': {
        const map = mapOf(op);
        return map !== undefined && this.isNonNegativeExpression(map.results[0]!, op, 0, map.numDims);
      }
      case 'loop.min':
      case 'loop.max': {
        const map = mapOf(op);
        if (!map) return false;
        const each = map.results.map((e) => this.isNonNegativeExpression(e, op, 0, map.numDims));
        return op.name === 'loop.min' ? each.every(Boolean) : each.some(Boolean);
      }
      case 'arith.addi':
      case 'arith.muli':
      case 'arith.divsi':
      case 'arith.floordivsi':
      case 'arith.ceildivsi':
      case 'arith.minsi':
      case 'arith.ori':
      case 'arith.xori':
        return operand(0) && operand(1);
      case 'arith.remsi':
      case 'arith.shrsi':
        return operand(0);
      case 'arith.maxsi':
      case 'arith.andi':
        return operand(0) || operand(1);
      case 'arith.select':
        return operand(1) && operand(2);
      case 'arith.index_castui': {
        const { type } = op.operand(0);
        return type instanceof IntegerType && type.width < 64;
      }
      default:
        return false;
    }
  }

  isNonNegativeExpression(e: AffineExpr, op: Operation, first: number, numDims: number): boolean {
    switch (e.kind) {
      case 'constant':
        return e.value >= 0;
      case 'dim':
        return this.isNonNegative(op.operand(first + e.value));
      case 'symbol':
        return this.isNonNegative(op.operand(first + numDims + e.value));
      case 'mod':
        return e.rhs!.kind === 'constant' && e.rhs!.value > 0;
      default:
        return (
          this.isNonNegativeExpression(e.lhs!, op, first, numDims) &&
          this.isNonNegativeExpression(e.rhs!, op, first, numDims)
        );
    }
  }
}

/** Coefficients beyond the exact integers make the value opaque. */
function bounded(linear: Linear): Linear | null {
  if (Math.abs(linear.constant) > MAX_EXACT) return null;
  return linear.coefficients.every((c) => Math.abs(c) <= MAX_EXACT) ? linear : null;
}
